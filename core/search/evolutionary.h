// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "search/evolution.h"
#include "search/sampling_strategy.h"

namespace espalier {

/// MetaSchedule's numbers at their upstream defaults.
struct EvolutionaryOptions : EvolutionOptions {
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
  [[nodiscard]] std::vector<Draw> drawBatch() override;
  void batchMeasured() override { record_.learn(); }
  /// `number` names the random decisions.
  [[nodiscard]] std::vector<Draw> evolve(std::uint64_t number);

  EvolutionaryOptions options_;
};

}  // namespace espalier
