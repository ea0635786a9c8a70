// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/timing.h"

#include <algorithm>
#include <cmath>

namespace espalier {
namespace {

/// Above this a first, cold execution is a fair sample: what it lacks in cached data is small beside it.
constexpr double kSlowSeconds = 0.05;

double timeOf(int executions, const std::function<void()>& kernel, const std::function<double()>& clock) {
  const double start = clock();
  for (int i = 0; i < executions; ++i) kernel();
  return (clock() - start) / executions;
}

int executionsFor(double seconds, double atLeast) {
  if (seconds >= atLeast) return 1;
  return static_cast<int>(std::min(1e6, std::ceil(atLeast / std::max(seconds, 1e-9))));
}

}  // namespace

Timing timeKernel(const TimingOptions& options, const std::function<void()>& kernel,
                  const std::function<void()>& beside, const std::function<double()>& clock) {
  Timing timing;
  const double begin = clock();
  const auto tooSlow = [&](double seconds) {
    return options.stopAboveSeconds > 0 && seconds > options.stopAboveSeconds;
  };

  double once = timeOf(1, kernel, clock);
  if (once >= kSlowSeconds) {
    timing.repeats.push_back(once);
  } else {
    once = timeOf(1, kernel, clock);  // the first one warmed caches and threads up
    timing.inner = executionsFor(once, options.minimumRepeatSeconds);
    timing.repeats.push_back(timing.inner == 1 ? once : timeOf(timing.inner, kernel, clock));
  }
  if (tooSlow(timing.repeats.front())) {
    timing.stoppedEarly = true;
    return timing;
  }

  int besideInner = 1;
  if (beside) {
    (void)timeOf(1, beside, clock);
    besideInner = executionsFor(timeOf(1, beside, clock), options.minimumRepeatSeconds);
    timing.beside.push_back(timeOf(besideInner, beside, clock));
  }
  for (int round = 1; round < options.repeats; ++round) {
    const double elapsed = clock() - begin;
    if (elapsed * (round + 1) / round > options.budgetSeconds) break;
    // A B B A: a drift of the machine falls on both alike.
    if (beside && round % 2 == 1) timing.beside.push_back(timeOf(besideInner, beside, clock));
    timing.repeats.push_back(timeOf(timing.inner, kernel, clock));
    if (beside && round % 2 == 0) timing.beside.push_back(timeOf(besideInner, beside, clock));
  }
  return timing;
}

double quantileOf(std::vector<double> values, double quantile) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double rank = std::clamp(quantile, 0.0, 1.0) * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (rank - static_cast<double>(below)) * (values[above] - values[below]);
}

double rankingSeconds(const std::vector<double>& repeats) { return quantileOf(repeats, 0.2); }

double noiseOf(const std::vector<double>& repeats) {
  const double low = rankingSeconds(repeats);
  return low > 0 ? (quantileOf(repeats, 0.5) - low) / low : 0;
}

}  // namespace espalier
