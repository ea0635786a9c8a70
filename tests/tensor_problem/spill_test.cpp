// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// The busiest loop of what the rules propose first, as machine code of fixed targets: nothing that it
// computes is kept on the stack. What does not change in it (weights of a window, constants of a polynomial)
// may be read from there now and then, where it exceeds the registers.
#include <algorithm>
#include <regex>
#include <sstream>

#include <gtest/gtest.h>

#include "codegen/compiler.h"
#include "tensor_problem/problems.h"
#include "tensor_problem/rules_proposer.h"

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

/// Lines that touch stack memory at a fixed place; with an index it would be a buffer of the program.
int countOf(const Loop& loop, const std::regex& pattern) {
  return static_cast<int>(std::count_if(loop.lines.begin(), loop.lines.end(), [&](const std::string& line) {
    return std::regex_search(line, pattern);
  }));
}

class Spills : public ::testing::TestWithParam<const char*> {};

TEST_P(Spills, TheBusiestLoopOfEveryNamedLayerHasNone) {
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
    const Result<std::string> assembly = assemblyText(problem->programOf(first.state), sheet.target, {});
    ASSERT_TRUE(assembly) << assembly.error().text();
    const std::vector<Loop> loops = innermostLoops(*assembly);
    ASSERT_FALSE(loops.empty());
    // The first of equals: tails of odd sizes come behind.
    const auto busiest = std::max_element(
        loops.begin(), loops.end(), [](const Loop& a, const Loop& b) { return a.arithmetic < b.arithmetic; });
    ASSERT_GT(busiest->arithmetic, 0);
    static const std::regex stored(R"(\tv?mov.*%[xyz]mm[0-9]+, -?[0-9]*\(%rsp\))");
    static const std::regex touched(R"(\tv.*[ \t]-?[0-9]*\(%rsp\))");
    EXPECT_EQ(countOf(*busiest, stored), 0);
    EXPECT_LE(16 * countOf(*busiest, touched), static_cast<int>(busiest->lines.size()));
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, Spills, ::testing::Values("znver4", "haswell"),
                         [](const auto& target) { return std::string(target.param); });

}  // namespace
}  // namespace espalier
