// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Reorder(loops=[k, i]): the loops named take the places that they hold together, in the order given.
//
//     for i:                for k:
//       for k:       ->       for i:
//         C                     C
//
// 1. The loops exist, at least two, on one path, and between the first and the last each loop holds
//    nothing but the next.
// 2. A loop that repeats a reduction block stays around the block's reduction loops.
// 3. Blocks that meet at an element of a buffer keep their order (loop_order.h). Reductions of one block
//    may run in any order: sums are reassociated.
// 4. Loops that are Parallel or Vectorized may still be so.
#include <algorithm>

#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/drawing.h"
#include "transform/editing.h"
#include "transform/legality.h"
#include "transform/loop_order.h"
#include "transform/members.h"

namespace espalier {
namespace {

struct Plan {
  std::vector<LoopId> chain;
  std::vector<LoopId> wanted;
};

Outcome<Plan> plan(const Program& program, const Step& step) {
  const auto loops = loopsArgument(program, step);
  if (!loops) return tl::unexpected(loops.error());
  if (loops->size() < 2)
    return refuse("too-few-loops", about(step) + "it needs at least two loops.",
                  "Name the loops in the order you want.");
  std::vector<LoopId> path;
  for (const LoopId loop : *loops) {
    std::vector<LoopId> candidate = loopsAround(program, loop);
    candidate.push_back(loop);
    if (candidate.size() > path.size()) path = std::move(candidate);
  }
  std::vector<std::size_t> places;
  for (const LoopId loop : *loops) {
    const auto found = std::find(path.begin(), path.end(), loop);
    if (found == path.end())
      return refuse("not-nested",
                    about(step) + "loop " + program.loop(loop).name + " and loop " +
                        program.loop(path.back()).name + " do not lie in each other.",
                    "Name loops of one nest, for instance " + namesOf(program, path) + ".");
    places.push_back(static_cast<std::size_t>(found - path.begin()));
  }
  std::vector<std::size_t> sorted = places;
  std::sort(sorted.begin(), sorted.end());
  std::vector<LoopId> chain(path.begin() + static_cast<std::ptrdiff_t>(sorted.front()), path.end());
  for (std::size_t i = 0; i + 1 < chain.size(); ++i)
    if (program.loop(chain[i]).body.size() != 1)
      return refuse("not-only-child",
                    about(step) + "loop " + program.loop(chain[i]).name + " holds more than loop " +
                        program.loop(chain[i + 1]).name + ".",
                    "Reorder before splitting the body, or reorder only loops above or below " +
                        program.loop(chain[i]).name + ".");
  Plan planned{chain, chain};
  for (std::size_t i = 0; i < sorted.size(); ++i) planned.wanted[sorted[i] - sorted.front()] = (*loops)[i];
  if (planned.wanted == planned.chain)
    return refuse("nothing-to-do", about(step) + "the loops stand in this order already.",
                  "Give another order.");
  if (auto refusal = refusalToReorder(program, planned.chain, planned.wanted))
    return tl::unexpected(*std::move(refusal));
  return planned;
}

Outcome<Program> apply(const Program& program, const Step& step) {
  const Outcome<Plan> planned = plan(program, step);
  if (!planned) return tl::unexpected(planned.error());
  Program changed = program;
  permuteChain(changed, planned->chain, planned->wanted);
  return publish(std::move(changed));
}

std::vector<std::string> namesIn(const Program& program, const std::vector<LoopId>& loops) {
  std::vector<std::string> names;
  for (const LoopId loop : loops) names.push_back(program.loop(loop).name);
  return names;
}

/// Every longest run of loops that hang alone in each other.
std::vector<std::vector<LoopId>> longestChains(const Program& program) {
  std::vector<std::vector<LoopId>> chains;
  std::vector<LoopId> seen;
  for (const LoopId loop : loopsOf(program)) {
    if (std::find(seen.begin(), seen.end(), loop) != seen.end()) continue;
    const std::vector<LoopId> chain = chainFrom(program, loop);
    seen.insert(seen.end(), chain.begin(), chain.end());
    if (chain.size() >= 2) chains.push_back(chain);
  }
  return chains;
}

Outcome<Step> complete(const Program& program, const Step& partial, Random& random) {
  const auto draw = [&](const Step& given, Random& source) -> std::optional<Step> {
    if (has(given, {"loops"})) return given;
    std::vector<std::vector<LoopId>> chains = longestChains(program);
    if (chains.empty()) return std::nullopt;
    std::vector<LoopId> chain = source.pick(chains);
    if (source.chance(0.5)) {
      source.shuffle(chain);
    } else {
      const std::size_t from = source.below(chain.size());
      const LoopId moved = chain[from];
      chain.erase(chain.begin() + static_cast<std::ptrdiff_t>(from));
      chain.insert(chain.begin() + static_cast<std::ptrdiff_t>(source.below(chain.size() + 1)), moved);
    }
    return Step(given).set("loops", namesIn(program, chain));
  };
  return drawLegal(program, partial, random, apply, draw);
}

std::vector<Step> choices(const Program& program) {
  std::vector<Step> candidates;
  for (const std::vector<LoopId>& chain : longestChains(program))
    for (std::size_t from = 0; from < chain.size(); ++from)
      for (std::size_t to = 0; to < from; ++to) {
        std::vector<LoopId> wanted(chain.begin() + static_cast<std::ptrdiff_t>(to),
                                   chain.begin() + static_cast<std::ptrdiff_t>(from) + 1);
        std::rotate(wanted.begin(), wanted.end() - 1, wanted.end());
        candidates.push_back(Step{"Reorder", {}}.set("loops", namesIn(program, wanted)));
      }
  return legalAmong(program, apply, candidates);
}

}  // namespace

Transformation reorderMember() {
  return {"Reorder",
          "Rearranges loops of one nest; the loops named take the places that they hold together. Pays by "
          "keeping what is reused close and by bringing a contiguous loop to the inside.",
          {{"loops", "at least two loops of one nest by name, outermost first, in the order wanted"}},
          complete,
          apply,
          choices};
}

}  // namespace espalier
