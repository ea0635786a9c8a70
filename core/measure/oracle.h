// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "program/program.h"

namespace espalier {

enum class OracleKind : std::uint8_t {
  Exact,  ///< every order of evaluation gives the same bits on the exact inputs: compare with ==
  Float,  ///< compare with a bound on the error
};

struct Oracle {
  OracleKind kind = OracleKind::Float;
  int bits = 0;       ///< Exact: inputs are multiples of 2^−bits in [−1, 1]
  std::string words;  ///< why, for instance `exact: sums and products, partial sums below 2^19 of 2^24 units`
};

/// Decides from p0. Exact needs: +, −, ×, max, min, select, loads and dyadic constants only, and some number
/// of input bits (3 … 0) with which every value on the way is an integer below 2^24 (2^53 for float64) in its
/// unit; with K terms of products of two inputs that is K · 2^(2·bits) < 2^24.
[[nodiscard]] Oracle classify(const Program& initial);

}  // namespace espalier
