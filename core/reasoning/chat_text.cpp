// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/chat_text.h"

#include <algorithm>
#include <cstdint>

namespace espalier {
namespace {

constexpr std::size_t kShortestSecret = 6;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Character {
  std::uint32_t code = 0;
  std::size_t length = 1;  ///< bytes read
  bool valid = false;
};

Character decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t offset) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at + offset]));
  };
  const std::uint32_t first = byte(0);
  if (first < 0x80) return {first, 1, true};
  std::size_t length = 0;
  std::uint32_t code = 0;
  if (first >= 0xC2 && first < 0xE0) {
    length = 2;
    code = first & 0x1F;
  } else if (first >= 0xE0 && first < 0xF0) {
    length = 3;
    code = first & 0x0F;
  } else if (first >= 0xF0 && first < 0xF5) {
    length = 4;
    code = first & 0x07;
  } else {
    return {};
  }
  if (at + length > text.size()) return {};
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = (code << 6) | (byte(i) & 0x3F);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (overlong || surrogate || code > 0x10FFFF) return {};
  return {code, length, true};
}

/// Characters that hide or reorder their neighbours on a screen.
bool isDeceptive(std::uint32_t code) {
  return (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x2069) || code == 0xFEFF || (code >= 0xFFF9 && code <= 0xFFFB) ||
         (code >= 0xE0000 && code <= 0xE007F) || code == 0x061C;
}

void appendEscape(std::string& out, std::uint32_t code) {
  static constexpr char digits[] = "0123456789abcdef";
  out += "\\x";
  out += digits[(code >> 4) & 15];
  out += digits[code & 15];
}

bool isContinuation(char character) { return (static_cast<unsigned char>(character) & 0xC0) == 0x80; }

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool isDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string cleanText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Character character = decode(text, at);
    if (!character.valid) {
      out += kReplacement;
      ++at;
      continue;
    }
    const std::uint32_t code = character.code;
    if (code == '\r') {
      const bool beforeNewline = at + 1 < text.size() && text[at + 1] == '\n';
      if (!beforeNewline) out += '\n';
    } else if (code == '\n' || code == '\t') {
      out += static_cast<char>(code);
    } else if (code < 0x20 || (code >= 0x7F && code < 0xA0)) {
      appendEscape(out, code);
    } else if (!isDeceptive(code)) {
      out += text.substr(at, character.length);
    }
    at += character.length;
  }
  return out;
}

std::string cleanLine(std::string_view text) {
  const std::string clean = cleanText(text);
  std::string out;
  out.reserve(clean.size());
  for (const char character : clean) {
    const bool blank = character == '\n' || character == '\t' || character == ' ';
    if (!blank) {
      out += character;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string shortened(std::string_view text, std::size_t limit) {
  constexpr std::string_view kEllipsis = "…";
  if (text.size() <= limit) return std::string(text);
  std::size_t cut = limit > kEllipsis.size() ? limit - kEllipsis.size() : 0;
  while (cut > 0 && isContinuation(text[cut])) --cut;
  return std::string(text.substr(0, cut)).append(kEllipsis);
}

std::size_t estimateTokens(std::string_view text) {
  constexpr std::size_t kLettersAToken = 6;
  constexpr std::size_t kDigitsAToken = 3;
  std::size_t tokens = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char character = text[at];
    if (isLetter(character)) {
      while (at < text.size() && isLetter(text[at])) ++at;
      tokens += (at - begin + kLettersAToken - 1) / kLettersAToken;
    } else if (isDigit(character)) {
      while (at < text.size() && isDigit(text[at])) ++at;
      tokens += (at - begin + kDigitsAToken - 1) / kDigitsAToken;
    } else if (character == ' ') {
      ++at;
    } else if (character == '\n' || character == '\t' || character == '\r') {
      while (at < text.size() &&
             (text[at] == '\n' || text[at] == ' ' || text[at] == '\t' || text[at] == '\r'))
        ++at;
      ++tokens;
    } else {
      ++at;
      if (!isContinuation(character)) ++tokens;
    }
  }
  return tokens;
}

std::string Secret::redact(std::string_view text) const {
  if (value_.size() < kShortestSecret) return std::string(text);
  std::string out;
  std::size_t at = 0;
  for (;;) {
    const std::size_t found = text.find(value_, at);
    if (found == std::string_view::npos) break;
    out.append(text.substr(at, found - at)).append("[key]");
    at = found + value_.size();
  }
  return out.append(text.substr(at));
}

std::string StreamRedactor::feed(std::string_view piece) {
  held_ += piece;
  const std::string& key = secret_->reveal();
  held_ = secret_->redact(held_);
  std::size_t keep = key.size() < kShortestSecret ? 0 : std::min(key.size() - 1, held_.size());
  while (keep > 0 && held_.compare(held_.size() - keep, keep, key, 0, keep) != 0) --keep;
  std::string out = held_.substr(0, held_.size() - keep);
  held_.erase(0, held_.size() - keep);
  return out;
}

std::string StreamRedactor::finish() {
  std::string out;
  out.swap(held_);
  return out;
}

}  // namespace espalier
