// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "search/tree.h"
#include "session/event.h"

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
  NodeId parent = kNoNode;
  std::uint32_t depth = 0;
  std::uint32_t visits = 0;
  std::uint32_t sample = 0;  ///< number of its measurement, 0 = none
  std::uint32_t children = 0;
  std::uint32_t label = 0;     ///< of SearchTree::label
  std::uint32_t source = 0;    ///< likewise
  float value = 0;             ///< W, the sum of rewards
  float seconds = 0;           ///< measured; 0 = not, or failed
  float predictedSeconds = 0;  ///< 0 = not predicted
  float bestBelow = 0;         ///< smallest measured seconds in the subtree; 0 = none
  std::uint64_t sequence = 0;  ///< of the event that added it
  NodeStatus status = NodeStatus::Predicted;
  std::uint8_t flags = 0;

  [[nodiscard]] bool has(NodeFlag flag) const { return (flags & flag) != 0; }
  [[nodiscard]] double mean() const { return visits == 0 ? 0 : static_cast<double>(value) / visits; }
};

/// The search tree as a fold over events. Lives on the window's thread; nothing is shared with the search.
class SearchTree {
 public:
  void apply(const Event& event);
  /// Values that the search computed anew for all nodes.
  void takeValues(const Tree& tree);

  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] bool contains(NodeId node) const { return node < nodes_.size(); }
  [[nodiscard]] const NodeFacts& node(NodeId id) const { return nodes_[id]; }
  [[nodiscard]] const std::vector<NodeFacts>& nodes() const { return nodes_; }
  [[nodiscard]] const std::string& label(std::uint32_t index) const { return texts_[index]; }

  [[nodiscard]] NodeId best() const { return best_; }
  [[nodiscard]] double baselineSeconds() const { return baselineSeconds_; }
  [[nodiscard]] double bestSeconds() const {
    return best_ == kNoNode ? 0 : static_cast<double>(nodes_[best_].seconds);
  }
  /// Baseline / measured; 0 where nothing valid was measured.
  [[nodiscard]] double speedup(NodeId id) const;
  [[nodiscard]] double predictedSpeedup(NodeId id) const;
  /// The node and all above it, root last.
  [[nodiscard]] std::vector<NodeId> pathToRoot(NodeId id) const;
  [[nodiscard]] bool isBelow(NodeId node, NodeId ancestor) const;
  void setBookmarked(NodeId id, bool on);

  /// Grows whenever nodes were added (a new layout is due).
  [[nodiscard]] std::uint64_t structureVersion() const { return structureVersion_; }
  /// Grows with every change at all (a repaint is due).
  [[nodiscard]] std::uint64_t version() const { return version_; }

 private:
  std::uint32_t intern(std::string_view text);
  void setFlag(NodeId id, NodeFlag flag, bool on);
  void add(const NodeAdded& added, std::uint64_t sequence);
  void takeBaseline();
  void measured(const SampleMeasured& sample);
  void mark(const NodeMarked& marked);

  std::vector<NodeFacts> nodes_;
  std::vector<std::string> texts_{std::string()};
  std::map<std::string, std::uint32_t, std::less<>> textIndex_{{std::string(), 0}};
  NodeId best_ = kNoNode;
  double baselineSeconds_ = 0;
  std::uint64_t structureVersion_ = 0;
  std::uint64_t version_ = 0;
};

}  // namespace espalier::ui
