// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/prompt_diff.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace espalier {
namespace {

/// Programs have tens of lines; the table below is quadratic.
constexpr std::size_t kMostLines = 600;

std::vector<std::string_view> linesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t at = 0; at < text.size() && lines.size() < kMostLines;) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

}  // namespace

std::string lineDiff(std::string_view before, std::string_view after, std::size_t lineLimit) {
  const std::vector<std::string_view> a = linesOf(before);
  const std::vector<std::string_view> b = linesOf(after);
  // common[i][j]: length of the longest common subsequence of a from i and b from j.
  const std::size_t width = b.size() + 1;
  std::vector<std::uint16_t> common((a.size() + 1) * width, 0);
  for (std::size_t i = a.size(); i-- > 0;) {
    for (std::size_t j = b.size(); j-- > 0;) {
      common[i * width + j] = a[i] == b[j] ? static_cast<std::uint16_t>(common[(i + 1) * width + j + 1] + 1)
                                           : std::max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
  }
  std::string diff;
  std::size_t written = 0;
  std::size_t left = 0;
  bool skipped = false;
  const auto write = [&](const char* mark, std::string_view line) {
    if (written >= lineLimit) {
      ++left;
      return;
    }
    if (skipped) diff += "  …\n";
    skipped = false;
    diff.append(mark).append(line).append("\n");
    ++written;
  };
  for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      skipped = true;
      ++i;
      ++j;
    } else if (j == b.size() || (i < a.size() && common[(i + 1) * width + j] >= common[i * width + j + 1])) {
      write("- ", a[i++]);
    } else {
      write("+ ", b[j++]);
    }
  }
  if (left > 0) diff += "  … " + std::to_string(left) + " more lines differ\n";
  if (!diff.empty()) diff.pop_back();
  return diff;
}

}  // namespace espalier
