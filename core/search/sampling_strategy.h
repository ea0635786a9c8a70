// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "search/search_record.h"
#include "search/strategy.h"

namespace espalier {

/// What strategies have in common that take no proposals: they draw states by themselves and measure every
/// one that becomes a node.
class SamplingStrategy : public SearchStrategy {
 public:
  [[nodiscard]] const Tree& tree() const override { return record_.tree(); }
  void start() override { record_.addRoot(); }
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

 protected:
  SamplingStrategy(Problem& problem, std::uint64_t seed) : record_(problem), seed_(seed) {}

  /// A state to be measured, new to the tree.
  struct Draw {
    State state;
    NodeId parent = kRootNode;
    std::string source;  ///< "design", "mutation"
    std::optional<Prediction> prediction;
  };
  /// The next states to measure, at most as many as fit a batch; none = the space is exhausted. Called only
  /// with no sample in flight.
  [[nodiscard]] virtual std::vector<Draw> drawBatch() = 0;
  /// A batch is measured completely.
  virtual void batchMeasured() {}

  SearchRecord record_;
  std::uint64_t seed_;

 private:
  struct Wanted {
    NodeId node = kNoNode;
    const char* cause = "";
  };
  std::deque<Draw> batch_;
  std::deque<Wanted> wanted_;
  int inFlight_ = 0;
};

}  // namespace espalier
