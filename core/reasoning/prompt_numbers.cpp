// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/prompt_numbers.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace espalier {

std::string significant(double value, int digits) {
  if (!std::isfinite(value)) return "unknown";
  if (value == 0) return "0";
  const int magnitude = std::clamp(static_cast<int>(std::floor(std::log10(std::abs(value)))), -20, 20);
  const int decimals = std::max(0, digits - 1 - magnitude);
  char text[64];
  const auto [end, error] =
      std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, decimals);
  return error == std::errc() ? std::string(text, end) : "unknown";
}

std::string timeText(double seconds) {
  if (!(seconds > 0)) return "unknown";
  if (seconds < 1e-6) return significant(seconds * 1e9) + " ns";
  if (seconds < 1e-3) return significant(seconds * 1e6) + " us";
  if (seconds < 1) return significant(seconds * 1e3) + " ms";
  return significant(seconds) + " s";
}

}  // namespace espalier
