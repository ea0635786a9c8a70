// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
//
// The parts of Mcts that a person or a stored session drives: steering, restoring, and which parts of the
// tree are open.
#include <algorithm>
#include <string>
#include <utility>

#include "search/mcts.h"

namespace espalier {
namespace {

tl::unexpected<Error> unknownNode(NodeId node) {
  return usageError("There is no node " + std::to_string(node) + ".");
}

}  // namespace

Result<void> Mcts::restore(std::span<const SearchEvent> history) {
  if (auto restored = record_.restore(history); !restored) return restored;
  if (tree().size() == 0) {
    start();
    return {};
  }
  for (auto event = history.rbegin(); event != history.rend(); ++event) {
    if (std::holds_alternative<CandidateChosen>(*event)) break;
    if (std::holds_alternative<NodeAdded>(*event) || std::holds_alternative<ProposalRejected>(*event))
      ++expansionsSinceSample_;
  }
  nextRequest_ = tree().nextRequest();
  if (tree().predictedReference() == 0)
    emitReferences(tree().measuredReference(), tree()[kRootNode].predictedSeconds);
  // A crash may have come between a node, or its measurement, and the visit that it counts for.
  for (NodeId node = 1; node < tree().size(); ++node) {
    if (tree()[node].evaluations == 0)
      backpropagateEvaluation(node, options_.rolloutSteps > 0 ? "rollout" : "prediction");
    if (tree()[node].sample != 0 && options_.backpropagateMeasurements && tree()[node].evaluations == 1)
      backpropagateEvaluation(node, "measurement");
    if (!tree()[node].chosen) unmeasured_.push_back(node);
  }
  countPruned();
  recomputeExhausted();
  if (record_.observations() > 0) {
    const double best = tree().bestSeconds();
    const double baseline = tree().baselineSeconds();
    const double reference = best > 0 && (baseline == 0 || best < baseline) ? best : baseline;
    if (reference != tree().measuredReference()) emitReferences(reference, tree().predictedReference());
    refreshPredictions(options_.refreshLimit);
  }
  return {};
}

Result<void> Mcts::mark(NodeId node, NodeMark mark) {
  if (!tree().contains(node)) return unknownNode(node);
  if (mark == NodeMark::Pruned && node == kRootNode)
    return usageError("The root cannot be pruned.", "Stop the run instead.");
  record_.emit(NodeMarked{node, mark});
  if (mark == NodeMark::Pruned || mark == NodeMark::Unpruned) {
    countPruned();
    recomputeExhausted();
  }
  return {};
}

Result<void> Mcts::requestExpansion(NodeId node) {
  if (!tree().contains(node)) return unknownNode(node);
  wantedExpansions_.push_back(node);
  return {};
}

Result<void> Mcts::requestSample(NodeId node) {
  if (!tree().contains(node)) return unknownNode(node);
  if (tree()[node].chosen && tree()[node].sample == 0)
    return usageError("Node " + std::to_string(node) + " is being measured already.");
  if (node == kRootNode) return usageError("The root is the baseline and was measured at the start.");
  wantedSamples_.push_back(node);
  return {};
}

Result<NodeId> Mcts::addByHand(NodeId node, std::span<const std::string> items,
                               const std::string& reasoning) {
  if (!tree().contains(node)) return unknownNode(node);
  const std::uint64_t request = nextRequest_++;
  Random random = randomFor(seed_, "expansion", request);
  Application application = record_.problem().apply(tree().stateOf(node), items, random);
  if (!application.changed()) {
    std::string words = "None of the transformations could be applied.";
    for (const auto& item : application.items) {
      words += " " + item.reason;
      if (!item.hint.empty()) words += " " + item.hint;
    }
    return inputError(words);
  }
  if (const NodeId twin = tree().find(application.state.hash); twin != kNoNode)
    return inputError("The result is the program of node " + std::to_string(twin) + ".");
  NodeAdded added;
  added.request = request;
  added.parent = node;
  added.source = "user";
  added.reasoning = reasoning;
  added.state = std::move(application.state);
  added.items = std::move(application.items);
  return expand(std::move(added), random);
}

Result<void> Mcts::setParameter(const std::string& name, double value) {
  if (name == "exploration") {
    if (!(value >= 0 && value <= 1000))
      return usageError("The exploration constant must be between 0 and 1000.");
    options_.exploration = value;
    return {};
  }
  if (name == "branching") {
    if (!(value >= 1 && value <= 1000) || value != static_cast<int>(value))
      return usageError("The branching factor must be a whole number between 1 and 1000.");
    options_.branching = static_cast<int>(value);
    recomputeExhausted();
    return {};
  }
  return usageError("The search has no parameter `" + name + "`.", "It has `exploration` and `branching`.");
}

void Mcts::countPruned() {
  pruned_ = 0;
  for (NodeId node = 0; node < tree().size(); ++node) pruned_ += tree()[node].pruned ? 1 : 0;
}

void Mcts::reopenAbove(NodeId node) {
  for (NodeId above = tree()[node].parent; above != kNoNode && tree()[above].exhausted;
       above = tree()[above].parent)
    record_.tree().setExhausted(above, false);
}

void Mcts::closeAbove(NodeId node) {
  for (; node != kNoNode; node = tree()[node].parent) {
    const TreeNode& current = tree()[node];
    if (!current.closed && (current.childCount < options_.branching || current.pending > 0)) return;
    for (NodeId child = current.firstChild; child != kNoNode; child = tree()[child].nextSibling)
      if (!tree()[child].exhausted && !tree()[child].pruned) return;
    record_.tree().setExhausted(node, true);
  }
}

void Mcts::recomputeExhausted() {
  // From the back, so that children are known before their parents.
  std::vector<bool> hasOpenChild(tree().size(), false);
  for (NodeId node = static_cast<NodeId>(tree().size()); node-- > 0;) {
    const TreeNode& current = tree()[node];
    const bool open = hasOpenChild[node] ||
                      (!current.closed && (current.childCount < options_.branching || current.pending > 0));
    record_.tree().setExhausted(node, !open);
    if (open && !current.pruned && current.parent != kNoNode) hasOpenChild[current.parent] = true;
  }
}

}  // namespace espalier
