// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace espalier::ui {

/// A part of a line that differs, in bytes.
struct DiffSpan {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool operator==(const DiffSpan&) const = default;
};

struct DiffLine {
  enum class Kind : std::uint8_t { Same, Removed, Added };
  Kind kind = Kind::Same;
  int before = 0;  ///< line number in the first text, from 1; 0 = not in it
  int after = 0;   ///< in the second
  std::string text;
  std::vector<DiffSpan> words;  ///< of a changed line: what differs from its counterpart; empty = all of it
};

/// The smallest set of removed and added lines (Myers, "An O(ND) difference algorithm", 1986). Neighbouring
/// removed and added lines are matched in order, and their differing words marked. Texts that differ in very
/// many lines are replaced whole.
[[nodiscard]] std::vector<DiffLine> diffTexts(std::string_view before, std::string_view after);

/// For each line of `after` (from 0) whether it is new or changed.
[[nodiscard]] std::vector<bool> changedLines(std::string_view before, std::string_view after);

}  // namespace espalier::ui
