// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// DecomposeReduction(block=C, loop=k.0): setting the output to the identity becomes a block of its own,
// before the loop.
//
//     for i:                          for i:
//       for k.0, k.1, j:                for j_init:
//         C[i, j] += …, from 0    ->      C[i, j] = 0            # C_init
//                                       for k.0, k.1, j:
//                                         C[i, j] += …
//
// 1. Block and loop exist, the loop surrounds the block, and the block sets its output first.
// 2. No reduction loop of the block is above the loop.
// 3. No loop at or below the loop repeats the block.
#include <algorithm>

#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/drawing.h"
#include "transform/editing.h"
#include "transform/legality.h"
#include "transform/members.h"

namespace espalier {
namespace {

struct Plan {
  BlockId block;
  LoopId loop;
  std::vector<LoopId> moving;  ///< the loop and those between it and the block
};

Outcome<Plan> plan(const Program& program, const Step& step) {
  const Outcome<BlockId> id = blockArgument(program, step);
  if (!id) return tl::unexpected(id.error());
  const Outcome<LoopId> loop = loopAroundArgument(program, step, *id);
  if (!loop) return tl::unexpected(loop.error());
  const Block& block = program.block(*id);
  if (block.combiner == Combiner::None || !block.initialises)
    return refuse("no-initialisation",
                  about(step) + "block " + block.name + " does not set its output first.",
                  "Only a reduction that starts from its identity can be decomposed, once.");
  for (const LoopId outer : loopsAround(program, *loop))
    if (useOf(program, *id, outer) == LoopUse::Reduction)
      return refuse("inside-reduction",
                    about(step) + "loop " + program.loop(outer).name + " above it reduces as well.",
                    "Take loop " + program.loop(outer).name + " or one further outside.");
  Plan planned{*id, *loop, loopsBetween(program, *loop, *id)};
  planned.moving.insert(planned.moving.begin(), *loop);
  for (const LoopId inner : planned.moving)
    if (useOf(program, *id, inner) == LoopUse::Repeats)
      return refuse("repeats-reduction",
                    about(step) + "loop " + program.loop(inner).name + " repeats block " + block.name +
                        ", which would then start once only.",
                    "Take a loop further inside.");
  return planned;
}

Outcome<Program> apply(const Program& program, const Step& step) {
  const Outcome<Plan> planned = plan(program, step);
  if (!planned) return tl::unexpected(planned.error());
  Program changed = program;
  const Block original = program.block(planned->block);
  std::vector<LoopId> spatial;
  for (const LoopId loop : planned->moving)
    if (!carriesReduction(original, loop)) spatial.push_back(loop);
  const Mirror mirror = mirrorLoops(changed, spatial, "_init", true);
  const auto atStart = [&](LoopId loop) {
    if (const Expr copy = mirror(loop); copy.valid()) return copy;
    const bool moving =
        std::find(planned->moving.begin(), planned->moving.end(), loop) != planned->moving.end();
    return moving ? Expr(0) : Expr();
  };
  Block start = original;
  start.name = program.freshBlockName(original.name + "_init");
  start.combiner = Combiner::None;
  start.initialises = false;
  start.value = identityOf(original.combiner, program.buffer(original.output).type);
  for (Axis& axis : start.axes) axis.kind = AxisKind::Spatial;
  for (Expr& binding : start.bindings) binding = substituteLoops(binding, atStart);
  for (Guard& guard : start.guards) guard.value = substituteLoops(guard.value, atStart);
  const BlockId id = changed.add(std::move(start));
  insertBefore(changed, planned->loop, nest(changed, mirror.copies, id));
  dropUnusedAxes(changed, id);
  tidy(changed, id);
  changed.block(planned->block).initialises = false;
  return publish(std::move(changed));
}

std::vector<Step> candidatesOf(const Program& program) {
  std::vector<Step> candidates;
  for (const BlockId block : blocksOf(program)) {
    if (!program.block(block).initialises) continue;
    for (const LoopId loop : loopsAround(program, block))
      candidates.push_back(Step{"DecomposeReduction", {}}
                               .set("block", program.block(block).name)
                               .set("loop", program.loop(loop).name));
  }
  return candidates;
}

Outcome<Step> complete(const Program& program, const Step& partial, Random& random) {
  return drawPlace(program, partial, random, apply, candidatesOf);
}

std::vector<Step> choices(const Program& program) {
  return legalAmong(program, apply, candidatesOf(program), 12);
}

}  // namespace

Transformation decomposeReductionMember() {
  return {"DecomposeReduction",
          "Moves setting the output of a reduction to its identity into a block of its own before a loop. "
          "Pays by taking a test out of the reduction loop.",
          {{"block", "a reduction that starts from its identity, by name"},
           {"loop", "a loop around it, at or above its outermost reduction loop, by name"}},
          complete,
          apply,
          choices};
}

}  // namespace espalier
