// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "search/node_id.h"
#include "search/search_event.h"

namespace espalier {

/// One node, without texts and programs. Plain, since a search may hold millions.
struct TreeNode {
  NodeId parent = kNoNode;
  NodeId firstChild = kNoNode;
  NodeId lastChild = kNoNode;
  NodeId nextSibling = kNoNode;
  std::uint64_t hash = 0;          ///< of the state
  double totalValue = 0;           ///< W: sum of rewards of this node and all below it
  double predictedSeconds = 0;     ///< 0 = not predicted
  double measuredSeconds = 0;      ///< 0 = not measured, or failed
  float uncertainty = 0;           ///< of the prediction, standard deviation of ln(seconds)
  float rolloutSeconds = 0;        ///< predicted for the end of its rollout; 0 = none
  std::uint32_t visits = 0;        ///< N, of this node and all below it
  std::uint32_t sample = 0;        ///< number of its sample; 0 = not measured
  std::uint32_t stepsBegin = 0;    ///< of the steps that it does not share with its parent
  std::uint16_t stepsCount = 0;
  std::uint16_t stepsShared = 0;   ///< leading steps of the parent's trace that its own trace begins with
  std::uint16_t childCount = 0;
  std::uint16_t depth = 0;
  std::uint16_t evaluations = 0;   ///< visits that its own evaluation stands behind
  std::uint16_t rejections = 0;    ///< visits without reward: expansions that led nowhere
  std::uint16_t virtualVisits = 0; ///< expansions in flight at or below it; live only
  std::uint16_t pending = 0;       ///< expansions in flight of this very node; live only
  std::uint8_t preference = 0;     ///< the proposer's in 1/250; 0 = it does not say
  bool failed : 1 = false;         ///< its sample failed
  bool pruned : 1 = false;
  bool pinned : 1 = false;
  bool closed : 1 = false;         ///< dead end: not expanded any more
  bool chosen : 1 = false;         ///< sent to the hardware, or back from it
  bool exhausted : 1 = false;      ///< nothing at or below it can be expanded; kept by Mcts
};

/// What a node's evaluation is worth.
struct EvaluatedSeconds {
  double measured = 0;   ///< 0 here and below: there is none
  double rollout = 0;    ///< predicted for the end of its rollout
  double predicted = 0;
};
/// Score in [0, 1]: the reference over what was measured, else over what the rollout or the model promised.
[[nodiscard]] double evaluationScore(const EvaluatedSeconds& seconds, double measuredReference, double predictedReference);

/// The search tree: nodes in the order of their addition, no two with the same state. Changes only by events, so that a live tree
/// and one replayed from a session are the same.
class Tree {
 public:
  Tree() = default;
  Tree(Tree&&) = default;
  Tree& operator=(Tree&&) = default;

  /// Carries out what an event says. False, and no change, if the event does not fit the tree (a damaged session).
  [[nodiscard]] bool apply(const BaselineMeasured& event);
  [[nodiscard]] bool apply(const NodeSelected& event);
  [[nodiscard]] bool apply(const NodeAdded& event);
  [[nodiscard]] bool apply(const ProposalRejected& event);
  [[nodiscard]] bool apply(const Backpropagated& event);
  [[nodiscard]] bool apply(const CandidateChosen& event);
  [[nodiscard]] bool apply(const SampleMeasured& event);
  [[nodiscard]] bool apply(const NewBest& event);
  [[nodiscard]] bool apply(const ValuesRefreshed& event);
  [[nodiscard]] bool apply(const NodeMarked& event);
  [[nodiscard]] bool apply(const ConditionsChanged& event);
  [[nodiscard]] bool apply(const SearchEvent& event);

  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] bool contains(NodeId node) const { return node < nodes_.size(); }
  [[nodiscard]] const TreeNode& operator[](NodeId node) const { return nodes_[node]; }
  /// The node with this state, or kNoNode.
  [[nodiscard]] NodeId find(std::uint64_t stateHash) const;
  [[nodiscard]] State stateOf(NodeId node) const;
  [[nodiscard]] std::vector<NodeId> childrenOf(NodeId node) const;

  /// Score in [0, 1] of a node's evaluation: measured, else of its rollout, else predicted. A failed one has 0.
  [[nodiscard]] double scoreOf(NodeId node) const;
  /// Mean value W / N, or 0.
  [[nodiscard]] double meanOf(NodeId node) const;

  [[nodiscard]] double baselineSeconds() const { return baselineSeconds_; }
  [[nodiscard]] double measuredReference() const { return measuredReference_; }
  [[nodiscard]] double predictedReference() const { return predictedReference_; }
  /// Standard deviation of the scores of all evaluated nodes, as of the last refresh; 0 before the first.
  [[nodiscard]] double scoreSpread() const { return scoreSpread_; }
  /// The fastest valid node, or kNoNode; the earlier one of equals.
  [[nodiscard]] NodeId best() const { return best_; }
  [[nodiscard]] double bestSeconds() const { return best_ == kNoNode ? 0 : nodes_[best_].measuredSeconds; }
  [[nodiscard]] int samples() const { return samples_; }
  [[nodiscard]] int failedSamples() const { return failedSamples_; }
  [[nodiscard]] NodeId focus() const { return focus_; }
  /// One more than the highest request number that an event brought an outcome for.
  [[nodiscard]] std::uint64_t nextRequest() const { return nextRequest_; }

  /// Virtual loss for an expansion in flight (+1) or no longer (-1). Not part of what a session holds.
  void addVirtualVisit(NodeId node, int change);
  void setExhausted(NodeId node, bool exhausted) { nodes_[node].exhausted = exhausted; }
  /// Undoes CandidateChosen for a sample that will never arrive.
  void forgetChosen(NodeId node) { nodes_[node].chosen = false; }

  void reserve(std::size_t nodes);
  /// Bytes held, texts of steps included.
  [[nodiscard]] std::size_t memoryBytes() const;

 private:
  std::uint32_t internStep(const std::string& step);
  void indexNode(NodeId node);
  void rebuildIndex(std::size_t slots);
  void collectSteps(NodeId node, std::vector<std::uint32_t>& steps) const;

  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  std::vector<TreeNode> nodes_;
  std::vector<NodeId> index_;  ///< open addressing by state hash; size a power of two, at most half full
  std::vector<std::uint32_t> steps_;
  std::vector<const std::string*> stepTexts_;
  std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> stepNumbers_;
  double baselineSeconds_ = 0;
  double measuredReference_ = 0;
  double predictedReference_ = 0;
  double scoreSpread_ = 0;
  NodeId best_ = kNoNode;
  NodeId focus_ = kRootNode;
  int samples_ = 0;
  int failedSamples_ = 0;
  /// A proposal from a node that led to another node of the tree, whose score counts there as well.
  struct Transposition {
    NodeId from = kNoNode;
    NodeId to = kNoNode;
  };
  std::vector<Transposition> transpositions_;
  Transposition lastDuplicate_;
  std::uint64_t nextRequest_ = 0;
};

}  // namespace espalier
