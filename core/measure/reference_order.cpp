// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/reference_order.h"

#include <algorithm>
#include <set>

#include "program/analysis.h"

namespace espalier {
namespace {

/// Rows that share what is loaded along the vector axis; their accumulators fit the first-level cache with
/// it.
constexpr std::int64_t kReuseBlock = 16;
/// Without a vector axis the block of reuse is unrolled: as many sums in flight hide the latency of an
/// addition.
constexpr std::int64_t kUnrolledBlock = 8;
constexpr std::int64_t kVectorBlock = 512;

/// By how much the flat position of a load moves with an axis; nothing if that is not constant.
std::optional<std::int64_t> strideAlong(const Program& program, const Expr& load, std::size_t axis) {
  const Buffer& buffer = program.buffer(load.buffer());
  std::int64_t stride = 0;
  std::int64_t rowSize = 1;
  for (std::size_t d = load.operands().size(); d-- > 0; rowSize *= buffer.shape[d]) {
    const Expr& subscript = load.operand(d);
    if (!any(subscript,
             [&](const Expr& part) { return part.kind() == ExprKind::AxisVar && part.axis() == axis; }))
      continue;
    const std::int64_t coefficient = affineForm(subscript).coefficientOf(Expr::axisVar(axis));
    if (coefficient == 0) return std::nullopt;
    stride += coefficient * rowSize;
  }
  return stride;
}

std::vector<Expr> loadsOf(const Block& block) {
  std::vector<Expr> loads;
  forEach(block.value, [&](const Expr& expr) {
    if (expr.kind() == ExprKind::Load) loads.push_back(expr);
  });
  return loads;
}

/// Every axis is one loop of its own, so that spatial loops may stand in any order.
bool axesAreLoops(const Block& block) {
  std::set<LoopId> seen;
  return block.guards.empty() &&
         std::all_of(block.bindings.begin(), block.bindings.end(), [&](const Expr& binding) {
           return binding.kind() == ExprKind::LoopVar && seen.insert(binding.loop()).second;
         });
}

std::optional<std::size_t> vectorAxis(const Program& program, const Block& block) {
  if (block.subscripts.empty() || block.subscripts.back().kind() != ExprKind::AxisVar) return std::nullopt;
  const std::size_t axis = block.subscripts.back().axis();
  for (const Expr& load : loadsOf(block)) {
    const auto stride = strideAlong(program, load, axis);
    if (!stride || (*stride != 0 && *stride != 1)) return std::nullopt;
  }
  return axis;
}

/// A spatial axis that the largest operand does not depend on.
std::optional<std::size_t> reuseAxis(const Program& program, const Block& block,
                                     std::optional<std::size_t> vector) {
  const std::vector<Expr> loads = loadsOf(block);
  const auto largest = std::max_element(loads.begin(), loads.end(), [&](const Expr& a, const Expr& b) {
    return program.buffer(a.buffer()).elements() < program.buffer(b.buffer()).elements();
  });
  if (largest == loads.end()) return std::nullopt;
  for (std::size_t axis = 0; axis < block.axes.size(); ++axis) {
    if (block.axes[axis].kind != AxisKind::Spatial || axis == vector || block.axes[axis].extent == 1)
      continue;
    if (strideAlong(program, *largest, axis) == 0) return axis;
  }
  return std::nullopt;
}

std::int64_t largestDivisor(std::int64_t extent, std::int64_t atMost) {
  for (std::int64_t divisor = std::min(extent, atMost); divisor > 1; --divisor)
    if (extent % divisor == 0) return divisor;
  return 1;
}

struct SplitLoop {
  LoopId outer;
  LoopId inner;
};

/// Binds an axis that is one loop to two: `outer · factor + inner`; the factor divides the extent.
SplitLoop split(Program& program, BlockId block, std::size_t axis, std::int64_t factor) {
  const Loop whole = program.loop(program.block(block).bindings[axis].loop());
  Loop outer = whole;
  outer.name = program.freshLoopName(whole.name + ".0");
  outer.extent = whole.extent / factor;
  const LoopId outerId = program.add(std::move(outer));
  Loop inner = whole;
  inner.name = program.freshLoopName(whole.name + ".1");
  inner.extent = factor;
  const LoopId innerId = program.add(std::move(inner));
  program.block(block).bindings[axis] = Expr::loopVar(outerId) * Expr(factor) + Expr::loopVar(innerId);
  return {outerId, innerId};
}

/// The nest for a reduction, outermost loop first; empty if it stays as it is.
std::vector<LoopId> reductionOrder(Program& program, BlockId id) {
  const Block block = program.block(id);
  const auto vector = vectorAxis(program, block);
  const auto reuse = reuseAxis(program, block, vector);
  if (!vector && !reuse) return {};

  std::vector<LoopId> outer;
  std::vector<LoopId> inner;
  std::optional<LoopId> reuseOuter;
  std::optional<LoopId> vectorOuter;
  if (reuse) {
    const std::int64_t limit = vector ? kReuseBlock : kUnrolledBlock;
    const SplitLoop parts = split(program, id, *reuse, largestDivisor(block.axes[*reuse].extent, limit));
    if (!vector) program.loop(parts.inner).kind = LoopKind::Unrolled;
    reuseOuter = parts.outer;
    inner.push_back(parts.inner);
  }
  if (vector) {
    const SplitLoop parts =
        split(program, id, *vector, largestDivisor(block.axes[*vector].extent, kVectorBlock));
    vectorOuter = parts.outer;
    inner.push_back(parts.inner);
  }
  std::vector<LoopId> order;
  std::vector<LoopId> reductions;
  if (vectorOuter) outer.insert(outer.begin(), *vectorOuter);
  for (std::size_t axis = 0; axis < block.axes.size(); ++axis) {
    if (axis == reuse || axis == vector) continue;
    (block.axes[axis].kind == AxisKind::Spatial ? outer : reductions).push_back(block.bindings[axis].loop());
  }
  if (reuseOuter) outer.push_back(*reuseOuter);
  // The outermost loop becomes parallel, so it should have iterations to share.
  for (const LoopId loop : outer)
    if (program.loop(loop).extent > 1) order.push_back(loop);
  for (const LoopId loop : outer)
    if (program.loop(loop).extent == 1) order.push_back(loop);
  order.insert(order.end(), reductions.begin(), reductions.end());
  order.insert(order.end(), inner.begin(), inner.end());
  return order;
}

}  // namespace

std::optional<PerfectNest> perfectNestAt(const Program& program, NodeRef node) {
  PerfectNest nest;
  while (const auto* loop = std::get_if<LoopId>(&node)) {
    nest.loops.push_back(*loop);
    if (program.loop(*loop).body.size() != 1) return std::nullopt;
    node = program.loop(*loop).body.front();
  }
  nest.block = std::get<BlockId>(node);
  return nest;
}

Program inFastOrder(Program program) {
  for (NodeRef& root : program.roots) {
    const auto nest = perfectNestAt(program, root);
    if (!nest || nest->loops.empty() || !axesAreLoops(program.block(nest->block))) continue;
    std::vector<LoopId> order;
    if (program.block(nest->block).isReduction()) order = reductionOrder(program, nest->block);
    if (order.empty()) order = nest->loops;
    for (std::size_t i = 0; i + 1 < order.size(); ++i) program.loop(order[i]).body = {order[i + 1]};
    program.loop(order.back()).body = {nest->block};
    root = order.front();
    if (!carriesReduction(program.block(nest->block), order.front()))
      program.loop(order.front()).kind = LoopKind::Parallel;
  }
  return program;
}

}  // namespace espalier
