// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "search/problem.h"
#include "search/search_event.h"
#include "search/tree.h"
#include "support/outcome.h"

namespace espalier {

/// The search wants a proposal for a node.
struct ExpansionRequest {
  std::uint64_t request = 0;
  NodeId node = kNoNode;
};

/// The search wants a node measured.
struct SampleRequest {
  int sample = 0;  ///< from 1
  NodeId node = kNoNode;
  State state;
  double predictedSeconds = 0;
};

/// Nothing can be done before a result of something in flight is told.
struct AwaitResults {};

/// Every state that the search can reach has been measured or given up.
struct SpaceExhausted {};

using SearchRequest = std::variant<ExpansionRequest, SampleRequest, AwaitResults, SpaceExhausted>;

/// What can be taken on right now.
struct Capacity {
  int expansions = 1;
  int samples = 1;
};

/// A proposer's answer, as far as the search is concerned.
struct SequenceAnswer {
  std::vector<std::string> items;
  std::string reasoning;
  std::string source;
  bool random = false;  ///< no items on purpose: take a random step and do not count it as a fallback
  double preference = 0;  ///< the proposer's, in (0, 1]; 0 = it does not say
};

/// A search as a pair of questions: what shall be done next, and here is what came of it. It never waits and never looks at
/// a clock: what it does depends on the seed, the results and the order in which they are told alone, however many are in flight.
class SearchStrategy {
 public:
  virtual ~SearchStrategy() = default;

  /// "mcts", "evolutionary", "random".
  [[nodiscard]] virtual std::string name() const = 0;
  [[nodiscard]] virtual const Tree& tree() const = 0;

  /// Begins at the initial state.
  virtual void start() = 0;
  /// Goes on from a stored search instead: what was in flight is forgotten, and counts as not asked. The error says
  /// which event does not fit.
  [[nodiscard]] virtual Result<void> restore(std::span<const SearchEvent> history) = 0;

  virtual void baselineMeasured(const Measurement& measurement) = 0;
  [[nodiscard]] virtual SearchRequest ask(const Capacity& capacity) = 0;
  virtual void proposalArrived(const ExpansionRequest& request, const SequenceAnswer& proposal) = 0;
  virtual void measured(const SampleRequest& request, const Measurement& measurement) = 0;
  /// The problem runs under other conditions (ConditionsChanged), and has forgotten what it learnt. Samples in flight are
  /// told as if they were sent now. The best so far is the next sample.
  virtual void conditionsChanged() = 0;

  /// What happened since the last call, in order.
  [[nodiscard]] virtual std::vector<SearchEvent> takeEvents() = 0;

  // What a person may ask for; the error says why not.
  [[nodiscard]] virtual Result<void> mark(NodeId node, NodeMark mark) = 0;
  /// The next expansion (sample) is this node.
  [[nodiscard]] virtual Result<void> requestExpansion(NodeId node) = 0;
  [[nodiscard]] virtual Result<void> requestSample(NodeId node) = 0;
  /// Adds what the items lead to as a child, at once.
  [[nodiscard]] virtual Result<NodeId> addByHand(NodeId node, std::span<const std::string> items,
                                                 const std::string& reasoning) = 0;
  /// `exploration`, `branching`.
  [[nodiscard]] virtual Result<void> setParameter(const std::string& name, double value) = 0;
};

}  // namespace espalier
