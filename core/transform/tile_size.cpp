// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// TileSize(block=C, loop=n, factors=[4, 8, 64]): the paper's tiling decision. It splits loop n of block C
// into one loop a factor, outermost first; Reorder then arranges the parts. Deciding again about a loop that
// the trace has tiled already is redecideTile in trace_editing.h.
//
//     for n in range(2048):           for n.0 in range(4):
//       C                       ->      for n.1 in range(8):
//                                         for n.2 in range(64):
//                                           C                    with n = (n.0*8 + n.1)*64 + n.2
//
// 1. The block exists, the loop surrounds it and is serial. An axis bound to one loop names that loop.
// 2. and 3. as for Split.
#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/drawing.h"
#include "transform/editing.h"
#include "transform/factors.h"
#include "transform/legality.h"
#include "transform/members.h"

namespace espalier {
namespace {

struct Plan {
  LoopId loop;
  std::vector<std::int64_t> factors;
};

Outcome<Plan> plan(const Program& program, const Step& step) {
  const Outcome<BlockId> block = blockArgument(program, step);
  if (!block) return tl::unexpected(block.error());
  const Outcome<LoopId> loop = loopAroundArgument(program, step, *block);
  if (!loop) return tl::unexpected(loop.error());
  if (const auto serial = serialLoop(program, step, *loop); !serial) return tl::unexpected(serial.error());
  const auto factors = factorsArgument(program, step, *loop);
  if (!factors) return tl::unexpected(factors.error());
  return Plan{*loop, *factors};
}

Outcome<Program> apply(const Program& program, const Step& step) {
  const Outcome<Plan> planned = plan(program, step);
  if (!planned) return tl::unexpected(planned.error());
  Program changed = program;
  splitLoop(changed, planned->loop, planned->factors);
  return publish(std::move(changed));
}

Outcome<Step> complete(const Program& program, const Step& partial, Random& random) {
  const auto draw = [&](const Step& given, Random& source) -> std::optional<Step> {
    Step step = Step{given.name, {}};
    const auto name = drawBlock(program, given, source);
    if (!name) return std::nullopt;
    step.set("block", *name);
    const auto block = program.findBlock(*name);
    if (!block) return given;
    auto loopName = given.text("loop");
    if (!loopName)
      loopName = drawLoop(program, *block, source, [&](LoopId loop) {
        return program.loop(loop).kind == LoopKind::Serial && program.loop(loop).extent > 1;
      });
    if (!loopName) return step;
    step.set("loop", *loopName);
    if (const ArgumentValue* factors = given.find("factors")) {
      step.set("factors", *factors);
    } else if (const auto loop = loopAroundArgument(program, step, *block)) {
      step.set("factors", drawTiles(program.loop(*loop).extent, 2 + source.below(3), source));
    }
    return step;
  };
  Outcome<Step> step = drawLegal(program, partial, random, apply, draw);
  if (!step) return step;
  const Outcome<Plan> planned = plan(program, *step);
  step->set("loop", program.loop(planned->loop).name).set("factors", planned->factors);
  return step;
}

std::vector<Step> choices(const Program& program) {
  std::vector<Step> candidates;
  for (const BlockId block : blocksOf(program))
    for (const LoopId loop : loopsAround(program, block)) {
      const Loop& nest = program.loop(loop);
      if (nest.kind != LoopKind::Serial || nest.extent < 4) continue;
      const Step base = Step{"TileSize", {}}.set("block", program.block(block).name).set("loop", nest.name);
      for (const std::int64_t inner : {8, 32, 128}) {
        if (inner >= nest.extent) continue;
        candidates.push_back(
            Step(base).set("factors", std::vector{(nest.extent + inner - 1) / inner, inner}));
        if (inner * 4 < nest.extent)
          candidates.push_back(Step(base).set(
              "factors", std::vector{(nest.extent + inner * 4 - 1) / (inner * 4), std::int64_t{4}, inner}));
      }
    }
  return legalAmong(program, apply, candidates);
}

}  // namespace

Transformation tileSizeMember() {
  return {"TileSize",
          "Tiles one loop of a block with the given factors, outermost first. Pays by making tiles fit "
          "registers and caches once Reorder puts the inner parts inside.",
          {{"block", "a block by name"},
           {"loop", "a serial loop around the block by name"},
           {"factors",
            "2 to 6 positive integers, outermost first; their product is at least the extent; one may be 0 = "
            "what is left over"}},
          complete,
          apply,
          choices};
}

}  // namespace espalier
