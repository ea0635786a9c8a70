// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// UnrollAndJam(loop=i, factor=6): a block of iterations of an outer loop is written out inside the inner
// loops, so that what the inner loops load is used several times.
//
//     for i in range(48):            for i.0 in range(8):
//       for k:                         for k:
//         vectorized for j:    ->        unrolled for i.1 in range(6):
//           C                              vectorized for j:
//                                            C
//
// 1. The loop exists and is serial, the factor is at least 2 and at most the extent.
// 2. Below the loop hang other loops, each alone in the one above; the inner part moves below them, down
//    to a vectorised or unrolled loop. The move is legal as for Reorder.
// 3. The inner part may be unrolled.
#include <algorithm>

#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/drawing.h"
#include "transform/editing.h"
#include "transform/factors.h"
#include "transform/legality.h"
#include "transform/loop_order.h"
#include "transform/members.h"

namespace espalier {
namespace {

Outcome<Program> apply(const Program& program, const Step& step) {
  const Outcome<LoopId> loop = loopArgument(program, step);
  if (!loop) return tl::unexpected(loop.error());
  if (const auto serial = serialLoop(program, step, *loop); !serial) return tl::unexpected(serial.error());
  const Outcome<std::int64_t> factor = integerArgument(step, "factor");
  if (!factor) return tl::unexpected(factor.error());
  const std::string name = program.loop(*loop).name;
  const std::int64_t extent = program.loop(*loop).extent;
  if (*factor < 2 || *factor > extent)
    return refuse("wrong-factors", about(step) + "the factor must lie between 2 and the extent " +
                                       std::to_string(extent) + " of loop " + name + ".");
  Program changed = program;
  const std::vector<LoopId> parts = splitLoop(changed, *loop, {(extent + *factor - 1) / *factor, *factor});
  std::vector<LoopId> chain = chainFrom(changed, parts.back());
  const auto marked = std::find_if(
      chain.begin(), chain.end(), [&](LoopId below) { return changed.loop(below).kind != LoopKind::Serial; });
  chain.erase(marked, chain.end());
  if (chain.size() < 2)
    return refuse("nothing-to-jam", about(step) + "no serial loop hangs alone below loop " + name + ".",
                  "Unroll(loop=" + name + ") writes it out where it stands.");
  std::vector<LoopId> wanted = chain;
  std::rotate(wanted.begin(), wanted.begin() + 1, wanted.end());
  if (auto refusal = refusalToReorder(changed, chain, wanted)) return tl::unexpected(*std::move(refusal));
  permuteChain(changed, chain, wanted);
  changed.loop(parts.back()).kind = LoopKind::Unrolled;
  return publish(std::move(changed));
}

Outcome<Step> complete(const Program& program, const Step& partial, Random& random) {
  const auto draw = [&](const Step& given, Random& source) -> std::optional<Step> {
    Step step = Step{given.name, {}};
    auto name = given.text("loop");
    if (!name)
      name = drawLoop(program, std::nullopt, source, [&](LoopId loop) {
        return program.loop(loop).kind == LoopKind::Serial && program.loop(loop).extent > 1;
      });
    if (!name) return std::nullopt;
    step.set("loop", *name);
    const auto loop = program.findLoop(*name);
    if (const ArgumentValue* factor = given.find("factor")) {
      step.set("factor", *factor);
    } else if (loop) {
      step.set("factor", source.between(2, std::max<std::int64_t>(
                                               2, std::min<std::int64_t>(16, program.loop(*loop).extent))));
    }
    return step;
  };
  return drawLegal(program, partial, random, apply, draw);
}

std::vector<Step> choices(const Program& program) {
  std::vector<Step> candidates;
  for (const LoopId loop : loopsOf(program))
    for (const std::int64_t factor : {4, 6, 8})
      if (program.loop(loop).kind == LoopKind::Serial && factor <= program.loop(loop).extent)
        candidates.push_back(
            Step{"UnrollAndJam", {}}.set("loop", program.loop(loop).name).set("factor", factor));
  return legalAmong(program, apply, candidates, 12);
}

}  // namespace

Transformation unrollAndJamMember() {
  return {"UnrollAndJam",
          "Splits a loop and writes its inner part out inside the loops below. Pays by reusing loaded values "
          "from registers.",
          {{"loop", "a serial loop with loops below it, by name"},
           {"factor", "an integer from 2 to the extent; 4 to 14 are sensible"}},
          complete,
          apply,
          choices};
}

}  // namespace espalier
