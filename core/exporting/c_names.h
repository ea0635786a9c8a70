// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace espalier {

/// `name` with everything that no C identifier may hold replaced by `_`.
[[nodiscard]] std::string cIdentifier(std::string_view name);

/// Gives out C identifiers that differ from each other, from the language's words and from what the generated
/// code uses of the library.
class CNames {
 public:
  [[nodiscard]] std::string fresh(std::string_view wish);
  /// Keeps a name from being given out.
  void reserve(std::string_view name) { taken_.emplace(name); }

 private:
  std::set<std::string, std::less<>> taken_;
};

}  // namespace espalier
