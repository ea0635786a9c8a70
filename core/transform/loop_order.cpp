// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "transform/loop_order.h"

#include <algorithm>

#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/legality.h"

namespace espalier {
namespace {

std::size_t placeIn(const std::vector<LoopId>& loops, LoopId loop) {
  return static_cast<std::size_t>(std::find(loops.begin(), loops.end(), loop) - loops.begin());
}

/// A loop that repeats a reduction must stay around it: inside, it would add every term several times.
std::optional<Refusal> repeatsInside(const Program& program, const std::vector<LoopId>& wanted, BlockId id) {
  if (program.block(id).combiner == Combiner::None) return std::nullopt;
  std::optional<LoopId> reduction;
  for (const LoopId loop : wanted) {
    const LoopUse use = useOf(program, id, loop);
    if (use == LoopUse::Reduction) reduction = loop;
    if (use != LoopUse::Repeats || !reduction) continue;
    return Refusal{"repeats-reduction",
                   "cannot put loop " + program.loop(loop).name + " inside " + program.loop(*reduction).name +
                       ": block " + program.block(id).name + " reduces over " +
                       program.loop(*reduction).name + " and is repeated by " + program.loop(loop).name + ".",
                   "Keep " + program.loop(loop).name + " outside."};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> refusalToReorder(const Program& program, const std::vector<LoopId>& chain,
                                        const std::vector<LoopId>& wanted) {
  const std::vector<BlockId> blocks = blocksBelow(program, chain.front());
  for (const BlockId block : blocks)
    if (auto refusal = repeatsInside(program, wanted, block)) return refusal;

  // Two blocks that meet at an element keep their order if they meet in one iteration of every loop that
  // moves relative to another; loops that they do not agree on must keep their order among themselves.
  const std::vector<LoopId> fixed = loopsAround(program, chain.front());
  const std::vector<Access> accesses = accessesOf(program, blocks);
  for (const Access& left : accesses) {
    if (!left.writes || isPrivateTo(program, left.buffer, chain.back())) continue;
    for (const Access& right : accesses) {
      if (right.buffer != left.buffer || right.block == left.block) continue;
      const std::vector<LoopId> decided = decidedLoops(program, left, right, chain, fixed);
      std::vector<LoopId> undecided;
      for (const LoopId loop : chain)
        if (std::find(decided.begin(), decided.end(), loop) == decided.end()) undecided.push_back(loop);
      for (std::size_t i = 0; i + 1 < undecided.size(); ++i) {
        if (placeIn(wanted, undecided[i]) < placeIn(wanted, undecided[i + 1])) continue;
        return Refusal{"order-matters",
                       "cannot move loop " + program.loop(undecided[i + 1]).name + " outside " +
                           program.loop(undecided[i]).name + ": blocks " + program.block(left.block).name +
                           " and " + program.block(right.block).name + " meet in " +
                           program.buffer(left.buffer).name + " in different iterations.",
                       "Keep the order of " + namesOf(program, undecided) + "."};
      }
    }
  }
  return std::nullopt;
}

}  // namespace espalier
