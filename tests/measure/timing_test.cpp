// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/timing.h"

#include <gtest/gtest.h>

#include <string>

namespace espalier {
namespace {

/// A clock that kernels move.
struct FakeMachine {
  double time = 0;
  std::string order;

  std::function<void()> kernel(char name, double seconds) {
    return [this, name, seconds] {
      time += seconds;
      order += name;
    };
  }
  std::function<double()> clock() {
    return [this] { return time; };
  }
};

TEST(Timing, FastKernelIsRepeatedUntilARepeatLastsLongEnough) {
  FakeMachine machine;
  TimingOptions options;
  options.minimumRepeatSeconds = 1e-3;
  options.repeats = 5;
  options.budgetSeconds = 1;
  const Timing timing = timeKernel(options, machine.kernel('A', 1e-5), {}, machine.clock());
  EXPECT_EQ(timing.inner, 100);
  ASSERT_EQ(timing.repeats.size(), 5U);
  for (const double seconds : timing.repeats) EXPECT_NEAR(seconds, 1e-5, 1e-12);
}

TEST(Timing, SlowKernelRunsOnceWithinItsBudget) {
  FakeMachine machine;
  const Timing timing = timeKernel({}, machine.kernel('A', 3), {}, machine.clock());
  EXPECT_EQ(timing.repeats, std::vector<double>{3});
  EXPECT_EQ(machine.order, "A");
}

TEST(Timing, BudgetLimitsTheRepeats) {
  FakeMachine machine;
  TimingOptions options;
  options.budgetSeconds = 0.1;
  options.repeats = 1000;
  const Timing timing = timeKernel(options, machine.kernel('A', 0.01), {}, machine.clock());
  EXPECT_LE(machine.time, 0.12);
  EXPECT_GE(timing.repeats.size(), 5U);
}

TEST(Timing, MuchSlowerThanTheBestStopsAfterOneRepeat) {
  FakeMachine machine;
  TimingOptions options;
  options.stopAboveSeconds = 3e-3;
  const Timing timing =
      timeKernel(options, machine.kernel('A', 4e-3), machine.kernel('B', 1e-3), machine.clock());
  EXPECT_TRUE(timing.stoppedEarly);
  EXPECT_EQ(timing.repeats.size(), 1U);
  EXPECT_EQ(machine.order.find('B'), std::string::npos);
}

TEST(Timing, IncumbentIsInterleavedInTurns) {
  FakeMachine machine;
  TimingOptions options;
  options.repeats = 4;
  options.budgetSeconds = 1;
  options.minimumRepeatSeconds = 1e-3;
  const Timing timing =
      timeKernel(options, machine.kernel('A', 2e-3), machine.kernel('B', 2e-3), machine.clock());
  EXPECT_EQ(timing.repeats.size(), 4U);
  EXPECT_EQ(timing.beside.size(), 4U);
  // Two to warm up and calibrate each (the first repeat of A is its calibration), then B A A B B A.
  EXPECT_EQ(machine.order, "AABBBBAABBA");
}

TEST(Timing, QuantilesAreLinearBetweenRanks) {
  EXPECT_EQ(quantileOf({}, 0.5), 0);
  EXPECT_EQ(quantileOf({4}, 0.2), 4);
  EXPECT_DOUBLE_EQ(quantileOf({3, 1, 2}, 0.5), 2);
  EXPECT_DOUBLE_EQ(quantileOf({1, 2}, 0.25), 1.25);
  EXPECT_DOUBLE_EQ(rankingSeconds({6, 5, 4, 3, 2, 1}), 2);
  EXPECT_DOUBLE_EQ(noiseOf({1, 1, 1}), 0);
  EXPECT_GT(noiseOf({1, 1, 2, 2, 2}), 0);
}

}  // namespace
}  // namespace espalier
