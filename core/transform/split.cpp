// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Split(loop=k, factors=[56, 128]): one loop becomes several, outermost first. The order of execution stays.
//
//     for k in range(7168):           for k.0 in range(56):
//       C                       ->      for k.1 in range(128):
//                                         C                      with k = k.0*128 + k.1
//
// 1. The loop exists and is serial.
// 2. There are 2 to 6 positive factors; one may be 0 and stands for what is left over.
// 3. The product covers the extent and wastes at most three quarters of its iterations. Where it is
//    larger, every block below gets the guard `k.0*128 + k.1 < extent`, unless that always holds.
#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/drawing.h"
#include "transform/editing.h"
#include "transform/factors.h"
#include "transform/legality.h"
#include "transform/members.h"

namespace espalier {
namespace {

Outcome<Program> apply(const Program& program, const Step& step) {
  const Outcome<LoopId> loop = loopArgument(program, step);
  if (!loop) return tl::unexpected(loop.error());
  if (const auto serial = serialLoop(program, step, *loop); !serial) return tl::unexpected(serial.error());
  const auto factors = factorsArgument(program, step, *loop);
  if (!factors) return tl::unexpected(factors.error());
  Program changed = program;
  splitLoop(changed, *loop, *factors);
  return publish(std::move(changed));
}

Outcome<Step> complete(const Program& program, const Step& partial, Random& random) {
  const auto draw = [&](const Step& given, Random& source) -> std::optional<Step> {
    Step step = given;
    if (!has(step, {"loop"})) {
      const auto name = drawLoop(program, std::nullopt, source, [&](LoopId loop) {
        return program.loop(loop).kind == LoopKind::Serial && program.loop(loop).extent > 1;
      });
      if (!name) return std::nullopt;
      step.set("loop", *name);
    }
    const auto loop = program.findLoop(step.text("loop").value_or(""));
    if (!has(step, {"factors"}) && loop)
      step.set("factors", drawTiles(program.loop(*loop).extent, 2 + source.below(2), source));
    return step;
  };
  Outcome<Step> step = drawLegal(program, partial, random, apply, draw);
  if (!step) return step;
  step->set("factors", *factorsArgument(program, *step, *loopArgument(program, *step)));
  return step;
}

std::vector<Step> choices(const Program& program) {
  std::vector<Step> candidates;
  for (const LoopId loop : loopsOf(program)) {
    const Loop& nest = program.loop(loop);
    if (nest.kind != LoopKind::Serial || nest.extent == 1) continue;
    for (const std::int64_t inner : {4, 16, 64, 256})
      if (inner < nest.extent)
        candidates.push_back(Step{"Split", {}}
                                 .set("loop", nest.name)
                                 .set("factors", std::vector{(nest.extent + inner - 1) / inner, inner}));
  }
  return legalAmong(program, apply, candidates);
}

}  // namespace

Transformation splitMember() {
  return {"Split",
          "Splits one loop into nested loops, outermost first. Pays as the first half of tiling, or to get a "
          "part to vectorise or unroll.",
          {{"loop", "a serial loop by name"},
           {"factors",
            "2 to 6 positive integers, outermost first; their product is at least the extent; one may be 0 = "
            "what is left over"}},
          complete,
          apply,
          choices};
}

}  // namespace espalier
