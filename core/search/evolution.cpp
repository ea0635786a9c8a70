// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "search/evolution.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <unordered_set>
#include <utility>

namespace espalier {

Evolution::Result Evolution::run(std::size_t count, Random& random) const {
  std::vector<Member> population = fastestMeasured();
  Result result;
  result.drawn = sampleUnmeasured(options_.population - population.size(), random);
  // Upstream ends here when the random members run out; a small space is searched to its end instead.
  if (result.drawn.empty()) return result;
  population.insert(population.end(), result.drawn.begin(), result.drawn.end());

  const auto fasterPredicted = [](const Member& a, const Member& b) {
    return std::pair(a.prediction.seconds, a.state.hash) < std::pair(b.prediction.seconds, b.state.hash);
  };
  std::unordered_set<std::uint64_t> inBest;
  for (int generation = 0;; ++generation) {
    predict(population);
    for (const auto& member : population)
      if (tree_.find(member.state.hash) == kNoNode && inBest.insert(member.state.hash).second)
        result.best.push_back(member);
    std::sort(result.best.begin(), result.best.end(), fasterPredicted);
    while (result.best.size() > count) {
      inBest.erase(result.best.back().state.hash);
      result.best.pop_back();
    }
    if (generation == options_.generations) return result;
    population = nextGeneration(population, random);
  }
}

std::vector<Evolution::Member> Evolution::fastestMeasured() const {
  std::vector<NodeId> nodes;
  for (NodeId node = 1; node < tree_.size(); ++node)
    if (tree_[node].measuredSeconds > 0 && !tree_[node].failed) nodes.push_back(node);
  std::sort(nodes.begin(), nodes.end(), [&](NodeId a, NodeId b) {
    return std::pair(tree_[a].measuredSeconds, a) < std::pair(tree_[b].measuredSeconds, b);
  });
  const auto wanted = static_cast<std::size_t>(
      std::floor(static_cast<double>(options_.population) * options_.initialMeasuredRatio));
  if (nodes.size() > wanted) nodes.resize(wanted);
  std::vector<Member> members;
  for (const NodeId node : nodes) members.push_back({tree_.stateOf(node), node, false, {}});
  return members;
}

std::vector<Evolution::Member> Evolution::sampleUnmeasured(std::size_t count, Random& random) const {
  std::vector<Member> members;
  std::unordered_set<std::uint64_t> drawn;
  for (int failures = 0; members.size() < count && failures < options_.maximumFailures;) {
    const std::size_t before = members.size();
    for (std::size_t i = 0; i < options_.population && members.size() < count; ++i) {
      State state = problem_.sampleDesign(random);
      if (tree_.find(state.hash) == kNoNode && drawn.insert(state.hash).second)
        members.push_back({std::move(state), kRootNode, false, {}});
    }
    if (members.size() == before || members.size() < options_.initialUnmeasured) ++failures;
  }
  return members;
}

void Evolution::predict(std::vector<Member>& members) const {
  std::vector<State> states;
  states.reserve(members.size());
  for (const auto& member : members) states.push_back(member.state);
  auto predictions = problem_.predict(states);
  for (std::size_t i = 0; i < members.size() && i < predictions.size(); ++i)
    members[i].prediction = std::move(predictions[i]);
}

std::vector<Evolution::Member> Evolution::nextGeneration(const std::vector<Member>& population,
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
        if (auto mutated = problem_.mutate(member.state, random)) {
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
