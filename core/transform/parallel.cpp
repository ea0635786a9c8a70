// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Parallel(loop=i.0) or Parallel(loops=[i.0, j.0]): the iterations are shared among threads; several loops
// are fused first.
//
//     for i.0 in range(8):            parallel for i.0_j.0 in range(32):
//       for j.0 in range(4):    ->      C
//         C
//
// 1. The loop exists and is serial; several loops can be fused (see Fuse).
// 2. It neither holds a parallel loop nor lies in a marked one.
// 3. It carries no reduction of a block below.
// 4. Two touches of one element below it, of which one writes, happen in the same iteration; buffers that
//    exist once per iteration are exempt.
//
// Without arguments it takes the paper's meaning: the outermost spatial loops of a nest, as many as are
// drawn.
#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/drawing.h"
#include "transform/editing.h"
#include "transform/factors.h"
#include "transform/fuse.h"
#include "transform/legality.h"
#include "transform/members.h"

namespace espalier {
namespace {

Outcome<std::vector<LoopId>> loopsToFuse(const Program& program, const Step& step) {
  if (step.find("loops") != nullptr) {
    if (step.find("loop") != nullptr)
      return refuse("wrong-argument", about(step) + "it takes loop or loops, not both.",
                    "Leave out one of them.");
    return loopsArgument(program, step);
  }
  const Outcome<LoopId> loop = loopArgument(program, step);
  if (!loop) return tl::unexpected(loop.error());
  return std::vector{*loop};
}

Outcome<Program> apply(const Program& program, const Step& step) {
  const auto loops = loopsToFuse(program, step);
  if (!loops) return tl::unexpected(loops.error());
  Program changed = program;
  LoopId loop = loops->front();
  if (loops->size() > 1) {
    // The first reason a single loop cannot be parallel says more than one about the fused loop.
    for (const LoopId part : *loops)
      if (auto refusal = refusalToParallelise(program, part)) return tl::unexpected(*std::move(refusal));
    const auto fusible = fusibleLoops(program, step, *loops);
    if (!fusible) return tl::unexpected(fusible.error());
    loop = fuseLoops(changed, *fusible);
  } else if (const auto serial = serialLoop(program, step, loop); !serial) {
    return tl::unexpected(serial.error());
  }
  if (auto refusal = refusalToParallelise(changed, loop)) return tl::unexpected(*std::move(refusal));
  changed.loop(loop).kind = LoopKind::Parallel;
  return publish(std::move(changed));
}

/// For every nest at the root: its outermost loops, one, two, … of them.
std::vector<Step> candidatesOf(const Program& program) {
  std::vector<Step> candidates;
  for (const NodeRef& root : program.roots) {
    const LoopId* outermost = std::get_if<LoopId>(&root);
    if (outermost == nullptr) continue;
    std::vector<std::string> names;
    for (const LoopId loop : chainFrom(program, *outermost)) {
      if (names.size() == 4 || program.loop(loop).kind != LoopKind::Serial ||
          refusalToParallelise(program, loop))
        break;
      names.push_back(program.loop(loop).name);
      if (names.size() == 1)
        candidates.push_back(Step{"Parallel", {}}.set("loop", names.front()));
      else
        candidates.push_back(Step{"Parallel", {}}.set("loops", names));
    }
  }
  return candidates;
}

Outcome<Step> complete(const Program& program, const Step& partial, Random& random) {
  const auto draw = [&](const Step& given, Random& source) -> std::optional<Step> {
    if (has(given, {"loop"}) || has(given, {"loops"})) return given;
    std::vector<Step> candidates = candidatesOf(program);
    if (!candidates.empty() && source.chance(0.85)) return source.pick(candidates);
    const auto name = drawLoop(program, std::nullopt, source, [&](LoopId loop) {
      return program.loop(loop).kind == LoopKind::Serial && program.loop(loop).extent > 1;
    });
    return name ? std::optional(Step(given).set("loop", *name)) : std::nullopt;
  };
  return drawLegal(program, partial, random, apply, draw);
}

std::vector<Step> choices(const Program& program) {
  std::vector<Step> candidates = candidatesOf(program);
  for (const LoopId loop : loopsOf(program))
    if (program.loop(loop).kind == LoopKind::Serial && program.loop(loop).extent > 1 &&
        parentOf(program, loop))
      candidates.push_back(Step{"Parallel", {}}.set("loop", program.loop(loop).name));
  return legalAmong(program, apply, candidates, 12);
}

}  // namespace

Transformation parallelMember() {
  return {"Parallel",
          "Shares the iterations of a loop among threads; several loops are fused first. Pays with at least "
          "as many iterations as threads and enough work in each.",
          {{"loop", "a spatial loop by name (or give loops)"},
           {"loops", "several nested spatial loops by name, outermost first: they are fused, then shared"}},
          complete,
          apply,
          choices};
}

}  // namespace espalier
