// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// The innermost vector loops of what the rules propose first, as machine code of fixed targets: nothing that
// they compute goes through the stack, and nothing is read from there but what kMostReads names.
#include <algorithm>
#include <iterator>
#include <regex>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codegen/compiler.h"
#include "tensor_problem/contraction_choice.h"
#include "tensor_problem/kernel_shape.h"
#include "tensor_problem/problems.h"
#include "tensor_problem/rules_proposer.h"
#include "tensor_problem/schedule_draft.h"

namespace espalier {
namespace {

struct Loop {
  std::vector<std::string> lines;
  int arithmetic = 0;  ///< vector instructions that compute
};

/// Loops that hold no other: from a label to the jump back to it.
std::vector<Loop> innermostLoops(const std::string& assembly) {
  static const std::regex vectorWork(R"(\tv(f|mul|add|sub|max|min|div|scale)[a-z0-9]*ps\t.*%[yz]mm)");
  std::vector<Loop> loops;
  std::istringstream stream(assembly);
  std::string label;
  Loop body;
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with(".LBB")) {
      label = line.substr(0, line.find(':'));
      body = {};
      continue;
    }
    body.lines.push_back(line);
    if (std::regex_search(line, vectorWork)) ++body.arithmetic;
    if (!label.empty() && line.find("\tj") != std::string::npos && line.ends_with(label))
      loops.push_back(body);
  }
  return loops;
}

/// Where a loop has more constants than registers, LLVM hoists them all and keeps some on the stack; they are
/// read from there as they would be from the constants of the module. Reads for each innermost loop.
struct MostReads {
  const char* target;
  const char* layer;
  int reads;
};
constexpr MostReads kMostReads[] = {
    // Nine weights of a window, broadcast to 16 lanes and once more to the 8 of the tail, beside 14 sums.
    {"znver4", "depthwise_conv", 7},
    // The exponential has 12 constants; with 16 registers there is room for about ten beside its values.
    {"haswell", "llama3_8b_attention_core", 2},
    {"haswell", "flux_attention_core", 2},
    {"haswell", "llama3_8b_attention_core_16", 2},
    {"haswell", "attention_small", 1},
    {"haswell", "softmax_small", 2},
    {"haswell", "llama4_scout_mlp", 5},
    {"haswell", "llama3_8b_mlp", 5},
    {"haswell", "mlp_small", 5},
};

int mostReads(const std::string& target, const std::string& layer) {
  for (const MostReads& most : kMostReads)
    if (target == most.target && layer == most.layer) return most.reads;
  return 0;
}

/// The lines that match; with an index, stack memory would be a buffer of the program.
std::vector<std::string> linesOf(const Loop& loop, const std::regex& pattern) {
  std::vector<std::string> lines;
  std::copy_if(loop.lines.begin(), loop.lines.end(), std::back_inserter(lines),
               [&](const std::string& line) { return std::regex_search(line, pattern); });
  return lines;
}

class Spills : public ::testing::TestWithParam<const char*> {};

void expectNoSpills(const Program& program, const Target& target, const std::string& layer) {
  const Result<std::string> assembly = assemblyText(program, target, {});
  ASSERT_TRUE(assembly) << assembly.error().text();
  const std::vector<Loop> loops = innermostLoops(*assembly);
  EXPECT_TRUE(std::any_of(loops.begin(), loops.end(), [](const Loop& loop) { return loop.arithmetic > 0; }));
  for (const Loop& loop : loops) {
    if (loop.arithmetic == 0) continue;
    static const std::regex written(R"(\t[a-z].*, -?[0-9]*\(%rsp\)$)");
    static const std::regex touched(R"(\t[a-z].*[ \t]-?[0-9]*\(%rsp\))");
    EXPECT_THAT(linesOf(loop, written), ::testing::IsEmpty());
    EXPECT_THAT(linesOf(loop, touched), ::testing::SizeIs(::testing::Le(mostReads(target.cpu, layer))));
  }
}

TEST_P(Spills, NoInnermostVectorLoopOfANamedLayerHasAny) {
  HardwareSheet sheet = exampleHardwareSheet();
  sheet.target = *targetFor(GetParam());
  for (const NamedLayer& layer : namedLayers()) {
    SCOPED_TRACE(layer.name);
    const auto problem = testing::offlineProblem(layer.name, {}, sheet);
    RulesProposer rules(*problem);
    Random random(1);
    ProposalContext context;
    context.problem = std::make_shared<ProblemInfo>(problem->info());
    context.node.state = problem->initial();
    const Proposal proposal = rules.propose(context, random, {});
    const Application first = problem->apply(problem->initial(), proposal.items, random);
    expectNoSpills(problem->programOf(first.state), sheet.target, layer.name);
  }
}

TEST_P(Spills, NoTileOfAConvolutionWithBlockedChannelsHasAny) {
  HardwareSheet sheet = exampleHardwareSheet();
  sheet.target = *targetFor(GetParam());
  const auto problem = testing::offlineProblem(testing::blockedConvolution(), {}, sheet);
  const BlockShape shape = kernelShapes(problem->initialProgram()).at(0);
  for (const ContractionChoice& choice : contractionChoices(shape, problem->machine(), 8)) {
    SCOPED_TRACE(std::to_string(choice.tileRows) + " x " + std::to_string(choice.tileSecondRows) + " x " +
                 std::to_string(choice.tileColumns));
    const Draft draft = draftSchedule(*problem, problem->initial(), {}, {{shape.name, choice}});
    expectNoSpills(problem->programOf(draft.state), sheet.target, "blocked_convolution");
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, Spills, ::testing::Values("znver4", "haswell"),
                         [](const auto& target) { return std::string(target.param); });

}  // namespace
}  // namespace espalier
