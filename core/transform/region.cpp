// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "transform/region.h"

#include <algorithm>

#include "program/analysis.h"
#include "transform/editing.h"
#include "transform/legality.h"

namespace espalier {
namespace {

enum class Touch : std::uint8_t { StandsStill, Runs, Both };

Touch touchOf(const Expr& atom, const std::vector<LoopId>& running) {
  bool still = false;
  bool runs = false;
  forEach(atom, [&](const Expr& part) {
    if (part.kind() == ExprKind::Load) still = runs = true;
    if (part.kind() != ExprKind::LoopVar) return;
    const bool isRunning = std::find(running.begin(), running.end(), part.loop()) != running.end();
    (isRunning ? runs : still) = true;
  });
  if (still && runs) return Touch::Both;
  return runs ? Touch::Runs : Touch::StandsStill;
}

/// What one dimension of one access needs, or nothing if it is not a box.
struct Span {
  Expr outer;
  std::int64_t low = 0;
  std::int64_t high = 0;
};

std::optional<Span> spanOf(const Program& program, const Expr& subscript,
                           const std::vector<LoopId>& running) {
  std::optional<Parts> parts = splitExpr(subscript, running);
  if (!parts) return std::nullopt;
  AffineForm outer = affineForm(parts->outer);
  const Interval inner = intervalOf(program, parts->inner);
  Span span{Expr(), inner.low + outer.constant, inner.high + outer.constant};
  outer.constant = 0;
  span.outer = fromAffine(outer);
  return span;
}

}  // namespace

std::optional<Parts> splitExpr(const Expr& expr, const std::vector<LoopId>& running) {
  const AffineForm form = affineForm(expr);
  AffineForm outer;
  AffineForm inner;
  outer.constant = form.constant;
  for (const auto& term : form.terms) {
    switch (touchOf(term.atom, running)) {
      case Touch::StandsStill: outer.terms.push_back(term); break;
      case Touch::Runs: inner.terms.push_back(term); break;
      case Touch::Both: return std::nullopt;
    }
  }
  return Parts{fromAffine(outer), fromAffine(inner)};
}

Region regionOf(const Program& program, BufferId buffer, const std::vector<std::vector<Expr>>& subscripts,
                const std::vector<LoopId>& running) {
  const std::vector<std::int64_t>& shape = program.buffer(buffer).shape;
  Region region;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    std::optional<Span> hull;
    bool box = true;
    for (const auto& access : subscripts) {
      const std::optional<Span> span = spanOf(program, access[d], running);
      box = box && span && (!hull || equal(hull->outer, span->outer));
      if (!box) break;
      if (!hull) hull = span;
      hull->low = std::min(hull->low, span->low);
      hull->high = std::max(hull->high, span->high);
    }
    Expr base;
    if (box && hull) base = simplify(program, hull->outer + Expr(hull->low));
    if (!box || !hull || intervalOf(program, base).low < 0) {
      region.base.emplace_back(0);
      region.extent.push_back(shape[d]);
      region.whole.push_back(true);
      continue;
    }
    std::int64_t extent = hull->high - hull->low + 1;
    if (base.isInteger()) extent = std::min(extent, shape[d] - base.integerValue());
    region.base.push_back(base);
    region.extent.push_back(extent);
    region.whole.push_back(false);
  }
  return region;
}

std::optional<Expr> overAxes(Program& program, BlockId id, const Expr& expr, std::string_view name) {
  std::vector<LoopId> reductions;
  for (const LoopId loop : loopsAround(program, id))
    if (carriesReduction(program.block(id), loop)) reductions.push_back(loop);
  std::optional<Parts> parts = splitExpr(expr, reductions);
  if (!parts) return std::nullopt;
  AffineForm still = affineForm(parts->outer);
  Expr sum = still.constant;
  still.constant = 0;
  // An axis counts from 0.
  if (intervalOf(program, fromAffine(still)).low < 0 || intervalOf(program, parts->inner).low < 0)
    return std::nullopt;
  if (!still.terms.empty())
    sum = Expr::axisVar(axisFor(program, id, AxisKind::Spatial, fromAffine(still), name)) + sum;
  if (!parts->inner.isInteger())
    sum = Expr::axisVar(axisFor(program, id, AxisKind::Reduction, parts->inner, name)) + sum;
  return sum;
}

std::vector<std::vector<Expr>> loadsOf(const Program& program, BlockId id, BufferId buffer) {
  const Block& block = program.block(id);
  std::vector<std::vector<Expr>> loads;
  forEach(block.value, [&](const Expr& part) {
    if (part.kind() != ExprKind::Load || part.buffer() != buffer) return;
    std::vector<Expr> subscripts;
    for (const Expr& subscript : part.operands()) subscripts.push_back(inLoops(program, block, subscript));
    loads.push_back(std::move(subscripts));
  });
  return loads;
}

void redirectLoads(Program& program, BlockId id, BufferId from, BufferId to,
                   const std::function<std::vector<Expr>(const std::vector<Expr>&)>& subscripts) {
  Block& block = program.block(id);
  const DataType type = program.buffer(to).type;
  block.value = rewrite(block.value, [&](const Expr& part) {
    if (part.kind() != ExprKind::Load || part.buffer() != from) return part;
    return Expr::load(to, type, subscripts(part.operands()));
  });
}

}  // namespace espalier
