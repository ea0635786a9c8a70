// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "transform/design_space.h"

#include <algorithm>
#include <map>

#include "program/analysis.h"
#include "transform/design_builder.h"
#include "transform/drawing.h"
#include "transform/legality.h"

namespace espalier {
namespace {

bool computesExpensively(const Expr& value) {
  return any(value, [](const Expr& part) {
    return part.kind() == ExprKind::Call || part.kind() == ExprKind::Select;
  });
}

void inlineProducers(DesignBuilder& design) {
  for (bool again = true; again;) {
    again = false;
    for (const BlockId id : blocksOf(design.program())) {
      const Block& block = design.program().block(id);
      if (block.combiner != Combiner::None || computesExpensively(block.value)) continue;
      again = design.take(Step{"ComputeInline", {}}.set("block", block.name)) || again;
      if (again) break;
    }
  }
}

struct LoopSplit {
  std::vector<std::string> spatial;
  std::vector<std::string> reduction;
  std::int64_t space = 1;
  std::int64_t reduce = 1;
};

/// The loops around a block by their use; nothing if the block shares them or they are no longer whole axes.
std::optional<LoopSplit> loopsByUse(const Program& program, BlockId block) {
  LoopSplit split;
  const std::vector<LoopId> around = loopsAround(program, block);
  if (around.empty() || ownNest(program, block) != std::optional(around.front())) return std::nullopt;
  for (const LoopId id : around) {
    const Loop& loop = program.loop(id);
    if (loop.kind != LoopKind::Serial) return std::nullopt;
    const bool reduces = carriesReduction(program.block(block), id);
    (reduces ? split.reduction : split.spatial).push_back(loop.name);
    (reduces ? split.reduce : split.space) *= loop.extent;
  }
  return split;
}

/// Multi-level tiling pays where some input is used again along a spatial loop.
bool hasReuse(const Program& program, BlockId block) {
  for (const LoopId loop : loopsAround(program, block)) {
    if (useOf(program, block, loop) != LoopUse::Spatial) continue;
    for (const Access& access : accessesOf(program, {block})) {
      if (access.writes) continue;
      if (std::none_of(access.subscripts.begin(), access.subscripts.end(),
                       [&](const Expr& subscript) { return usesLoop(subscript, loop); }))
        return true;
    }
  }
  return false;
}

std::vector<std::string> joined(const std::vector<std::string>& first,
                                const std::vector<std::string>& second) {
  std::vector<std::string> names = first;
  names.insert(names.end(), second.begin(), second.end());
  return names;
}

/// A reduction with little room in space gets partial results, in two ways out of three.
void factorReduction(DesignBuilder& design, const std::string& name, int cores, Random& random) {
  const BlockId block = *design.program().findBlock(name);
  const auto loops = loopsByUse(design.program(), block);
  if (!loops || loops->reduction.empty() || loops->reduce == 1) return;
  const bool roomy =
      loops->space >= loops->reduce || loops->space > static_cast<std::int64_t>(cores) * kJobsPerCore;
  if (hasReuse(design.program(), block) && roomy) return;
  const std::uint64_t variant = random.below(3);
  if (variant == 0) return;
  design.take(Step{"Reorder", {}}.set("loops", joined(loops->spatial, loops->reduction)));
  if (loops->reduction.size() > 1 && !design.take(Step{"Fuse", {}}.set("loops", loops->reduction))) return;
  const auto fused = loopsByUse(design.program(), block);
  if (!fused || fused->reduction.size() != 1) return;
  const std::string& loop = fused->reduction.front();
  const auto factors = drawPerfectTiles(fused->reduce, 2, kLargestInnermostTile, random);
  if (!design.take(Step{"Split", {}}.set("loop", loop).set("factors", factors))) return;
  const auto parts = loopsByUse(design.program(), block);
  design.take(Step{"RFactor", {}}.set("block", name).set("loop", parts->reduction[variant - 1]));
}

/// SSRSRS: four levels of every spatial loop, two of every reduction loop; then one of three ways to write.
void tile(DesignBuilder& design, const std::string& name, Random& random) {
  const BlockId block = *design.program().findBlock(name);
  const auto loops = loopsByUse(design.program(), block);
  if (!loops || loops->spatial.empty() || loops->reduction.empty() || !hasReuse(design.program(), block))
    return;
  std::vector<std::vector<std::string>> spatial(4);
  std::vector<std::vector<std::string>> reduction(2);
  const auto cut = [&](const std::string& loop, std::vector<std::vector<std::string>>& levels) {
    const std::int64_t extent = design.program().loop(*design.program().findLoop(loop)).extent;
    const auto factors = drawPerfectTiles(extent, levels.size(), kLargestInnermostTile, random);
    const std::size_t before = design.program().loops.size();
    if (!design.take(Step{"TileSize", {}}.set("block", name).set("loop", loop).set("factors", factors)))
      return;
    for (std::size_t level = 0; level < levels.size(); ++level)
      levels[level].push_back(design.program().loops[before + level].name);
  };
  for (const std::string& loop : loops->spatial) cut(loop, spatial);
  for (const std::string& loop : loops->reduction) cut(loop, reduction);
  std::vector<std::string> order;
  for (const auto* level : {&spatial[0], &spatial[1], &reduction[0], &spatial[2], &reduction[1], &spatial[3]})
    order.insert(order.end(), level->begin(), level->end());
  design.take(Step{"Reorder", {}}.set("loops", order));

  const std::uint64_t variant = random.below(3);
  if (variant == 0) return;
  const std::string at = spatial[variant - 1].back();
  // A single consumer that follows element by element takes the part of the write cache.
  const std::vector<BlockId> readers = readersOf(design.program(), design.program().block(block).output);
  if (readers.size() == 1 && design.take(Step{"ReverseComputeAt", {}}
                                             .set("block", design.program().block(readers.front()).name)
                                             .set("loop", at)))
    return;
  design.take(Step{"CacheWrite", {}}.set("block", name).set("loop", at));
}

/// A nest without reductions keeps a short innermost loop for the lanes.
void shortenInnermost(DesignBuilder& design, const std::string& name) {
  const BlockId block = *design.program().findBlock(name);
  if (design.program().block(block).isReduction()) return;
  const std::vector<LoopId> around = loopsAround(design.program(), block);
  if (around.empty()) return;
  const Loop& innermost = design.program().loop(around.back());
  if (innermost.extent <= kLargestInnermostTile) return;
  design.take(Step{"TileSize", {}}
                  .set("block", name)
                  .set("loop", innermost.name)
                  .set("factors", std::vector<std::int64_t>{
                                      (innermost.extent + kLargestInnermostTile - 1) / kLargestInnermostTile,
                                      kLargestInnermostTile}));
}

/// Producers that still stand alone at the root get a random place.
void placeProducers(DesignBuilder& design, const std::vector<std::string>& tiled, Random& random) {
  for (const BlockId id : blocksOf(design.program())) {
    const Program& program = design.program();
    if (std::find(tiled.begin(), tiled.end(), program.block(id).name) != tiled.end()) continue;
    const std::vector<BlockId> readers = readersOf(program, program.block(id).output);
    const std::vector<LoopId> around = loopsAround(program, id);
    const bool alone = !around.empty() && ownNest(program, id) == std::optional(around.front());
    if (!alone || std::none_of(readers.begin(), readers.end(), [&](BlockId reader) { return reader != id; }))
      continue;
    std::vector<Step> places = design.placesOf(id);
    if (places.empty()) continue;
    design.take(random.pick(places));
  }
}

std::vector<std::string> namesOfBlocks(const Program& program) {
  std::vector<std::string> names;
  for (const BlockId block : blocksOf(program)) names.push_back(program.block(block).name);
  return names;
}

bool isDecision(const Step& step) {
  return step.name != "Parallel" && step.name != "Vectorize" && step.name != "Unroll" &&
         step.name != "DecomposeReduction";
}

/// Moves a divisor of one tile to another, as MutateTileSize does.
std::optional<Trace> mutateTile(const Trace& decisions, Random& random) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    const auto factors = decisions[i].integers("factors");
    if (factors && std::any_of(factors->begin(), factors->end(), [](auto factor) { return factor > 1; }))
      places.push_back(i);
  }
  if (places.empty()) return std::nullopt;
  const std::size_t place = random.pick(places);
  std::vector<std::int64_t> factors = *decisions[place].integers("factors");
  std::vector<std::size_t> givers;
  for (std::size_t i = 0; i < factors.size(); ++i)
    if (factors[i] > 1) givers.push_back(i);
  const std::size_t from = random.pick(givers);
  std::size_t to = random.below(factors.size() - 1);
  if (to >= from) ++to;
  std::vector<std::int64_t> divisors;
  for (std::int64_t divisor = 2; divisor <= factors[from]; ++divisor)
    if (factors[from] % divisor == 0 &&
        (to + 1 != factors.size() || factors[to] * divisor <= kLargestInnermostTile))
      divisors.push_back(divisor);
  if (divisors.empty()) return std::nullopt;
  const std::int64_t moved = random.pick(divisors);
  factors[from] /= moved;
  factors[to] *= moved;
  Trace changed = decisions;
  changed[place].set("factors", factors);
  return changed;
}

