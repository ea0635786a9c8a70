// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <sstream>
#include <tuple>

#include <gtest/gtest.h>

#include "tensor_problem/problems.h"

namespace espalier {
namespace {

std::string fileText(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string dataFile(const std::string& name) {
  return std::string(ESPALIER_SOURCE_DIR) + "/tests/tensor_problem/corpus/" + name;
}

/// Programs measured on one machine (Zen 5, one thread): milliseconds, then the steps, separated by tabs.
struct Recorded {
  std::vector<std::vector<std::string>> traces;
  std::vector<double> milliseconds;
};

Recorded recorded(const std::string& layer) {
  Recorded programs;
  std::istringstream lines(fileText(dataFile(layer + ".txt")));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string field;
    std::getline(fields, field, '\t');
    programs.milliseconds.push_back(std::stod(field));
    programs.traces.emplace_back();
    while (std::getline(fields, field, '\t')) programs.traces.back().push_back(field);
  }
  return programs;
}

std::vector<double> ranksOf(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return std::tie(values[a], a) < std::tie(values[b], b); });
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) ranks[order[i]] = static_cast<double>(i);
  return ranks;
}

double spearman(const std::vector<double>& left, const std::vector<double>& right) {
  const std::vector<double> a = ranksOf(left);
  const std::vector<double> b = ranksOf(right);
  const double middle = (static_cast<double>(a.size()) - 1) / 2;
  double together = 0;
  double alone = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    together += (a[i] - middle) * (b[i] - middle);
    alone += (a[i] - middle) * (a[i] - middle);
  }
  return together / alone;
}

class PriorRanking : public ::testing::TestWithParam<std::string> {};

std::unique_ptr<TensorProblem> problemOnTheRecordedMachine(const std::string& layer) {
  const auto sheet = hardwareSheetFromJson(fileText(dataFile("sheet.json")));
  EXPECT_TRUE(sheet.has_value());
  TensorProblemOptions options;
  options.sheet = *sheet;
  options.offline = true;
  auto problem = makeTensorProblem(*namedWorkload(layer), options);
  EXPECT_TRUE(problem.has_value());
  return *std::move(problem);
}

TEST_P(PriorRanking, GetsBetterByLearningHalfOfTheTimes) {
  const auto problem = problemOnTheRecordedMachine(GetParam());
  const Recorded programs = recorded(GetParam());
  struct Timed {
    State state;
    double seconds;
    double off;  ///< of the prior: measured / predicted
  };
  std::vector<Timed> timed;
  for (std::size_t i = 0; i < programs.traces.size(); ++i) {
    const auto state = problem->stateOf(programs.traces[i]);
    ASSERT_TRUE(state.has_value()) << state.error().text();
    const double seconds = 1e-3 * programs.milliseconds[i];
    timed.push_back({*state, seconds, seconds / problem->predict({&*state, 1}).at(0).seconds});
  }
  // Every second program by how far the prior is off: two equal halves.
  std::stable_sort(timed.begin(), timed.end(), [](const Timed& a, const Timed& b) { return a.off < b.off; });
  std::vector<Observation> taught;
  std::vector<State> asked;
  std::vector<double> measured;
  for (std::size_t i = 0; i < timed.size(); ++i) {
    if (i % 2 == 0) {
      Measurement measurement;
      measurement.valid = true;
      measurement.seconds = timed[i].seconds;
      taught.push_back({timed[i].state, measurement});
    } else {
      asked.push_back(timed[i].state);
      measured.push_back(timed[i].seconds);
    }
  }
  const auto judge = [&] {
    std::vector<double> predicted;
    double error = 0;
    for (const Prediction& prediction : problem->predict(asked)) {
      error += std::abs(std::log(prediction.seconds / measured[predicted.size()])) /
               static_cast<double>(asked.size());
      predicted.push_back(prediction.seconds);
    }
    return std::pair(spearman(predicted, measured), error);
  };
  const auto before = judge();
  ASSERT_TRUE(problem->learn(taught));
  const auto after = judge();
  RecordProperty("spearman_before_percent", static_cast<int>(100 * before.first));
  RecordProperty("spearman_after_percent", static_cast<int>(100 * after.first));
  EXPECT_GE(after.first, before.first - 0.06) << "thirty programs have no sharper rank than that";
  EXPECT_LT(after.second, 1.1 * before.second) << "noise of thirty programs may take a little back";
  constexpr double kNear = 0.3;  // mean |log| of the ratio: thirty programs hardly bring a prior nearer
  EXPECT_LT(after.second, std::max(kNear, 0.8 * before.second));
}

TEST_P(PriorRanking, FollowsMeasuredTimesBeforeAnythingWasLearned) {
  const auto problem = problemOnTheRecordedMachine(GetParam());
  const Recorded programs = recorded(GetParam());
  ASSERT_GE(programs.traces.size(), 40U);
  std::vector<double> predicted;
  std::vector<double> measured;
  for (std::size_t i = 0; i < programs.traces.size(); ++i) {
    const auto state = problem->stateOf(programs.traces[i]);
    ASSERT_TRUE(state.has_value()) << state.error().text();
    predicted.push_back(problem->predict({&*state, 1}).front().seconds);
    measured.push_back(programs.milliseconds[i]);
  }
  const double correlation = spearman(predicted, measured);
  RecordProperty("spearman_percent", static_cast<int>(100 * correlation));
  EXPECT_GE(correlation, 0.75);
}

// Random members of the design space.
INSTANTIATE_TEST_SUITE_P(Layers, PriorRanking,
                         ::testing::Values("matmul_small", "conv_small", "mlp_small", "attention_small",
                                           "softmax_small"),
                         [](const auto& layer) { return layer.param; });

}  // namespace
}  // namespace espalier
