// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Vectorize(loop=j.2): the iterations become lanes of vector instructions.
//
//     for j.2 in range(64):          vectorized for j.2 in range(64):
//       C                      ->      C
//
// 1. The loop exists, is serial, and has at most 1024 iterations.
// 2. It neither holds a parallel or vectorised loop nor lies in a vectorised one; what hangs below runs at
//    most 1024 times an iteration, and no intermediate exists once per iteration.
// 3. and 4. as for Parallel: lanes are independent.
#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/drawing.h"
#include "transform/factors.h"
#include "transform/legality.h"
#include "transform/members.h"

namespace espalier {
namespace {

Outcome<Program> apply(const Program& program, const Step& step) {
  const Outcome<LoopId> loop = loopArgument(program, step);
  if (!loop) return tl::unexpected(loop.error());
  if (const auto serial = serialLoop(program, step, *loop); !serial) return tl::unexpected(serial.error());
  if (auto refusal = refusalToVectorise(program, *loop)) return tl::unexpected(*std::move(refusal));
  Program changed = program;
  changed.loop(*loop).kind = LoopKind::Vectorized;
  return publishMarked(std::move(changed));
}

std::vector<Step> candidatesOf(const Program& program) {
  std::vector<Step> candidates;
  for (const LoopId loop : loopsOf(program))
    if (program.loop(loop).kind == LoopKind::Serial && program.loop(loop).extent > 1)
      candidates.push_back(Step{"Vectorize", {}}.set("loop", program.loop(loop).name));
  return candidates;
}

Outcome<Step> complete(const Program& program, const Step& partial, Random& random) {
  const auto draw = [&](const Step& given, Random& source) -> std::optional<Step> {
    if (has(given, {"loop"})) return given;
    std::vector<Step> candidates = candidatesOf(program);
    if (candidates.empty()) return std::nullopt;
    return source.pick(candidates);
  };
  return drawLegal(program, partial, random, apply, draw);
}

std::vector<Step> choices(const Program& program) {
  return legalAmong(program, apply, candidatesOf(program), 12);
}

}  // namespace

Transformation vectorizeMember() {
  return {"Vectorize",
          "Turns the iterations of a loop into vector lanes. Pays on an innermost spatial loop that walks "
          "memory contiguously, with an extent that is a multiple of the lanes.",
          {{"loop", "a spatial loop of at most 1024 iterations by name, innermost or nearly so"}},
          complete,
          apply,
          choices};
}

}  // namespace espalier
