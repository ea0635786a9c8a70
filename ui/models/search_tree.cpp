// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/search_tree.h"

#include <algorithm>

#include "search/tree.h"

namespace espalier::ui {
namespace {

/// From here on sums over subtrees are made once at the end and not on every node's way to the root.
constexpr std::size_t kManyEntries = 4096;

}  // namespace

/// What nodes gained of their own while many entries are taken at once.
struct SearchTree::Sums {
  std::vector<double> value;
  std::vector<std::uint32_t> visits;
  std::size_t lastRefresh = 0;  ///< entry of the last one that gives all values anew; 0 = none

  void fit(std::size_t nodes) {
    if (value.size() >= nodes) return;
    const std::size_t room = std::max(nodes, 2 * value.size());
    value.resize(room);
    visits.resize(room);
  }
};

bool SearchTree::apply(const SessionDigest& digest, std::size_t from, std::size_t to) {
  return apply(digest, from, to, [](std::size_t) { return true; });
}

bool SearchTree::apply(const SessionDigest& digest, std::size_t from, std::size_t to,
                       const std::function<bool(std::size_t)>& afterSample) {
  for (std::size_t text = texts_.size(); text < digest.texts(); ++text)
    texts_.push_back(digest.sharedText(static_cast<std::uint16_t>(text)));
  const bool many = to - from >= kManyEntries;
  Sums sums;
  if (many)
    for (std::size_t index = from; index < to; ++index)
      if (digest.entry(index).kind == DigestKind::ValuesRefreshed &&
          !digest.refresh(digest.entry(index).place()).valuesKept)
        sums.lastRefresh = index;
  bool fits = true;
  for (std::size_t index = from; index < to; ++index) {
    fits = applyOne(digest, index, many ? &sums : nullptr) && fits;
    if (digest.entry(index).kind == DigestKind::SampleMeasured && !afterSample(index)) return fits;
  }
  if (many) sumUp(sums);
  ++version_;
  return fits;
}

bool SearchTree::applyOne(const SessionDigest& digest, std::size_t index, Sums* sums) {
  const DigestEntry& entry = digest.entry(index);
  const bool known = contains(entry.node);
  switch (entry.kind) {
    case DigestKind::NodeAdded: return add(digest, entry, index);
    case DigestKind::Whole: applyWhole(digest.whole(entry.place())); return true;
    case DigestKind::ValuesRefreshed: {
      const SessionDigest::Refresh& refresh = digest.refresh(entry.place());
      for (std::uint32_t i = refresh.begin; i < refresh.begin + refresh.count; ++i)
        if (contains(digest.prediction(i).node))
          nodes_[digest.prediction(i).node].predictedSeconds = digest.prediction(i).seconds;
      if (!refresh.valuesKept && (sums == nullptr || sums->lastRefresh == index))
        giveValuesAnew(refresh, sums);
      return true;
    }
    case DigestKind::NodeSelected: setFlag(entry.node, kAsking, true); return known;
    case DigestKind::ProposalRejected: setFlag(entry.node, kAsking, false); return known;
    case DigestKind::CandidateChosen:
      if (known && nodes_[entry.node].sample == 0) setStatus(nodes_[entry.node], NodeStatus::InFlight);
      return known;
    case DigestKind::SampleMeasured:
      if (known) measured(entry, sums);
      return known;
    case DigestKind::Backpropagated:
      if (known) reward(entry, sums);
      return known;
    case DigestKind::NodeMarked: mark(entry.node, entry.mark()); return known;
    case DigestKind::Other:
    case DigestKind::ProposalArrived:
    case DigestKind::ReplyFinished:
    case DigestKind::BuildFinished: return true;
  }
  return true;
}

bool SearchTree::add(const SessionDigest& digest, const DigestEntry& entry, std::size_t index) {
  // A repeated or missing event: the tree stays consistent.
  const bool root = nodes_.empty();
  if (entry.node != nodes_.size() || (root ? entry.parent() != kNoNode : !contains(entry.parent())))
    return false;
  NodeFacts facts;
  facts.parent = entry.parent();
  facts.label = entry.label();
  facts.source = entry.source;
  facts.steps = entry.steps();
  facts.sequence = static_cast<std::uint32_t>(digest.first() + index);
  facts.predictedSeconds = entry.predictedSeconds();
  facts.rolloutSeconds = entry.rolloutSeconds();
  if (entry.has(kDigestFallback)) facts.flags |= kFallback;
  if (entry.has(kDigestByUser)) facts.flags |= kHandMade;
  if (!root) {
    NodeFacts& parent = nodes_[entry.parent()];
    facts.depth = static_cast<std::uint16_t>(parent.depth + 1);
    (parent.lastChild == kNoNode ? parent.firstChild : nodes_[parent.lastChild].nextSibling) = entry.node;
    parent.lastChild = entry.node;
    ++parent.children;
    parent.flags &= static_cast<std::uint8_t>(~kAsking);
  }
  nodes_.push_back(facts);
  parents_.push_back(facts.parent);
  if (root) takeBaseline();
  ++structureVersion_;
  return true;
}

void SearchTree::applyWhole(const Event& event) {
  if (const auto* baseline = std::get_if<BaselineMeasured>(&event.body)) {
    if (!baseline->measurement.valid || baseline->measurement.seconds <= 0) return;
    baselineSeconds_ = baseline->measurement.seconds;
    takeBaseline();
  } else if (std::holds_alternative<RunStarted>(event.body) ||
             std::holds_alternative<RunFinished>(event.body)) {
    forgetWhatWasInFlight();
  } else if (std::holds_alternative<ConditionsChanged>(event.body)) {
    setMeasurementsAside();
  } else if (const auto* received = std::get_if<CommandReceived>(&event.body)) {
    if (const auto* hint = std::get_if<HintCommand>(&received->command);
        hint != nullptr && received->accepted)
      setFlag(hint->node, kHinted, !hint->text.empty());
  }
}

/// The same rules as Tree::apply(ConditionsChanged).
void SearchTree::setMeasurementsAside() {
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    NodeFacts& facts = nodes_[id];
    facts.seconds = facts.bestBelow = facts.rolloutSeconds = 0;
    if (facts.status != NodeStatus::Measured) continue;
    facts.sample = 0;
    facts.status = NodeStatus::Predicted;
    setFlag(id, kVerified, false);
  }
  best_ = kNoNode;
  bestSeconds_ = 0;
  takeBaseline();
}

