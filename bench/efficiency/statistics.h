// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace espalier::bench {

/// Median and quartiles, linear between ranks; all 0 for no values.
struct Spread {
  double low = 0;
  double median = 0;
  double high = 0;
};
[[nodiscard]] Spread spreadOf(const std::vector<double>& values);

/// Of positive values; 0 for none.
[[nodiscard]] double geometricMean(const std::vector<double>& values);

/// Rank correlation; ties get their mean rank. 0 where one side has no spread.
[[nodiscard]] double spearman(const std::vector<double>& left, const std::vector<double>& right);

}  // namespace espalier::bench
