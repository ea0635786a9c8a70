// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "search/reserve.h"

#include <algorithm>
#include <utility>

#include "search/search_record.h"

namespace espalier {

Reserve::Reserve(const Problem& problem, const Tree& tree, const ReserveOptions& options, double optimism,
                 std::uint64_t seed)
    : problem_(problem), tree_(tree), options_(options), optimism_(optimism), seed_(seed) {}

std::optional<Tournament::Entrant> Reserve::first() {
  if (options_.size == 0) return std::nullopt;
  const auto known = [&](const Evolution::Member& member) {
    return tree_.find(member.state.hash) != kNoNode;
  };
  if (tree_.samples() >= nextRefill_ || std::all_of(members_.begin(), members_.end(), known)) fill();
  if (outdated_) rank();
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < members_.size(); ++i)
    if (!known(members_[i]) && (!best || ranks_[i] < ranks_[*best])) best = i;
  if (!best) return std::nullopt;
  Tournament::Entrant entrant;
  entrant.application.state = members_[*best].state;
  entrant.application.items.push_back({"evolved design", true, "evolved design", {}, {}, {}});
  entrant.rank = ranks_[*best];
  return entrant;
}

void Reserve::fill() {
  Random random = randomFor(seed_, "reserve", static_cast<std::uint64_t>(tree_.samples()));
  members_ = Evolution(problem_, tree_, {}).run(options_.size, random).best;
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
