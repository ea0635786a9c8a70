// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/text_diff.h"

#include <algorithm>
#include <cctype>

namespace espalier::ui {
namespace {

constexpr std::size_t kMostEdits = 1500;  ///< the memory of the search grows with the square of the edits
constexpr std::size_t kMostWords = 400;   ///< of a line that is compared word by word

enum class Edit : std::uint8_t { Keep, Remove, Add };

/// The edit script from one sequence to another; empty if it would need more than `limit` edits.
std::vector<Edit> editScript(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b,
                             std::size_t limit) {
  const auto n = static_cast<std::ptrdiff_t>(a.size());
  const auto m = static_cast<std::ptrdiff_t>(b.size());
  const auto most = std::min(static_cast<std::ptrdiff_t>(limit), n + m);
  std::vector<std::ptrdiff_t> furthest(static_cast<std::size_t>(2 * most + 3), 0);
  const auto at = [&](std::ptrdiff_t diagonal) -> std::ptrdiff_t& {
    return furthest[static_cast<std::size_t>(diagonal + most + 1)];
  };
  // What the frontier was before each round, only the diagonals that the round reads.
  std::vector<std::vector<std::ptrdiff_t>> rounds;
  for (std::ptrdiff_t edits = 0; edits <= most; ++edits) {
    rounds.emplace_back(furthest.begin() + (most + 1 - edits - 1), furthest.begin() + (most + 1 + edits + 2));
    for (std::ptrdiff_t k = -edits; k <= edits; k += 2) {
      const bool down = k == -edits || (k != edits && at(k - 1) < at(k + 1));
      std::ptrdiff_t x = down ? at(k + 1) : at(k - 1) + 1;
      while (x < n && x - k < m && x - k >= 0 &&
             a[static_cast<std::size_t>(x)] == b[static_cast<std::size_t>(x - k)])
        ++x;
      at(k) = x;
      if (x < n || x - k < m) continue;

      std::vector<Edit> script;
      std::ptrdiff_t diagonal = k;
      for (std::ptrdiff_t round = edits; round >= 0; --round) {
        const auto& frontier = rounds[static_cast<std::size_t>(round)];
        const auto was = [&](std::ptrdiff_t d) { return frontier[static_cast<std::size_t>(d + round + 1)]; };
        const bool came = diagonal == -round || (diagonal != round && was(diagonal - 1) < was(diagonal + 1));
        const std::ptrdiff_t start = round == 0 ? 0 : (came ? was(diagonal + 1) : was(diagonal - 1) + 1);
        for (; x > start; --x) script.push_back(Edit::Keep);
        if (round == 0) break;
        script.push_back(came ? Edit::Add : Edit::Remove);
        diagonal += came ? 1 : -1;
        x = was(diagonal);
      }
      std::reverse(script.begin(), script.end());
      return script;
    }
  }
  return {};
}

std::vector<std::string_view> linesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

/// Runs of letters and digits, and everything else character by character.
std::vector<std::string_view> wordsOf(std::string_view line) {
  const auto partOfWord = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
           (static_cast<unsigned char>(c) & 0x80U) != 0;
  };
  std::vector<std::string_view> words;
  for (std::size_t begin = 0; begin < line.size();) {
    std::size_t end = begin + 1;
    while (partOfWord(line[begin]) && end < line.size() && partOfWord(line[end])) ++end;
    words.push_back(line.substr(begin, end - begin));
    begin = end;
  }
  return words;
}

void extend(std::vector<DiffSpan>& spans, std::size_t begin, std::size_t end) {
  if (!spans.empty() && spans.back().end == begin) {
    spans.back().end = end;
  } else {
    spans.push_back({begin, end});
  }
}

void markWords(DiffLine& removed, DiffLine& added) {
  const auto before = wordsOf(removed.text);
  const auto after = wordsOf(added.text);
  if (before.size() > kMostWords || after.size() > kMostWords) return;
  const std::vector<Edit> script = editScript(before, after, kMostWords * 2);
  std::size_t i = 0;
  std::size_t j = 0;
  std::size_t x = 0;
  std::size_t y = 0;
  std::size_t kept = 0;
  for (const Edit edit : script) {
    const std::size_t was = edit == Edit::Add ? 0 : before[i].size();
    const std::size_t is = edit == Edit::Remove ? 0 : after[j].size();
    if (edit == Edit::Remove) extend(removed.words, x, x + was);
    if (edit == Edit::Add) extend(added.words, y, y + is);
    if (edit == Edit::Keep && before[i] != " ") kept += was;
    i += edit == Edit::Add ? 0U : 1U;
    j += edit == Edit::Remove ? 0U : 1U;
    x += was;
    y += is;
  }
  // Lines with little in common are better read as replaced than as a patchwork.
  if (kept * 3 < std::max(removed.text.size(), added.text.size())) {
    removed.words.clear();
    added.words.clear();
  }
}

/// Matches the removed lines of a change with the added ones that follow them.
void markChange(std::vector<DiffLine>& lines, std::size_t begin, std::size_t end) {
  std::vector<std::size_t> removed;
  std::vector<std::size_t> added;
  for (std::size_t i = begin; i < end; ++i)
    (lines[i].kind == DiffLine::Kind::Removed ? removed : added).push_back(i);
  for (std::size_t i = 0; i < std::min(removed.size(), added.size()); ++i)
    markWords(lines[removed[i]], lines[added[i]]);
}

}  // namespace

std::vector<DiffLine> diffTexts(std::string_view before, std::string_view after) {
  const auto a = linesOf(before);
  const auto b = linesOf(after);
  std::vector<Edit> script = editScript(a, b, kMostEdits);
  if (script.empty()) {
    script.assign(a.size(), Edit::Remove);
    script.insert(script.end(), b.size(), Edit::Add);
  }
  std::vector<DiffLine> lines;
  std::size_t i = 0;
  std::size_t j = 0;
  std::size_t changeBegin = 0;
  // Within a change, removals come first, as people expect.
  const auto close = [&] {
    std::stable_partition(lines.begin() + static_cast<std::ptrdiff_t>(changeBegin), lines.end(),
                          [](const DiffLine& line) { return line.kind == DiffLine::Kind::Removed; });
    markChange(lines, changeBegin, lines.size());
  };
  for (const Edit edit : script) {
    switch (edit) {
      case Edit::Keep:
        close();
        lines.push_back(
            {DiffLine::Kind::Same, static_cast<int>(++i), static_cast<int>(++j), std::string(b[j - 1]), {}});
        changeBegin = lines.size();
        break;
      case Edit::Remove:
        lines.push_back({DiffLine::Kind::Removed, static_cast<int>(++i), 0, std::string(a[i - 1]), {}});
        break;
      case Edit::Add:
        lines.push_back({DiffLine::Kind::Added, 0, static_cast<int>(++j), std::string(b[j - 1]), {}});
        break;
    }
  }
  close();
  return lines;
}

std::vector<bool> changedLines(std::string_view before, std::string_view after) {
  std::vector<bool> changed;
  for (const DiffLine& line : diffTexts(before, after))
    if (line.after > 0) changed.push_back(line.kind == DiffLine::Kind::Added);
  return changed;
}

}  // namespace espalier::ui
