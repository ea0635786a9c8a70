// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "search/tree.h"

#include <algorithm>
#include <cmath>

namespace espalier {
namespace {

constexpr std::size_t kLongestTrace = 0xffff;
constexpr double kPreferenceUnits = 250;

double ratio(double reference, double seconds) {
  if (reference <= 0 || seconds <= 0) return 0;
  return std::min(1.0, reference / seconds);
}

}  // namespace

bool Tree::apply(const SearchEvent& event) {
  return std::visit([this](const auto& alternative) { return apply(alternative); }, event);
}

bool Tree::apply(const BaselineMeasured& event) {
  if (!event.measurement.valid || event.measurement.seconds <= 0) return true;
  baselineSeconds_ = event.measurement.seconds;
  return true;
}

bool Tree::apply(const NodeSelected& event) { return contains(event.node); }

bool Tree::apply(const NodeAdded& event) {
  const bool isRoot = nodes_.empty();
  if (event.node != nodes_.size() || event.node == kNoNode || event.state.trace.size() > kLongestTrace)
    return false;
  if (isRoot ? event.parent != kNoNode : !contains(event.parent)) return false;
  if (find(event.state.hash) != kNoNode) return false;

  std::vector<std::uint32_t> steps;
  steps.reserve(event.state.trace.size());
  for (const auto& step : event.state.trace) steps.push_back(internStep(step));

  TreeNode node;
  node.parent = event.parent;
  node.hash = event.state.hash;
  node.rolloutSeconds = static_cast<float>(event.rolloutSeconds);
  if (event.preference > 0)
    node.preference = static_cast<std::uint8_t>(
        std::clamp(std::lround(event.preference * kPreferenceUnits), 1L, std::lround(kPreferenceUnits)));
  if (event.prediction) {
    node.predictedSeconds = event.prediction->seconds;
    node.uncertainty = static_cast<float>(event.prediction->uncertainty);
  }
  if (!isRoot) {
    std::vector<std::uint32_t> parentSteps;
    collectSteps(event.parent, parentSteps);
    const auto [own, _] = std::mismatch(steps.begin(), steps.end(), parentSteps.begin(), parentSteps.end());
    node.stepsShared = static_cast<std::uint16_t>(own - steps.begin());
    node.depth = static_cast<std::uint16_t>(nodes_[event.parent].depth + 1);
  }
  node.stepsBegin = static_cast<std::uint32_t>(steps_.size());
  node.stepsCount = static_cast<std::uint16_t>(steps.size() - node.stepsShared);
  steps_.insert(steps_.end(), steps.begin() + node.stepsShared, steps.end());

  nodes_.push_back(node);
  indexNode(event.node);
  if (!isRoot) {
    TreeNode& parent = nodes_[event.parent];
    if (parent.lastChild == kNoNode)
      parent.firstChild = event.node;
    else
      nodes_[parent.lastChild].nextSibling = event.node;
    parent.lastChild = event.node;
    ++parent.childCount;
  }
  if (event.request != kNoRequest) nextRequest_ = std::max(nextRequest_, event.request + 1);
  return true;
}

bool Tree::apply(const ProposalRejected& event) {
  if (!contains(event.node)) return false;
  TreeNode& node = nodes_[event.node];
  ++node.rejections;
  lastDuplicate_ = {event.node, event.duplicateOf};
  if (event.closes) node.closed = true;
  if (event.request != kNoRequest) nextRequest_ = std::max(nextRequest_, event.request + 1);
  return true;
}

bool Tree::apply(const Backpropagated& event) {
  if (!contains(event.node)) return false;
  if (event.cause == "transposition") {
    if (lastDuplicate_.from != event.node || !contains(lastDuplicate_.to)) return false;
    transpositions_.push_back(lastDuplicate_);
  } else if (event.cause != "rejected") {
    ++nodes_[event.node].evaluations;
  }
  for (NodeId node = event.node; node != kNoNode; node = nodes_[node].parent) {
    ++nodes_[node].visits;
    nodes_[node].totalValue += event.value;
  }
  return true;
}

bool Tree::apply(const CandidateChosen& event) {
  if (!contains(event.node)) return false;
  nodes_[event.node].chosen = true;
  return true;
}

bool Tree::apply(const SampleMeasured& event) {
  if (!contains(event.node) || event.sample <= 0) return false;
  TreeNode& node = nodes_[event.node];
  if (node.sample == 0) node.sample = static_cast<std::uint32_t>(event.sample);
  node.chosen = true;
  ++samples_;
  if (!event.measurement.valid) {
    // A state that once worked and then failed is not to be trusted.
    ++failedSamples_;
    node.failed = true;
    node.measuredSeconds = 0;
    if (best_ == event.node) {
      best_ = kNoNode;
      for (NodeId other = 0; other < nodes_.size(); ++other)
        if (nodes_[other].measuredSeconds > 0 &&
            (best_ == kNoNode || nodes_[other].measuredSeconds < nodes_[best_].measuredSeconds))
          best_ = other;
    }
    return true;
  }
  if (node.failed) return true;
  node.measuredSeconds = node.measuredSeconds > 0 ? std::min(node.measuredSeconds, event.measurement.seconds)
                                                  : event.measurement.seconds;
  if (best_ == kNoNode || node.measuredSeconds < nodes_[best_].measuredSeconds) best_ = event.node;
  return true;
}

bool Tree::apply(const NewBest& event) { return contains(event.node); }

bool Tree::apply(const ValuesRefreshed& event) {
  for (const auto& entry : event.predictions)
    if (!contains(entry.node)) return false;
  for (const auto& entry : event.predictions) {
    nodes_[entry.node].predictedSeconds = entry.seconds;
    nodes_[entry.node].uncertainty = static_cast<float>(entry.uncertainty);
  }
  measuredReference_ = event.measuredReference;
  predictedReference_ = event.predictedReference;
  if (event.valuesKept) return true;
  // Children have higher numbers than their parents, so one pass from the back sums up every subtree.
  for (auto& node : nodes_) node.totalValue = 0;
  for (const auto& [from, to] : transpositions_) nodes_[from].totalValue += scoreOf(to);
  double count = 0;
  double sum = 0;
  double squares = 0;
  for (NodeId node = static_cast<NodeId>(nodes_.size()); node-- > 0;) {
    TreeNode& current = nodes_[node];
    if (current.evaluations > 0) {
      const double score = scoreOf(node);
      current.totalValue += current.evaluations * score;
      count += 1;
      sum += score;
      squares += score * score;
    }
    if (current.parent != kNoNode) nodes_[current.parent].totalValue += current.totalValue;
  }
  if (count > 1) scoreSpread_ = std::sqrt(std::max(0.0, squares / count - (sum / count) * (sum / count)));
  return true;
}

bool Tree::apply(const NodeMarked& event) {
  if (!contains(event.node)) return false;
  TreeNode& node = nodes_[event.node];
  switch (event.mark) {
    case NodeMark::Pruned: node.pruned = true; break;
    case NodeMark::Unpruned: node.pruned = false; break;
    case NodeMark::Pinned: node.pinned = true; break;
    case NodeMark::Unpinned: node.pinned = false; break;
    case NodeMark::Focused: focus_ = event.node; break;
    case NodeMark::Unfocused: focus_ = kRootNode; break;
  }
  return true;
}

bool Tree::apply(const ConditionsChanged&) {
  for (TreeNode& node : nodes_) {
    node.rolloutSeconds = 0;
    node.measuredSeconds = 0;
    if (node.failed || node.sample == 0) continue;  // a failure says something about the program itself
    node.sample = 0;
    node.chosen = false;
  }
  best_ = kNoNode;
  measuredReference_ = baselineSeconds_;
  return true;
}

NodeId Tree::find(std::uint64_t stateHash) const {
  if (index_.empty()) return kNoNode;
  const std::size_t mask = index_.size() - 1;
  for (std::size_t slot = stateHash & mask; index_[slot] != kNoNode; slot = (slot + 1) & mask)
    if (nodes_[index_[slot]].hash == stateHash) return index_[slot];
  return kNoNode;
}

State Tree::stateOf(NodeId node) const {
  std::vector<std::uint32_t> steps;
  collectSteps(node, steps);
  State state;
  state.hash = nodes_[node].hash;
  state.trace.reserve(steps.size());
  for (const std::uint32_t step : steps) state.trace.push_back(*stepTexts_[step]);
  return state;
}

std::vector<NodeId> Tree::childrenOf(NodeId node) const {
  std::vector<NodeId> children;
  children.reserve(nodes_[node].childCount);
  for (NodeId child = nodes_[node].firstChild; child != kNoNode; child = nodes_[child].nextSibling)
    children.push_back(child);
  return children;
}

double evaluationScore(const EvaluatedSeconds& seconds, double measuredReference, double predictedReference) {
  if (seconds.measured > 0) return ratio(measuredReference, seconds.measured);
  return ratio(predictedReference, seconds.rollout > 0 ? seconds.rollout : seconds.predicted);
}

double Tree::scoreOf(NodeId node) const {
  const TreeNode& current = nodes_[node];
  if (current.failed) return 0;
  return evaluationScore(
      {current.measuredSeconds, static_cast<double>(current.rolloutSeconds), current.predictedSeconds},
      measuredReference_, predictedReference_);
}

double Tree::meanOf(NodeId node) const {
  const TreeNode& current = nodes_[node];
  return current.visits == 0 ? 0 : current.totalValue / current.visits;
}

void Tree::addVirtualVisit(NodeId node, int change) {
  nodes_[node].pending = static_cast<std::uint16_t>(nodes_[node].pending + change);
  for (NodeId above = node; above != kNoNode; above = nodes_[above].parent)
    nodes_[above].virtualVisits = static_cast<std::uint16_t>(nodes_[above].virtualVisits + change);
}

void Tree::reserve(std::size_t nodes) {
  nodes_.reserve(nodes);
  std::size_t slots = 64;
  while (slots < 2 * nodes) slots *= 2;
  if (slots > index_.size()) rebuildIndex(slots);
}

std::size_t Tree::memoryBytes() const {
  std::size_t bytes = nodes_.capacity() * sizeof(TreeNode) + index_.capacity() * sizeof(NodeId) +
                      transpositions_.capacity() * sizeof(Transposition) +
                      steps_.capacity() * sizeof(std::uint32_t) +
                      stepTexts_.capacity() * sizeof(const std::string*);
  // A node of the map: next pointer, cached hash, key and number.
  for (const auto& text : stepTexts_)
    bytes +=
        sizeof(void*) + sizeof(std::size_t) + sizeof(std::string) + sizeof(std::uint64_t) + text->capacity();
  return bytes + stepNumbers_.bucket_count() * sizeof(void*);
}

std::uint32_t Tree::internStep(const std::string& step) {
  if (const auto known = stepNumbers_.find(step); known != stepNumbers_.end()) return known->second;
  const auto number = static_cast<std::uint32_t>(stepTexts_.size());
  const auto [entry, _] = stepNumbers_.emplace(step, number);
  stepTexts_.push_back(&entry->first);  // keys of an unordered_map never move
  return number;
}

void Tree::indexNode(NodeId node) {
  if (2 * nodes_.size() > index_.size()) {
    rebuildIndex(std::max<std::size_t>(64, 2 * index_.size()));
    return;
  }
  const std::size_t mask = index_.size() - 1;
  std::size_t slot = nodes_[node].hash & mask;
  while (index_[slot] != kNoNode) slot = (slot + 1) & mask;
  index_[slot] = node;
}

void Tree::rebuildIndex(std::size_t slots) {
  index_.assign(slots, kNoNode);
  const std::size_t mask = slots - 1;
  for (NodeId node = 0; node < nodes_.size(); ++node) {
    std::size_t slot = nodes_[node].hash & mask;
    while (index_[slot] != kNoNode) slot = (slot + 1) & mask;
    index_[slot] = node;
  }
}

void Tree::collectSteps(NodeId node, std::vector<std::uint32_t>& steps) const {
  // The node's own suffix, then of each ancestor only what the ones below still share.
  const TreeNode* current = &nodes_[node];
  std::size_t length = std::size_t{current->stepsShared} + current->stepsCount;
  steps.resize(length);
  std::size_t wanted = length;
  while (wanted > 0) {
    for (std::size_t position = current->stepsShared; position < wanted; ++position)
      steps[position] = steps_[current->stepsBegin + (position - current->stepsShared)];
    wanted = std::min<std::size_t>(wanted, current->stepsShared);
    if (current->parent == kNoNode) break;
    current = &nodes_[current->parent];
  }
}

}  // namespace espalier
