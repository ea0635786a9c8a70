// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Unroll(loop=i.2): the iterations are written out.
// Unroll(block=C, max_steps=64): the paper's form; the innermost serial loops around the block as long as
// they have at most max_steps iterations together. Vectorised loops on the way are passed over. max_steps=0
// leaves everything as it is.
//
//     for i.2 in range(6):          unrolled for i.2 in range(6):
//       C                     ->      C
//
// 1. The loop (block) exists; the loop is serial and holds no parallel loop.
// 2. All unrolled loops of the program together write out at most kMostWrittenOutBlocks instances of
//    blocks and kMostWrittenOutLoops loops.
// 3. In the paper's form with max_steps > 0 something can be unrolled.
#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/drawing.h"
#include "transform/factors.h"
#include "transform/legality.h"
#include "transform/members.h"

namespace espalier {
namespace {

Outcome<Program> unrollLoop(const Program& program, const Step& step) {
  const Outcome<LoopId> loop = loopArgument(program, step);
  if (!loop) return tl::unexpected(loop.error());
  if (const auto serial = serialLoop(program, step, *loop); !serial) return tl::unexpected(serial.error());
  Program changed = program;
  changed.loop(*loop).kind = LoopKind::Unrolled;
  return publishMarked(std::move(changed));
}

Outcome<Program> unrollAround(const Program& program, const Step& step) {
  const Outcome<BlockId> block = blockArgument(program, step);
  if (!block) return tl::unexpected(block.error());
  const Outcome<std::int64_t> steps = integerArgument(step, "max_steps");
  if (!steps) return tl::unexpected(steps.error());
  if (*steps < 0)
    return refuse("wrong-argument", about(step) + "max_steps is negative.", "Take 0, 16, 64 or 512.");
  Program changed = program;
  std::int64_t product = 1;
  bool any = false;
  const std::vector<LoopId> around = loopsAround(program, *block);
  for (auto loop = around.rbegin(); loop != around.rend(); ++loop) {
    const Loop& nest = program.loop(*loop);
    if (nest.kind == LoopKind::Vectorized) continue;
    if (nest.kind == LoopKind::Parallel || product * nest.extent > *steps) break;
    product *= nest.extent;
    if (nest.kind == LoopKind::Unrolled) continue;
    changed.loop(*loop).kind = LoopKind::Unrolled;
    any = any || nest.extent > 1;
  }
  if (*steps == 0) return program;
  if (!any)
    return refuse("nothing-to-unroll",
                  about(step) + "no loop next to block " + program.block(*block).name + " fits into " +
                      std::to_string(*steps) + " steps.",
                  "Tile so that the innermost serial loops are short, or raise max_steps.");
  return publishMarked(std::move(changed));
}

Outcome<Program> apply(const Program& program, const Step& step) {
  if (step.find("loop") == nullptr) return unrollAround(program, step);
  if (step.find("block") != nullptr || step.find("max_steps") != nullptr)
    return refuse("wrong-argument", about(step) + "it takes loop, or block and max_steps.",
                  "Leave out one of them.");
  return unrollLoop(program, step);
}

std::vector<Step> loopCandidates(const Program& program) {
  std::vector<Step> candidates;
  for (const LoopId loop : loopsOf(program))
    if (program.loop(loop).kind == LoopKind::Serial && program.loop(loop).extent > 1 &&
        program.loop(loop).extent <= 64)
      candidates.push_back(Step{"Unroll", {}}.set("loop", program.loop(loop).name));
  return candidates;
}

Outcome<Step> complete(const Program& program, const Step& partial, Random& random) {
  const auto draw = [&](const Step& given, Random& source) -> std::optional<Step> {
    if (has(given, {"loop"}) || has(given, {"block", "max_steps"})) return given;
    std::vector<Step> loops = loopCandidates(program);
    if (given.arguments.empty() && !loops.empty() && source.chance(0.5)) return source.pick(loops);
    Step step = given;
    if (!has(step, {"block"})) {
      const auto name = drawBlock(program, given, source);
      if (!name) return std::nullopt;
      step = Step{given.name, {}}.set("block", *name);
      if (const ArgumentValue* steps = given.find("max_steps")) step.set("max_steps", *steps);
    }
    constexpr std::int64_t categories[] = {16, 64, 512};
    if (!has(step, {"max_steps"})) step.set("max_steps", categories[source.below(3)]);
    return step;
  };
  return drawLegal(program, partial, random, apply, draw);
}

std::vector<Step> choices(const Program& program) {
  std::vector<Step> candidates = loopCandidates(program);
  for (const BlockId block : blocksOf(program))
    for (const std::int64_t steps : {16, 64, 512})
      candidates.push_back(
          Step{"Unroll", {}}.set("block", program.block(block).name).set("max_steps", steps));
  return legalAmong(program, apply, candidates);
}

}  // namespace

Transformation unrollMember() {
  return {"Unroll",
          "Writes out the iterations of a loop, or of the innermost loops around a block up to max_steps. "
          "Pays on the loops of a register tile and on short reductions.",
          {{"loop", "a serial loop by name (or give block and max_steps)"},
           {"block", "a block by name"},
           {"max_steps", "0, 16, 64 or 512: the most iterations that are written out together"}},
          complete,
          apply,
          choices};
}

}  // namespace espalier
