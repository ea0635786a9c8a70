// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tuner/make_strategy.h"

#include <algorithm>

#include "search/evolutionary.h"
#include "search/mcts.h"
#include "search/random_search.h"

namespace espalier {

std::unique_ptr<SearchStrategy> makeStrategy(Problem& problem, const TuneOptions& options) {
  if (options.strategy == "random") return std::make_unique<RandomSearch>(problem, options.seed);
  if (options.strategy == "evolutionary") {
    EvolutionaryOptions evolutionary;
    // A batch beyond the budget would only be thrown away.
    if (options.samples > 0)
      evolutionary.batch =
          std::min<std::size_t>(evolutionary.batch, static_cast<std::size_t>(options.samples));
    return std::make_unique<Evolutionary>(problem, options.seed, evolutionary);
  }
  MctsOptions mcts = options.preset == "paper" ? MctsOptions::paper() : MctsOptions{};
  mcts.exploration = options.exploration;
  mcts.branching = options.branching;
  mcts.priors = options.selection == "puct";
  if (options.rolloutSteps >= 0) mcts.rolloutSteps = options.rolloutSteps;
  mcts.backpropagateMeasurements = mcts.backpropagateMeasurements && options.backpropagateMeasurements;
  mcts.transpositions = mcts.transpositions && options.transpositions;
  mcts.rolloutCount = options.rolloutCount;
  mcts.expansionsPerSample = options.expansionsPerSample;
  return std::make_unique<Mcts>(problem, options.seed, mcts);
}

}  // namespace espalier
