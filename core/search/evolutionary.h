// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "search/sampling_strategy.h"

namespace espalier {

/// MetaSchedule's numbers at their upstream defaults.
struct EvolutionaryOptions {
  std::size_t population = 512;
  double initialMeasuredRatio = 0.2;   ///< of the population: the fastest measured so far
  std::size_t initialUnmeasured = 50;  ///< fewer new random members than this end the search
  int maximumFailures = 5;             ///< rounds of sampling without enough new members
  int generations = 4;
  double mutation = 0.85;  ///< probability that a member is mutated rather than copied
  int maximumMutationFailures = 10;
  double greedyEpsilon = 0.05;  ///< share of a batch that is random
  std::size_t batch = 64;
  int emptyBatches = 5;  ///< batches without a new state until the search ends
};

/// The evolutionary search of MetaSchedule: random members of its design space and the best measured ones
/// evolve for some generations under the surrogate's score; the best predicted new states are measured in
/// batches.
class Evolutionary final : public SamplingStrategy {
 public:
  Evolutionary(Problem& problem, std::uint64_t seed, const EvolutionaryOptions& options);
  [[nodiscard]] std::string name() const override { return "evolutionary"; }

 private:
  struct Member {
    State state;
    NodeId ancestor = kRootNode;  ///< the nearest node that it descends from
    bool mutated = false;
    Prediction prediction;
  };

  [[nodiscard]] std::vector<Draw> drawBatch() override;
  void batchMeasured() override { record_.learn(); }
  [[nodiscard]] std::vector<Draw> evolve(Random& random);
  [[nodiscard]] std::vector<Member> fastestMeasured() const;
  [[nodiscard]] std::vector<Member> sampleUnmeasured(std::size_t count, Random& random) const;
  void predict(std::vector<Member>& members) const;
  [[nodiscard]] std::vector<Member> nextGeneration(const std::vector<Member>& population,
                                                   Random& random) const;

  EvolutionaryOptions options_;
};

}  // namespace espalier
