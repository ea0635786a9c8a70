// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "support/outcome.h"

namespace espalier {

/// An argument of a step: an integer, a name, or a list of either.
using ArgumentValue =
    std::variant<std::int64_t, std::string, std::vector<std::int64_t>, std::vector<std::string>>;

/// One transformation with its arguments, `TileSize(block=C, loop=n, factors=[64, 32])`. Names loops and
/// blocks by name, never by id.
struct Step {
  std::string name;
  std::vector<std::pair<std::string, ArgumentValue>> arguments;  ///< in canonical order once completed

  [[nodiscard]] const ArgumentValue* find(std::string_view argument) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view argument) const;
  [[nodiscard]] std::optional<std::string> text(std::string_view argument) const;
  [[nodiscard]] std::optional<std::vector<std::int64_t>> integers(std::string_view argument) const;
  [[nodiscard]] std::optional<std::vector<std::string>> texts(std::string_view argument) const;
  Step& set(std::string_view argument, ArgumentValue value);
  bool operator==(const Step&) const = default;
};

/// Canonical text; parseStep(print(step)) == step.
[[nodiscard]] std::string print(const Step& step);
/// Reads one step; tolerant of white space, quotes around names and a missing argument list.
[[nodiscard]] Result<Step> parseStep(std::string_view text);

/// A sequence of steps from p0. As text: the line `# espalier trace 1`, then one step a line; `#` starts a
/// comment.
using Trace = std::vector<Step>;
inline constexpr int kTraceVersion = 1;
[[nodiscard]] std::string printTrace(const Trace& trace);
/// Errors carry line and column. Also reads the JSON form {"version": 1, "steps": ["…", …]}.
[[nodiscard]] Result<Trace> parseTrace(std::string_view text);

}  // namespace espalier
