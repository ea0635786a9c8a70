// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "search/search_record.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "support/hash.h"

namespace espalier {

void SearchRecord::emit(SearchEvent event) {
  if (!tree_.apply(event)) throw std::logic_error("A search event does not fit the tree it was made for.");
  events_.push_back(std::move(event));
}

std::vector<SearchEvent> SearchRecord::takeEvents() { return std::exchange(events_, {}); }

void SearchRecord::addRoot() {
  NodeAdded root;
  root.node = kRootNode;
  root.state = problem_.initial();
  root.source = "initial";
  root.prediction = predict(root.state);
  emit(std::move(root));
}

NodeId SearchRecord::addNode(NodeAdded node) {
  node.node = static_cast<NodeId>(tree_.size());
  const NodeId added = node.node;
  emit(std::move(node));
  return added;
}

std::optional<Prediction> SearchRecord::predict(const State& state) const {
  auto predictions = problem_.predict(std::span(&state, 1));
  if (predictions.empty()) return std::nullopt;
  return std::move(predictions.front());
}

SampleRequest SearchRecord::choose(NodeId node, std::string_view cause) {
  SampleRequest request{nextSample_++, node, tree_.stateOf(node), tree_[node].predictedSeconds};
  emit(CandidateChosen{request.sample, node, std::string(cause)});
  return request;
}

void SearchRecord::noteSample(const SampleRequest& request, const Measurement& measurement) {
  const double bestBefore = tree_.bestSeconds();
  emit(SampleMeasured{request.sample, request.node, request.predictedSeconds, measurement});
  unlearnt_.push_back({request.state, measurement});
  const double best = tree_.bestSeconds();
  if (tree_.best() == request.node && (bestBefore == 0 || best < bestBefore)) {
    const double baseline = tree_.baselineSeconds();
    emit(NewBest{request.sample, request.node, best, baseline > 0 ? baseline / best : 0});
  }
}

bool SearchRecord::learnIfDue() {
  constexpr int kShareOfNews = 16;
  const auto waiting = static_cast<int>(unlearnt_.size());
  if (waiting < std::max(1, observations_ / kShareOfNews)) return false;
  return learn();
}

bool SearchRecord::learn() {
  if (unlearnt_.empty()) return false;
  observations_ += static_cast<int>(unlearnt_.size());
  const auto observations = std::exchange(unlearnt_, {});
  return problem_.learn(observations);
}

void SearchRecord::changeConditions() {
  unlearnt_.clear();
  observations_ = 0;
  emit(ConditionsChanged{problem_.info()});
}

Result<void> SearchRecord::restore(std::span<const SearchEvent> history) {
  std::vector<Observation> known;
  for (std::size_t position = 0; position < history.size(); ++position) {
    if (!tree_.apply(history[position]))
      return inputError(
          "Event " + std::to_string(position + 1) + " of the stored search does not fit those before it.",
          "The session is damaged; start a new one.");
    if (const auto* sample = std::get_if<SampleMeasured>(&history[position])) {
      known.push_back({tree_.stateOf(sample->node), sample->measurement});
      nextSample_ = std::max(nextSample_, sample->sample + 1);
    }
    if (std::holds_alternative<ConditionsChanged>(history[position])) known.clear();
  }
  for (NodeId node = 0; node < tree_.size(); ++node)
    if (tree_[node].chosen && tree_[node].sample == 0) tree_.forgetChosen(node);
  observations_ = static_cast<int>(known.size());
  if (!known.empty()) problem_.learn(known);
  return {};
}

Random randomFor(std::uint64_t seed, std::string_view act, std::uint64_t number) {
  return Random(Hasher().add(seed).add(act).add(number).value());
}

}  // namespace espalier
