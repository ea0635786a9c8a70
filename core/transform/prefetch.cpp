// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Prefetch(buffer=B, loop=k.0, ahead=2): while an iteration of the loop runs, the innermost loops below ask
// for what the iteration `ahead` later reads of the buffer.
//
//     for k.0 in range(224):            for k.0 in range(224):  # prefetch B, 2 ahead
//       for t.1 in range(4):              for t.1 in range(4):
//         for k.1 in range(32):    ->       for k.1 in range(32):
//           C                                 C
//
// Here B is read from memory only while t.1 is 0. The requests are spread over all of t.1 and k.1, so the
// memory is as busy during the three passes that find B in the cache.
//
// 1. The loop is serial, has not been marked, and a block below it reads the buffer, once; of several such
// blocks
//    the second one, which finds the data in the cache, makes the requests.
// 2. Iterations of the loop read different parts.
// 3. No loop around or below it fetches the buffer.
//
// No value changes, so nothing else can forbid it. Where the place it reads does not run evenly along the
// loops nothing is fetched, and the printed program says so: the decisions before it may be changed one by
// one. Only what fits the first-level cache and suits the number of steps of the innermost loop is drawn.
#include "program/prefetch.h"

#include <algorithm>
#include <optional>

#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/drawing.h"
#include "transform/factors.h"
#include "transform/legality.h"
#include "transform/members.h"

namespace espalier {
namespace {

/// The loop around or below this one that fetches the buffer already: two would ask for the same lines.
std::optional<LoopId> otherFetcher(const Program& program, LoopId loop, BufferId buffer) {
  const auto fetches = [&](LoopId other) {
    const auto& prefetches = program.loop(other).prefetches;
    return other != loop && std::any_of(prefetches.begin(), prefetches.end(),
                                        [&](const Prefetch& prefetch) { return prefetch.buffer == buffer; });
  };
  for (const BlockId block : blocksBelow(program, loop))
    for (const LoopId other : loopsAround(program, block))
      if (fetches(other)) return other;
  return std::nullopt;
}

Outcome<Program> apply(const Program& program, const Step& step) {
  const Outcome<BufferId> buffer = bufferArgument(program, step);
  if (!buffer) return tl::unexpected(buffer.error());
  const Outcome<LoopId> loop = loopArgument(program, step);
  if (!loop) return tl::unexpected(loop.error());
  if (const auto serial = serialLoop(program, step, *loop); !serial) return tl::unexpected(serial.error());
  const Outcome<std::int64_t> ahead = integerArgument(step, "ahead");
  if (!ahead) return tl::unexpected(ahead.error());
  if (const auto other = otherFetcher(program, *loop, *buffer))
    return refuse("prefetched-twice",
                  about(step) + "loop " + program.loop(*other).name + " fetches " +
                      program.buffer(*buffer).name + " already.",
                  "Decide that Prefetch anew with another loop or another number of iterations ahead.");
  const Prefetch prefetch{*buffer, *ahead};
  if (const auto plan = planPrefetch(program, *loop, prefetch); !plan)
    return refuse(
        "cannot-prefetch", about(step) + plan.error(),
        "Take a loop around the reader that moves along the buffer, with loops below that read a few "
        "kilobytes of it.");
  Program changed = program;
  changed.loop(*loop).prefetches.push_back(prefetch);
  return publish(std::move(changed));
}

struct Place {
  std::string buffer;
  std::string loop;
  std::int64_t lines = 1;
};

std::vector<Place> placesOf(const Program& program) {
  std::vector<Place> places;
  for (const LoopId loop : loopsOf(program)) {
    if (!program.loop(loop).prefetches.empty()) continue;
    for (std::uint32_t i = 0; i < program.buffers.size(); ++i)
      if (const auto plan = planPrefetch(program, loop, {BufferId{i}, 1}); plan && isSensible(*plan))
        places.push_back({program.buffers[i].name, program.loop(loop).name, plan->lines});
  }
  return places;
}

Step stepFor(const Place& place, std::int64_t ahead) {
  return Step{"Prefetch", {}}.set("buffer", place.buffer).set("loop", place.loop).set("ahead", ahead);
}

std::int64_t sensibleAhead(const Place& place) { return (kLinesAhead + place.lines - 1) / place.lines; }

Outcome<Step> complete(const Program& program, const Step& partial, Random& random) {
  const std::vector<Place> places = placesOf(program);
  const auto draw = [&](const Step& given, Random& source) -> std::optional<Step> {
    if (has(given, {"buffer", "loop", "ahead"})) return given;
    std::vector<Place> fitting;
    for (const Place& place : places)
      if (given.text("buffer").value_or(place.buffer) == place.buffer &&
          given.text("loop").value_or(place.loop) == place.loop)
        fitting.push_back(place);
    if (fitting.empty()) return std::nullopt;
    const Place& place = source.pick(fitting);
    Step step = stepFor(place, sensibleAhead(place) * source.between(1, 2));
    if (const ArgumentValue* ahead = given.find("ahead")) step.set("ahead", *ahead);
    return step;
  };
  return drawLegal(program, partial, random, apply, draw);
}

std::vector<Step> choices(const Program& program) {
  std::vector<Step> candidates;
  for (const Place& place : placesOf(program)) candidates.push_back(stepFor(place, sensibleAhead(place)));
  return legalAmong(program, apply, candidates, 8);
}

}  // namespace

Transformation prefetchMember() {
  return {"Prefetch",
          "Fetches what a later iteration of a loop reads of a buffer, spread over the work of this one. "
          "Pays where a "
          "large buffer is read once from memory and then reused from the cache.",
          {{"buffer", "an argument or workspace buffer by name"},
           {"loop", "a serial loop that moves along the buffer, with loops below that reuse what it reads"},
           {"ahead", "iterations ahead, from 1; so many that they read about 256 cache lines"}},
          complete,
          apply,
          choices};
}

}  // namespace espalier
