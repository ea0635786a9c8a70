// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// What a language model is shown of real problems: short enough, and with a beginning that providers can
// cache.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reasoning/prompt_writer.h"
#include "tensor_problem/problems.h"

namespace espalier {
namespace {

NodeView viewOf(const TensorProblem& problem, const State& state, int depth) {
  NodeView view;
  view.node = static_cast<NodeId>(depth);
  view.depth = depth;
  view.state = state;
  view.source = "a model";
  view.prediction = problem.predict(std::vector<State>{state}).front();
  view.measurement = Measurement{};
  view.measurement->valid = true;
  view.measurement->seconds = view.prediction->seconds * 1.2;
  view.measurement->repeats = {view.measurement->seconds, view.measurement->seconds * 1.01};
  view.sections = problem.describe(state);
  return view;
}

/// The prompts along a path of random steps, each with what a search knows at that node.
std::vector<Prompt> promptsAlongAPath(const std::string& layer, const char* form) {
  constexpr int kDepth = 5;
  const auto problem = testing::offlineProblem(layer);
  const PromptWriter writer(*PromptWriter::shippedTemplate(form),
                            {.stableShare = form == std::string("prompt.txt") ? 0.71 : 0});
  const auto info = std::make_shared<const ProblemInfo>(problem->info());
  Random random(7);
  std::vector<NodeView> path = {viewOf(*problem, problem->initial(), 0)};
  std::vector<Prompt> prompts;
  for (int depth = 0; depth <= kDepth; ++depth) {
    ProposalContext context;
    context.problem = info;
    context.node = path.front();
    for (std::size_t i = 1; i < std::min<std::size_t>(3, path.size()); ++i)
      context.ancestors.push_back(path[i]);
    context.legalActions = problem->legalActions(context.node.state);
    context.best = path.back();
    context.best->sections.clear();
    context.baselineSeconds = 1;
    context.bestSeconds = path.back().measurement->seconds;
    context.samplesDone = depth;
    context.sampleBudget = 64;
    prompts.push_back(writer.write(context));
    const auto next = problem->randomStep(context.node.state, random);
    if (!next) break;
    path.insert(path.begin(), viewOf(*problem, next->state, depth + 1));
    path.front().steps = {next->items.front().applied};
  }
  return prompts;
}

std::vector<std::string> layers() {
  std::vector<std::string> names;
  for (const NamedLayer& layer : namedLayers()) names.emplace_back(layer.name);
  return names;
}

class PromptOf : public ::testing::TestWithParam<std::string> {};

TEST_P(PromptOf, StaysUnderSixThousandTokens) {
  for (const Prompt& prompt : promptsAlongAPath(GetParam(), "prompt.txt")) {
    EXPECT_LE(prompt.tokens, 6000U);
    EXPECT_GE(prompt.tokens, 1000U);
    EXPECT_EQ(prompt.system.find("{{"), std::string::npos);
  }
  for (const Prompt& prompt : promptsAlongAPath(GetParam(), "prompt_paper.txt"))
    EXPECT_LE(prompt.tokens, 6000U);
}

TEST_P(PromptOf, NeighboursShareSeventyPercentAsPrefix) {
  const std::vector<Prompt> prompts = promptsAlongAPath(GetParam(), "prompt.txt");
  double least = 1;
  for (std::size_t i = 1; i < prompts.size(); ++i) {
    const std::string a = prompts[i - 1].text();
    const std::string b = prompts[i].text();
    const auto differs = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first;
    least = std::min(
        least, static_cast<double>(differs - a.begin()) / static_cast<double>(std::max(a.size(), b.size())));
    EXPECT_EQ(prompts[i].system, prompts[0].system);
  }
  RecordProperty("least_share_percent", static_cast<int>(100 * least));
  EXPECT_GE(least, 0.70);
}

INSTANTIATE_TEST_SUITE_P(NamedLayers, PromptOf, ::testing::ValuesIn(layers()),
                         [](const auto& layer) { return layer.param; });

}  // namespace
}  // namespace espalier
