// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "search/reserve.h"

#include <algorithm>
#include <limits>
#include <unordered_set>
#include <utility>

#include "search/search_record.h"

namespace espalier {

Reserve::Reserve(const Problem& problem, const Tree& tree, const ReserveOptions& options, double optimism,
                 std::uint64_t seed)
    : problem_(problem), tree_(tree), options_(options), optimism_(optimism), seed_(seed) {}

std::optional<Tournament::Entrant> Reserve::next() {
  if (options_.size == 0) return std::nullopt;
  if (nextRefill_ == 0 && tree_.samples() > 0) waitFor(options_.firstRefill);
  const bool due = tree_.samples() >= nextRefill_;
  if (refills_ == 0 && !due) return std::nullopt;
  // A space without new designs is not searched again at once.
  const bool used = !members_.empty() && std::all_of(members_.begin(), members_.end(),
                                                     [&](const auto& member) { return isKnown(member); });
  if (due || used) fill();
  if (outdated_) rank();
  const bool inOrder = ++asked_ % options_.inOrder == 0;
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < members_.size() && !(best && inOrder); ++i)
    if (!isKnown(members_[i]) && (!best || ranks_[i] < ranks_[*best])) best = i;
  if (!best) return std::nullopt;
  // What is next in order is tried whatever is believed of it.
  const double rank = inOrder ? -std::numeric_limits<double>::infinity() : ranks_[*best];
  return Tournament::Entrant{{members_[*best].state, {namedStep("evolved design")}}, rank};
}

bool Reserve::isKnown(const Evolution::Member& member) const {
  return tree_.find(member.state.hash) != kNoNode;
}

void Reserve::waitFor(int samples) {
  lastRefill_ = tree_.samples();
  nextRefill_ = lastRefill_ + samples;
}

Evolution& Reserve::growing() {
  // The same designs as an evolutionary search begins with under this seed: from there on they differ.
  if (!growing_)
    growing_.emplace(problem_, tree_, EvolutionOptions{}, options_.size,
                     randomFor(seed_, "generation", static_cast<std::uint64_t>(tree_.samples() + 1) * 64));
  return *growing_;
}

void Reserve::grow() {
  // Late enough to begin with what most of the samples taught.
  const int begin = (lastRefill_ + nextRefill_ + 1) / 2;
  if (begin == nextRefill_ || tree_.samples() < begin) return;
  const int step = std::min(tree_.samples() - begin + 1, nextRefill_ - begin);
  Evolution& evolution = growing();
  const std::size_t due =
      evolution.work() * static_cast<std::size_t>(step) / static_cast<std::size_t>(nextRefill_ - begin);
  if (due > evolution.done()) evolution.advance(due - evolution.done());
}

void Reserve::fill() {
  growing().advance();
  Evolution::Result evolved = growing().take();
  growing_.reset();
  members_ = std::move(evolved.best);
  std::unordered_set<std::uint64_t> known;
  for (const Evolution::Member& member : members_) known.insert(member.state.hash);
  for (Evolution::Member& drawn : evolved.drawn)
    if (known.insert(drawn.state.hash).second) members_.push_back(std::move(drawn));
  waitFor(std::min(options_.longestWait, options_.firstRefill << std::min(refills_, 8)));
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
