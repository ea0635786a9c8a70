// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "program/analysis.h"
#include "program/program.h"

namespace espalier {

/// Consecutive values begin … end − 1 of a loop over which every guard behaves alike.
struct GuardRegion {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  bool undecided = false;  ///< for some guard it depends on other variables whether it holds
};

/// Cuts the values of a variable where one of the guards changes from surely true to undecided to surely
/// false, with all other variables anywhere in their ranges. `ranges` is by LoopId and comes back unchanged.
/// A guard that changes its answer more often than that stays undecided in between.
[[nodiscard]] std::vector<GuardRegion> guardRegions(LoopId variable, Interval values,
                                                    const std::vector<Guard>& guards,
                                                    std::vector<Interval>& ranges);

}  // namespace espalier
