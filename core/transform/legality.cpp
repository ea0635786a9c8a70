// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "transform/legality.h"

#include <algorithm>
#include <stdexcept>

#include "program/analysis.h"
#include "program/prefetch.h"
#include "transform/arguments.h"

namespace espalier {
namespace {

bool contains(const std::vector<LoopId>& loops, LoopId loop) {
  return std::find(loops.begin(), loops.end(), loop) != loops.end();
}

std::optional<LoopId> firstOfKind(const Program& program, const std::vector<LoopId>& loops,
                                  std::initializer_list<LoopKind> kinds) {
  for (const LoopId loop : loops)
    if (std::find(kinds.begin(), kinds.end(), program.loop(loop).kind) != kinds.end()) return loop;
  return std::nullopt;
}

std::string kindName(LoopKind kind) {
  switch (kind) {
    case LoopKind::Serial: return "serial";
    case LoopKind::Parallel: return "parallel";
    case LoopKind::Vectorized: return "vectorised";
    case LoopKind::Unrolled: return "unrolled";
  }
  throw std::logic_error("kindName: unknown kind");
}

Refusal nestingRefusal(const Program& program, const std::string& what, LoopId loop, LoopId other,
                       bool below) {
  const Loop& culprit = program.loop(other);
  return {"nested-annotation",
          "cannot " + what + " loop " + program.loop(loop).name + ": " + kindName(culprit.kind) + " loop " +
              culprit.name + (below ? " hangs below it." : " surrounds it."),
          "Choose a loop that neither holds nor lies in a marked loop, or Reorder first."};
}

/// Spatial loops that could be named instead of one that carries a reduction.
std::string alternatives(const Program& program, BlockId block) {
  std::vector<LoopId> spatial;
  for (const LoopId loop : loopsAround(program, block))
    if (program.loop(loop).kind == LoopKind::Serial && useOf(program, block, loop) == LoopUse::Spatial)
      spatial.push_back(loop);
  return spatial.empty() ? "" : "Take " + namesOf(program, spatial) + " instead, or ";
}

/// Elements between two iterations; nothing if that is not always the same.
std::optional<std::int64_t> distance(const Program& program, const Block& block, const Expr& load,
                                     LoopId loop) {
  Expr offset(0);
  for (std::size_t d = 0; d < load.operands().size(); ++d)
    offset = offset * Expr(program.buffer(load.buffer()).shape[d]) + load.operand(d);
  std::int64_t stride = 0;
  for (const AffineForm::Term& term : affineForm(simplify(program, overLoops(block, offset))).terms) {
    if (term.atom.kind() == ExprKind::LoopVar && term.atom.loop() == loop)
      stride = term.coefficient;
    else if (usesLoop(term.atom, loop))
      return std::nullopt;
  }
  return stride;
}

std::optional<Refusal> refusalAcross(const Program& program, const std::string& what, LoopId loop) {
  const Loop& nest = program.loop(loop);
  for (const BlockId id : blocksBelow(program, loop)) {
    if (useOf(program, id, loop) != LoopUse::Reduction) continue;
    const Block& block = program.block(id);
    const std::string hint = alternatives(program, id);
    return Refusal{"carries-reduction",
                   "cannot " + what + " loop " + nest.name + ": it carries the reduction of block " +
                       block.name + " (extent " + std::to_string(nest.extent) + ").",
                   hint + (hint.empty() ? "Apply" : "apply") + " RFactor(block=" + block.name +
                       ", loop=" + nest.name + ") first."};
  }
  if (const auto conflict = conflictAcross(program, loop)) {
    const std::string left = program.block(conflict->left.block).name;
    const std::string right = program.block(conflict->right.block).name;
    const std::string buffer = program.buffer(conflict->left.buffer).name;
    const std::string who =
        left == right ? "block " + left + " touches" : "blocks " + left + " and " + right + " touch";
    return Refusal{"iterations-conflict",
                   "cannot " + what + " loop " + nest.name +
                       ": different iterations of it may touch the same element of " + buffer + " (" + who +
                       " it and one writes).",
                   "Take a loop that runs over a dimension of " + buffer + "."};
  }
  return std::nullopt;
}

}  // namespace

Expr inLoops(const Program& program, const Block& block, const Expr& subscript) {
  // Bindings are canonical already (tidy).
  if (subscript.kind() == ExprKind::AxisVar) return block.bindings[subscript.axis()];
  return simplify(program, overLoops(block, subscript));
}

LoopUse useOf(const Program& program, BlockId id, LoopId loop) {
  if (program.loop(loop).extent == 1) return LoopUse::None;
  const Block& block = program.block(id);
  if (carriesReduction(block, loop)) return LoopUse::Reduction;
  for (const Expr& subscript : block.subscripts)
    if (usesLoop(inLoops(program, block, subscript), loop)) return LoopUse::Spatial;
  return LoopUse::Repeats;
}

std::vector<Access> accessesOf(const Program& program, const std::vector<BlockId>& blocks) {
  std::vector<Access> accesses;
  for (const BlockId id : blocks) {
    const Block& block = program.block(id);
    const auto add = [&](BufferId buffer, bool writes, const std::vector<Expr>& subscripts) {
      Access access{id, buffer, writes, {}};
      for (const Expr& subscript : subscripts)
        access.subscripts.push_back(inLoops(program, block, subscript));
      accesses.push_back(std::move(access));
    };
    add(block.output, true, block.subscripts);
    forEach(block.value, [&](const Expr& part) {
      if (part.kind() == ExprKind::Load) add(part.buffer(), false, part.operands());
    });
  }
  return accesses;
}

bool isPrivateTo(const Program& program, BufferId buffer, LoopId loop) {
  if (program.buffer(buffer).isArgument()) return false;
  const std::optional<LoopId> scope = allocationScope(program, buffer);
  return scope && (*scope == loop || contains(loopsAround(program, *scope), loop));
}

std::optional<Conflict> conflictAcross(const Program& program, LoopId loop) {
  if (program.loop(loop).extent == 1) return std::nullopt;
  const std::vector<LoopId> fixed = loopsAround(program, loop);
  const std::vector<Access> accesses = accessesOf(program, blocksBelow(program, loop));
  for (const Access& left : accesses) {
    if (!left.writes || isPrivateTo(program, left.buffer, loop)) continue;
    for (const Access& right : accesses) {
      if (right.buffer != left.buffer) continue;
      if (decidedLoops(program, left, right, {loop}, fixed).empty()) return Conflict{left, right};
    }
  }
  return std::nullopt;
}

std::optional<Refusal> refusalToParallelise(const Program& program, LoopId loop) {
  const std::string what = "parallelise";
  const auto marked = {LoopKind::Parallel, LoopKind::Vectorized, LoopKind::Unrolled};
  if (const auto above = firstOfKind(program, loopsAround(program, loop), marked))
    return nestingRefusal(program, what, loop, *above, false);
  if (const auto below = firstOfKind(program, loopsBelow(program, loop), {LoopKind::Parallel}))
    return nestingRefusal(program, what, loop, *below, true);
  return refusalAcross(program, what, loop);
}

bool joinsLanes(const Program& program, LoopId loop) {
  const Loop& nest = program.loop(loop);
  if (nest.extent > kLargestJoinedLoop || nest.body.size() != 1) return false;
  const BlockId* id = std::get_if<BlockId>(&nest.body.front());
  if (id == nullptr || useOf(program, *id, loop) != LoopUse::Reduction) return false;
  const Block& block = program.block(*id);
  for (const Expr& subscript : block.subscripts)
    if (usesLoop(inLoops(program, block, subscript), loop)) return false;
  bool sideBySide = false;
  const bool scattered = any(block.value, [&](const Expr& part) {
    if (part.kind() != ExprKind::Load) return false;
    if (part.buffer() == block.output) return true;
    const auto stride = distance(program, block, part, loop);
    sideBySide = sideBySide || stride == 1;
    return !stride || (*stride != 0 && *stride != 1);
  });
  return sideBySide && !scattered;
}

std::optional<Refusal> refusalToVectorise(const Program& program, LoopId loop) {
  const std::string what = "vectorise";
  const Loop& nest = program.loop(loop);
  if (nest.extent > kLargestVectorLoop)
    return Refusal{"too-long",
                   "cannot vectorise loop " + nest.name + ": its extent " + std::to_string(nest.extent) +
                       " is above " + std::to_string(kLargestVectorLoop) + ".",
                   "Split it first, for instance with an inner factor of 16, 32 or 64."};
  const std::vector<LoopId> below = loopsBelow(program, loop);
  if (const auto above = firstOfKind(program, loopsAround(program, loop), {LoopKind::Vectorized}))
    return nestingRefusal(program, what, loop, *above, false);
  if (const auto inner = firstOfKind(program, below, {LoopKind::Parallel, LoopKind::Vectorized}))
    return nestingRefusal(program, what, loop, *inner, true);
  double instances = 1;
  for (const LoopId inner : below) instances *= static_cast<double>(program.loop(inner).extent);
  if (instances > static_cast<double>(kLargestVectorLoop))
    return Refusal{"not-innermost",
                   "cannot vectorise loop " + nest.name + ": " + namesOf(program, below) + " below it run " +
                       std::to_string(static_cast<std::int64_t>(instances)) + " times an iteration.",
                   "Reorder so that " + nest.name + " comes last."};
  for (std::uint32_t i = 0; i < program.buffers.size(); ++i)
    if (isPrivateTo(program, BufferId{i}, loop))
      return Refusal{"allocates-inside",
                     "cannot vectorise loop " + nest.name + ": the intermediate " + program.buffers[i].name +
                         " exists once per iteration of it.",
                     "Vectorise a loop below it that touches " + program.buffers[i].name + "."};
  if (joinsLanes(program, loop)) return std::nullopt;
  return refusalAcross(program, what, loop);
}

namespace {

/// Of what depends on the marks of loops, their order and their extents, not on what iterations touch.
std::optional<Refusal> misplacedMark(const Program& program) {
  for (const LoopId loop : loopsOf(program)) {
    std::optional<Refusal> refusal;
    if (program.loop(loop).kind == LoopKind::Unrolled)
      if (const auto below = firstOfKind(program, loopsBelow(program, loop), {LoopKind::Parallel}))
        refusal = nestingRefusal(program, "unroll", loop, *below, true);
    for (const Prefetch& prefetch : program.loop(loop).prefetches)
      if (const auto plan = planPrefetch(program, loop, prefetch); !plan)
        refusal = Refusal{"broken-prefetch",
                          "loop " + program.loop(loop).name + " could no longer prefetch " +
                              program.buffer(prefetch.buffer).name + ": " + plan.error(),
                          "Take this step before Prefetch, or leave out that one."};
    if (refusal) return refusal;
  }
  const WrittenOut code = writtenOut(program);
  if (code.blocks > kMostWrittenOutBlocks || code.loops > kMostWrittenOutLoops)
    return Refusal{"too-much-code",
                   "the unrolled loops would write out " +
                       std::to_string(static_cast<std::int64_t>(code.blocks)) + " block instances and " +
                       std::to_string(static_cast<std::int64_t>(code.loops)) + " loops; at most " +
                       std::to_string(static_cast<std::int64_t>(kMostWrittenOutBlocks)) + " and " +
                       std::to_string(static_cast<std::int64_t>(kMostWrittenOutLoops)) + " are sensible.",
                   "Unroll fewer or shorter loops."};
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> brokenAnnotation(const Program& program) {
  for (const LoopId loop : loopsOf(program)) {
    std::optional<Refusal> refusal;
    if (program.loop(loop).kind == LoopKind::Parallel) refusal = refusalToParallelise(program, loop);
    if (program.loop(loop).kind == LoopKind::Vectorized) refusal = refusalToVectorise(program, loop);
    if (refusal) return refusal;
  }
  return misplacedMark(program);
}

namespace {

/// The stack and the registers of a thread are its own: what iterations of a parallel loop share lies in the
/// workspace.
void moveSharedToWorkspace(Program& program) {
  for (std::uint32_t i = 0; i < program.buffers.size(); ++i) {
    Buffer& buffer = program.buffers[i];
    if (buffer.isArgument() || buffer.memory == MemoryKind::Workspace) continue;
    for (const LoopId loop : loopsOf(program)) {
      if (program.loop(loop).kind != LoopKind::Parallel || isPrivateTo(program, BufferId{i}, loop)) continue;
      const std::vector<Access> accesses = accessesOf(program, blocksBelow(program, loop));
      if (std::any_of(accesses.begin(), accesses.end(),
                      [&](const Access& access) { return access.buffer == BufferId{i}; }))
        buffer.memory = MemoryKind::Workspace;
    }
  }
}

}  // namespace

Outcome<Program> publish(Program program) {
  moveSharedToWorkspace(program);
  if (auto refusal = brokenAnnotation(program)) return tl::unexpected(*std::move(refusal));
  return program;
}

Outcome<Program> publishMarked(Program program) {
  if (auto refusal = misplacedMark(program)) return tl::unexpected(*std::move(refusal));
  return program;
}

std::vector<LoopId> chainBetween(const Program& program, LoopId outer, LoopId inner) {
  std::vector<LoopId> chain = loopsAround(program, inner);
  chain.push_back(inner);
  const auto start = std::find(chain.begin(), chain.end(), outer);
  if (start == chain.end()) return {};
  chain.erase(chain.begin(), start);
  for (std::size_t i = 0; i + 1 < chain.size(); ++i)
    if (program.loop(chain[i]).body.size() != 1) return {};
  return chain;
}

std::vector<LoopId> chainFrom(const Program& program, LoopId loop) {
  std::vector<LoopId> chain{loop};
  while (program.loop(chain.back()).body.size() == 1) {
    const auto* next = std::get_if<LoopId>(&program.loop(chain.back()).body.front());
    if (next == nullptr) break;
    chain.push_back(*next);
  }
  return chain;
}

std::optional<LoopId> ownNest(const Program& program, BlockId block) {
  std::optional<LoopId> outermost;
  const std::vector<LoopId> around = loopsAround(program, block);
  for (auto loop = around.rbegin(); loop != around.rend() && program.loop(*loop).body.size() == 1; ++loop)
    outermost = *loop;
  return outermost;
}

std::vector<LoopId> loopsBetween(const Program& program, LoopId loop, BlockId block) {
  const std::vector<LoopId> around = loopsAround(program, block);
  return {std::find(around.begin(), around.end(), loop) + 1, around.end()};
}

std::size_t positionOf(const Program& program, BlockId block) {
  const std::vector<BlockId> order = blocksOf(program);
  return static_cast<std::size_t>(std::find(order.begin(), order.end(), block) - order.begin());
}

WrittenOut writtenOut(const Program& program) {
  WrittenOut total;
  walk(program, [&](const NodeRef& node, const std::vector<LoopId>& around) {
    double unrolled = 1;
    double lanes = 1;
    for (const LoopId loop : around) {
      const auto extent = static_cast<double>(program.loop(loop).extent);
      if (program.loop(loop).kind == LoopKind::Unrolled) unrolled *= extent;
      if (program.loop(loop).kind == LoopKind::Vectorized && extent > 16) lanes *= extent / 16;
    }
    const LoopId* loop = std::get_if<LoopId>(&node);
    if (loop == nullptr)
      total.blocks += unrolled * lanes;
    else if (program.loop(*loop).kind == LoopKind::Serial && program.loop(*loop).extent > 1 && unrolled > 1)
      total.loops += unrolled;
  });
  return total;
}

}  // namespace espalier
