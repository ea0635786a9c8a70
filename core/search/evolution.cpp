// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "search/evolution.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

namespace espalier {

namespace {

bool fasterPredicted(const Evolution::Member& left, const Evolution::Member& right) {
  return std::pair(left.prediction.seconds, left.state.hash) <
         std::pair(right.prediction.seconds, right.state.hash);
}

}  // namespace

Evolution::Evolution(const Problem& problem, const Tree& tree, const EvolutionOptions& options,
                     std::size_t count, Random random)
    : problem_(problem), tree_(tree), options_(options), count_(count), random_(random) {
  next_ = fastestMeasured();
  wanted_ = options_.population - next_.size();
  rounds_.before = next_.size();
}

std::size_t Evolution::work() const {
  return options_.population * (1 + static_cast<std::size_t>(options_.generations));
}

bool Evolution::advance(std::size_t members) {
  while (!finished_ && members > 0) {
    const std::size_t taken = generation_ == 0 ? drawUnmeasured(members) : mutate(members);
    members -= taken;
    done_ += taken;
    predictNew();
    if (wanted_ == 0) finishGeneration();
  }
  return finished_;
}

Evolution::Result Evolution::take() { return std::move(result_); }

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

std::size_t Evolution::drawUnmeasured(std::size_t most) {
  std::size_t attempts = 0;
  while (attempts < most && wanted_ > 0) {
    State state = problem_.sampleDesign(random_);
    ++attempts;
    ++rounds_.attempts;
    if (tree_.find(state.hash) == kNoNode && rounds_.drawn.insert(state.hash).second) {
      next_.push_back({std::move(state), kRootNode, false, {}});
      --wanted_;
    }
    if (rounds_.attempts < options_.population) continue;
    if (next_.size() == rounds_.before || rounds_.drawn.size() < options_.initialUnmeasured)
      if (++rounds_.failures == options_.maximumFailures) wanted_ = 0;
    rounds_.attempts = 0;
    rounds_.before = next_.size();
  }
  return attempts;
}

std::size_t Evolution::mutate(std::size_t most) {
  std::size_t mutated = 0;
  for (; mutated < most && wanted_ > 0; ++mutated, --wanted_) {
    const auto drawn =
        std::upper_bound(cumulative_.begin(), cumulative_.end(), random_.uniform() * cumulative_.back());
    Member member = population_[std::min<std::size_t>(static_cast<std::size_t>(drawn - cumulative_.begin()),
                                                      population_.size() - 1)];
    if (random_.chance(options_.mutation)) {
      for (int failures = 0; failures <= options_.maximumMutationFailures; ++failures) {
        if (auto state = problem_.mutate(member.state, random_)) {
          member.state = std::move(*state);
          member.mutated = true;
          break;
        }
      }
    }
    next_.push_back(std::move(member));
  }
  return mutated;
}

void Evolution::predictNew() {
  std::vector<State> states;
  states.reserve(next_.size() - predicted_);
  for (std::size_t i = predicted_; i < next_.size(); ++i) states.push_back(next_[i].state);
  for (Prediction& prediction : problem_.predict(states))
    next_[predicted_++].prediction = std::move(prediction);
  predicted_ = next_.size();
}

void Evolution::finishGeneration() {
  if (generation_ == 0) {
    const auto drawn = static_cast<std::ptrdiff_t>(rounds_.drawn.size());
    result_.drawn.assign(next_.end() - drawn, next_.end());
    // Upstream ends here when the random members run out; a small space is searched to its end instead.
    finished_ = drawn == 0;
    if (finished_) return;
  }
  collectBest();
  finished_ = generation_++ == options_.generations;
  if (!finished_) beginGeneration();
}

void Evolution::collectBest() {
  for (const Member& member : next_)
    if (tree_.find(member.state.hash) == kNoNode && inBest_.insert(member.state.hash).second)
      result_.best.push_back(member);
  std::sort(result_.best.begin(), result_.best.end(), fasterPredicted);
  while (result_.best.size() > count_) {
    inBest_.erase(result_.best.back().state.hash);
    result_.best.pop_back();
  }
}

void Evolution::beginGeneration() {
  population_ = std::exchange(next_, {});
  predicted_ = 0;
  wanted_ = options_.population;
  double fastest = 0;
  for (const Member& member : population_)
    if (member.prediction.seconds > 0 && (fastest == 0 || member.prediction.seconds < fastest))
      fastest = member.prediction.seconds;
  cumulative_.clear();
  double total = 0;
  for (const Member& member : population_) {
    // The score of a state without a prediction is neutral, so that the search works without any model.
    total += fastest > 0 && member.prediction.seconds > 0 ? fastest / member.prediction.seconds
                                                          : (fastest > 0 ? 0 : 1);
    cumulative_.push_back(total);
  }
}

}  // namespace espalier
