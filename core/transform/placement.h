// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "program/program.h"
#include "transform/refusal.h"
#include "transform/step.h"

namespace espalier {

// Moving a block to another place: what ComputeAt, ReverseComputeAt, ComputeInline, ReverseComputeInline and
// ComputeLocation share. `step` is for the sentences of refusals.

[[nodiscard]] Outcome<Program> computeAt(const Program& program, const Step& step, BlockId producer,
                                         LoopId loop);
[[nodiscard]] Outcome<Program> reverseComputeAt(const Program& program, const Step& step, BlockId consumer,
                                                LoopId loop);
[[nodiscard]] Outcome<Program> computeInline(const Program& program, const Step& step, BlockId producer);
[[nodiscard]] Outcome<Program> reverseComputeInline(const Program& program, const Step& step,
                                                    BlockId consumer);

/// The axes that the subscripts name, if every subscript is an axis and none comes twice.
[[nodiscard]] std::optional<std::vector<std::size_t>> plainAxes(const std::vector<Expr>& subscripts);
/// Loops around both nodes, outermost first.
[[nodiscard]] std::vector<LoopId> commonLoops(const std::vector<LoopId>& left,
                                              const std::vector<LoopId>& right);
/// What a block that moves takes with it: its own nest, or just the block.
[[nodiscard]] NodeRef movableNode(const Program& program, BlockId block);
/// Why the block cannot be computed where `target` says (the loops that will surround it): one of its inputs
/// would not be there.
[[nodiscard]] std::optional<Refusal> missingInput(const Program& program, const Step& step, BlockId block,
                                                  const std::vector<LoopId>& target,
                                                  const std::vector<BufferId>& exempt);
/// Why the block cannot leave the loops around it for `target`: what it writes lives inside one of them.
[[nodiscard]] std::optional<Refusal> outputTied(const Program& program, const Step& step, BlockId block,
                                                const std::vector<LoopId>& target);
/// True if the axis takes every value from 0 to its extent.
[[nodiscard]] bool coversAxis(const Program& program, const Block& block, std::size_t axis);
/// True if the block runs once for every point of its axes, so that its loops may be made anew from them.
[[nodiscard]] bool runsOverItsAxes(const Program& program, const Block& block);
/// Shrinks an intermediate to the box that is touched in one iteration of its allocation scope, if it is a
/// box.
void compact(Program& program, BufferId buffer);

/// A new loop over an axis of a block, `<axis>_<block>`; `taken` collects the names of loops that do not hang
/// in the tree yet.
[[nodiscard]] LoopId axisLoop(Program& program, const std::string& axis, const std::string& block,
                              std::int64_t extent, std::vector<std::string>& taken);

}  // namespace espalier
