// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "efficiency/statistics.h"

namespace espalier::bench {

/// A line with a band of quartiles.
struct Line {
  std::string name;
  std::vector<Spread> points;  ///< at sample 1, 2, …
};

/// Panels below each other, one a layer: best speedup over samples (logarithmic), a line for each way.
struct Panel {
  std::string title;
  std::string axis;
  std::vector<Line> lines;
};
[[nodiscard]] std::string chartSvg(const std::vector<Panel>& panels);

}  // namespace espalier::bench
