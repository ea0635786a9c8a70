// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tensor_problem/transfer.h"

#include <cmath>

#include <gtest/gtest.h>

#include "reasoning/random_proposer.h"
#include "reasoning/seeded_proposer.h"
#include "tensor_problem/problems.h"
#include "transform/step.h"

namespace espalier {
namespace {

Observation observed(const TensorProblem& problem, std::vector<std::string> trace, double seconds) {
  const auto state = problem.stateOf(trace);
  EXPECT_TRUE(state.has_value()) << state.error().text();
  Measurement measurement;
  measurement.valid = true;
  measurement.seconds = seconds;
  return {*state, measurement};
}

const std::vector<std::string> kFast = {"TileSize(block=C, loop=m, factors=[16, 8])",
                                        "TileSize(block=C, loop=n, factors=[4, 32])",
                                        "Reorder(loops=[m.0, n.0, k, m.1, n.1])"};

TEST(Transfer, FitsTheBestSchedulesToOtherSizes) {
  const auto small = testing::offlineProblem("matmul_small");
  const auto large = testing::offlineProblem("matmul_512");
  const std::vector<Observation> observations = {
      observed(*small, {"TileSize(block=C, loop=m, factors=[64, 2])"}, 3e-3),
      observed(*small, kFast, 1e-3),
      observed(*small, {"TileSize(block=C, loop=k, factors=[2, 64])"}, 2e-3),
  };
  const Transfer transfer = transferFrom(*small, observations, *large, 2);
  ASSERT_EQ(transfer.schedules.size(), 2U);
  EXPECT_EQ(transfer.schedules[0].items[0], "TileSize(block=C, loop=m, factors=[64, 8])");
  EXPECT_EQ(transfer.schedules[0].items[1], "TileSize(block=C, loop=n, factors=[16, 32])");
  EXPECT_EQ(transfer.schedules[0].items.size(), kFast.size());
  EXPECT_EQ(transfer.schedules[1].items[0], "TileSize(block=C, loop=k, factors=[8, 64])");
  EXPECT_TRUE(large->stateOf(transfer.schedules[0].items).has_value());
}

TEST(Transfer, ShortensTilesThatAreLongerThanTheLoop) {
  const auto large = testing::offlineProblem("matmul_512");
  const auto small = testing::offlineProblem("matmul_small");
  const std::vector<Observation> observations = {
      observed(*large, {"TileSize(block=C, loop=m, factors=[1, 2, 256])"}, 1e-3)};
  const Transfer transfer = transferFrom(*large, observations, *small, 1);
  ASSERT_EQ(transfer.schedules.size(), 1U);
  EXPECT_EQ(transfer.schedules[0].items[0], "TileSize(block=C, loop=m, factors=[1, 1, 128])");
}

TEST(Transfer, TeachesTheCorrectionOfThePrior) {
  const auto small = testing::offlineProblem("matmul_small");
  const auto large = testing::offlineProblem("matmul_512");
  std::vector<Observation> observations;
  for (int factor = 2; factor <= 64; factor *= 2)
    for (const char* loop : {"m", "n", "k"}) {
      const std::string step = std::string("TileSize(block=C, loop=") + loop + ", factors=[" +
                               std::to_string(128 / factor) + ", " + std::to_string(factor) + "])";
      const State state = *small->stateOf({step});
      const double prior = small->predict({&state, 1}).front().seconds;
      observations.push_back(observed(*small, {step}, 2.5 * prior));
    }
  const auto reached = large->stateOf({"TileSize(block=C, loop=m, factors=[64, 8])"});
  ASSERT_TRUE(reached.has_value()) << reached.error().text();
  const State asked = *reached;
  const double before = large->predict({&asked, 1}).front().seconds;
  large->teach(transferFrom(*small, observations, *large, 0).samples);
  const Prediction after = large->predict({&asked, 1}).front();
  EXPECT_NEAR(std::log(after.seconds / before), std::log(2.5), 0.3);
  EXPECT_EQ(after.source, "prior + gaussian process + xgboost");
  large->forget();
  EXPECT_EQ(large->predict({&asked, 1}).front().seconds, before);
}

TEST(SeededProposer, OffersWhatIsKnownFirstAndThenAsksTheOther) {
  SeededProposer proposer({{{"A"}, "first"}, {{"B"}, "second"}}, std::make_unique<RandomProposer>());
  Random random(1);
  ProposalContext context;
  const auto items = [&](std::uint64_t request, int depth) {
    context.request = request;
    context.node.depth = depth;
    return proposer.propose(context, random, {}).items;
  };
  EXPECT_EQ(items(0, 0), std::vector<std::string>{"A"});
  EXPECT_EQ(items(1, 0), std::vector<std::string>{"B"});
  EXPECT_TRUE(items(1, 1).empty());
  EXPECT_TRUE(items(2, 0).empty());
  EXPECT_EQ(proposer.name(), "random");
}

}  // namespace
}  // namespace espalier
