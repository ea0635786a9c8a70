// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include <gtest/gtest.h>

#include "tensor_problem/problems.h"
#include "tensor_problem/rules_proposer.h"

namespace espalier {
namespace {

std::unique_ptr<TensorProblem> measuredProblem(const std::string& layer) {
  auto workload = namedWorkload(layer);
  EXPECT_TRUE(workload.has_value());
  TensorProblemOptions options;
  options.sheet = exampleHardwareSheet();
  options.workerCommand = {ESPALIER_BINARY_DIR "/espalier-worker"};
  // Code must run on this machine, whatever the example sheet says.
  options.sheet->target = hostTarget();
  auto problem = makeTensorProblem(*std::move(workload), options);
  EXPECT_TRUE(problem.has_value()) << (problem ? "" : problem.error().text());
  return *std::move(problem);
}

class MeasuredProblem : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(ESPALIER_BINARY_DIR "/espalier-worker"))
      GTEST_SKIP() << "the worker is not built";
  }
};

TEST_F(MeasuredProblem, MeasuresVerifiesAndConfirms) {
  for (const std::string layer : {"matmul_small", "softmax_small"}) {
    const auto problem = measuredProblem(layer);
    const Measurement baseline = problem->measureBaseline();
    ASSERT_TRUE(baseline.valid) << baseline.detail;
    EXPECT_GT(baseline.seconds, 0);

    RulesProposer rules(*problem);
    Random random(1);
    ProposalContext context;
    context.problem = std::make_shared<ProblemInfo>(problem->info());
    context.node.state = problem->initial();
    const Proposal proposal = rules.propose(context, random, {});
    const State state = problem->apply(problem->initial(), proposal.items, random).state;
    const auto built = problem->build(state);
    ASSERT_FALSE(built->failure.has_value());
    const Measurement measured = problem->measure(*built, {});
    ASSERT_TRUE(measured.valid) << measured.detail;
    EXPECT_TRUE(measured.verified) << "the first valid sample is the best so far";
    EXPECT_FALSE(measured.repeats.empty());
    const Measurement confirmed = problem->confirm(state);
    EXPECT_TRUE(confirmed.valid && confirmed.verified) << confirmed.detail;
  }
}

/// The same worker runs the same program with other threads, and the rules see the machine as it is then.
TEST_F(MeasuredProblem, GoesOnWithOtherThreads) {
  const auto problem = measuredProblem("matmul_small");
  const std::vector<std::string> items{"TileSize(block=C, loop=m, factors=[4, 32])", "Parallel(loop=m.0)"};
  Random random(1);
  const State state = problem->apply(problem->initial(), items, random).state;
  RulesProposer rules(*problem);
  const auto firstOf = [](RulesProposer& proposer, const TensorProblem& about) {
    Random stream(7);
    ProposalContext context;
    context.problem = std::make_shared<ProblemInfo>(about.info());
    context.node.state = about.initial();
    return proposer.propose(context, stream, {});
  };
  const Proposal alone = firstOf(rules, *problem);
  for (const int threads : {2, 1, 2}) {
    ASSERT_TRUE(problem->setThreads(threads));
    const auto built = problem->build(state);
    ASSERT_FALSE(built->failure.has_value());
    const Measurement measured = problem->measure(*built, {});
    EXPECT_TRUE(measured.valid && measured.verified) << measured.detail;
  }
  const auto fresh = measuredProblem("matmul_small");
  ASSERT_TRUE(fresh->setThreads(2));
  RulesProposer others(*fresh);
  const Proposal together = firstOf(rules, *problem);
  EXPECT_NE(together.items, alone.items);
  EXPECT_EQ(together.items, firstOf(others, *fresh).items);
}

TEST_F(MeasuredProblem, CountsAProgramThatIsTooLargeAsAFailedSample) {
  const auto problem = measuredProblem("matmul_small");
  Random random(1);
  const std::vector<std::string> items = {"Unroll(loop=k)", "TileSize(block=C, loop=n, factors=[4, 32])",
                                          "Unroll(loop=n.1)", "Unroll(loop=n.0)"};
  const State state = problem->apply(problem->initial(), items, random).state;
  const auto built = problem->build(state);
  const Measurement measured = problem->measure(*built, {});
  if (built->failure) {
    EXPECT_EQ(measured.failure, "build");
    EXPECT_FALSE(measured.detail.empty());
  } else {
    EXPECT_TRUE(measured.valid) << measured.detail;
  }
}

}  // namespace
}  // namespace espalier
