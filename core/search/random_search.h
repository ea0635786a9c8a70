// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "search/sampling_strategy.h"

namespace espalier {

/// Measures random members of the design space, no state twice: the yardstick that every search has to beat.
class RandomSearch final : public SamplingStrategy {
 public:
  RandomSearch(Problem& problem, std::uint64_t seed) : SamplingStrategy(problem, seed) {}
  [[nodiscard]] std::string name() const override { return "random"; }

 private:
  [[nodiscard]] std::vector<Draw> drawBatch() override;
};

}  // namespace espalier
