// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace espalier {

/// A 64-bit content hash that is the same on every machine and in every run.
class Hasher {
 public:
  Hasher& add(std::uint64_t value) {
    state_ ^= value + 0x9e3779b97f4a7c15ULL + (state_ << 6) + (state_ >> 2);
    state_ = (state_ ^ (state_ >> 30)) * 0xbf58476d1ce4e5b9ULL;
    state_ ^= state_ >> 27;
    return *this;
  }
  Hasher& add(std::string_view text) {
    add(text.size());
    std::uint64_t word = 0;
    int filled = 0;
    for (const char character : text) {
      word = (word << 8) | static_cast<unsigned char>(character);
      if (++filled == 8) {
        add(word);
        word = 0;
        filled = 0;
      }
    }
    return filled == 0 ? *this : add(word);
  }
  [[nodiscard]] std::uint64_t value() const {
    const std::uint64_t mixed = (state_ ^ (state_ >> 31)) * 0x94d049bb133111ebULL;
    return mixed ^ (mixed >> 29);
  }

 private:
  std::uint64_t state_ = 0x6573706c69657231ULL;
};

/// 16 lower-case hexadecimal digits.
[[nodiscard]] inline std::string hexadecimal(std::uint64_t value) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text(16, '0');
  for (int i = 15; i >= 0; --i, value >>= 4) text[static_cast<std::size_t>(i)] = digits[value & 15];
  return text;
}

}  // namespace espalier
