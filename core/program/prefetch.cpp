// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "program/prefetch.h"

#include <algorithm>

#include "program/analysis.h"

namespace espalier {
namespace {

constexpr std::int64_t kMostAhead = 512;
/// More requests than this for one line cost more than they hide.
constexpr std::int64_t kMostRequestsPerLine = 8;

std::vector<std::vector<Expr>> loadsFrom(const Block& block, BufferId buffer) {
  std::vector<std::vector<Expr>> loads;
  forEach(block.value, [&](const Expr& part) {
    if (part.kind() != ExprKind::Load || part.buffer() != buffer) return;
    std::vector<Expr> subscripts;
    for (const Expr& subscript : part.operands()) subscripts.push_back(overLoops(block, subscript));
    loads.push_back(std::move(subscripts));
  });
  return loads;
}

struct Span {
  std::int64_t stride = 0;
  std::int64_t extent = 1;
};

/// Merges loops that touch neighbouring elements; the innermost dimension counts lines, not elements.
std::vector<PrefetchPlan::Dimension> dimensionsOf(std::vector<Span> spans, std::int64_t lineElements) {
  std::sort(spans.begin(), spans.end(),
            [](const Span& left, const Span& right) { return left.stride < right.stride; });
  std::int64_t width = 1;
  std::vector<PrefetchPlan::Dimension> outer;
  for (const Span& span : spans) {
    // A step of less than a line beyond what is covered leaves no line out.
    if (outer.empty() && span.stride <= std::max(width, lineElements))
      width += span.stride * (span.extent - 1);
    else if (!outer.empty() && span.stride == outer.back().stride * outer.back().count)
      outer.back().count *= span.extent;
    else
      outer.push_back({span.stride, span.extent});
  }
  std::reverse(outer.begin(), outer.end());
  outer.push_back({lineElements, (width + lineElements - 1) / lineElements});
  return outer;
}

}  // namespace

tl::expected<PrefetchPlan, std::string> planPrefetch(const Program& program, LoopId loop,
                                                     const Prefetch& prefetch) {
  const auto no = [](std::string reason) { return tl::unexpected(std::move(reason)); };
  const Loop& nest = program.loop(loop);
  const Buffer& buffer = program.buffer(prefetch.buffer);
  if (prefetch.ahead < 1 || prefetch.ahead > kMostAhead)
    return no("it is 1 to " + std::to_string(kMostAhead) + " iterations ahead.");
  if (nest.kind != LoopKind::Serial || nest.extent < 2)
    return no("loop " + nest.name + " is not a serial loop of two or more iterations.");
  if (!buffer.isArgument() && buffer.memory != MemoryKind::Workspace)
    return no(buffer.name + " lies in registers or on the stack, which need no fetching.");

  for (const LoopId outer : loopsAround(program, loop))
    if (program.loop(outer).kind == LoopKind::Vectorized)
      return no("it lies in vectorised loop " + program.loop(outer).name + ".");
  PrefetchPlan plan;
  int readers = 0;
  for (const BlockId id : blocksBelow(program, loop)) {
    const auto loads = loadsFrom(program.block(id), prefetch.buffer);
    if (loads.empty()) continue;
    if (loads.size() > 1)
      return no("block " + program.block(id).name + " reads " + buffer.name + " more than once.");
    // The first block brings the data; a second one finds it in the cache and has time to ask for more.
    if (++readers > 2) break;
    plan.reader = id;
    plan.subscripts = loads.front();
  }
  if (readers == 0) return no("nothing below loop " + nest.name + " reads " + buffer.name + ".");

  Expr offset(0);
  std::int64_t stride = 1;
  for (std::size_t i = plan.subscripts.size(); i-- > 0;) {
    offset = offset + plan.subscripts[i] * Expr(stride);
    stride *= buffer.shape[i];
  }
  plan.below = loopsAround(program, plan.reader);
  plan.below.erase(plan.below.begin(), std::find(plan.below.begin(), plan.below.end(), loop) + 1);
  std::vector<Span> spans;
  bool moves = false;
  for (const AffineForm::Term& term : affineForm(simplify(program, offset)).terms) {
    if (term.atom.kind() != ExprKind::LoopVar) {
      if (usesLoop(term.atom, loop) || std::any_of(plan.below.begin(), plan.below.end(),
                                                   [&](LoopId inner) { return usesLoop(term.atom, inner); }))
        plan.even = false;
      continue;
    }
    if (term.atom.loop() == loop) moves = true;
    if (std::find(plan.below.begin(), plan.below.end(), term.atom.loop()) == plan.below.end()) continue;
    if (term.coefficient < 0) plan.even = false;
    spans.push_back({term.coefficient, program.loop(term.atom.loop()).extent});
  }
  if (plan.even && !moves)
    return no("every iteration of loop " + nest.name + " reads the same part of " + buffer.name + ".");
  if (!plan.even) return plan;

  plan.dimensions = dimensionsOf(std::move(spans), kCacheLineBytes / bytesOf(buffer.type));
  for (const PrefetchPlan::Dimension& dimension : plan.dimensions) plan.lines *= dimension.count;
  for (const LoopId inner : plan.below) {
    const Loop& candidate = program.loop(inner);
    const bool repeats = candidate.kind == LoopKind::Serial || candidate.kind == LoopKind::Unrolled;
    if (repeats && candidate.extent >= 2) plan.pace.push_back(inner);
  }
  while (!plan.pace.empty() && program.loop(plan.pace.back()).kind != LoopKind::Serial) plan.pace.pop_back();
  for (const LoopId paced : plan.pace) plan.executions *= program.loop(paced).extent;
  return plan;
}

bool isSensible(const PrefetchPlan& plan) {
  return plan.even && plan.lines <= kMostPrefetchLines &&
         plan.lines <= plan.executions * kMostLinesPerRequest &&
         plan.executions <= plan.lines * kMostRequestsPerLine;
}

}  // namespace espalier
