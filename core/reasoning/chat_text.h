// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace espalier {

/// Foreign text made safe to store and to show: valid UTF-8 (U+FFFD for what is not), no control characters
/// but newline and tab (CRLF becomes newline; others are shown as `\x1b`), no characters that reorder or hide
/// text.
[[nodiscard]] std::string cleanText(std::string_view text);

/// The same on one line: newlines and tabs become spaces, runs of spaces one space.
[[nodiscard]] std::string cleanLine(std::string_view text);

/// At most `limit` bytes, cut between characters; "…" marks the cut.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t limit);

/// Tokens that a byte-pair vocabulary of the usual kind needs, approximately and rather too many than too
/// few: a word costs one token for each started six letters, a number one for each started three digits,
/// every other visible character one token with spaces before it free, a run of white space with a newline
/// one, a non-ASCII character one.
[[nodiscard]] std::size_t estimateTokens(std::string_view text);

/// A key that must never be shown. It has no printing and no comparison; `redact` removes it from other text.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  [[nodiscard]] bool empty() const { return value_.empty(); }
  /// For the one place that sends it.
  [[nodiscard]] const std::string& reveal() const { return value_; }
  /// The text with every occurrence of the key replaced by `[key]`. Placeholders shorter than six characters,
  /// as local servers accept them, are no secret and stay.
  [[nodiscard]] std::string redact(std::string_view text) const;

 private:
  std::string value_;
};

/// Redacts a text that arrives in pieces: holds back what may be the beginning of the key.
class StreamRedactor {
 public:
  explicit StreamRedactor(const Secret& secret) : secret_(&secret) {}
  [[nodiscard]] std::string feed(std::string_view piece);
  [[nodiscard]] std::string finish();

 private:
  const Secret* secret_;
  std::string held_;
};

}  // namespace espalier
