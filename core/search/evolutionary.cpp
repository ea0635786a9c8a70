// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "search/evolutionary.h"

#include <algorithm>
#include <cstdint>
#include <unordered_set>
#include <utility>

namespace espalier {

Evolutionary::Evolutionary(Problem& problem, std::uint64_t seed, const EvolutionaryOptions& options)
    : SamplingStrategy(problem, seed), options_(options) {}

std::vector<SamplingStrategy::Draw> Evolutionary::drawBatch() {
  for (int attempt = 0; attempt < options_.emptyBatches; ++attempt) {
    auto batch =
        evolve(static_cast<std::uint64_t>(record_.nextSample()) * 64 + static_cast<std::uint64_t>(attempt));
    if (!batch.empty()) return batch;
  }
  return {};
}

std::vector<SamplingStrategy::Draw> Evolutionary::evolve(std::uint64_t number) {
  Evolution evolution(record_.problem(), tree(), options_, options_.batch,
                      randomFor(seed_, "generation", number));
  evolution.advance();
  const Evolution::Result result = evolution.take();
  if (result.drawn.empty()) return {};
  const auto randomCount =
      static_cast<std::size_t>(static_cast<double>(options_.batch) * options_.greedyEpsilon);
  std::vector<std::size_t> order(result.drawn.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  randomFor(seed_, "random members", number).shuffle(order);
  std::vector<Draw> batch;
  std::unordered_set<std::uint64_t> taken;
  const auto take = [&](const Evolution::Member& member) {
    if (batch.size() < options_.batch && taken.insert(member.state.hash).second)
      batch.push_back(
          {member.state, member.ancestor, member.mutated ? "mutation" : "design", member.prediction});
  };
  for (std::size_t i = 0; i < result.best.size() && batch.size() + randomCount < options_.batch; ++i)
    take(result.best[i]);
  for (const std::size_t index : order) {
    take(result.drawn[index]);
    if (batch.size() >= options_.batch) break;
  }
  return batch;
}

}  // namespace espalier
