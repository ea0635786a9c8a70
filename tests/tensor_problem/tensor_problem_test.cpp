// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tensor_problem/tensor_problem.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tensor_problem/problems.h"
#include "transform/step.h"

namespace espalier {
namespace {

using ::testing::HasSubstr;
using testing::offlineProblem;

Application applied(const TensorProblem& problem, const State& from, const std::vector<std::string>& items,
                    std::uint64_t seed = 1) {
  Random random(seed);
  return problem.apply(from, items, random);
}

TEST(TensorProblem, AppliesWhatIsLegalAndSaysWhyTheRestIsNot) {
  const auto problem = offlineProblem("matmul_small");
  const Application application = applied(*problem, problem->initial(),
                                          {"TileSize(block=C, loop=n, factors=[4, 32])", "Vectorize(loop=k)",
                                           "Frobnicate(loop=m)", "TileSize(block=", "Vectorize(loop=n.1)"});
  ASSERT_EQ(application.items.size(), 5U);
  EXPECT_TRUE(application.items[0].accepted);
  EXPECT_FALSE(application.items[1].accepted);
  EXPECT_THAT(application.items[1].reason, HasSubstr("k"));
  EXPECT_FALSE(application.items[1].hint.empty());
  EXPECT_EQ(application.items[2].refusalCode, "unknown-transformation");
  EXPECT_EQ(application.items[3].refusalCode, "syntax");
  EXPECT_EQ(application.state.trace,
            (std::vector<std::string>{"TileSize(block=C, loop=n, factors=[4, 32])", "Vectorize(loop=n.1)"}));
  EXPECT_NE(application.state.hash, problem->initial().hash);
}

TEST(TensorProblem, DecidesAnEarlierTileAnew) {
  const auto problem = offlineProblem("matmul_small");
  const State tiled = applied(*problem, problem->initial(),
                              {"TileSize(block=C, loop=n, factors=[4, 32])", "Vectorize(loop=n.1)"})
                          .state;
  const Application again = applied(*problem, tiled, {"TileSize(block=C, loop=n, factors=[8, 16])"});
  ASSERT_TRUE(again.items[0].accepted) << again.items[0].reason;
  EXPECT_EQ(again.state.trace[0], "TileSize(block=C, loop=n, factors=[8, 16])");
  EXPECT_EQ(again.state.trace.size(), 2U);
  const State direct = applied(*problem, problem->initial(),
                               {"TileSize(block=C, loop=n, factors=[8, 16])", "Vectorize(loop=n.1)"})
                           .state;
  EXPECT_EQ(again.state, direct);

  EXPECT_EQ(applied(*problem, tiled, {"TileSize(block=C, loop=n, factors=[4, 32])"}).items[0].refusalCode,
            "unchanged");
  EXPECT_EQ(applied(*problem, tiled, {"TileSize(block=C, loop=n, factors=[4, 8, 4])"}).items[0].refusalCode,
            "factor-count");
}

TEST(TensorProblem, DecidesLayoutsAndCopiesAnew) {
  const auto problem = offlineProblem("matmul_small");
  const State state = applied(*problem, problem->initial(),
                              {"TransformLayout(buffer=B, tiles=[0, 32], order=[1.0, 0, 1.1])",
                               "TileSize(block=C, loop=k, factors=[4, 32])",
                               "CacheRead(block=C, buffer=A, loop=root, order=[0, 1], panel=32)"})
                          .state;
  ASSERT_EQ(state.trace.size(), 3U);
  const Application again = applied(*problem, state,
                                    {"TransformLayout(buffer=B, tiles=[0, 64], order=[1.0, 0, 1.1])",
                                     "CacheRead(block=C, buffer=A, loop=root, order=[1, 0], panel=16)"});
  EXPECT_TRUE(again.items[0].accepted) << again.items[0].reason;
  EXPECT_TRUE(again.items[1].accepted) << again.items[1].reason;
  EXPECT_EQ(again.state.trace.size(), 3U);
  EXPECT_THAT(again.state.trace[0], HasSubstr("tiles=[0, 64]"));
  EXPECT_THAT(again.state.trace[2], HasSubstr("panel=16"));
  EXPECT_THAT(again.items[1].reason, HasSubstr("step 3"));
}

TEST(TensorProblem, UnderstandsThePapersBareNames) {
  const auto problem = offlineProblem("matmul_small");
  bool redecided = false;
  bool extended = false;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const Application application =
        applied(*problem, problem->initial(),
                {"TileSize", "TileSize", "ComputeLocation", "Parallel", "Unroll", "Unroll"}, seed);
    EXPECT_TRUE(application.changed());
    EXPECT_TRUE(application.items[0].accepted) << application.items[0].reason;
    // Whatever came out replays from its text alone.
    const auto replayed = problem->stateOf(application.state.trace);
    ASSERT_TRUE(replayed.has_value()) << replayed.error().text();
    EXPECT_EQ(replayed->hash, application.state.hash);
    const auto tiles = std::count_if(application.state.trace.begin(), application.state.trace.end(),
                                     [](const std::string& step) { return step.rfind("TileSize", 0) == 0; });
    redecided = redecided || tiles == 1;
    extended = extended || tiles == 2;
  }
  EXPECT_TRUE(redecided);
  EXPECT_TRUE(extended);
}

TEST(TensorProblem, RefusesForeignTracesInWords) {
  const auto problem = offlineProblem("matmul_small");
  const auto state = problem->stateOf({"TileSize(block=C, loop=n, factors=[4, 32])", "Vectorize(loop=zz)"});
  ASSERT_FALSE(state.has_value());
  EXPECT_THAT(state.error().message, HasSubstr("Step 2 of the trace"));
  EXPECT_THAT(state.error().message, HasSubstr("zz"));
}

TEST(TensorProblem, GivesOneHashToOneProgramReachedOnTwoWays) {
  const auto problem = offlineProblem("matmul_small");
  const State first =
      applied(*problem, problem->initial(),
              {"TileSize(block=C, loop=n, factors=[4, 32])", "TileSize(block=C, loop=m, factors=[16, 8])"})
          .state;
  const State second =
      applied(*problem, problem->initial(),
              {"TileSize(block=C, loop=m, factors=[16, 8])", "TileSize(block=C, loop=n, factors=[4, 32])"})
          .state;
  EXPECT_EQ(first.hash, second.hash);
  EXPECT_NE(first.trace, second.trace);
}

TEST(TensorProblem, PredictsByThePriorUntilItLearned) {
  auto problem = offlineProblem("matmul_small");
  Random random(3);
  std::vector<Observation> observations;
  std::vector<State> states;
  State state = problem->initial();
  while (states.size() < 24) {
    const auto next = problem->randomStep(state, random);
    state = next && next->state.trace.size() < 6 ? next->state : problem->initial();
    if (!state.trace.empty()) states.push_back(state);
  }
  const std::vector<Prediction> before = problem->predict(states);
  for (std::size_t i = 0; i < states.size(); ++i) {
    EXPECT_EQ(before[i].source, "prior");
    EXPECT_GT(before[i].seconds, 0);
    EXPECT_THAT(before[i].words, HasSubstr("bound by"));
    Measurement measurement;
    measurement.valid = i % 5 != 0;
    measurement.seconds = measurement.valid ? 3 * before[i].seconds : 0;
    measurement.failure = measurement.valid ? "" : "crash";
    observations.push_back({states[i], measurement});
  }
  EXPECT_FALSE(problem->learn({observations.data(), 3}));
  EXPECT_TRUE(problem->learn(observations));
  const std::vector<Prediction> after = problem->predict(states);
  EXPECT_EQ(after[1].source, "prior + gaussian process + xgboost");
  EXPECT_GT(after[1].seconds, 1.5 * before[1].seconds);
  EXPECT_TRUE(problem->savedModel().has_value());

  auto same = offlineProblem("matmul_small");
  same->learn({observations.data(), 3});
  same->learn(observations);
  const std::vector<Prediction> again = same->predict(states);
  for (std::size_t i = 0; i < states.size(); ++i) EXPECT_EQ(again[i].seconds, after[i].seconds);
}

TEST(TensorProblem, DescribesAStateInSections) {
  const auto problem = offlineProblem("matmul_small");
  const State state =
      applied(*problem, problem->initial(), {"TileSize(block=C, loop=n, factors=[4, 32])"}).state;
  const std::vector<Section> sections = problem->describe(state);
  const auto text = [&](const std::string& key) {
    for (const Section& section : sections)
      if (section.key == key) return section.text;
    return std::string();
  };
  EXPECT_THAT(text("program"), HasSubstr("n.0"));
  EXPECT_THAT(text("trace"), HasSubstr("1. TileSize(block=C, loop=n, factors=[4, 32])"));
  EXPECT_THAT(text("bottleneck"), HasSubstr("bound by"));
  EXPECT_THAT(text("bottleneck"), HasSubstr("% of the roofline"));
  const std::vector<LegalAction> actions = problem->legalActions(state);
  const auto vectorize =
      std::find_if(actions.begin(), actions.end(), [](const auto& a) { return a.name == "Vectorize"; });
  ASSERT_NE(vectorize, actions.end());
  EXPECT_THAT(vectorize->arguments, HasSubstr("n.1"));
  Random random(1);
  for (const LegalAction& action : actions) {
    const Application application = problem->apply(state, {&action.example, 1}, random);
    EXPECT_TRUE(application.items[0].accepted) << action.example << ": " << application.items[0].reason;
  }
  EXPECT_THAT(problem->info().sections.front().text, HasSubstr("TileSize"));
  EXPECT_GT(problem->info().rooflineSeconds, 0);
}

TEST(TensorProblem, IsRebuiltFromItsIdentity) {
  TensorProblemOptions options;
  options.threads = 2;
  options.seed = 77;
  options.prepack = Prepack::Off;
  const auto problem = offlineProblem("mlp_small", options);
  TensorProblemOptions machine;
  machine.sheet = exampleHardwareSheet();
  machine.offline = true;
  const auto rebuilt = tensorProblemFromIdentity(problem->info().identity, machine);
  ASSERT_TRUE(rebuilt.has_value()) << rebuilt.error().text();
  EXPECT_EQ((*rebuilt)->info().hash, problem->info().hash);
  EXPECT_EQ((*rebuilt)->info().name, "mlp_small");
  EXPECT_EQ((*rebuilt)->initial(), problem->initial());
  EXPECT_EQ((*rebuilt)->options().threads, 2);
  for (const char* damaged : {"", "{}", "[1]", "{\"version\": 99}", "not json"})
    EXPECT_FALSE(tensorProblemFromIdentity(damaged, machine).has_value()) << damaged;
}

TEST(TensorProblem, ChangesItsThreadsAsIfItHadBeenOpenedWithThem) {
  TensorProblemOptions two;
  two.threads = 2;
  const auto opened = offlineProblem("matmul_1024", two);
  const auto changed = offlineProblem("matmul_1024");
  const std::vector<std::string> items{"TileSize(block=C, loop=m, factors=[4, 256])", "Parallel(loop=m.0)"};
  const State state = applied(*changed, changed->initial(), items).state;
  const double alone = changed->predict({&state, 1}).front().seconds;
  EXPECT_FALSE(changed->setThreads(0));
  EXPECT_FALSE(changed->setThreads(changed->sheet().cores + 1));
  EXPECT_EQ(changed->info().threads, 1);
  ASSERT_TRUE(changed->setThreads(2));
  EXPECT_EQ(changed->info().identity, opened->info().identity);
  EXPECT_EQ(changed->info().hash, opened->info().hash);
  EXPECT_EQ(changed->info().rooflineSeconds, opened->info().rooflineSeconds);
  EXPECT_EQ(changed->info().sections.front().text, opened->info().sections.front().text);
  const double together = changed->predict({&state, 1}).front().seconds;
  EXPECT_LT(together, alone);
  EXPECT_EQ(together, opened->predict({&state, 1}).front().seconds);
}

TEST(TensorProblem, LeavesWeightsAloneWithoutPrepack) {
  const std::string layout = "TransformLayout(buffer=B, tiles=[0, 16], order=[1.0, 0, 1.1])";
  const auto with = offlineProblem("matmul_small");
  EXPECT_TRUE(applied(*with, with->initial(), {layout}).changed());
  TensorProblemOptions options;
  options.prepack = Prepack::Off;
  const auto without = offlineProblem("matmul_small", options);
  EXPECT_FALSE(applied(*without, without->initial(), {layout}).changed());
}

TEST(TensorProblem, MeasuresNothingWithoutAWorker) {
  const auto problem = offlineProblem("matmul_small");
  EXPECT_EQ(problem->measureBaseline().failure, "worker");
  const auto built = problem->build(problem->initial());
  EXPECT_EQ(problem->measure(*built, {}).failure, "worker");
}

TEST(ProgramCache, ReplaysWhatItDropped) {
  auto workload = namedWorkload("matmul_small");
  ASSERT_TRUE(workload.has_value());
  ProgramCache cache(workload->program, 3);
  std::vector<std::string> trace = {"TileSize(block=C, loop=n, factors=[4, 32])",
                                    "TileSize(block=C, loop=m, factors=[16, 8])",
                                    "TileSize(block=C, loop=k, factors=[4, 32])", "Vectorize(loop=n.1)"};
  const auto first = cache.at(trace);
  ASSERT_TRUE(first.has_value());
  const std::uint64_t hash = (*first)->hash();
  EXPECT_EQ(cache.size(), 1U);
  for (int i = 2; i <= 64; i *= 2)
    ASSERT_TRUE(cache.at({"TileSize(block=C, loop=k, factors=[0, " + std::to_string(i) + "])"}).has_value());
  EXPECT_EQ(cache.size(), 3U);
  EXPECT_EQ((*cache.at(trace))->hash(), hash);
}

}  // namespace
}  // namespace espalier
