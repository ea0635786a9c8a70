// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "search/reserve.h"
#include "search/search_record.h"
#include "search/strategy.h"
#include "search/tournament.h"

namespace espalier {

struct MctsOptions {
  int branching = 2;                        ///< children of a node at most
  double exploration = 1.4142135623730951;  ///< c of UCT
  bool scaleExploration =
      true;  ///< c is in units of the spread of scores, which is far below the 1 that c = √2 is made for
  bool priors = false;                    ///< PUCT with the proposers' preferences in place of UCT
  int rolloutSteps = 0;                   ///< random transformations of a rollout at most; 0 = no rollout
  int rolloutCount = 1;                   ///< rollouts a node; the best predicted one counts
  bool backpropagateMeasurements = true;  ///< a measurement is another visit, and replaces what was predicted
  bool transpositions = true;             ///< a proposal that leads to a known node brings that node's score
  bool refreshValues = true;     ///< values follow the surrogate and the best known, not frozen when counted
  int expansionsPerSample = 1;   ///< the best predicted of the unmeasured nodes is measured after so many
  double randomSample = 0;       ///< probability that a random unmeasured node is measured instead
  double optimism = 1;           ///< nodes are ranked by ln(predicted) - optimism · uncertainty
  int maximumRejections = 5;     ///< proposals that led nowhere until a node is given up
  TournamentOptions tournament;  ///< what random steps are chosen from
  ReserveOptions reserve;        ///< beside it, where all steps are random
  std::size_t refreshLimit = 128;  ///< unmeasured nodes predicted anew when the surrogate has learnt

  /// The paper's: rollouts to the end, surrogate alone in the tree, rewards never revised, 5 % random
  /// samples.
  [[nodiscard]] static MctsOptions paper();
};

/// Monte Carlo tree search. One iteration in named stages: select a node, have a proposal for it, expand and
/// evaluate, backpropagate, choose what to measure, learn from the measurement. Stages are calls, so a single
/// step is one call.
class Mcts final : public SearchStrategy {
 public:
  Mcts(Problem& problem, std::uint64_t seed, const MctsOptions& options);

  [[nodiscard]] std::string name() const override { return "mcts"; }
  [[nodiscard]] const Tree& tree() const override { return record_.tree(); }
  void start() override;
  [[nodiscard]] Result<void> restore(std::span<const SearchEvent> history) override;
  void baselineMeasured(const Measurement& measurement) override;
  [[nodiscard]] SearchRequest ask(const Capacity& capacity) override;
  void proposalArrived(const ExpansionRequest& request, const SequenceAnswer& proposal) override;
  void measured(const SampleRequest& request, const Measurement& measurement) override;
  void conditionsChanged() override;
  [[nodiscard]] std::vector<SearchEvent> takeEvents() override { return record_.takeEvents(); }
  [[nodiscard]] Result<void> mark(NodeId node, NodeMark mark) override;
  [[nodiscard]] Result<void> requestExpansion(NodeId node) override;
  [[nodiscard]] Result<void> requestSample(NodeId node) override;
  [[nodiscard]] Result<NodeId> addByHand(NodeId node, std::span<const std::string> items,
                                         const std::string& reasoning) override;
  [[nodiscard]] Result<void> setParameter(const std::string& name, double value) override;

  /// The stage of selection by itself: the node that UCT leads to from the focus, or kNoNode. `path`, if
  /// given, receives the terms of every child on the way.
  [[nodiscard]] NodeId select(std::vector<SelectionStep>* path) const;

 private:
  [[nodiscard]] double explorationNow() const;
  /// What the selection thinks of the children of a node that has some.
  [[nodiscard]] std::vector<UctTerms> termsOf(NodeId node, double exploration) const;
  [[nodiscard]] bool expandable(const TreeNode& node) const;
  [[nodiscard]] std::optional<ExpansionRequest> beginExpansion();
  [[nodiscard]] NodeId chooseUnmeasured(std::string& cause);
  /// Has it measured.
  [[nodiscard]] SampleRequest send(NodeId node, const std::string& cause);
  [[nodiscard]] bool prunedAbove(NodeId node) const;
  void countPruned();

  [[nodiscard]] std::optional<Application> randomApplication(const ExpansionRequest& request,
                                                             const State& from, bool onPurpose,
                                                             Random& random);
  NodeId expand(NodeAdded node, Random& random);
  void evaluate(NodeAdded& node, Random& random) const;
  void reject(ProposalRejected rejection);
  void adjustPredictedReference(const NodeAdded& node);
  void backpropagateEvaluation(NodeId node, const char* cause);
  void refreshPredictions(std::size_t limit);
  void emitReferences(double measured, double predicted);

  void reopenAbove(NodeId node);
  void closeAbove(NodeId node);
  void recomputeExhausted();

  SearchRecord record_;
  std::uint64_t seed_;
  MctsOptions options_;
  Reserve reserve_;
  std::vector<NodeId> unmeasured_;
  std::deque<NodeId> wantedExpansions_;
  std::deque<NodeId> wantedSamples_;
  std::uint64_t nextRequest_ = 0;
  int expansionsInFlight_ = 0;
  int samplesInFlight_ = 0;
  int expansionsSinceSample_ = 0;
  int pruned_ = 0;             ///< nodes marked so
  bool hardwareBusy_ = false;  ///< a sample was sent since anything else was asked
};

}  // namespace espalier
