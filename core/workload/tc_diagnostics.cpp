// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "workload/tc_diagnostics.h"

#include <algorithm>

namespace espalier {
namespace {

constexpr std::size_t kWidestLine = 160;

bool continuesCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

/// What a terminal can show: tabs become blanks, other control bytes question marks.
std::string printable(std::string_view text) {
  std::string result(text);
  for (char& character : result)
    if (character == '\t')
      character = ' ';
    else if (static_cast<unsigned char>(character) < 0x20U || character == '\x7f')
      character = '?';
  return result;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !continuesCharacter(byte); }));
}

}  // namespace

void TcDiagnostics::fail(SourceSpan span, const std::string& what, const std::string& hint) {
  if (error_) return;
  const std::size_t begin = std::min(span.begin, text_.size());
  const auto before = text_.substr(0, begin);
  const auto line = 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t lineBegin =
      before.find_last_of('\n') == std::string_view::npos ? 0 : before.find_last_of('\n') + 1;
  std::size_t lineEnd = text_.find('\n', begin);
  if (lineEnd == std::string_view::npos) lineEnd = text_.size();
  const auto left = text_.substr(lineBegin, begin - lineBegin);
  const std::string number = std::to_string(line);

  std::string message = fileName_ + ":" + number + ":" + std::to_string(characters(left) + 1) + ": " + what;
  if (lineEnd - lineBegin <= kWidestLine) {
    const std::size_t end = std::clamp(span.end, begin, lineEnd);
    const std::size_t marked = std::max<std::size_t>(1, characters(text_.substr(begin, end - begin)));
    message += "\n  " + number + " | " + printable(text_.substr(lineBegin, lineEnd - lineBegin)) + "\n  " +
               std::string(number.size(), ' ') + " | " + std::string(characters(left), ' ') + "^" +
               std::string(marked - 1, '~');
  }
  error_ = Error{ErrorKind::Input, std::move(message), hint};
}

void TcDiagnostics::fail(Error error) {
  if (!error_) error_ = std::move(error);
}

}  // namespace espalier
