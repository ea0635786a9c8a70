// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace espalier {

/// A number with so many significant digits, never in exponent form, equal in every locale: `0.00123`,
/// `41.6`, `12300`.
[[nodiscard]] std::string significant(double value, int digits = 3);

/// A time with a fitting unit: `1.23 ms`, `45.6 us`.
[[nodiscard]] std::string timeText(double seconds);

}  // namespace espalier
