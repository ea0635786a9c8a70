// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/line_blame.h"

#include <algorithm>

#include "models/text_diff.h"

namespace espalier::ui {

std::vector<int> blameLines(std::span<const std::string> versions) {
  if (versions.empty()) return {};
  std::vector<int> blame(
      static_cast<std::size_t>(std::count(versions[0].begin(), versions[0].end(), '\n')) + 1, 0);
  for (std::size_t version = 1; version < versions.size(); ++version) {
    std::vector<int> next;
    for (const DiffLine& line : diffTexts(versions[version - 1], versions[version])) {
      if (line.kind == DiffLine::Kind::Removed) continue;
      const auto before = static_cast<std::size_t>(line.before);
      const bool kept = line.kind == DiffLine::Kind::Same && before > 0 && before <= blame.size();
      next.push_back(kept ? blame[before - 1] : static_cast<int>(version));
    }
    blame = std::move(next);
  }
  return blame;
}

std::vector<int> foldRanges(std::string_view text) {
  constexpr int kBlank = -1;
  std::vector<int> indents;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const std::size_t first = line.find_first_not_of(" \t");
    indents.push_back(first == std::string_view::npos ? kBlank : static_cast<int>(first));
    begin = end + 1;
  }
  std::vector<int> last(indents.size());
  // Blocks that are open, outermost first, each with its first line.
  std::vector<int> open;
  int previous = 0;
  const auto closeTo = [&](int indent) {
    while (!open.empty() && indents[static_cast<std::size_t>(open.back())] >= indent) {
      last[static_cast<std::size_t>(open.back())] = previous;
      open.pop_back();
    }
  };
  for (int line = 0; line < static_cast<int>(indents.size()); ++line) {
    const auto index = static_cast<std::size_t>(line);
    last[index] = line;
    if (indents[index] == kBlank) continue;
    closeTo(indents[index]);
    open.push_back(line);
    previous = line;
  }
  closeTo(0);
  return last;
}

}  // namespace espalier::ui
