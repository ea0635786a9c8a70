// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// ComputeLocation(block=X, loop=i.0 | root | inline): the paper's decision where a block is computed. A loop
// means ComputeAt for a producer and ReverseComputeAt for a consumer; `inline` means ComputeInline or
// ReverseComputeInline; `root` leaves a block that stands in a nest of its own where it is.
//
// 1. The block exists.
// 2. The move that is meant is legal; `root` asks that no other block shares the block's loops.
#include <algorithm>

#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/drawing.h"
#include "transform/legality.h"
#include "transform/members.h"
#include "transform/placement.h"

namespace espalier {
namespace {

bool standsAlone(const Program& program, BlockId block) {
  const std::vector<LoopId> around = loopsAround(program, block);
  return around.empty() || ownNest(program, block) == std::optional(around.front());
}

Outcome<Program> apply(const Program& program, const Step& step) {
  const Outcome<BlockId> block = blockArgument(program, step);
  if (!block) return tl::unexpected(block.error());
  const Outcome<std::string> place = textArgument(step, "loop");
  if (!place) return tl::unexpected(place.error());
  if (*place == "root") {
    if (standsAlone(program, *block)) return program;
    return refuse(
        "not-alone",
        about(step) + "block " + program.block(*block).name + " shares its loops with other blocks.",
        "Its place has been decided already.");
  }
  if (*place == "inline") {
    Outcome<Program> inlined = computeInline(program, step, *block);
    if (inlined) return inlined;
    Outcome<Program> folded = reverseComputeInline(program, step, *block);
    return folded ? folded : inlined;
  }
  const Outcome<LoopId> loop = loopNamed(program, step, *place);
  if (!loop) return tl::unexpected(loop.error());
  const std::vector<BlockId> below = blocksBelow(program, *loop);
  const std::vector<BlockId> readers = readersOf(program, program.block(*block).output);
  const bool consumersThere = std::any_of(readers.begin(), readers.end(), [&](BlockId reader) {
    return reader != *block && std::find(below.begin(), below.end(), reader) != below.end();
  });
  if (consumersThere) return computeAt(program, step, *block, *loop);
  return reverseComputeAt(program, step, *block, *loop);
}

/// Places that may be legal for the block; `root` only where it stands.
std::vector<Step> candidatesOf(const Program& program, BlockId block) {
  const Step base = Step{"ComputeLocation", {}}.set("block", program.block(block).name);
  std::vector<Step> candidates{Step(base).set("loop", "inline")};
  std::vector<BlockId> partners = readersOf(program, program.block(block).output);
  for (const BufferId buffer : buffersReadBy(program.block(block)))
    for (const BlockId writer : writersOf(program, buffer)) partners.push_back(writer);
  std::vector<LoopId> seen;
  for (const BlockId partner : partners)
    for (const LoopId loop : loopsAround(program, partner)) {
      if (partner == block || std::find(seen.begin(), seen.end(), loop) != seen.end()) continue;
      seen.push_back(loop);
      candidates.push_back(Step(base).set("loop", program.loop(loop).name));
    }
  return candidates;
}

std::vector<Step> choices(const Program& program) {
  std::vector<Step> candidates;
  for (const BlockId block : blocksOf(program))
    for (Step& step : candidatesOf(program, block)) candidates.push_back(std::move(step));
  return legalAmong(program, apply, candidates);
}

Outcome<Step> complete(const Program& program, const Step& partial, Random& random) {
  const auto draw = [&](const Step& given, Random& source) -> std::optional<Step> {
    if (has(given, {"block", "loop"})) return given;
    std::vector<Step> candidates;
    for (const BlockId block : blocksOf(program))
      if (given.text("block").value_or(program.block(block).name) == program.block(block).name)
        for (Step& step : candidatesOf(program, block)) candidates.push_back(std::move(step));
    if (const auto loop = given.text("loop"))
      std::erase_if(candidates, [&](const Step& step) { return step.text("loop") != loop; });
    if (candidates.empty()) return std::nullopt;
    return source.pick(candidates);
  };
  return drawLegal(program, partial, random, apply, draw);
}

}  // namespace

Transformation computeLocationMember() {
  return {"ComputeLocation",
          "Decides where a block is computed: inside a loop of a producer or consumer, inlined, or at the "
          "root. Pays by shortening the distance between making and using a value.",
          {{"block", "a block by name"}, {"loop", "a loop by name, inline, or root"}},
          complete,
          apply,
          choices};
}

}  // namespace espalier
