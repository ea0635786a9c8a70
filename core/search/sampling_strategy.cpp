// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "search/sampling_strategy.h"

#include <stdexcept>
#include <string>
#include <utility>

namespace espalier {

Result<void> SamplingStrategy::restore(std::span<const SearchEvent> history) {
  if (auto restored = record_.restore(history); !restored) return restored;
  if (tree().size() == 0) {
    start();
    return {};
  }
  // What was in flight is measured first: its state is in the tree and would not be drawn again.
  for (const auto& event : history)
    if (const auto* chosen = std::get_if<CandidateChosen>(&event); chosen && tree()[chosen->node].sample == 0)
      wanted_.push_back({chosen->node, "generation"});
  const auto last = static_cast<NodeId>(tree().size() - 1);
  if (last != kRootNode && !history.empty() && std::holds_alternative<NodeAdded>(history.back()))
    wanted_.push_back({last, "generation"});
  return {};
}

void SamplingStrategy::baselineMeasured(const Measurement& measurement) {
  record_.emit(BaselineMeasured{measurement});
}

SearchRequest SamplingStrategy::ask(const Capacity& capacity) {
  if (capacity.samples <= 0) return AwaitResults{};
  if (!wanted_.empty()) {
    const Wanted wanted = wanted_.front();
    wanted_.pop_front();
    ++inFlight_;
    return record_.choose(wanted.node, wanted.cause);
  }
  if (batch_.empty()) {
    if (inFlight_ > 0) return AwaitResults{};
    for (auto& draw : drawBatch()) batch_.push_back(std::move(draw));
  }
  while (!batch_.empty()) {
    Draw draw = std::move(batch_.front());
    batch_.pop_front();
    if (tree().find(draw.state.hash) != kNoNode) continue;  // added by hand in the meantime
    NodeAdded node;
    node.parent = draw.parent;
    node.state = std::move(draw.state);
    node.source = std::move(draw.source);
    node.prediction = draw.prediction ? std::move(draw.prediction) : record_.predict(node.state);
    const NodeId added = record_.addNode(std::move(node));
    ++inFlight_;
    return record_.choose(added, "generation");
  }
  return inFlight_ > 0 ? SearchRequest(AwaitResults{}) : SearchRequest(SpaceExhausted{});
}

void SamplingStrategy::proposalArrived(const ExpansionRequest&, const SequenceAnswer&) {
  throw std::logic_error("A strategy that takes no proposals was given one.");
}

void SamplingStrategy::measured(const SampleRequest& request, const Measurement& measurement) {
  --inFlight_;
  record_.noteSample(request, measurement);
  const double best = tree().bestSeconds();
  const double reference = best > 0 ? best : tree().measuredReference();
  if (reference != tree().measuredReference()) {
    ValuesRefreshed refreshed;
    refreshed.measuredReference = reference;
    record_.emit(std::move(refreshed));
  }
  const double score = tree().scoreOf(request.node);
  record_.emit(Backpropagated{request.node, "measurement", score, score});
  if (batch_.empty() && inFlight_ == 0) batchMeasured();
}

void SamplingStrategy::conditionsChanged() {
  const NodeId best = tree().best();
  record_.changeConditions();
  ValuesRefreshed refreshed;
  refreshed.measuredReference = tree().measuredReference();
  record_.emit(std::move(refreshed));
  if (best != kNoNode && best != kRootNode) wanted_.push_front({best, "commanded"});
}

Result<void> SamplingStrategy::mark(NodeId node, NodeMark mark) {
  if (!tree().contains(node)) return usageError("There is no node " + std::to_string(node) + ".");
  record_.emit(NodeMarked{node, mark});
  return {};
}

Result<void> SamplingStrategy::requestExpansion(NodeId) {
  return usageError("The strategy `" + name() + "` takes no proposals.", "Use `mcts` to expand nodes.");
}

Result<void> SamplingStrategy::requestSample(NodeId node) {
  if (!tree().contains(node) || node == kRootNode)
    return usageError("Node " + std::to_string(node) + " cannot be measured.",
                      "Choose a node below the root.");
  wanted_.push_back({node, "commanded"});
  return {};
}

Result<NodeId> SamplingStrategy::addByHand(NodeId node, std::span<const std::string> items,
                                           const std::string& reasoning) {
  if (!tree().contains(node)) return usageError("There is no node " + std::to_string(node) + ".");
  Random random = randomFor(seed_, "by-hand", tree().size());
  Application application = record_.problem().apply(tree().stateOf(node), items, random);
  if (!application.changed()) {
    std::string words = "None of the transformations could be applied.";
    for (const auto& item : application.items) words += " " + item.reason;
    return inputError(words);
  }
  if (const NodeId twin = tree().find(application.state.hash); twin != kNoNode)
    return inputError("The result is the program of node " + std::to_string(twin) + ".");
  NodeAdded added;
  added.parent = node;
  added.source = "user";
  added.reasoning = reasoning;
  added.state = std::move(application.state);
  added.items = std::move(application.items);
  added.prediction = record_.predict(added.state);
  const NodeId child = record_.addNode(std::move(added));
  wanted_.push_back({child, "commanded"});
  return child;
}

Result<void> SamplingStrategy::setParameter(const std::string& name, double) {
  return usageError("The strategy `" + this->name() + "` has no parameter `" + name + "`.");
}

}  // namespace espalier
