// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "search/reserve.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "search/search_record.h"

namespace espalier {

Reserve::Reserve(const Problem& problem, const Tree& tree, const ReserveOptions& options, double optimism,
                 std::uint64_t seed)
    : problem_(problem), tree_(tree), options_(options), optimism_(optimism), seed_(seed) {}

std::optional<Tournament::Entrant> Reserve::next() {
  if (options_.size == 0) return std::nullopt;
  if (tree_.samples() >= nextRefill_ ||
      std::all_of(members_.begin(), members_.end(), [&](const auto& member) { return isKnown(member); }))
    fill();
  const auto entrant = [](const State& state, const char* what, double rank) {
    return Tournament::Entrant{{state, {namedStep(what)}}, rank};
  };
  if (!fresh() && ++asked_ % options_.contrast == 0)
    for (; !random_.empty(); random_.pop_back())
      if (!isKnown(random_.back()))
        return entrant(random_.back().state, "random design", -std::numeric_limits<double>::infinity());
  if (outdated_ && !fresh()) rank();
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < members_.size(); ++i)
    if (!isKnown(members_[i]) && (!best || ranks_[i] < ranks_[*best])) best = i;
  if (!best) return std::nullopt;
  return entrant(members_[*best].state, "evolved design", ranks_[*best]);
}

bool Reserve::isKnown(const Evolution::Member& member) const {
  return tree_.find(member.state.hash) != kNoNode;
}

void Reserve::fill() {
  // The same designs as an evolutionary search begins with under this seed: from there on they differ.
  Random random = randomFor(seed_, "generation", static_cast<std::uint64_t>(tree_.samples() + 1) * 64);
  Evolution::Result evolved = Evolution(problem_, tree_, {}).run(options_.size, random);
  members_ = std::move(evolved.best);
  random_ = std::move(evolved.drawn);
  nextRefill_ =
      tree_.samples() + std::min(options_.longestWait, options_.firstRefill << std::min(refills_, 8));
  ++refills_;
  rank();
}

void Reserve::rank() {
  std::vector<State> states;
  for (const Evolution::Member& member : members_) states.push_back(member.state);
  const std::vector<Prediction> predictions = problem_.predict(states);
  ranks_.assign(members_.size(), 0);
  for (std::size_t i = 0; i < predictions.size(); ++i)
    ranks_[i] = rankOf(predictions[i].seconds, predictions[i].uncertainty, optimism_);
  outdated_ = false;
}

}  // namespace espalier
