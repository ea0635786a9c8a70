// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace espalier {

/// The lines that differ between two texts, `- ` from the first and `+ ` from the second, with `…` where
/// equal lines are left out; at most `lineLimit` lines. Empty if they are equal.
[[nodiscard]] std::string lineDiff(std::string_view before, std::string_view after, std::size_t lineLimit);

}  // namespace espalier