/// The root is measured as the baseline, whichever of the two comes first.
void SearchTree::takeBaseline() {
  if (nodes_.empty() || baselineSeconds_ <= 0 || nodes_[kRootNode].sample > 0) return;
  NodeFacts& root = nodes_[kRootNode];
  root.seconds = static_cast<float>(baselineSeconds_);
  root.status = NodeStatus::Measured;
  if (root.bestBelow == 0 || root.seconds < root.bestBelow) root.bestBelow = root.seconds;
}

/// The same rules as Tree::apply: the fastest of a node's samples counts, and none of a node that failed
/// once.
void SearchTree::measured(const DigestEntry& entry, Sums* sums) {
  NodeFacts& facts = nodes_[entry.node];
  const bool first = facts.sample == 0;
  if (first) facts.sample = static_cast<std::uint32_t>(entry.sample());
  if (!entry.has(kDigestValid)) {
    const bool wasMeasured = facts.seconds > 0;
    setStatus(facts, NodeStatus::Failed);
    facts.seconds = 0;
    if (best_ == entry.node) findBest();
    if (wasMeasured && sums == nullptr) findBestBelow();
    return;
  }
  if (facts.status == NodeStatus::Failed) return;
  setStatus(facts, NodeStatus::Measured);
  const double seconds = entry.value();
  const auto shorter = static_cast<float>(seconds);
  facts.seconds = first || facts.seconds <= 0 ? shorter : std::min(facts.seconds, shorter);
  setFlag(entry.node, kVerified, entry.has(kDigestVerified));
  if (best_ == kNoNode || seconds < bestSeconds_) {
    best_ = entry.node;
    bestSeconds_ = seconds;
  }
  if (sums != nullptr) return;
  for (NodeId id = entry.node; contains(id); id = nodes_[id].parent) {
    float& best = nodes_[id].bestBelow;
    if (best != 0 && best <= facts.seconds) break;
    best = facts.seconds;
  }
}

