// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/search_tree.h"

namespace espalier::ui {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

/// `TileSize` of `TileSize(block=C, loop=n, factors=[64, 32])`.
std::string_view nameOfStep(std::string_view step) { return step.substr(0, step.find('(')); }

/// What a small card can show of a proposal: the last accepted step's name, with the number of steps.
std::string labelOf(const NodeAdded& added) {
  std::size_t accepted = 0;
  std::string last;
  for (const AppliedItem& item : added.items) {
    if (!item.accepted) continue;
    ++accepted;
    last = nameOfStep(item.applied);
  }
  if (accepted == 0) return added.parent == kNoNode ? "p0" : "";
  return accepted == 1 ? last : last + " +" + std::to_string(accepted - 1);
}

}  // namespace

void SearchTree::apply(const Event& event) {
  ++version_;
  std::visit(Overloaded{
                 [&](const BaselineMeasured& baseline) {
                   baselineSeconds_ = baseline.measurement.seconds;
                   takeBaseline();
                 },
                 [&](const NodeAdded& added) { add(added, event.sequence); },
                 [&](const NodeSelected& selected) { setFlag(selected.node, kAsking, true); },
                 [&](const ProposalRejected& rejected) { setFlag(rejected.node, kAsking, false); },
                 [&](const CandidateChosen& chosen) {
                   if (contains(chosen.node)) nodes_[chosen.node].status = NodeStatus::InFlight;
                 },
                 [&](const SampleMeasured& sample) { measured(sample); },
                 [&](const NewBest& best) { best_ = contains(best.node) ? best.node : best_; },
                 [&](const Backpropagated& reward) {
                   for (NodeId id = reward.node; contains(id); id = nodes_[id].parent) {
                     nodes_[id].value += static_cast<float>(reward.value);
                     ++nodes_[id].visits;
                   }
                 },
                 [&](const ValuesRefreshed& refreshed) {
                   for (const auto& entry : refreshed.predictions)
                     if (contains(entry.node))
                       nodes_[entry.node].predictedSeconds = static_cast<float>(entry.seconds);
                 },
                 [&](const NodeMarked& marked) { mark(marked); },
                 [&](const CommandReceived& received) {
                   if (const auto* hint = std::get_if<HintCommand>(&received.command);
                       hint != nullptr && received.accepted)
                     setFlag(hint->node, kHinted, !hint->text.empty());
                 },
                 [](const auto&) {},
             },
             event.body);
}

void SearchTree::takeValues(const Tree& tree) {
  for (NodeId id = 0; contains(id) && tree.contains(id); ++id)
    nodes_[id].value = static_cast<float>(tree[id].totalValue);
  ++version_;
}

void SearchTree::add(const NodeAdded& added, std::uint64_t sequence) {
  if (added.node != nodes_.size()) return;  // a repeated or missing event: the tree stays consistent
  NodeFacts facts;
  facts.parent = added.parent;
  facts.label = intern(labelOf(added));
  facts.source = intern(added.source);
  facts.sequence = sequence;
  if (added.prediction) facts.predictedSeconds = static_cast<float>(added.prediction->seconds);
  if (added.fallback) facts.flags |= kFallback;
  if (added.source == "user") facts.flags |= kHandMade;
  if (contains(added.parent)) {
    NodeFacts& parent = nodes_[added.parent];
    facts.depth = parent.depth + 1;
    ++parent.children;
    parent.flags &= static_cast<std::uint8_t>(~kAsking);
  }
  nodes_.push_back(facts);
  if (added.node == kRootNode) takeBaseline();
  ++structureVersion_;
}

/// The root is measured as the baseline, whichever of the two comes first.
void SearchTree::takeBaseline() {
  if (nodes_.empty() || baselineSeconds_ <= 0 || nodes_[kRootNode].sample > 0) return;
  NodeFacts& root = nodes_[kRootNode];
  root.seconds = static_cast<float>(baselineSeconds_);
  root.status = NodeStatus::Measured;
  if (root.bestBelow == 0 || root.seconds < root.bestBelow) root.bestBelow = root.seconds;
}

void SearchTree::measured(const SampleMeasured& sample) {
  if (!contains(sample.node)) return;
  NodeFacts& facts = nodes_[sample.node];
  facts.sample = static_cast<std::uint32_t>(sample.sample);
  facts.status = sample.measurement.valid ? NodeStatus::Measured : NodeStatus::Failed;
  if (!sample.measurement.valid) return;
  facts.seconds = static_cast<float>(sample.measurement.seconds);
  setFlag(sample.node, kVerified, sample.measurement.verified);
  for (NodeId id = sample.node; contains(id); id = nodes_[id].parent) {
    float& best = nodes_[id].bestBelow;
    if (best != 0 && best <= facts.seconds) break;
    best = facts.seconds;
  }
}

void SearchTree::mark(const NodeMarked& marked) {
  switch (marked.mark) {
    case NodeMark::Pruned: setFlag(marked.node, kPruned, true); break;
    case NodeMark::Unpruned: setFlag(marked.node, kPruned, false); break;
    case NodeMark::Pinned: setFlag(marked.node, kPinned, true); break;
    case NodeMark::Unpinned: setFlag(marked.node, kPinned, false); break;
    case NodeMark::Focused:
    case NodeMark::Unfocused: break;
  }
}

double SearchTree::speedup(NodeId id) const {
  const float seconds = nodes_[id].seconds;
  return seconds > 0 ? baselineSeconds_ / static_cast<double>(seconds) : 0;
}

double SearchTree::predictedSpeedup(NodeId id) const {
  const float seconds = nodes_[id].predictedSeconds;
  return seconds > 0 ? baselineSeconds_ / static_cast<double>(seconds) : 0;
}

std::vector<NodeId> SearchTree::pathToRoot(NodeId id) const {
  std::vector<NodeId> path;
  for (; contains(id); id = nodes_[id].parent) path.push_back(id);
  return path;
}

bool SearchTree::isBelow(NodeId node, NodeId ancestor) const {
  while (contains(node) && node > ancestor) node = nodes_[node].parent;
  return node == ancestor;
}

void SearchTree::setBookmarked(NodeId id, bool on) {
  setFlag(id, kBookmarked, on);
  ++version_;
}

std::uint32_t SearchTree::intern(std::string_view text) {
  if (const auto found = textIndex_.find(text); found != textIndex_.end()) return found->second;
  texts_.emplace_back(text);
  textIndex_.emplace(std::string(text), static_cast<std::uint32_t>(texts_.size() - 1));
  return static_cast<std::uint32_t>(texts_.size() - 1);
}

void SearchTree::setFlag(NodeId id, NodeFlag flag, bool on) {
  if (!contains(id)) return;
  std::uint8_t& flags = nodes_[id].flags;
  flags = static_cast<std::uint8_t>(on ? flags | flag : flags & ~flag);
}

}  // namespace espalier::ui
