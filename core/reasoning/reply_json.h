// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace espalier {

/// JSON as models write it.
struct LooseValue {
  enum class Kind { Null, Boolean, Number, Text, List, Object };
  Kind kind = Kind::Null;
  std::string text;                 ///< of Text; of Number and Boolean as written
  std::vector<LooseValue> items;    ///< of List
  std::vector<LooseValue> members;  ///< of Object, in order
  std::string key;                  ///< of a member

  [[nodiscard]] bool isText() const { return kind == Kind::Text; }
  [[nodiscard]] bool isList() const { return kind == Kind::List; }
  [[nodiscard]] bool isObject() const { return kind == Kind::Object; }
  /// The number if it is integral and fits.
  [[nodiscard]] std::optional<std::int64_t> integer() const;
};

struct LooseJson {
  LooseValue value;
  std::size_t end = 0;      ///< where reading stopped
  bool wellFormed = false;  ///< strict JSON would have said the same
  bool truncated = false;   ///< the text ended inside; what was open was closed
};

/// Reads the value that begins at `at` with `{` or `[`. Forgives single and typographic quotes, bare keys,
/// comments, missing and trailing commas, raw newlines and bad escapes in strings, NaN, True and None, and a
/// text that ends anywhere. Nothing where that is not enough or where it nests deeper than 32. Linear in the
/// text; stops early on what is not JSON.
[[nodiscard]] std::optional<LooseJson> readLooseJson(std::string_view text, std::size_t at,
                                                     std::size_t& stoppedAt);

}  // namespace espalier
