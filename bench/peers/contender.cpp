// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "peers/contender.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "measure/timing.h"

namespace espalier::bench {
namespace {

double timeOf(const Contender& contender, int executions) {
  if (contender.time) return contender.time(executions);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < executions; ++i) contender.run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / executions;
}

double differenceOf(const std::vector<float>& left, const std::vector<float>& right) {
  if (left.size() != right.size()) return INFINITY;
  double largest = 0;
  double apart = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (!std::isfinite(left[i]) || !std::isfinite(right[i])) return INFINITY;
    largest = std::max(largest, std::abs(static_cast<double>(left[i])));
    apart = std::max(apart, std::abs(static_cast<double>(left[i]) - static_cast<double>(right[i])));
  }
  return largest > 0 ? apart / largest : apart;
}

}  // namespace

double Standing::median() const { return quantileOf(seconds, 0.5); }

double Standing::spread() const { return (quantileOf(seconds, 0.75) - quantileOf(seconds, 0.25)) / median(); }

std::vector<Standing> contest(const std::vector<Contender>& contenders, const ContestOptions& options) {
  std::vector<Standing> standings(contenders.size());
  std::vector<int> executions;
  std::vector<float> expected;
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    (void)timeOf(contenders[i], 1);
    const double once = std::max(1e-7, timeOf(contenders[i], 3));
    executions.push_back(std::max(1, static_cast<int>(std::ceil(options.minimumSeconds / once))));
    if (!contenders[i].output) continue;
    const std::vector<float> output = contenders[i].output();
    if (i == 0) expected = output;
    standings[i].difference = differenceOf(expected, output);
  }
  for (int round = 0; round < options.rounds; ++round)
    for (std::size_t turn = 0; turn < contenders.size(); ++turn) {
      const std::size_t i = (turn + static_cast<std::size_t>(round)) % contenders.size();
      (void)timeOf(contenders[i], executions[i]);
      standings[i].seconds.push_back(timeOf(contenders[i], executions[i]));
    }
  return standings;
}

}  // namespace espalier::bench
