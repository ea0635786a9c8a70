// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/counting_problem.h"
#include "search/evolutionary.h"
#include "search/random_search.h"
#include "search/stopper.h"
#include "search/toy_problem.h"

namespace espalier {
namespace {

using test::CountingProblem;
using test::ToyOptions;
using test::ToyProblem;

std::vector<SearchEvent> run(SearchStrategy& search, ToyProblem& problem, int samples) {
  std::vector<SearchEvent> events;
  for (int told = 0; told < samples;) {
    const auto request = search.ask({1, 1});
    const auto* sample = std::get_if<SampleRequest>(&request);
    if (!sample) break;
    const auto built = problem.build(sample->state);
    search.measured(*sample, built->failure ? *built->failure : problem.measure(*built, {}));
    ++told;
    for (auto& event : search.takeEvents()) events.push_back(std::move(event));
  }
  return events;
}

TEST(Evolutionary, HasUpstreamsNumbers) {
  const EvolutionaryOptions options;
  EXPECT_EQ(options.population, 512U);
  EXPECT_DOUBLE_EQ(options.initialMeasuredRatio, 0.2);
  EXPECT_EQ(options.initialUnmeasured, 50U);
  EXPECT_EQ(options.maximumFailures, 5);
  EXPECT_EQ(options.generations, 4);
  EXPECT_DOUBLE_EQ(options.mutation, 0.85);
  EXPECT_EQ(options.maximumMutationFailures, 10);
  EXPECT_DOUBLE_EQ(options.greedyEpsilon, 0.05);
  EXPECT_EQ(options.batch, 64U);
  EXPECT_EQ(options.emptyBatches, 5);
}

TEST(Evolutionary, EvolvesFourGenerationsOf512AndMutates85Percent) {
  CountingProblem problem;
  Evolutionary search(problem, 1, {});
  search.start();
  (void)run(search, problem, 1);
  EXPECT_THAT(problem.populations, testing::ElementsAre(512, 512, 512, 512, 512));
  // 4 · 512 members, 85 % of them mutated; five standard deviations of room.
  EXPECT_NEAR(problem.mutations, 4 * 512 * 0.85, 5 * 16.2);
  EXPECT_GE(problem.designs, 512);
}

TEST(Evolutionary, MeasuresBatchesOf64AndLearnsFromEach) {
  CountingProblem problem;
  Evolutionary search(problem, 2, {});
  search.start();
  const auto events = run(search, problem, 129);
  EXPECT_THAT(problem.batches, testing::ElementsAre(64, 64));
  EXPECT_EQ(search.tree().samples(), 129);
  std::set<std::uint64_t> states;
  int mutated = 0;
  for (const auto& event : events)
    if (const auto* added = std::get_if<NodeAdded>(&event)) {
      EXPECT_TRUE(states.insert(added->state.hash).second || added->node == kRootNode);
      mutated += added->source == "mutation" ? 1 : 0;
      EXPECT_TRUE(added->prediction);
    }
  EXPECT_GT(mutated, 0);
  // The second batch starts from what the first one measured.
  problem.populations.clear();
}

TEST(Evolutionary, TellsResultsOfABatchBeforeTheNextIsDrawn) {
  ToyProblem problem;
  EvolutionaryOptions options;
  options.batch = 2;
  Evolutionary search(problem, 2, options);
  search.start();
  const auto first = std::get<SampleRequest>(search.ask({1, 2}));
  const auto second = std::get<SampleRequest>(search.ask({1, 1}));
  EXPECT_TRUE(std::holds_alternative<AwaitResults>(search.ask({1, 1})));
  search.measured(first, problem.measure(*problem.build(first.state), {}));
  EXPECT_TRUE(std::holds_alternative<AwaitResults>(search.ask({1, 1})));
  search.measured(second, problem.measure(*problem.build(second.state), {}));
  EXPECT_TRUE(std::holds_alternative<SampleRequest>(search.ask({1, 1})));
}

TEST(Evolutionary, BeatsRandomOnTheToyAndEndsWithTheSpace) {
  ToyProblem evolved;
  Evolutionary evolution(evolved, 3, {});
  evolution.start();
  (void)run(evolution, evolved, 128);
  ToyProblem drawn;
  RandomSearch random(drawn, 3);
  random.start();
  (void)run(random, drawn, 128);
  EXPECT_LT(evolution.tree().bestSeconds(), random.tree().bestSeconds());

  ToyOptions small;
  small.values = 2;
  ToyProblem tiny(small);
  Evolutionary exhausting(tiny, 3, {});
  exhausting.start();
  (void)run(exhausting, tiny, 1000);
  EXPECT_EQ(exhausting.tree().size(), 16U);
  EXPECT_TRUE(std::holds_alternative<SpaceExhausted>(exhausting.ask({1, 1})));
}

TEST(RandomSearch, IsDeterministicAndNeverRepeatsAState) {
  const auto hashes = [](std::uint64_t seed) {
    ToyProblem problem;
    RandomSearch search(problem, seed);
    search.start();
    (void)run(search, problem, 100);
    std::vector<std::uint64_t> all;
    for (NodeId node = 0; node < search.tree().size(); ++node) all.push_back(search.tree()[node].hash);
    return all;
  };
  const auto first = hashes(1);
  EXPECT_EQ(first, hashes(1));
  EXPECT_NE(first, hashes(2));
  EXPECT_EQ(std::set<std::uint64_t>(first.begin(), first.end()).size(), 101U);
}

TEST(Sampling, RestoredSearchesMeasureWhatWasInFlightFirst) {
  ToyProblem problem;
  RandomSearch search(problem, 1);
  search.start();
  std::vector<SearchEvent> events = search.takeEvents();
  for (auto& event : run(search, problem, 5)) events.push_back(std::move(event));
  const auto lost = std::get<SampleRequest>(search.ask({1, 1}));
  for (auto& event : search.takeEvents()) events.push_back(std::move(event));
  ToyProblem again;
  RandomSearch resumed(again, 1);
  ASSERT_TRUE(resumed.restore(events));
  const auto next = std::get<SampleRequest>(resumed.ask({1, 1}));
  EXPECT_EQ(next.node, lost.node);
  EXPECT_EQ(next.sample, 6);
  EXPECT_FALSE(resumed.requestExpansion(1));
}

TEST(Stoppers, GiveTheirReasonAndNothingElse) {
  RunStats stats;
  EXPECT_FALSE(stopAfterSamples(10)->shouldStop(stats));
  EXPECT_FALSE(stopAfterSamples(0)->shouldStop(stats));
  EXPECT_FALSE(stopAfterSeconds(0)->shouldStop(stats));
  stats.samples = 10;
  stats.seconds = 5;
  EXPECT_EQ(stopAfterSamples(10)->shouldStop(stats)->code, "samples");
  EXPECT_FALSE(stopAfterSamples(11)->shouldStop(stats));
  EXPECT_EQ(stopAfterSeconds(5)->shouldStop(stats)->code, "time");
  EXPECT_FALSE(stopOnRequest()->shouldStop(stats));
  EXPECT_FALSE(stopWhenExhausted()->shouldStop(stats));
  stats.stopRequested = stats.spaceExhausted = true;
  EXPECT_EQ(stopOnRequest()->shouldStop(stats)->code, "stopped");
  EXPECT_EQ(stopWhenExhausted()->shouldStop(stats)->code, "space-exhausted");
  std::vector<std::unique_ptr<Stopper>> all;
  all.push_back(stopAfterSeconds(100));
  all.push_back(stopOnRequest());
  EXPECT_EQ(shouldStop(all, stats)->code, "stopped");
}

}  // namespace
}  // namespace espalier
