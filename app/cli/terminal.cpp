// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.h"

#include <cstdint>

namespace espalier::cli {
namespace {

/// Length of the well-formed UTF-8 sequence at the start of `text`, or 0; `codePoint` is what it encodes.
std::size_t sequenceLength(std::string_view text, std::uint32_t& codePoint) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  std::size_t length = 0;
  std::uint32_t smallest = 0;
  if (first < 0x80) {
    codePoint = first;
    return 1;
  }
  if ((first & 0xe0) == 0xc0) {
    length = 2, smallest = 0x80, codePoint = first & 0x1fU;
  } else if ((first & 0xf0) == 0xe0) {
    length = 3, smallest = 0x800, codePoint = first & 0x0fU;
  } else if ((first & 0xf8) == 0xf0) {
    length = 4, smallest = 0x10000, codePoint = first & 0x07U;
  } else {
    return 0;
  }
  if (text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    codePoint = (codePoint << 6) | (byte(i) & 0x3fU);
  }
  const bool surrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
  return codePoint < smallest || codePoint > 0x10ffff || surrogate ? 0 : length;
}

/// C0 and C1 controls, and the marks that reorder or hide text.
bool isDangerous(std::uint32_t codePoint) {
  return (codePoint < 0x20 && codePoint != '\n' && codePoint != '\t') ||
         (codePoint >= 0x7f && codePoint < 0xa0) || codePoint == 0x200e || codePoint == 0x200f ||
         (codePoint >= 0x202a && codePoint <= 0x202e) || (codePoint >= 0x2066 && codePoint <= 0x2069);
}

void appendEscaped(std::string& text, std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  for (const char raw : bytes) {
    const auto byte = static_cast<unsigned char>(raw);
    text += "\\x";
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
}

}  // namespace

std::string harmless(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    std::uint32_t codePoint = 0;
    const std::size_t length = sequenceLength(text, codePoint);
    const std::string_view bytes = text.substr(0, length == 0 ? 1 : length);
    if (length == 0 || isDangerous(codePoint)) {
      appendEscaped(result, bytes);
    } else {
      result += bytes;
    }
    text.remove_prefix(bytes.size());
  }
  return result;
}

std::size_t displayWidth(std::string_view text) {
  std::size_t columns = 0;
  for (const char character : text) columns += (static_cast<unsigned char>(character) & 0xc0) != 0x80 ? 1 : 0;
  return columns;
}

}  // namespace espalier::cli
