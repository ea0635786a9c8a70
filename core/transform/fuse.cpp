// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Fuse(loops=[i, j]): nested loops become one. The order of execution stays.
//
//     for i in range(16):             for i_j in range(512):
//       for j in range(32):    ->       C               with i = i_j // 32, j = i_j % 32
//         C
//
// 1. The loops exist, at least two, serial, outermost first, each holding nothing but the next.
// 2. No reduction block below sees one of them as a reduction and another not: the fused loop would mix
//    the two, and the first point of a reduction would no longer come first once the loop is split and
//    reordered.
#include <algorithm>

#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/drawing.h"
#include "transform/editing.h"
#include "transform/factors.h"
#include "transform/fuse.h"
#include "transform/legality.h"
#include "transform/members.h"

namespace espalier {

Outcome<std::vector<LoopId>> fusibleLoops(const Program& program, const Step& step,
                                          const std::vector<LoopId>& loops) {
  if (loops.size() < 2) return refuse("too-few-loops", about(step) + "it needs at least two loops.");
  for (const LoopId loop : loops)
    if (const auto serial = serialLoop(program, step, loop); !serial) return tl::unexpected(serial.error());
  for (std::size_t i = 0; i + 1 < loops.size(); ++i) {
    const std::vector<NodeRef>& body = program.loop(loops[i]).body;
    if (body.size() == 1 && body.front() == NodeRef(loops[i + 1])) continue;
    return refuse("not-only-child",
                  about(step) + "loop " + program.loop(loops[i + 1]).name +
                      " is not the only thing directly in loop " + program.loop(loops[i]).name + ".",
                  "Fuse neighbours, outermost first, or Reorder them next to each other first.");
  }
  for (const BlockId block : blocksBelow(program, loops.front())) {
    if (program.block(block).combiner == Combiner::None) continue;
    std::optional<LoopUse> first;
    for (const LoopId loop : loops) {
      const LoopUse use = useOf(program, block, loop);
      if (use == LoopUse::None) continue;
      if (!first) first = use;
      if (use != *first)
        return refuse("mixed-fusion",
                      about(step) + "the loops mean different things to block " + program.block(block).name +
                          ": " + program.loop(loop).name +
                          " and the others are not all spatial or all reductions.",
                      "Fuse spatial loops with spatial ones and reductions with reductions.");
    }
  }
  return loops;
}

namespace {

Outcome<Program> apply(const Program& program, const Step& step) {
  const auto named = loopsArgument(program, step);
  if (!named) return tl::unexpected(named.error());
  const auto loops = fusibleLoops(program, step, *named);
  if (!loops) return tl::unexpected(loops.error());
  Program changed = program;
  fuseLoops(changed, *loops);
  return publish(std::move(changed));
}

std::vector<Step> candidatesOf(const Program& program) {
  std::vector<Step> candidates;
  for (const LoopId loop : loopsOf(program)) {
    const std::vector<LoopId> chain = chainFrom(program, loop);
    std::vector<std::string> names{program.loop(loop).name};
    for (std::size_t i = 1; i < chain.size() && i < 4; ++i) {
      names.push_back(program.loop(chain[i]).name);
      candidates.push_back(Step{"Fuse", {}}.set("loops", names));
    }
  }
  return candidates;
}

Outcome<Step> complete(const Program& program, const Step& partial, Random& random) {
  const auto draw = [&](const Step& given, Random& source) -> std::optional<Step> {
    if (has(given, {"loops"})) return given;
    std::vector<Step> candidates = candidatesOf(program);
    if (candidates.empty()) return std::nullopt;
    return source.pick(candidates);
  };
  return drawLegal(program, partial, random, apply, draw);
}

std::vector<Step> choices(const Program& program) {
  return legalAmong(program, apply, candidatesOf(program));
}

}  // namespace

Transformation fuseMember() {
  return {
      "Fuse",
      "Makes one loop of nested loops. Pays before Parallel, when no single loop has enough iterations for "
      "all threads, and for element-wise nests.",
      {{"loops", "at least two serial loops by name, outermost first, each holding nothing but the next"}},
      complete,
      apply,
      choices};
}

}  // namespace espalier
