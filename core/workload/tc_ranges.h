// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "program/analysis.h"
#include "program/expression.h"

namespace espalier {

/// One subscript of a tensor access: its value must lie in 0 … extent − 1. Index variables are
/// AxisVar(position).
struct TcSubscript {
  Expr value;
  std::int64_t extent = 1;
};

/// Range of each index variable, both ends included; nothing while it is not known. low > high: empty.
using TcRanges = std::vector<std::optional<Interval>>;

/// Gives every variable that the subscripts determine its largest range without a read out of bounds. In
/// rounds: each round uses the subscripts with exactly one unknown variable, and intersects what they say.
void inferRanges(const std::vector<TcSubscript>& subscripts, TcRanges& ranges);

/// Smallest and largest value of an index expression; nothing if it reads a tensor, holds an unknown
/// variable, or leaves the range of 62-bit numbers.
[[nodiscard]] std::optional<Interval> boundsOf(const Expr& value, const TcRanges& ranges);

}  // namespace espalier
