// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "search/evolutionary.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <unordered_set>
#include <utility>

namespace espalier {

Evolutionary::Evolutionary(Problem& problem, std::uint64_t seed, const EvolutionaryOptions& options)
    : SamplingStrategy(problem, seed), options_(options) {}

std::vector<SamplingStrategy::Draw> Evolutionary::drawBatch() {
  for (int attempt = 0; attempt < options_.emptyBatches; ++attempt) {
    Random random = randomFor(
        seed_, "generation",
        static_cast<std::uint64_t>(record_.nextSample()) * 64 + static_cast<std::uint64_t>(attempt));
    auto batch = evolve(random);
    if (!batch.empty()) return batch;
  }
  return {};
}

std::vector<SamplingStrategy::Draw> Evolutionary::evolve(Random& random) {
  std::vector<Member> population = fastestMeasured();
  const std::vector<Member> unmeasured = sampleUnmeasured(options_.population - population.size(), random);
  // Upstream ends here when the random members run out; a small space is searched to its end instead.
  if (unmeasured.empty()) return {};
  population.insert(population.end(), unmeasured.begin(), unmeasured.end());

  const auto fasterPredicted = [](const Member& a, const Member& b) {
    return std::pair(a.prediction.seconds, a.state.hash) < std::pair(b.prediction.seconds, b.state.hash);
  };
  std::vector<Member> best;  // of all generations, unmeasured and distinct
  std::unordered_set<std::uint64_t> inBest;
  for (int generation = 0;; ++generation) {
    predict(population);
    for (const auto& member : population)
      if (tree().find(member.state.hash) == kNoNode && inBest.insert(member.state.hash).second)
        best.push_back(member);
    std::sort(best.begin(), best.end(), fasterPredicted);
    while (best.size() > options_.batch) {
      inBest.erase(best.back().state.hash);
      best.pop_back();
    }
    if (generation == options_.generations) break;
    population = nextGeneration(population, random);
  }

  const auto randomCount =
      static_cast<std::size_t>(static_cast<double>(options_.batch) * options_.greedyEpsilon);
  std::vector<std::size_t> order(unmeasured.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  random.shuffle(order);
  std::vector<Draw> batch;
  std::unordered_set<std::uint64_t> taken;
  const auto take = [&](const Member& member) {
    if (batch.size() < options_.batch && taken.insert(member.state.hash).second)
      batch.push_back(
          {member.state, member.ancestor, member.mutated ? "mutation" : "design", member.prediction});
  };
  for (std::size_t i = 0; i < best.size() && batch.size() + randomCount < options_.batch; ++i) take(best[i]);
  for (const std::size_t index : order) {
    Member member = unmeasured[index];
    if (taken.count(member.state.hash) != 0) continue;
    std::vector<Member> one{std::move(member)};
    predict(one);
    take(one.front());
    if (batch.size() >= options_.batch) break;
  }
  return batch;
}

std::vector<Evolutionary::Member> Evolutionary::fastestMeasured() const {
  std::vector<NodeId> nodes;
  for (NodeId node = 1; node < tree().size(); ++node)
    if (tree()[node].measuredSeconds > 0 && !tree()[node].failed) nodes.push_back(node);
  std::sort(nodes.begin(), nodes.end(), [&](NodeId a, NodeId b) {
    return std::pair(tree()[a].measuredSeconds, a) < std::pair(tree()[b].measuredSeconds, b);
  });
  const auto wanted = static_cast<std::size_t>(
      std::floor(static_cast<double>(options_.population) * options_.initialMeasuredRatio));
  if (nodes.size() > wanted) nodes.resize(wanted);
  std::vector<Member> members;
  for (const NodeId node : nodes) members.push_back({tree().stateOf(node), node, false, {}});
  return members;
}

std::vector<Evolutionary::Member> Evolutionary::sampleUnmeasured(std::size_t count, Random& random) const {
  std::vector<Member> members;
  std::unordered_set<std::uint64_t> drawn;
  for (int failures = 0; members.size() < count && failures < options_.maximumFailures;) {
    const std::size_t before = members.size();
    for (std::size_t i = 0; i < options_.population && members.size() < count; ++i) {
      State state = record_.problem().sampleDesign(random);
      if (tree().find(state.hash) == kNoNode && drawn.insert(state.hash).second)
        members.push_back({std::move(state), kRootNode, false, {}});
    }
    if (members.size() == before || members.size() < options_.initialUnmeasured) ++failures;
  }
  return members;
}

void Evolutionary::predict(std::vector<Member>& members) const {
  std::vector<State> states;
  states.reserve(members.size());
  for (const auto& member : members) states.push_back(member.state);
  auto predictions = record_.problem().predict(states);
  for (std::size_t i = 0; i < members.size() && i < predictions.size(); ++i)
    members[i].prediction = std::move(predictions[i]);
}

std::vector<Evolutionary::Member> Evolutionary::nextGeneration(const std::vector<Member>& population,
                                                               Random& random) const {
  double fastest = 0;
  for (const auto& member : population)
    if (member.prediction.seconds > 0 && (fastest == 0 || member.prediction.seconds < fastest))
      fastest = member.prediction.seconds;
  std::vector<double> cumulative;
  double total = 0;
  for (const auto& member : population) {
    // The score of a state without a prediction is neutral, so that the search works without any model.
    total += fastest > 0 && member.prediction.seconds > 0 ? fastest / member.prediction.seconds
                                                          : (fastest > 0 ? 0 : 1);
    cumulative.push_back(total);
  }
  std::vector<Member> next;
  while (next.size() < options_.population) {
    const auto drawn = std::upper_bound(cumulative.begin(), cumulative.end(), random.uniform() * total);
    const auto index =
        std::min<std::size_t>(static_cast<std::size_t>(drawn - cumulative.begin()), population.size() - 1);
    Member member = population[index];
    if (random.chance(options_.mutation)) {
      for (int failures = 0; failures <= options_.maximumMutationFailures; ++failures) {
        if (auto mutated = record_.problem().mutate(member.state, random)) {
          member.state = std::move(*mutated);
          member.mutated = true;
          break;
        }
      }
    }
    next.push_back(std::move(member));
  }
  return next;
}

}  // namespace espalier