void SearchTree::setStatus(NodeFacts& facts, NodeStatus status) {
  if (facts.status == NodeStatus::InFlight) --inFlight_;
  if (status == NodeStatus::InFlight) ++inFlight_;
  facts.status = status;
}

void SearchTree::findBest() {
  best_ = kNoNode;
  bestSeconds_ = 0;
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    const NodeFacts& facts = nodes_[id];
    if (facts.sample == 0 || facts.seconds <= 0) continue;
    if (best_ != kNoNode && static_cast<double>(facts.seconds) >= bestSeconds_) continue;
    best_ = id;
    bestSeconds_ = static_cast<double>(facts.seconds);
  }
}

void SearchTree::reward(const DigestEntry& entry, Sums* sums) {
  if (entry.has(kDigestEvaluated)) ++nodes_[entry.node].evaluations;
  if (sums != nullptr) {
    sums->fit(nodes_.size());
    sums->value[entry.node] += entry.value();
    ++sums->visits[entry.node];
    return;
  }
  for (NodeId id = entry.node; contains(id); id = nodes_[id].parent) {
    nodes_[id].value += entry.value();
    ++nodes_[id].visits;
  }
}

/// Every W from the evaluations and the references, as Tree does it.
void SearchTree::giveValuesAnew(const SessionDigest::Refresh& refresh, Sums* sums) {
  Sums own;
  Sums& target = sums == nullptr ? own : *sums;
  target.fit(nodes_.size());
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    NodeFacts& facts = nodes_[id];
    facts.value = 0;
    target.value[id] = 0;
    if (facts.evaluations == 0 || facts.status == NodeStatus::Failed) continue;
    const double score = evaluationScore(
        {facts.sample > 0 ? static_cast<double>(facts.seconds) : 0, static_cast<double>(facts.rolloutSeconds),
         static_cast<double>(facts.predictedSeconds)},
        refresh.measuredReference, refresh.predictedReference);
    target.value[id] = facts.evaluations * score;
  }
  if (sums == nullptr) sumUp(own);
}

/// Children have larger numbers than their parents, so one pass from the back sums up every subtree.
void SearchTree::sumUp(Sums& sums) {
  sums.fit(nodes_.size());
  for (auto id = static_cast<NodeId>(nodes_.size()); id-- > 0;) {
    NodeFacts& facts = nodes_[id];
    facts.value += sums.value[id];
    facts.visits += sums.visits[id];
    if (facts.parent == kNoNode) continue;
    sums.value[facts.parent] += sums.value[id];
    sums.visits[facts.parent] += sums.visits[id];
  }
  findBestBelow();
}

void SearchTree::findBestBelow() {
  for (NodeId id = 0; id < nodes_.size(); ++id) nodes_[id].bestBelow = nodes_[id].seconds;
  for (auto id = static_cast<NodeId>(nodes_.size()); id-- > 1;) {
    const float best = nodes_[id].bestBelow;
    float& above = nodes_[nodes_[id].parent].bestBelow;
    if (best > 0 && (above == 0 || best < above)) above = best;
  }
}

/// What was asked or sent to the hardware when a run ended never arrived.
void SearchTree::forgetWhatWasInFlight() {
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    if (nodes_[id].status == NodeStatus::InFlight) setStatus(nodes_[id], NodeStatus::Predicted);
    setFlag(id, kAsking, false);
  }
}

void SearchTree::mark(NodeId node, NodeMark mark) {
  switch (mark) {
    case NodeMark::Pruned: setFlag(node, kPruned, true); break;
    case NodeMark::Unpruned: setFlag(node, kPruned, false); break;
    case NodeMark::Pinned: setFlag(node, kPinned, true); break;
    case NodeMark::Unpinned: setFlag(node, kPinned, false); break;
    case NodeMark::Focused: focus_ = node; break;
    case NodeMark::Unfocused: focus_ = kRootNode; break;
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

void SearchTree::setFlag(NodeId id, NodeFlag flag, bool on) {
  if (!contains(id)) return;
  std::uint8_t& flags = nodes_[id].flags;
  flags = static_cast<std::uint8_t>(on ? flags | flag : flags & ~flag);
  if (flag != kPinned && flag != kBookmarked) return;
  if ((flags & (kPinned | kBookmarked)) != 0) {
    marked_.insert(id);
  } else {
    marked_.erase(id);
  }
}

}  // namespace espalier::ui
