// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace espalier::cli {

// Figures as people read them.

[[nodiscard]] std::string fixed(double value, int decimals);
[[nodiscard]] std::string duration(double seconds);  ///< `1.24 ms`, `310 µs`, `2.1 s`
[[nodiscard]] std::string quantity(double value);    ///< `469.8 M`: three or four digits and a decimal prefix
[[nodiscard]] std::string bytesInWords(double bytes);   ///< `58.7 MB`
[[nodiscard]] std::string grouped(std::int64_t value);  ///< `32,768`

}  // namespace espalier::cli
