// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "session/session_digest.h"
#include "support/chunked_vector.h"

namespace espalier::ui {

/// How far a node has come.
enum class NodeStatus : std::uint8_t {
  Predicted,  ///< in the tree, never on the hardware
  InFlight,   ///< being built or measured
  Measured,   ///< valid
  Failed,     ///< a failed sample
};

enum NodeFlag : std::uint8_t {
  kPinned = 1,
  kPruned = 2,
  kHandMade = 4,  ///< a person's proposal
  kHinted = 8,
  kFallback = 16,  ///< a random step, since nothing proposed was valid
  kAsking = 32,    ///< a proposer is working on it
  kVerified = 64,
  kBookmarked = 128,
};

/// What the window keeps of every node; texts stay in the session.
struct NodeFacts {
  double value = 0;  ///< W, the sum of rewards
  NodeId parent = kNoNode;
  NodeId firstChild = kNoNode;
  NodeId lastChild = kNoNode;
  NodeId nextSibling = kNoNode;
  std::uint32_t children = 0;
  std::uint32_t visits = 0;
  std::uint32_t sample = 0;    ///< number of its first measurement, 0 = none
  std::uint32_t sequence = 0;  ///< of the event that added it
  float seconds = 0;           ///< measured; 0 = not, or failed
  float predictedSeconds = 0;  ///< 0 = not predicted
  float rolloutSeconds = 0;    ///< predicted for the end of its rollout; 0 = none
  float bestBelow = 0;         ///< smallest measured seconds in the subtree; 0 = none
  std::uint16_t depth = 0;
  std::uint16_t label = 0;        ///< of SearchTree::label
  std::uint16_t source = 0;       ///< likewise
  std::uint16_t steps = 0;        ///< likewise: the names of all steps that led here, a space around each
  std::uint16_t evaluations = 0;  ///< visits that its own evaluation stands behind
  NodeStatus status = NodeStatus::Predicted;
  std::uint8_t flags = 0;

  [[nodiscard]] bool has(NodeFlag flag) const { return (flags & flag) != 0; }
  [[nodiscard]] double mean() const { return visits == 0 ? 0 : value / visits; }
};

/// The search tree as a fold over a session's digest. Nothing is shared with the search.
class SearchTree {
 public:
  /// Takes over entries [from, to) of the digest, which follow those taken before. False if one did not fit.
  bool apply(const SessionDigest& digest, std::size_t from, std::size_t to);
  /// The same, and tells `afterSample` of every entry with a sample as soon as best() knows of it. Where that
  /// answers false the rest is left out, and the tree is of no further use.
  bool apply(const SessionDigest& digest, std::size_t from, std::size_t to,
             const std::function<bool(std::size_t)>& afterSample);

  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] bool contains(NodeId node) const { return node < nodes_.size(); }
  [[nodiscard]] const NodeFacts& node(NodeId id) const { return nodes_[id]; }
  [[nodiscard]] const ChunkedVector<NodeFacts>& nodes() const { return nodes_; }
  /// Of every node, once more: what a layout depends on, in a form that another thread can share.
  [[nodiscard]] const ChunkedVector<NodeId>& parents() const { return parents_; }
  [[nodiscard]] const std::string& label(std::uint16_t index) const { return *texts_[index]; }

  /// Nodes that are being built or measured.
  [[nodiscard]] std::size_t inFlight() const { return inFlight_; }
  /// The fastest valid node, or kNoNode; the earlier one of equals.
  [[nodiscard]] NodeId best() const { return best_; }
  [[nodiscard]] double baselineSeconds() const { return baselineSeconds_; }
  [[nodiscard]] double bestSeconds() const { return bestSeconds_; }
  /// Baseline / measured; 0 where nothing valid was measured.
  [[nodiscard]] double speedup(NodeId id) const;
  [[nodiscard]] double predictedSpeedup(NodeId id) const;
  /// Where selection starts.
  [[nodiscard]] NodeId focus() const { return focus_; }
  /// The node and all above it, root last.
  [[nodiscard]] std::vector<NodeId> pathToRoot(NodeId id) const;
  [[nodiscard]] bool isBelow(NodeId node, NodeId ancestor) const;
  void setBookmarked(NodeId id, bool on);
  /// Pinned and bookmarked nodes: few, and always in sight.
  [[nodiscard]] const std::set<NodeId>& marked() const { return marked_; }

  /// Grows whenever nodes were added (a new layout is due).
  [[nodiscard]] std::uint64_t structureVersion() const { return structureVersion_; }
  /// Grows with every change.
  [[nodiscard]] std::uint64_t version() const { return version_; }
  [[nodiscard]] std::size_t memoryBytes() const { return nodes_.memoryBytes() + parents_.memoryBytes(); }

 private:
  struct Sums;
  [[nodiscard]] bool applyOne(const SessionDigest& digest, std::size_t index, Sums* sums);
  [[nodiscard]] bool add(const SessionDigest& digest, const DigestEntry& entry, std::size_t index);
  void applyWhole(const Event& event);
  void takeBaseline();
  void setMeasurementsAside();
  void measured(const DigestEntry& entry, Sums* sums);
  void giveValuesAnew(const SessionDigest::Refresh& refresh, Sums* sums);
  void reward(const DigestEntry& entry, Sums* sums);
  void mark(NodeId node, NodeMark mark);
  void setStatus(NodeFacts& facts, NodeStatus status);
  void findBest();
  void sumUp(Sums& sums);
  void findBestBelow();
  void forgetWhatWasInFlight();
  void setFlag(NodeId id, NodeFlag flag, bool on);

  ChunkedVector<NodeFacts> nodes_;
  ChunkedVector<NodeId> parents_;
  std::vector<std::shared_ptr<const std::string>> texts_;
  std::set<NodeId> marked_;
  std::size_t inFlight_ = 0;
  NodeId best_ = kNoNode;
  NodeId focus_ = kRootNode;
  double bestSeconds_ = 0;
  double baselineSeconds_ = 0;
  std::uint64_t structureVersion_ = 0;
  std::uint64_t version_ = 0;
};

}  // namespace espalier::ui
