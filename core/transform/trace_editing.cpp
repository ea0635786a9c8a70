// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "transform/trace_editing.h"

#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/drawing.h"
#include "transform/transformation.h"

namespace espalier {
namespace {

/// The place of the last TileSize of this block and loop.
std::optional<std::size_t> placeOfTile(const Trace& trace, const std::string& block,
                                       const std::string& loop) {
  for (std::size_t i = trace.size(); i-- > 0;)
    if (trace[i].name == "TileSize" && trace[i].text("block") == block && trace[i].text("loop") == loop)
      return i;
  return std::nullopt;
}

std::int64_t extentBefore(const Program& initial, const Trace& trace, std::size_t place,
                          const std::string& loop) {
  const Outcome<Program> before =
      replay(initial, Trace(trace.begin(), trace.begin() + static_cast<std::ptrdiff_t>(place)));
  const auto id = before ? before->findLoop(loop) : std::nullopt;
  return id ? before->loop(*id).extent : 1;
}

}  // namespace

Outcome<Replayed> replaceStep(const Program& initial, const Trace& trace, std::size_t place,
                              const Step& step) {
  Replayed result{trace, {}};
  result.trace.at(place) = step;
  Outcome<Program> program = replay(initial, result.trace);
  if (!program) return tl::unexpected(program.error());
  result.program = *std::move(program);
  return result;
}

Outcome<Replayed> redecideTile(const Program& initial, const Trace& trace, const Step& tile, Random& random) {
  const Outcome<std::string> block = textArgument(tile, "block");
  if (!block) return tl::unexpected(block.error());
  const Outcome<std::string> loop = textArgument(tile, "loop");
  if (!loop) return tl::unexpected(loop.error());
  const auto place = placeOfTile(trace, *block, *loop);
  if (!place)
    return refuse("not-tiled",
                  about(tile) + "the trace has no TileSize of loop " + *loop + " of block " + *block + ".",
                  "TileSize it where it stands.");
  const std::size_t count = trace[*place].integers("factors").value_or(std::vector<std::int64_t>{}).size();
  Step decided = trace[*place];
  if (tile.find("factors") == nullptr) {
    decided.set("factors", drawTiles(extentBefore(initial, trace, *place, *loop), count, random));
  } else {
    const auto factors = integersArgument(tile, "factors");
    if (!factors) return tl::unexpected(factors.error());
    if (factors->size() != count)
      return refuse("wrong-factors",
                    about(tile) + "loop " + *loop + " was tiled with " + std::to_string(count) +
                        " factors, and later steps name its parts.",
                    "Give " + std::to_string(count) + " factors again, some of them 1.");
    decided.set("factors", *factors);
  }
  return replaceStep(initial, trace, *place, decided);
}

}  // namespace espalier
