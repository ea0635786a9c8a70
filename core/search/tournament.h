// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "search/problem.h"
#include "search/tree.h"

namespace espalier {

struct TournamentOptions {
  int draws = 32;          ///< states drawn a round
  int rootDraws = 512;     ///< in the first round at the root, where whole designs are drawn
  int rounds = 3;          ///< after the first, mutations of the best so far are drawn
  double restarts = 0.25;  ///< share of the first round's draws below the root that are whole designs
};

/// A step that only has a name: what it did is in the state's trace.
[[nodiscard]] AppliedItem namedStep(const char* name);

/// Rank of a prediction, ln(seconds) - optimism · uncertainty: lower is better, infinite where there is none.
[[nodiscard]] double rankOf(double seconds, double uncertainty, double optimism);

/// A random step that the prediction sorts out: drawing costs a prediction, measuring a build and a run. Of
/// all states drawn the best predicted one wins that the tree does not hold yet.
class Tournament {
 public:
  Tournament(const Problem& problem, const Tree& tree, const TournamentOptions& options, double optimism)
      : problem_(problem), tree_(tree), options_(options), optimism_(optimism) {}

  struct Entrant {
    Application application;
    double rank = 0;
  };
  /// The winner; if all that was drawn is in the tree, one of those, ranked infinite; nothing at a dead end.
  [[nodiscard]] std::optional<Entrant> play(NodeId node, const State& from, Random& random) const;

 private:
  /// Distinct states that the tree lacks, and one that it holds.
  struct Field {
    std::vector<Entrant> entrants;
    std::optional<Application> known;
  };

  void enter(std::optional<Application> drawn, Field& field) const;
  void rankFrom(std::size_t first, Field& field) const;
  [[nodiscard]] std::optional<Application> draw(NodeId node, const State& from, Random& random) const;
  /// Of one of the best entrants.
  [[nodiscard]] std::optional<Application> mutationOfBest(const Field& field, Random& random) const;

  const Problem& problem_;
  const Tree& tree_;
  TournamentOptions options_;
  double optimism_;
};

}  // namespace espalier
