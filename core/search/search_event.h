// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "search/node_id.h"
#include "search/problem.h"

namespace espalier {

/// What happens inside a search, as values. The tree changes only by these (Tree::apply), live and on replay alike, so a
/// tree rebuilt from a stored sequence equals the one that was searched.

/// Requests are numbered from 0 in a run; what no request led to (the root, sampled designs) carries this.
inline constexpr std::uint64_t kNoRequest = ~std::uint64_t{0};

/// The initial state as the ordinary compiler builds it; what speedups refer to. Not a sample.
struct BaselineMeasured {
  Measurement measurement;
};

/// Why a child was, or was not, followed: UCT = mean + exploration.
struct UctTerms {
  NodeId child = kNoNode;
  std::uint32_t visits = 0;
  std::uint32_t virtualVisits = 0;  ///< expansions in flight below it
  double mean = 0;                  ///< W / N, virtual visits counted as losses
  double exploration = 0;           ///< c · sqrt(ln N(parent) / N)
  bool open = true;                 ///< false: pruned, exhausted or nothing to expand below it
  bool chosen = false;
};
struct SelectionStep {
  NodeId parent = kNoNode;
  std::vector<UctTerms> children;
};

/// A node was chosen for expansion, and on which way.
struct NodeSelected {
  std::uint64_t request = 0;  ///< number of the expansion in the run, from 0
  NodeId node = kNoNode;
  std::vector<SelectionStep> path;  ///< from the root (or the focus) downwards; empty if a command named the node
};

/// A proposal became a node.
struct NodeAdded {
  std::uint64_t request = kNoRequest;
  NodeId node = kNoNode;
  NodeId parent = kNoNode;         ///< kNoNode for the root
  State state;
  std::vector<AppliedItem> items;  ///< applied and refused, in the order proposed
  std::string source;              ///< "rules", a model's name, "random", "design", "mutation", "user", …
  std::string reasoning;
  bool fallback = false;           ///< nothing of the proposal was valid; a random step was taken instead
  std::optional<Prediction> prediction;
  double rolloutSeconds = 0;       ///< predicted for the end of the rollout; 0 = no rollout
  double preference = 0;           ///< the proposer's, in (0, 1]; 0 = it does not say
};

/// A proposal that became no node. The node counts it as a visit without reward.
struct ProposalRejected {
  std::uint64_t request = 0;
  NodeId node = kNoNode;
  std::vector<AppliedItem> items;
  std::string source;
  std::string reasoning;
  std::string cause;               ///< `duplicate`, `dead-end` (not even a random step is legal), `refused`
  NodeId duplicateOf = kNoNode;
  bool fallback = false;           ///< the random step was tried as well
  bool closes = false;             ///< the node is not expanded again
};

/// A visit was counted and value added on the way from a node to the root.
struct Backpropagated {
  NodeId node = kNoNode;
  std::string cause;      ///< `prediction`, `rollout`, `measurement`, `rejected`, `transposition`
  double reward = 0;      ///< of this evaluation, in [0, 1]
  double value = 0;       ///< added to W of the node and all above it: the reward, corrected by what a prediction had promised
};

/// A node was sent to the hardware.
struct CandidateChosen {
  int sample = 0;         ///< from 1
  NodeId node = kNoNode;
  std::string cause;      ///< `predicted-best`, `explored`, `commanded`, `generation`, `drawn`
};

/// What the hardware said. Failed ones are samples as well.
struct SampleMeasured {
  int sample = 0;
  NodeId node = kNoNode;
  double predictedSeconds = 0;  ///< when it was chosen; 0 = not predicted
  Measurement measurement;
};

struct NewBest {
  int sample = 0;
  NodeId node = kNoNode;
  double seconds = 0;
  double speedup = 0;  ///< over the baseline; 0 while there is none
};

/// The surrogate learnt, or what scores refer to changed; W of every node is computed anew unless values are kept.
struct ValuesRefreshed {
  struct Entry {
    NodeId node = kNoNode;
    double seconds = 0;
    double uncertainty = 0;
  };
  int observations = 0;             ///< that the surrogate has seen; 0 = it did not learn now
  double measuredReference = 0;     ///< best measured seconds: score of a measured node = this / its seconds
  double predictedReference = 0;    ///< best predicted seconds: score of an unmeasured node = this / its prediction
  bool valuesKept = false;          ///< rewards stay what they were when they were counted (the paper's way)
  std::vector<Entry> predictions;   ///< that changed
};

/// What a person did to a node.
enum class NodeMark { Pruned, Unpruned, Pinned, Unpinned, Focused, Unfocused };
struct NodeMarked {
  NodeId node = kNoNode;
  NodeMark mark = NodeMark::Pinned;
};

/// The same programs run under other conditions from here on, for instance with more threads. What was measured before is
/// no measure of what comes: no node counts as measured any more but the initial state, and none is the best.
struct ConditionsChanged {
  ProblemInfo problem;  ///< as it stands
};

using SearchEvent = std::variant<BaselineMeasured, NodeSelected, NodeAdded, ProposalRejected, Backpropagated, CandidateChosen,
                                 SampleMeasured, NewBest, ValuesRefreshed, NodeMarked, ConditionsChanged>;

}  // namespace espalier