std::optional<Trace> mutateLocation(const Program& initial, const Trace& decisions, Random& random) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < decisions.size(); ++i)
    if (decisions[i].name == "ComputeLocation") places.push_back(i);
  if (places.empty()) return std::nullopt;
  const std::size_t place = random.pick(places);
  DesignBuilder before(initial);
  for (std::size_t i = 0; i < place; ++i)
    if (!before.take(decisions[i])) return std::nullopt;
  const auto block = before.program().findBlock(decisions[place].text("block").value_or(""));
  if (!block) return std::nullopt;
  std::vector<Step> others = before.placesOf(*block);
  std::erase(others, decisions[place]);
  if (others.empty()) return std::nullopt;
  Trace changed = decisions;
  changed[place] = random.pick(others);
  return changed;
}

/// Another value of max_steps for one block.
bool mutateUnroll(SecondPart& second, Random& random) {
  if (second.unroll.empty()) return false;
  auto entry = second.unroll.begin();
  std::advance(entry, static_cast<std::ptrdiff_t>(random.below(second.unroll.size())));
  std::vector<std::int64_t> others;
  for (const std::int64_t steps : kUnrollSteps)
    if (steps != entry->second) others.push_back(steps);
  entry->second = random.pick(others);
  return true;
}

/// Another number of fused loops for one nest.
bool mutateParallel(SecondPart& second, const DesignBuilder& decisions, int cores, Random& random) {
  std::vector<std::pair<std::string, int>> others;
  for (const auto& [root, most] : decisions.parallelRoom(cores))
    for (int count = 1; count <= most; ++count)
      if (count != decisions.parallelCount(root, cores, second)) others.emplace_back(root, count);
  if (others.empty()) return false;
  const auto& [root, count] = others[random.below(others.size())];
  second.parallel[root] = count;
  return true;
}

