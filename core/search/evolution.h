// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "search/problem.h"
#include "search/tree.h"

namespace espalier {

/// MetaSchedule's numbers at their upstream defaults.
struct EvolutionOptions {
  std::size_t population = 512;
  double initialMeasuredRatio = 0.2;   ///< of the population: the fastest measured so far
  std::size_t initialUnmeasured = 50;  ///< fewer new random members than this end the drawing of more
  int maximumFailures = 5;             ///< rounds of sampling without enough new members
  int generations = 4;
  double mutation = 0.85;  ///< probability that a member is mutated rather than copied
  int maximumMutationFailures = 10;
};

/// How MetaSchedule finds candidates without measuring any: random members of its design space and the best
/// measured ones evolve for some generations under the surrogate's score.
class Evolution {
 public:
  struct Member {
    State state;
    NodeId ancestor = kRootNode;  ///< the nearest node that it descends from
    bool mutated = false;
    Prediction prediction;
  };
  struct Result {
    std::vector<Member> best;   ///< of all generations, distinct and not in the tree, best predicted first
    std::vector<Member> drawn;  ///< the random members of the first generation, without predictions
  };

  Evolution(const Problem& problem, const Tree& tree, const EvolutionOptions& options)
      : problem_(problem), tree_(tree), options_(options) {}

  /// At most `count` best ones; none where the space has no new random members left.
  [[nodiscard]] Result run(std::size_t count, Random& random) const;
  void predict(std::vector<Member>& members) const;

 private:
  [[nodiscard]] std::vector<Member> fastestMeasured() const;
  [[nodiscard]] std::vector<Member> sampleUnmeasured(std::size_t count, Random& random) const;
  [[nodiscard]] std::vector<Member> nextGeneration(const std::vector<Member>& population,
                                                   Random& random) const;

  const Problem& problem_;
  const Tree& tree_;
  EvolutionOptions options_;
};

}  // namespace espalier
