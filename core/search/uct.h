// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace espalier {

/// The paper's formula, W/N + c · sqrt(ln N(parent) / N), with its two terms apart. Expansions in flight
/// count as visits without reward (virtual loss), in the parent as well as in the child.
struct Uct {
  double mean = 0;
  double exploration = 0;
  [[nodiscard]] double value() const { return mean + exploration; }
};

/// A child that was never visited comes first: its exploration is larger than any visited one's.
inline constexpr double kUnvisitedExploration = 1e9;

[[nodiscard]] inline Uct uct(double totalValue, std::uint32_t visits, std::uint32_t parentVisits,
                             double exploration) {
  if (visits == 0) return {0, kUnvisitedExploration};
  const double logarithm = std::log(std::max(1.0, static_cast<double>(parentVisits)));
  return {totalValue / visits, exploration * std::sqrt(logarithm / visits)};
}

/// With a prior: W/N + c · P · sqrt(N(parent)) / (1 + N), where P is the share of the child in what its
/// parent's children are believed to be worth before they are tried.
[[nodiscard]] inline Uct puct(double totalValue, std::uint32_t visits, std::uint32_t parentVisits,
                              double exploration, double prior) {
  const double mean = visits == 0 ? 0 : totalValue / visits;
  return {mean, exploration * prior * std::sqrt(static_cast<double>(parentVisits)) / (1.0 + visits)};
}

}  // namespace espalier