/// A trace that is not built like a design keeps its order: one tile changes where it stands.
std::optional<Design> mutateInPlace(const Program& initial, const Trace& trace, Random& random) {
  const auto changed = mutateTile(trace, random);
  if (!changed) return std::nullopt;
  DesignBuilder built(initial);
  for (const Step& step : *changed)
    if (!built.take(step)) return std::nullopt;
  return Design{built.trace(), built.program()};
}

}  // namespace

Design sampleDesign(const Program& initial, int cores, Random& random) {
  DesignBuilder design(initial);
  inlineProducers(design);
  std::vector<std::string> tiled;
  for (const std::string& name : namesOfBlocks(design.program()))
    factorReduction(design, name, cores, random);
  for (const std::string& name : namesOfBlocks(design.program())) {
    const std::size_t before = design.trace().size();
    if (!design.program().findBlock(name)) continue;
    tile(design, name, random);
    if (design.trace().size() > before) tiled.push_back(name);
  }
  placeProducers(design, tiled, random);
  for (const std::string& name : namesOfBlocks(design.program())) shortenInnermost(design, name);
  SecondPart second;
  for (const std::string& name : design.reductionBlocks())
    second.unroll[name] = kUnrollSteps[random.below(kUnrollSteps.size())];
  design.finish(second, cores);
  return {design.trace(), design.program()};
}

std::optional<Design> mutateDesign(const Program& initial, const Trace& trace, int cores, Random& random) {
  enum Mutator : std::size_t { kTile, kLocation, kUnroll, kParallel };
  constexpr double weights[] = {0.90, 0.05, 0.03, 0.02};
  const auto end = std::find_if_not(trace.begin(), trace.end(), isDecision);
  if (std::any_of(end, trace.end(), isDecision)) return mutateInPlace(initial, trace, random);
  const Trace decisions(trace.begin(), end);
  const std::size_t mutator = random.weighted(weights);
  std::optional<Trace> changed = decisions;
  if (mutator == kTile) changed = mutateTile(decisions, random);
  if (mutator == kLocation) changed = mutateLocation(initial, decisions, random);
  if (!changed) return std::nullopt;

  const auto firstChange =
      std::mismatch(decisions.begin(), decisions.end(), changed->begin(), changed->end());
  DesignBuilder old(initial);
  for (auto step = decisions.begin(); step != firstChange.first; ++step)
    if (!old.take(*step)) return std::nullopt;
  DesignBuilder design = old;
  // Only how loops are shared among cores is read from the program that the old decisions lead to.
  if (cores > 1)
    for (auto step = firstChange.first; step != decisions.end(); ++step)
      if (!old.take(*step)) return std::nullopt;
  SecondPart second = old.secondPartOf(Trace(end, trace.end()), cores);
  if (mutator == kUnroll && !mutateUnroll(second, random)) return std::nullopt;
  if (mutator == kParallel && !mutateParallel(second, old, cores, random)) return std::nullopt;
  for (auto step = firstChange.second; step != changed->end(); ++step)
    if (!design.take(*step)) return std::nullopt;
  design.finish(second, cores);
  if (design.trace() == trace) return std::nullopt;
  return Design{design.trace(), design.program()};
}

}  // namespace espalier
