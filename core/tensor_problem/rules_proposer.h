// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "reasoning/proposer.h"
#include "tensor_problem/schedule_draft.h"

namespace espalier {

/// Proposes without a model: reasons about roofline, register tile, cache tiles, lanes and threads from the
/// facts of this machine and this program, ranks a few dozen variants by the prediction, and proposes the
/// best one that was not proposed yet. From the initial state it writes a whole schedule; further down it
/// decides tiles again. In long runs every second step is left to the search.
class RulesProposer final : public Proposer {
 public:
  /// `problem` outlives the proposer.
  explicit RulesProposer(const TensorProblem& problem) : problem_(problem) {}

  [[nodiscard]] std::string name() const override { return "rules"; }
  [[nodiscard]] bool readsSections() const override { return false; }
  [[nodiscard]] Proposal propose(const ProposalContext& context, Random& random,
                                 const ProposalControl& control) override;

 private:
  struct Variant {
    State state;
    std::vector<std::string> items;
    double seconds = 0;
    std::string words;     ///< of the prediction
    std::string decision;  ///< what was chosen and why
  };

  /// Whole schedules from a state: the kinds of schedule first with few tiles each, the best kinds then with
  /// many.
  [[nodiscard]] std::vector<Variant> wholeSchedules(const State& from) const;
  [[nodiscard]] std::vector<Variant> otherDecisions(const State& from) const;
  /// Adds the draft and variants of it, `perBlock` for each contraction; answers the best prediction in
  /// seconds.
  double vary(const Draft& draft, const State& from, std::size_t perBlock,
              std::vector<Variant>& variants) const;
  /// Counts what was tried from the node, by whomever, as proposed: a resumed run does not begin anew.
  void rememberAttempts(const ProposalContext& context);
  /// Adds other widths for the loops that are tiled for lanes alone.
  void varyWidths(const State& from, std::vector<Variant>& variants) const;
  /// Adds one step from each block's choice in every direction.
  void varyByOneStep(const State& from, std::vector<Variant>& variants) const;
  /// Adds other distances of prefetches, and short loops written out.
  void varyDetails(const State& from, std::vector<Variant>& variants) const;
  /// Adds a state that the items lead to, unless it is where they start; answers what is predicted for it.
  double addState(const State& from, const State& state, std::vector<std::string> items,
                  const std::string& decision, std::vector<Variant>& variants) const;
  /// The trace with another choice for a block, if it is legal there.
  [[nodiscard]] std::optional<State> stateWith(const std::vector<std::string>& trace, const BlockShape& shape,
                                               const ContractionChoice& choice) const;
  /// Adds what a single item makes of the state, if it is legal and changes something.
  void addItem(const State& from, const std::string& item, const std::string& decision,
               std::vector<Variant>& variants) const;
  [[nodiscard]] std::string describeChoice(const BlockShape& shape, const ContractionChoice& choice) const;
  [[nodiscard]] std::string describeProgram(const Program& program) const;

  const TensorProblem& problem_;
  std::vector<Variant> whole_;        ///< wholeSchedules of the initial state, once known
  int wholeThreads_ = 0;              ///< that they are made for
  std::set<std::uint64_t> proposed_;  ///< hashes of states proposed before
};

}  // namespace espalier
