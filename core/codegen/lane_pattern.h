// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "program/analysis.h"

namespace espalier {

/// Where the lanes of one access lie, if that is known when code is generated: interleaved pairs, every
/// second element, the same element in neighbouring lanes. Such an access is a few whole vectors and a
/// shuffle.
struct LanePattern {
  Expr base;                         ///< offset of the first lane
  std::vector<std::int64_t> places;  ///< of the active lanes, in elements from the base
  Expr row;                          ///< base + lane, if the lanes turn out to be consecutive

  [[nodiscard]] std::int64_t lowest() const;
  /// Elements from the lowest place to the highest one, both included.
  [[nodiscard]] std::int64_t span() const;
  /// Each lane one element behind the one before.
  [[nodiscard]] bool consecutive() const;
};

/// Elements that a pattern may span, in vectors, before it is gathered lane by lane.
inline constexpr std::int64_t kWidestPattern = 4;

/// The pattern of an offset over lowered variables with these ranges; nothing if the distances between lanes
/// depend on other variables.
[[nodiscard]] std::optional<LanePattern> lanePattern(const Expr& offset, LoopId lane, int active,
                                                     const std::vector<Interval>& ranges);

}  // namespace espalier
