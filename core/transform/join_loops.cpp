// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// JoinLoops(loops=[d, d_1]): two loops side by side become one that runs both bodies.
//
//     for d:                          for d:
//       Gate …                          Gate …
//     for d_1:                  ->      Up …      # d_1 = d
//       Up …
//
// 1. Both loops exist, are serial, have the same extent and hang in the same body, the first before the
//    second.
// 2. What the second body touches, no iteration of the first body touches in another iteration of the joined
//    loop, unless both only read.
// 3. What stands between the loops does not touch what the second body writes, nor write what it reads.
// 4. Loops that are parallel, vectorised or unrolled stay legal.
#include <algorithm>

#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/drawing.h"
#include "transform/editing.h"
#include "transform/factors.h"
#include "transform/legality.h"
#include "transform/members.h"

namespace espalier {
namespace {

std::vector<BlockId> blocksIn(const Program& program, const NodeRef& node) {
  if (const BlockId* block = std::get_if<BlockId>(&node)) return {*block};
  return blocksBelow(program, std::get<LoopId>(node));
}

/// A buffer that both touch and one writes.
std::optional<BufferId> sharedWrite(const Program& program, const std::vector<BlockId>& left,
                                    const std::vector<BlockId>& right) {
  for (const Access& one : accessesOf(program, left))
    for (const Access& other : accessesOf(program, right))
      if (one.buffer == other.buffer && (one.writes || other.writes)) return one.buffer;
  return std::nullopt;
}

/// Why the second of the joined bodies may not run its iteration before the first has ended.
std::optional<Refusal> crossing(const Program& joined, const Step& step, LoopId loop,
                                const std::vector<BlockId>& first, const std::vector<BlockId>& second) {
  const std::vector<LoopId> around = loopsAround(joined, loop);
  for (const Access& left : accessesOf(joined, first))
    for (const Access& right : accessesOf(joined, second)) {
      if (left.buffer != right.buffer || !(left.writes || right.writes)) continue;
      if (!decidedLoops(joined, left, right, {loop}, around).empty()) continue;
      return Refusal{"iterations-conflict",
                     about(step) + "blocks " + joined.block(left.block).name + " and " +
                         joined.block(right.block).name + " may touch the same element of " +
                         joined.buffer(left.buffer).name + " in different iterations.",
                     "Join loops that run over a dimension of " + joined.buffer(left.buffer).name +
                         ", or bodies that do not depend on each other."};
    }
  return std::nullopt;
}

Outcome<Program> apply(const Program& program, const Step& step) {
  const Outcome<std::vector<LoopId>> loops = loopsArgument(program, step);
  if (!loops) return tl::unexpected(loops.error());
  if (loops->size() != 2)
    return refuse("wrong-argument",
                  about(step) + "two loops are joined, not " + std::to_string(loops->size()) + ".",
                  "Name two loops that stand side by side.");
  const LoopId first = loops->front();
  const LoopId second = loops->back();
  for (const LoopId loop : *loops)
    if (const auto serial = serialLoop(program, step, loop); !serial) return tl::unexpected(serial.error());
  const std::string names = "loops " + namesOf(program, *loops);
  if (program.loop(first).extent != program.loop(second).extent)
    return refuse("other-extent",
                  about(step) + names + " have " + std::to_string(program.loop(first).extent) + " and " +
                      std::to_string(program.loop(second).extent) + " iterations.",
                  "Tile both in the same way first.");
  Program changed = program;
  std::vector<NodeRef>& siblings = siblingsOf(changed, first);
  const auto one = std::find(siblings.begin(), siblings.end(), NodeRef(first));
  const auto other = std::find(one, siblings.end(), NodeRef(second));
  if (other == siblings.end())
    return refuse("apart", about(step) + names + " do not hang in the same body one after the other.",
                  "ComputeAt moves both below one loop; Reorder brings them to the same depth.");
  const std::vector<BlockId> firstBlocks = blocksBelow(program, first);
  const std::vector<BlockId> secondBlocks = blocksBelow(program, second);
  for (auto between = one + 1; between != other; ++between)
    if (const auto buffer = sharedWrite(program, blocksIn(program, *between), secondBlocks))
      return refuse("stands-between",
                    about(step) + "what stands between the loops and loop " + program.loop(second).name +
                        " both touch " + program.buffer(*buffer).name + ".",
                    "Join before CacheWrite, or join with a later loop.");
  siblings.erase(other);
  for (const NodeRef& node : program.loop(second).body) changed.loop(first).body.push_back(node);
  replaceLoopVariables(changed, secondBlocks,
                       [&](LoopId loop) { return loop == second ? Expr::loopVar(first) : Expr(); });
  if (auto refusal = crossing(changed, step, first, firstBlocks, secondBlocks))
    return tl::unexpected(*std::move(refusal));
  return publish(std::move(changed));
}

std::vector<Step> candidatesOf(const Program& program) {
  std::vector<Step> candidates;
  const auto inList = [&](const std::vector<NodeRef>& nodes) {
    for (std::size_t i = 0; i < nodes.size(); ++i)
      for (std::size_t j = i + 1; j < nodes.size(); ++j) {
        const LoopId* one = std::get_if<LoopId>(&nodes[i]);
        const LoopId* other = std::get_if<LoopId>(&nodes[j]);
        if (one == nullptr || other == nullptr) continue;
        const Loop& left = program.loop(*one);
        const Loop& right = program.loop(*other);
        if (left.extent == 1 || left.extent != right.extent || left.kind != LoopKind::Serial ||
            right.kind != LoopKind::Serial)
          continue;
        candidates.push_back(
            Step{"JoinLoops", {}}.set("loops", std::vector<std::string>{left.name, right.name}));
      }
  };
  inList(program.roots);
  for (const LoopId loop : loopsOf(program)) inList(program.loop(loop).body);
  return candidates;
}

Outcome<Step> complete(const Program& program, const Step& partial, Random& random) {
  return drawLegal(program, partial, random, apply,
                   [&](const Step& given, Random& source) -> std::optional<Step> {
                     if (has(given, {"loops"})) return given;
                     const std::vector<Step> candidates = candidatesOf(program);
                     if (candidates.empty()) return std::nullopt;
                     return source.pick(candidates);
                   });
}

std::vector<Step> choices(const Program& program) {
  return legalAmong(program, apply, candidatesOf(program), 12);
}

}  // namespace

Transformation joinLoopsMember() {
  return {
      "JoinLoops",
      "Makes two loops that stand side by side one loop that runs both bodies. Pays where both read the same "
      "data, which then comes from memory once.",
      {{"loops", "two serial loops of the same extent in the same body, by name"}},
      complete,
      apply,
      choices};
}

}  // namespace espalier
