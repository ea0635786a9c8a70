// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace espalier::ui {

/// For each line of the last of `versions` (from 0) which version changed it last: the number of that
/// version, or 0 if the line stands in the first one already.
[[nodiscard]] std::vector<int> blameLines(std::span<const std::string> versions);

/// For each line the last line of the block that it begins, by indentation; the line itself where it begins
/// none.
[[nodiscard]] std::vector<int> foldRanges(std::string_view text);

}  // namespace espalier::ui
