// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tensor_problem/rules_proposer.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "program/interpreter.h"
#include "tensor_problem/problems.h"

namespace espalier {
namespace {

using ::testing::HasSubstr;
using testing::offlineProblem;

ProposalContext contextAt(const TensorProblem& problem, const State& state) {
  ProposalContext context;
  context.problem = std::make_shared<ProblemInfo>(problem.info());
  context.node.state = state;
  return context;
}

/// Multiples of 1/8 in [−1, 1]: every order of summation gives the same bits.
std::vector<Tensor> exactArguments(const Program& program, std::uint64_t seed) {
  Random random(seed);
  std::vector<Tensor> arguments;
  for (const BufferId id : argumentsOf(program)) {
    const Buffer& buffer = program.buffer(id);
    Tensor tensor = Tensor::zeros(buffer.type, logicalShape(buffer));
    for (std::int64_t i = 0; i < tensor.elements(); ++i)
      tensor.set(i, static_cast<double>(random.between(-8, 8)) / 8);
    arguments.push_back(std::move(tensor));
  }
  return arguments;
}

TEST(RulesProposer, WritesALegalScheduleThatIsMuchFasterForEveryKindOfKernel) {
  for (const std::string layer :
       {"matmul_small", "conv_small", "mlp_small", "softmax_small", "attention_small", "matmul_127x251x509",
        "deepseek_r1_moe", "llama3_8b_attention_core", "flux_conv", "depthwise_conv", "matvec_4096",
        "batch_matmul_64", "layer_norm"}) {
    const auto problem = offlineProblem(layer);
    RulesProposer rules(*problem);
    Random random(1);
    const Proposal proposal = rules.propose(contextAt(*problem, problem->initial()), random, {});
    ASSERT_FALSE(proposal.items.empty()) << layer;
    EXPECT_EQ(proposal.proposer, "rules");
    const Application application = problem->apply(problem->initial(), proposal.items, random);
    for (const AppliedItem& item : application.items)
      EXPECT_TRUE(item.accepted) << layer << ": " << item.proposed << ": " << item.reason;
    const std::vector<State> states = {problem->initial(), application.state};
    const std::vector<Prediction> predictions = problem->predict(states);
    EXPECT_LT(3 * predictions[1].seconds, predictions[0].seconds) << layer;
  }
}

std::vector<std::string> firstProposalForKeys(std::int64_t keys) {
  for (const NamedLayer& layer : namedLayers()) {
    if (layer.name != "flux_attention_core") continue;
    KernelSource source{layer.text, layer.name + ".tc", layer.name, layer.sizes, layer.constants};
    source.sizes["H"] = 1;
    source.sizes["N"] = keys;
    auto workload = readWorkload(source);
    EXPECT_TRUE(workload.has_value());
    TensorProblemOptions options;
    options.sheet = exampleHardwareSheet();
    options.offline = true;
    const auto problem = makeTensorProblem(*std::move(workload), options);
    RulesProposer rules(**problem);
    Random random(1);
    return rules.propose(contextAt(**problem, (*problem)->initial()), random, {}).items;
  }
  return {};
}

TEST(RulesProposer, SumsARowInTheLoopThatComputesItsElements) {
  const auto problem = offlineProblem("softmax_small");
  RulesProposer rules(*problem);
  ProposalContext context = contextAt(*problem, problem->initial());
  bool joined = false;
  for (std::uint64_t i = 0; i < 64 && !joined; ++i) {
    Random random(i);
    const Proposal proposal = rules.propose(context, random, {});
    if (proposal.items.empty()) break;
    const Application application = problem->apply(problem->initial(), proposal.items, random);
    joined = std::any_of(proposal.items.begin(), proposal.items.end(),
                         [](const std::string& item) { return item.starts_with("JoinLoops"); });
    if (!joined) continue;
    for (const AppliedItem& item : application.items) EXPECT_TRUE(item.accepted) << item.reason;
  }
  EXPECT_TRUE(joined);
}

TEST(RulesProposer, GoesThroughLongRowsOfScoresOnceAndKeepsShortOnesWhole) {
  // The scores of a tile of queries against 16384 keys fall out of the second cache, those against 512 do
  // not.
  EXPECT_THAT(firstProposalForKeys(16384), ::testing::Contains(HasSubstr("OnlineSoftmax")));
  EXPECT_THAT(firstProposalForKeys(512), ::testing::Not(::testing::Contains(HasSubstr("OnlineSoftmax"))));
}

TEST(RulesProposer, KeepsTheMeaning) {
  for (const std::string layer : {"matmul_small", "conv_small"}) {
    const auto problem = offlineProblem(layer);
    RulesProposer rules(*problem);
    Random random(5);
    std::vector<Tensor> expected = exactArguments(problem->initialProgram(), 11);
    interpret(problem->initialProgram(), expected);
    for (int i = 0; i < 3; ++i) {
      const Proposal proposal = rules.propose(contextAt(*problem, problem->initial()), random, {});
      const Program program =
          problem->programOf(problem->apply(problem->initial(), proposal.items, random).state);
      std::vector<Tensor> actual = exactArguments(program, 11);
      interpret(program, actual);
      for (std::size_t a = 0; a < expected.size(); ++a) EXPECT_EQ(actual[a].data, expected[a].data) << layer;
    }
  }
}

TEST(RulesProposer, ReasonsInWordsFromTheFactsOfTheMachine) {
  const auto problem = offlineProblem("matmul_512");
  RulesProposer rules(*problem);
  Random random(1);
  const std::string reasoning = rules.propose(contextAt(*problem, problem->initial()), random, {}).reasoning;
  EXPECT_THAT(reasoning, HasSubstr("16 floats, 32 registers"));
  EXPECT_THAT(reasoning, HasSubstr("lanes along n"));
  EXPECT_THAT(reasoning, HasSubstr("register tile"));
  EXPECT_THAT(reasoning, HasSubstr("accumulators"));
  EXPECT_THAT(reasoning, HasSubstr("bound by"));
}

TEST(RulesProposer, ProposesAnotherProgramEachTimeAndTheSameOnesForTheSameSeed) {
  const auto problem = offlineProblem("deepseek_r1_moe");
  const auto run = [&](std::uint64_t seed) {
    RulesProposer rules(*problem);
    Random random(seed);
    std::vector<std::uint64_t> hashes;
    State state = problem->initial();
    for (int i = 0; i < 8; ++i) {
      const State from = i % 3 == 0 ? problem->initial() : state;
      const Proposal proposal = rules.propose(contextAt(*problem, from), random, {});
      state = problem->apply(from, proposal.items, random).state;
      hashes.push_back(state.hash);
    }
    return hashes;
  };
  const auto first = run(1);
  EXPECT_EQ(std::set<std::uint64_t>(first.begin(), first.end()).size(), first.size());
  EXPECT_EQ(run(1), first);
  EXPECT_NE(run(2), first);
}

TEST(RulesProposer, GoesOnStepByStepWhereAllDraftsWereProposed) {
  const auto problem = offlineProblem("deepseek_r1_moe");
  RulesProposer rules(*problem);
  Random random(1);
  State state = problem->initial();
  std::set<std::uint64_t> different;
  for (int i = 0; i < 64; ++i) {
    const Proposal proposal = rules.propose(contextAt(*problem, state), random, {});
    ASSERT_FALSE(proposal.items.empty()) << "after " << i;
    const Application application = problem->apply(state, proposal.items, random);
    for (const AppliedItem& item : application.items) ASSERT_TRUE(item.accepted) << item.reason;
    different.insert(application.state.hash);
    state = application.state;
  }
  EXPECT_EQ(different.size(), 64U);
}

TEST(RulesProposer, LeavesEverySecondStepOfALongRunToTheSearch) {
  const auto problem = offlineProblem("matmul_small");
  RulesProposer rules(*problem);
  Random random(1);
  ProposalContext context = contextAt(*problem, problem->initial());
  for (const int samples : {63, 64, 200})
    for (context.request = 10; context.request < 14; ++context.request) {
      context.samplesDone = samples;
      const Proposal proposal = rules.propose(context, random, {});
      const bool left = samples >= 64 && context.request % 2 == 1;
      EXPECT_EQ(proposal.random, left) << samples << " " << context.request;
      EXPECT_EQ(proposal.items.empty(), left);
      EXPECT_EQ(proposal.proposer, left ? "random" : "rules");
      EXPECT_FALSE(proposal.fallback);
      EXPECT_FALSE(proposal.reasoning.empty());
    }
}

TEST(RulesProposer, SkipsWhatWasTriedBeforeItWasMade) {
  const auto problem = offlineProblem("matmul_small");
  Random random(1);
  ProposalContext context = contextAt(*problem, problem->initial());
  const Proposal first = RulesProposer(*problem).propose(context, random, {});
  TriedProposal attempt;
  attempt.items = problem->apply(problem->initial(), first.items, random).items;
  context.attempts.push_back(attempt);
  Random same(1);
  const Proposal second = RulesProposer(*problem).propose(context, same, {});
  EXPECT_NE(problem->apply(problem->initial(), first.items, random).state.hash,
            problem->apply(problem->initial(), second.items, random).state.hash);
}

TEST(RulesProposer, UsesBothThreadsWhereThereAreTwo) {
  TensorProblemOptions options;
  options.threads = 2;
  for (const std::string layer : {"matmul_512", "flux_conv", "deepseek_r1_moe"}) {
    const auto problem = offlineProblem(layer, options);
    RulesProposer rules(*problem);
    Random random(1);
    const Proposal proposal = rules.propose(contextAt(*problem, problem->initial()), random, {});
    const State state = problem->apply(problem->initial(), proposal.items, random).state;
    EXPECT_TRUE(std::any_of(state.trace.begin(), state.trace.end(), [](const std::string& step) {
      return step.rfind("Parallel", 0) == 0;
    })) << layer;
  }
}

}  // namespace
}  // namespace espalier
