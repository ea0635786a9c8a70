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
