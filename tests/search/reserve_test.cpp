// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "search/reserve.h"

#include <algorithm>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "search/counting_problem.h"
#include "search/mcts.h"

namespace espalier {
namespace {

using test::CountingProblem;
using test::ToyOptions;
using test::ToyProblem;

int statesAsked(const CountingProblem& problem) { return problem.designs + problem.mutations; }

constexpr int kWholeEvolution = 512 * 5;

/// Random steps alone, and how many states each call of the search asked for; by the samples before it.
struct Asked {
  int samples = 0;
  int states = 0;
};
std::vector<Asked> runRandomSteps(CountingProblem& problem, int samples, bool fromTheBeginning = true) {
  MctsOptions options;
  options.branching = 8;
  options.tournament = {.draws = 1, .rootDraws = 1, .rounds = 1, .restarts = 0};
  Mcts search(problem, 4, options);
  search.start();
  std::vector<Asked> asked;
  while (search.tree().samples() < samples) {
    const int before = statesAsked(problem);
    const int told = search.tree().samples();
    const auto request = search.ask({1, 1});
    if (const auto* expansion = std::get_if<ExpansionRequest>(&request)) {
      const bool random = fromTheBeginning || told >= 8;
      search.proposalArrived(*expansion, {{}, "", random ? "random" : "rules", random});
    } else if (const auto* sample = std::get_if<SampleRequest>(&request)) {
      const auto built = problem.build(sample->state);
      search.measured(*sample, built->failure ? *built->failure : problem.measure(*built, {}));
    } else {
      break;
    }
    asked.push_back({told, statesAsked(problem) - before});
  }
  return asked;
}

int most(const std::vector<Asked>& asked, int fromSamples) {
  int most = 0;
  for (const Asked& call : asked)
    if (call.samples >= fromSamples) most = std::max(most, call.states);
  return most;
}

TEST(Evolution, ALittleAtATimeLeadsToWhatAllAtOnceLeadsTo) {
  ToyProblem problem;
  const Tree empty;
  const auto bestOf = [&](std::size_t step) {
    Evolution evolution(problem, empty, {}, 64, Random(5));
    while (!evolution.advance(step)) continue;
    std::vector<std::uint64_t> hashes;
    for (const Evolution::Member& member : evolution.take().best) hashes.push_back(member.state.hash);
    return hashes;
  };
  const auto whole = bestOf(std::numeric_limits<std::size_t>::max());
  EXPECT_EQ(whole.size(), 64U);
  EXPECT_EQ(bestOf(100), whole);
  EXPECT_EQ(bestOf(1), whole);
}

TEST(Reserve, GrowsALittleWithEachSampleOnceThereAreSome) {
  CountingProblem problem;
  const auto asked = runRandomSteps(problem, 160);
  EXPECT_GE(most(asked, 0), kWholeEvolution * 8 / 10) << "nothing can be measured before the first designs";
  EXPECT_LE(most(asked, 1), kWholeEvolution / 8);
  EXPECT_GE(statesAsked(problem), 3 * kWholeEvolution * 8 / 10) << "filled at 0, 24 and 72 samples";
}

TEST(Reserve, DoesNotHoldUpASearchThatTurnsToItLater) {
  CountingProblem problem;
  const auto asked = runRandomSteps(problem, 60, false);
  EXPECT_LE(most(asked, 0), kWholeEvolution / 8);
  EXPECT_GE(statesAsked(problem), kWholeEvolution * 8 / 10);
}

TEST(Reserve, IsNotFilledAgainAtOnceWhereNothingIsNew) {
  ToyOptions small;
  small.values = 2;
  CountingProblem problem(small);
  const auto asked = runRandomSteps(problem, 40);
  const auto searches =
      std::count_if(asked.begin(), asked.end(), [](const Asked& call) { return call.states >= 5 * 512 / 2; });
  EXPECT_LE(searches, 4) << "not with each of the steps";
  EXPECT_GT(std::ssize(asked), 40);
}

}  // namespace
}  // namespace espalier
