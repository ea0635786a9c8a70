// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "program/program.h"

namespace espalier {

// Changes of the tree that transformations are made of. They change the program in place, check nothing and
// keep the invariants only together: callers work on a copy that nobody else sees.

/// Replaces loop variables in the bindings and guards of the blocks (an empty Expr keeps one) and tidies
/// them.
void replaceLoopVariables(Program& program, const std::vector<BlockId>& blocks,
                          const std::function<Expr(LoopId)>& with);
/// Brings bindings and guards into canonical form and drops guards that always hold or follow from another.
void tidy(Program& program, BlockId block);

/// True if `known` (value < limit) makes `guard` hold.
[[nodiscard]] bool implies(const Program& program, const Guard& known, const Guard& guard);

/// Puts `with` where `old` hangs.
void replaceNode(Program& program, NodeRef old, NodeRef with);
void insertBefore(Program& program, NodeRef anchor, NodeRef node);
void insertAfter(Program& program, NodeRef anchor, NodeRef node);
/// Takes a node out of the tree, and with it the loops above that would be left empty.
void removeNode(Program& program, NodeRef node);
/// Hangs the loops into each other, outermost first, with `inner` at the bottom; answers the outermost node.
NodeRef nest(Program& program, const std::vector<LoopId>& loops, NodeRef inner);

/// Replaces the loop by one loop a factor, outermost first, named `<loop>.0`, `<loop>.1`, …; what lies beyond
/// the extent is guarded away. The product of the factors is at least the extent.
std::vector<LoopId> splitLoop(Program& program, LoopId loop, const std::vector<std::int64_t>& factors);
/// Replaces loops that hang directly and alone in each other, outermost first, by one.
LoopId fuseLoops(Program& program, const std::vector<LoopId>& loops);
/// Rearranges a chain of loops that hang directly and alone in each other.
void permuteChain(Program& program, const std::vector<LoopId>& chain, const std::vector<LoopId>& wanted);

/// Copies of loops, bodies left empty: their names get `suffix`.
struct Mirror {
  std::vector<LoopId> originals;
  std::vector<LoopId> copies;
  /// The variable of the copy; an empty Expr for loops that were not copied.
  [[nodiscard]] Expr operator()(LoopId original) const;
};
[[nodiscard]] Mirror mirrorLoops(Program& program, const std::vector<LoopId>& loops, std::string_view suffix,
                                 bool keepKinds);

/// The axis of the block with this kind and binding; it is added if there is none.
std::size_t axisFor(Program& program, BlockId block, AxisKind kind, const Expr& binding,
                    std::string_view name);
/// Drops axes that neither subscripts nor value use and that are not reductions.
void dropUnusedAxes(Program& program, BlockId block);

}  // namespace espalier
