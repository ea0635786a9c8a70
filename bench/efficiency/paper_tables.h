// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "efficiency/study.h"

namespace espalier::bench {

struct PaperOptions {
  std::vector<std::string> ways = {"random", "evolutionary", "mcts", "rules"};  ///< of table 3
  int ruleSamples = 64;                                                         ///< that MCTS + rules may use
  std::string recording;  ///< of exchanges with a model; empty = that way is left out
  std::vector<int> points = {18, 36, 72, 150, 200, 600};  ///< of table 3
};

/// Table 1: evolutionary search where it saturates, the first sample within 1 % of its own final best,
/// against MCTS + rules where it comes within 1 % of the same best, and where it is as fast.
[[nodiscard]] Result<Report> saturation(const Settings& settings, const PaperOptions& options);

/// Table 3: best speedup at sample points.
[[nodiscard]] Result<Report> samplePoints(const Settings& settings, const PaperOptions& options);

/// Tables 5 and 6, and parts of our own: MCTS without proposals with one thing changed at a time.
[[nodiscard]] Result<Report> ablations(const Settings& settings, const PaperOptions& options);

}  // namespace espalier::bench
