// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reasoning/reply_json.h"

namespace espalier {

/// What a reader of replies is bounded by; the rest is left out and said so.
inline constexpr std::size_t kMostSteps = 64;
inline constexpr std::size_t kLongestStep = 400;

/// Turns what a model wrote for one transformation into step text, `TileSize(block=C, loop=n, factors=[64,
/// 32])`. Names that nearly match a known one are repaired, and the repair is said. Nothing is believed about
/// legality.
class StepReader {
 public:
  explicit StepReader(std::span<const std::string> knownNames)
      : known_(knownNames.begin(), knownNames.end()) {}

  /// Appends the steps in a JSON value: a text, an object in any of the usual forms, or a list of them.
  void read(const LooseValue& value);
  /// Appends the steps in a piece of text: names with or without arguments, separated by commas, semicolons,
  /// arrows or lines.
  void read(std::string_view text);

  [[nodiscard]] std::vector<std::string> takeSteps();
  [[nodiscard]] std::vector<std::string> takeRepairs();

  /// The known name that is meant, or empty: equal up to case, underscores and blanks, or a near miss.
  [[nodiscard]] std::string meantName(std::string_view written) const;

 private:
  void readObject(const LooseValue& object);
  void readOne(std::string_view text);
  void add(std::string_view name, std::string arguments);
  std::string argumentsOf(const LooseValue& object, std::string_view nameKey);

  std::vector<std::string> known_;
  std::vector<std::string> steps_;
  std::vector<std::string> repairs_;
  bool full_ = false;
};

}  // namespace espalier
