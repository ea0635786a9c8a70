// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "program/program.h"
#include "transform/refusal.h"

namespace espalier {

// The questions that several transformations ask before they change anything.

/// What a loop is to a block below it.
enum class LoopUse : std::uint8_t {
  None,       ///< one iteration: it cannot matter
  Reduction,  ///< a reduction axis runs through it
  Spatial,    ///< different iterations write different elements
  Repeats,    ///< every iteration writes the same elements again
};
[[nodiscard]] LoopUse useOf(const Program& program, BlockId block, LoopId loop);

/// A subscript of the block as a canonical expression over loops.
[[nodiscard]] Expr inLoops(const Program& program, const Block& block, const Expr& subscript);

/// One touch of a buffer by a block, subscripts over loops.
struct Access {
  BlockId block;
  BufferId buffer;
  bool writes = false;
  std::vector<Expr> subscripts;
};
[[nodiscard]] std::vector<Access> accessesOf(const Program& program, const std::vector<BlockId>& blocks);

/// Loops among `candidates` that must have the same value in two instances that touch the same element
/// through `left` and `right`, given that all loops in `fixed` have the same value in both. Sound, not
/// complete.
[[nodiscard]] std::vector<LoopId> decidedLoops(const Program& program, const Access& left,
                                               const Access& right, const std::vector<LoopId>& candidates,
                                               const std::vector<LoopId>& fixed);

/// True if the buffer exists anew in every iteration of the loop.
[[nodiscard]] bool isPrivateTo(const Program& program, BufferId buffer, LoopId loop);

/// Two touches of one buffer, not both reads, that may meet in different iterations of a loop.
struct Conflict {
  Access left;
  Access right;
};
[[nodiscard]] std::optional<Conflict> conflictAcross(const Program& program, LoopId loop);

/// Why the loop may not be Parallel or Vectorized, in words that begin with `cannot …`; nothing if it may.
[[nodiscard]] std::optional<Refusal> refusalToParallelise(const Program& program, LoopId loop);
[[nodiscard]] std::optional<Refusal> refusalToVectorise(const Program& program, LoopId loop);
/// True for a short reduction loop over what lies side by side, of one block alone: its lanes may each take a
/// part, which are joined in the end.
[[nodiscard]] bool joinsLanes(const Program& program, LoopId loop);
inline constexpr std::int64_t kLargestJoinedLoop = 128;
/// Why one of the loops that are already Parallel, Vectorized or Unrolled may not stay so.
[[nodiscard]] std::optional<Refusal> brokenAnnotation(const Program& program);

/// A new program on its way out: refused if one of its marked loops is no longer legal.
[[nodiscard]] Outcome<Program> publish(Program program);
/// The same for a program of which only one loop was marked Vectorized, by a step that checked it, or loops
/// were marked Unrolled: what iterations touch is as it was.
[[nodiscard]] Outcome<Program> publishMarked(Program program);

/// The loops from `outer` down to `inner` if each but the last holds nothing but the next; empty otherwise.
[[nodiscard]] std::vector<LoopId> chainBetween(const Program& program, LoopId outer, LoopId inner);
/// The loop and those below it as long as each holds exactly one loop.
[[nodiscard]] std::vector<LoopId> chainFrom(const Program& program, LoopId loop);
/// The outermost loop around the block below which hangs nothing but the block; nothing for a block that
/// shares all its loops, or has none.
[[nodiscard]] std::optional<LoopId> ownNest(const Program& program, BlockId block);
/// Loops around the block that hang below `loop`, outermost first.
[[nodiscard]] std::vector<LoopId> loopsBetween(const Program& program, LoopId loop, BlockId block);

/// Place of the block in the order of execution.
[[nodiscard]] std::size_t positionOf(const Program& program, BlockId block);

/// What the code generator writes out one by one because of unrolling.
struct WrittenOut {
  double blocks = 0;  ///< block instances, one for each 16 lanes
  double loops = 0;   ///< copies of loops that stay loops
};
[[nodiscard]] WrittenOut writtenOut(const Program& program);
inline constexpr double kMostWrittenOutBlocks = 2048;
inline constexpr double kMostWrittenOutLoops = 512;
inline constexpr std::int64_t kLargestVectorLoop = 1024;

}  // namespace espalier
