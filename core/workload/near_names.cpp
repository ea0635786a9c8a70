// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "workload/near_names.h"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace espalier {
namespace {

char lower(char character) { return static_cast<char>(std::tolower(static_cast<unsigned char>(character))); }

/// Insertions, deletions, replacements and swaps of neighbours that lead from one to the other; blind to
/// case.
std::size_t editDistance(std::string_view left, std::string_view right) {
  std::vector<std::vector<std::size_t>> distance(left.size() + 1, std::vector<std::size_t>(right.size() + 1));
  std::iota(distance[0].begin(), distance[0].end(), std::size_t{0});
  for (std::size_t i = 1; i <= left.size(); ++i) {
    distance[i][0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const auto same = [&](std::size_t a, std::size_t b) {
        return lower(left[a - 1]) == lower(right[b - 1]);
      };
      distance[i][j] = std::min(
          {distance[i - 1][j - 1] + (same(i, j) ? 0 : 1), distance[i - 1][j] + 1, distance[i][j - 1] + 1});
      if (i > 1 && j > 1 && same(i, j - 1) && same(i - 1, j))
        distance[i][j] = std::min(distance[i][j], distance[i - 2][j - 2] + 1);
    }
  }
  return distance[left.size()][right.size()];
}

bool contains(std::string_view text, std::string_view part) {
  return part.size() >= 3 && std::search(text.begin(), text.end(), part.begin(), part.end(),
                                         [](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

}  // namespace

std::vector<std::string> nearNames(std::string_view name, const std::vector<std::string>& known) {
  constexpr std::size_t kLongest = 200;  // the distance is quadratic in the length
  if (name.size() > kLongest) return {};
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const auto& candidate : known) {
    if (candidate.size() > kLongest) continue;
    std::size_t distance = editDistance(name, candidate);
    const bool part = contains(candidate, name) || contains(name, candidate);
    if (part) distance = std::min<std::size_t>(distance, 2);
    const std::size_t longer = std::max(name.size(), candidate.size());
    if (part || distance * 5 <= longer * 2 || (longer >= 2 && longer <= 3 && distance <= 1))
      ranked.emplace_back(distance, candidate);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> result;
  for (std::size_t i = 0; i < ranked.size() && i < 3; ++i) result.push_back(ranked[i].second);
  return result;
}

std::string didYouMean(std::string_view name, const std::vector<std::string>& known, std::string otherwise) {
  const auto near = nearNames(name, known);
  if (near.empty()) return otherwise;
  std::string text = "Did you mean ";
  for (std::size_t i = 0; i < near.size(); ++i) {
    if (i > 0) text += i + 1 == near.size() ? " or " : ", ";
    text += "`" + near[i] + "`";
  }
  return text + "?";
}

}  // namespace espalier
