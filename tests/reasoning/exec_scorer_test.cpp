// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/exec_scorer.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/toy_problem.h"

namespace espalier {
namespace {

class ExecScorer : public ::testing::Test {
 protected:
  ExecScoredProblem scoredBy(const std::string& command) { return {toy_, {.command = command}}; }
  std::vector<State> states() {
    Random random(3);
    const std::vector<std::string> step = {"Set(a, 3)"};
    return {toy_->initial(), toy_->apply(toy_->initial(), step, random).state};
  }
  std::shared_ptr<Problem> toy_ = std::make_shared<test::ToyProblem>();
};

TEST_F(ExecScorer, TakesTheSecondsOfTheProgram) {
  const ExecScoredProblem scored = scoredBy(
      "n=0; while read -r line; do echo \"{\\\"id\\\": $n, \\\"seconds\\\": [0.5, 0.25]}\"; n=$((n+1)); "
      "done");
  for (int i = 0; i < 2; ++i) {
    const std::vector<Prediction> predictions = scored.predict(states());
    EXPECT_EQ(predictions.at(0).seconds, 0.5);
    EXPECT_EQ(predictions.at(1).seconds, 0.25);
    EXPECT_EQ(predictions.at(0).source, "exec");
  }
}

TEST_F(ExecScorer, KeepsTheProblemsOwnWhereTheProgramFails) {
  for (const char* command :
       {"exit 1", "read line; echo '{\"seconds\": [1]}'", "read line; echo '{\"seconds\": [1, -1]}'",
        "read line; echo '{\"seconds\": \"fast\"}'", "read line; echo '{\"error\": \"no\"}'"}) {
    const ExecScoredProblem scored = scoredBy(command);
    const std::vector<Prediction> predictions = scored.predict(states());
    const std::vector<Prediction> own = toy_->predict(states());
    for (std::size_t i = 0; i < own.size(); ++i) {
      EXPECT_EQ(predictions.at(i).seconds, own.at(i).seconds) << command;
      EXPECT_EQ(predictions.at(i).source, own.at(i).source) << command;
      EXPECT_THAT(predictions.at(i).words, ::testing::HasSubstr("The scorer did not answer: ")) << command;
    }
  }
}

TEST_F(ExecScorer, TheExampleInPythonWorks) {
  if (std::system("python3 -c pass > /dev/null 2>&1") != 0) GTEST_SKIP() << "no python3 on this machine";
  const ExecScoredProblem scored =
      scoredBy("python3 " ESPALIER_SOURCE_DIR "/resources/examples/exec_scorer.py");
  const std::vector<Prediction> predictions = scored.predict(states());
  const std::vector<Prediction> own = toy_->predict(states());
  for (std::size_t i = 0; i < own.size(); ++i) {
    EXPECT_EQ(predictions.at(i).source, "exec");
    EXPECT_DOUBLE_EQ(predictions.at(i).seconds, 6 * own.at(i).seconds);
  }
}

}  // namespace
}  // namespace espalier
