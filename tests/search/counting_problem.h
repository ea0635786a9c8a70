// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "search/toy_problem.h"

namespace espalier::test {

/// Counts what the search asks of the problem.
class CountingProblem : public ToyProblem {
 public:
  using ToyProblem::ToyProblem;
  [[nodiscard]] State sampleDesign(Random& random) const override {
    ++designs;
    return ToyProblem::sampleDesign(random);
  }
  [[nodiscard]] std::optional<State> mutate(const State& from, Random& random) const override {
    ++mutations;
    return ToyProblem::mutate(from, random);
  }
  [[nodiscard]] std::vector<Prediction> predict(std::span<const State> states) const override {
    if (states.size() > 1) populations.push_back(states.size());
    return ToyProblem::predict(states);
  }
  bool learn(std::span<const Observation> observations) override {
    batches.push_back(observations.size());
    return ToyProblem::learn(observations);
  }
  mutable int designs = 0;
  mutable int mutations = 0;
  mutable std::vector<std::size_t> populations;
  std::vector<std::size_t> batches;
};

}  // namespace espalier::test
