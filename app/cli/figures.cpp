// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "cli/figures.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace espalier::cli {

std::string fixed(double value, int decimals) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

namespace {

/// Four significant digits below a thousand.
std::string significant(double value) {
  const int decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
  return fixed(value, decimals);
}

}  // namespace

std::string duration(double seconds) {
  if (!std::isfinite(seconds)) return "-";
  if (seconds >= 1) return significant(seconds) + " s";
  if (seconds >= 1e-3) return significant(seconds * 1e3) + " ms";
  if (seconds >= 1e-6) return significant(seconds * 1e6) + " µs";
  return significant(seconds * 1e9) + " ns";
}

std::string quantity(double value) {
  static constexpr std::array prefixes{"", "k", "M", "G", "T", "P"};
  std::size_t index = 0;
  while (std::abs(value) >= 999.5 && index + 1 < prefixes.size()) value /= 1000, ++index;
  return index == 0 ? fixed(value, 0) : fixed(value, 1) + " " + prefixes[index];
}

std::string bytesInWords(double bytes) {
  const std::string text = quantity(bytes);
  return text + (bytes >= 999.5 ? "B" : " B");
}

std::string grouped(std::int64_t value) {
  std::string digits = std::to_string(value < 0 ? -value : value);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return value < 0 ? "-" + digits : digits;
}

}  // namespace espalier::cli
