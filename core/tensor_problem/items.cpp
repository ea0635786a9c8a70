// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tensor_problem/items.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "program/analysis.h"
#include "transform/transformation.h"
#include "workload/near_names.h"

namespace espalier {

namespace {

constexpr const char* kTile = "TileSize";

struct EarlierTile {
  std::size_t position;  ///< in the trace
  Step step;
};

std::vector<EarlierTile> earlierTiles(const std::vector<std::string>& trace) {
  std::vector<EarlierTile> tiles;
  for (std::size_t i = 0; i < trace.size(); ++i)
    if (auto step = parseStep(trace[i]); step && step->name == kTile) tiles.push_back({i, *std::move(step)});
  return tiles;
}

/// Loops and blocks that the given arguments do not name are wild cards.
bool mayMean(const Step& wish, const Step& earlier) {
  for (const char* argument : {"block", "loop"}) {
    const auto wanted = wish.text(argument);
    if (wanted && earlier.text(argument) != wanted) return false;
  }
  return true;
}

/// As many factors as before, inner ones random divisors of what is left or, one time in four, powers of two
/// that leave a tail.
std::vector<std::int64_t> drawFactors(std::int64_t extent, std::size_t count, Random& random) {
  std::vector<std::int64_t> factors(count, 1);
  std::int64_t left = extent;
  for (std::size_t f = count; f-- > 1;) {
    std::int64_t factor = 1;
    if (random.chance(0.25)) {
      std::int64_t most = 1;
      while (most * 2 <= left && most < 512) most *= 2;
      while (factor < most && random.chance(0.75)) factor *= 2;
    } else {
      std::vector<std::int64_t> divisors;
      for (std::int64_t d = 1; d <= left && d <= 1024; ++d)
        if (left % d == 0) divisors.push_back(d);
      factor = random.pick(divisors);
    }
    factors[f] = factor;
    left = (left + factor - 1) / factor;
  }
  factors[0] = left;
  return factors;
}

Outcome<ItemResult> replaceInTrace(ProgramCache& cache, const std::vector<std::string>& trace,
                                   std::size_t position, const Step& step, Random& random) {
  // What the step leaves out is completed where it stands.
  const std::vector<std::string> prefix(trace.begin(), trace.begin() + static_cast<std::ptrdiff_t>(position));
  const auto program = cache.at(prefix);
  if (!program) return tl::unexpected<Refusal>(program.error());
  const auto applied = applyStep((*program)->program(), step, random);
  if (!applied) return tl::unexpected<Refusal>(applied.error());
  std::vector<std::string> changed = trace;
  changed[position] = print(applied->step);
  if (changed[position] == trace[position])
    return refuse(
        "unchanged",
        "Step " + std::to_string(position + 1) + " of the trace already is `" + trace[position] + "`.",
        "Choose other arguments.");
  auto replayed = cache.at(changed);
  if (!replayed) return tl::unexpected<Refusal>(replayed.error());
  return ItemResult{changed, *replayed, changed[position],
                    "re-decided step " + std::to_string(position + 1) + " of the trace"};
}

/// Steps that are decided anew where they stand, and the arguments that say which decision is meant: the
/// layout of a buffer, the copy of it for a block, the prefetching of it.
const std::map<std::string, std::vector<const char*>>& decisions() {
  static const std::map<std::string, std::vector<const char*>> table = {
      {"TransformLayout", {"buffer"}}, {"CacheRead", {"buffer", "block"}}, {"Prefetch", {"buffer"}}};
  return table;
}

/// Where the trace made the decision that the step would make again.
std::optional<std::size_t> sameDecision(const std::vector<std::string>& trace, const Step& step) {
  const auto decision = decisions().find(step.name);
  if (decision == decisions().end() || !step.text("buffer")) return std::nullopt;
  for (std::size_t i = trace.size(); i-- > 0;) {
    const auto earlier = parseStep(trace[i]);
    if (earlier && earlier->name == step.name &&
        std::all_of(decision->second.begin(), decision->second.end(),
                    [&](const char* argument) { return earlier->text(argument) == step.text(argument); }))
      return i;
  }
  return std::nullopt;
}

Outcome<ItemResult> redecide(ProgramCache& cache, const std::vector<std::string>& trace,
                             const EarlierTile& tile, const Step& wish, Random& random) {
  Step step = tile.step;
  const auto before = step.integers("factors");
  if (const auto factors = wish.integers("factors")) {
    if (before && factors->size() != before->size())
      return refuse("factor-count",
                    "TileSize(" + step.text("loop").value_or("?") + ") was decided with " +
                        std::to_string(before->size()) +
                        " factors; later steps name the loops it made, so it cannot have " +
                        std::to_string(factors->size()) + ".",
                    "Give " + std::to_string(before->size()) + " factors, outermost first.");
    step.set("factors", *factors);
  } else if (before) {
    const std::vector<std::string> prefix(trace.begin(),
                                          trace.begin() + static_cast<std::ptrdiff_t>(tile.position));
    const auto program = cache.at(prefix);
    if (!program) return tl::unexpected<Refusal>(program.error());
    const auto loop = (*program)->program().findLoop(step.text("loop").value_or(""));
    if (!loop) return refuse("unknown-loop", "The loop of the earlier TileSize is gone.");
    step.set("factors", drawFactors((*program)->program().loop(*loop).extent, before->size(), random));
  }
  return replaceInTrace(cache, trace, tile.position, step, random);
}

}  // namespace

Outcome<ItemResult> applyItem(ProgramCache& cache, const std::vector<std::string>& trace,
                              const std::string& item, Random& random) {
  const Result<Step> step = parseStep(item);
  if (!step) return refuse("syntax", step.error().message, step.error().hint);
  const Transformation* transformation = findTransformation(step->name);
  if (transformation == nullptr) {
    std::vector<std::string> names;
    for (const Transformation& known : transformations()) names.emplace_back(known.name);
    return refuse("unknown-transformation", "There is no transformation `" + step->name + "`.",
                  didYouMean(step->name, names, "The legal ones are listed with their arguments."));
  }
  const auto current = cache.at(trace);
  if (!current) return tl::unexpected<Refusal>(current.error());
  const Program& program = (*current)->program();

  if (step->name == kTile) {
    std::vector<EarlierTile> tiles;
    for (EarlierTile& tile : earlierTiles(trace))
      if (mayMean(*step, tile.step)) tiles.push_back(std::move(tile));
    const auto loop = step->text("loop");
    const bool gone = loop && !program.findLoop(*loop);
    const bool drawn = !loop && random.chance(0.5);
    if (!tiles.empty() && (gone || drawn)) {
      auto result = redecide(cache, trace, gone ? tiles.back() : random.pick(tiles), *step, random);
      if (result || gone) return result;
    }
  }

  Outcome<Applied> applied = applyStep(program, *step, random);
  if (!applied) {
    if (const auto place = sameDecision(trace, *step))
      if (auto replaced = replaceInTrace(cache, trace, *place, *step, random)) return replaced;
    return tl::unexpected<Refusal>(applied.error());
  }
  ItemResult result;
  result.trace = trace;
  result.applied = print(applied->step);
  result.trace.push_back(result.applied);
  result.program = cache.put(result.trace, std::move(applied->program));
  return result;
}

}  // namespace espalier
