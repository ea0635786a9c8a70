// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "search/problem.h"
#include "search/search_event.h"
#include "search/strategy.h"
#include "search/tree.h"

namespace espalier {

/// What every strategy keeps: the tree, the events since they were last taken, and what the surrogate has not
/// learnt yet.
class SearchRecord {
 public:
  explicit SearchRecord(Problem& problem) : problem_(problem) {}

  [[nodiscard]] const Tree& tree() const { return tree_; }
  [[nodiscard]] Tree& tree() { return tree_; }
  [[nodiscard]] Problem& problem() const { return problem_; }

  /// Applies an event and keeps it to be taken.
  void emit(SearchEvent event);
  [[nodiscard]] std::vector<SearchEvent> takeEvents();

  /// Adds the initial state as node 0.
  void addRoot();
  /// Adds a node; its state must be new to the tree.
  NodeId addNode(NodeAdded node);
  [[nodiscard]] std::optional<Prediction> predict(const State& state) const;

  [[nodiscard]] int nextSample() const { return nextSample_; }
  /// Announces a node as the next sample.
  [[nodiscard]] SampleRequest choose(NodeId node, std::string_view cause);
  /// Notes a sample and whether it is a new best, and keeps it to be learnt.
  void noteSample(const SampleRequest& request, const Measurement& measurement);

  /// Teaches the surrogate once enough has come together (every sample at first, a sixteenth of what is
  /// known later). True if predictions may have changed.
  [[nodiscard]] bool learnIfDue();
  /// Teaches it whatever has come, at the end of a batch.
  bool learn();
  [[nodiscard]] int observations() const { return observations_; }

  /// Sets aside what was measured before the problem's conditions changed.
  void changeConditions();

  /// Rebuilds the tree from stored events, forgets what was in flight, and teaches the surrogate everything
  /// at once.
  [[nodiscard]] Result<void> restore(std::span<const SearchEvent> history);

 private:
  Problem& problem_;
  Tree tree_;
  std::vector<SearchEvent> events_;
  std::vector<Observation> unlearnt_;
  int observations_ = 0;
  int nextSample_ = 1;
};

/// The stream of random numbers for one act of a run. Each act has its own, so that what one draws does not
/// depend on how many others drew before, and a resumed run goes on as an unbroken one would.
[[nodiscard]] Random randomFor(std::uint64_t seed, std::string_view act, std::uint64_t number);

}  // namespace espalier
