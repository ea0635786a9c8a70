// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "efficiency/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "measure/timing.h"

namespace espalier::bench {
namespace {

std::vector<double> ranksOf(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (std::size_t i = begin; i < end; ++i) ranks[order[i]] = static_cast<double>(begin + end - 1) / 2;
    begin = end;
  }
  return ranks;
}

}  // namespace

Spread spreadOf(const std::vector<double>& values) {
  return {quantileOf(values, 0.25), quantileOf(values, 0.5), quantileOf(values, 0.75)};
}

double geometricMean(const std::vector<double>& values) {
  if (values.empty()) return 0;
  double sum = 0;
  for (const double value : values) sum += std::log(value);
  return std::exp(sum / static_cast<double>(values.size()));
}

double spearman(const std::vector<double>& left, const std::vector<double>& right) {
  const std::vector<double> a = ranksOf(left);
  const std::vector<double> b = ranksOf(right);
  const double middle = (static_cast<double>(a.size()) - 1) / 2;
  double together = 0;
  double squaresLeft = 0;
  double squaresRight = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    together += (a[i] - middle) * (b[i] - middle);
    squaresLeft += (a[i] - middle) * (a[i] - middle);
    squaresRight += (b[i] - middle) * (b[i] - middle);
  }
  return squaresLeft > 0 && squaresRight > 0 ? together / std::sqrt(squaresLeft * squaresRight) : 0;
}

}  // namespace espalier::bench
