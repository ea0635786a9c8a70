// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "program/program.h"

namespace espalier {

/// Where a node hangs.
struct Position {
  std::vector<LoopId> loops;  ///< surrounding loops, outermost first
};

/// Visits all loops and blocks in order of execution, parents first, with the loops around each.
void walk(const Program& program, const std::function<void(const NodeRef&, const std::vector<LoopId>&)>& visit);

/// All blocks (loops) in the tree, in order of execution.
[[nodiscard]] std::vector<BlockId> blocksOf(const Program& program);
[[nodiscard]] std::vector<LoopId> loopsOf(const Program& program);
/// Blocks (loops) below a loop, the loop itself not included.
[[nodiscard]] std::vector<BlockId> blocksBelow(const Program& program, LoopId loop);
[[nodiscard]] std::vector<LoopId> loopsBelow(const Program& program, LoopId loop);

/// Surrounding loops, outermost first; empty for what stands at the root.
[[nodiscard]] std::vector<LoopId> loopsAround(const Program& program, BlockId block);
[[nodiscard]] std::vector<LoopId> loopsAround(const Program& program, LoopId loop);
[[nodiscard]] std::optional<LoopId> parentOf(const Program& program, NodeRef node);
/// The list that holds the node: `roots` or a loop's body.
[[nodiscard]] std::vector<NodeRef>& siblingsOf(Program& program, NodeRef node);
[[nodiscard]] std::size_t indexIn(const std::vector<NodeRef>& siblings, NodeRef node);

[[nodiscard]] bool usesLoop(const Expr& expr, LoopId loop);
/// Axes of the block whose binding uses the loop.
[[nodiscard]] std::vector<std::size_t> axesUsing(const Block& block, LoopId loop);
/// True if some reduction axis of the block is bound through the loop.
[[nodiscard]] bool carriesReduction(const Block& block, LoopId loop);

[[nodiscard]] std::vector<BlockId> writersOf(const Program& program, BufferId buffer);
/// Blocks that load the buffer (in-place updates included).
[[nodiscard]] std::vector<BlockId> readersOf(const Program& program, BufferId buffer);
[[nodiscard]] std::vector<BufferId> buffersReadBy(const Block& block);

/// The innermost loop that surrounds all accesses of an Intermediate; nothing if that is the root.
[[nodiscard]] std::optional<LoopId> allocationScope(const Program& program, BufferId buffer);

/// Smallest and largest value, both included.
struct Interval {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

/// Range of an Index expression when every loop variable runs over the interval that `range` answers. Exact for
/// affine expressions with independent variables, safe otherwise.
[[nodiscard]] Interval intervalOf(const Expr& expr, const std::function<Interval(const Expr& variable)>& range);
/// With every loop over its full extent.
[[nodiscard]] Interval intervalOf(const Program& program, const Expr& expr);

/// `constant + Σ coefficient·term`; a term is a variable or an expression that is not affine.
struct AffineForm {
  struct Term {
    Expr atom;
    std::int64_t coefficient = 0;
  };
  std::int64_t constant = 0;
  std::vector<Term> terms;  ///< distinct atoms, coefficients ≠ 0

  [[nodiscard]] std::int64_t coefficientOf(const Expr& atom) const;
};
[[nodiscard]] AffineForm affineForm(const Expr& expr);
[[nodiscard]] Expr fromAffine(const AffineForm& form);

/// An equal Index expression in canonical form: sums sorted, floorDiv and floorMod resolved with the variables' ranges
/// (for instance `(i*32 + j) / 32` with 0 ≤ j < 32 is `i`).
[[nodiscard]] Expr simplify(const Expr& expr, const std::function<Interval(const Expr& variable)>& range);
/// With every loop over its full extent (axis variables: of `block`, if given).
[[nodiscard]] Expr simplify(const Program& program, const Expr& expr, const Block* block = nullptr);

/// A subscript or value of a block, with the axis variables replaced by their bindings: an expression over loops.
[[nodiscard]] Expr overLoops(const Block& block, const Expr& expr);

/// Floating-point and integer operations of all blocks (an FMA counts as two), computed once per program meaning: call
/// it for p0. Comparisons, selects and subscripts do not count; a function call counts as one.
[[nodiscard]] double operationCount(const Program& program);
/// Bytes of all arguments: each read or written once.
[[nodiscard]] double compulsoryBytes(const Program& program);

}  // namespace espalier
