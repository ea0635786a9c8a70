// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// StreamStore(block=Y): the block's stores go to memory around the caches.
//
//     Y[m, n] = …        ->        Y[m, n] = …  # streams
//
// 1. The block exists and does not do so already.
// 2. It writes an output of the kernel, each element once, without looking at its old content.
// 3. No other block touches that output.
#include <algorithm>

#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/drawing.h"
#include "transform/members.h"

namespace espalier {
namespace {

Outcome<Program> apply(const Program& program, const Step& step) {
  const Outcome<BlockId> id = blockArgument(program, step);
  if (!id) return tl::unexpected(id.error());
  const Block& block = program.block(*id);
  const Buffer& output = program.buffer(block.output);
  if (block.streams)
    return refuse("nothing-to-do", about(step) + "block " + block.name + " streams its stores already.");
  if (!output.isArgument())
    return refuse("not-an-output",
                  about(step) + "block " + block.name + " writes the intermediate " + output.name +
                      ", which is read again soon.",
                  "Take a block that writes an output of the kernel.");
  if (block.combiner != Combiner::None)
    return refuse(
        "writes-again",
        about(step) + "block " + block.name + " adds to the elements of " + output.name + " again and again.",
        "Apply CacheWrite(block=" + block.name + ", …) first and take the block that writes back.");
  for (const BlockId other : blocksOf(program)) {
    const std::vector<BufferId> read = buffersReadBy(program.block(other));
    const bool reads = std::find(read.begin(), read.end(), block.output) != read.end();
    const bool writes = other != *id && program.block(other).output == block.output;
    if (reads || writes)
      return refuse(
          "touched-again",
          about(step) + "block " + program.block(other).name + " touches " + output.name + " as well.",
          "Take an output that one block writes and nobody reads.");
  }
  Program changed = program;
  changed.block(*id).streams = true;
  return changed;
}

std::vector<Step> candidatesOf(const Program& program) {
  std::vector<Step> candidates;
  for (const BlockId block : blocksOf(program))
    if (program.buffer(program.block(block).output).isArgument())
      candidates.push_back(Step{"StreamStore", {}}.set("block", program.block(block).name));
  return candidates;
}

Outcome<Step> complete(const Program& program, const Step& partial, Random& random) {
  const auto draw = [&](const Step& given, Random& source) -> std::optional<Step> {
    if (has(given, {"block"})) return given;
    std::vector<Step> candidates = candidatesOf(program);
    if (candidates.empty()) return std::nullopt;
    return source.pick(candidates);
  };
  return drawLegal(program, partial, random, apply, draw);
}

std::vector<Step> choices(const Program& program) {
  return legalAmong(program, apply, candidatesOf(program), 4);
}

}  // namespace

Transformation streamStoreMember() {
  return {"StreamStore",
          "Stores an output around the caches. Pays for outputs larger than the last cache, written in whole "
          "vectors: the lines need not be read first and push nothing out.",
          {{"block", "a block by name that writes an output"}},
          complete,
          apply,
          choices};
}

}  // namespace espalier
