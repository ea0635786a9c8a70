// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace espalier::cli {

/// Text of foreign origin (files, models, sessions) made harmless for a terminal: control characters other
/// than newline and tab, and bytes that are no UTF-8, become visible escapes such as `\x1b`.
[[nodiscard]] std::string harmless(std::string_view text);

/// Columns that the text takes on a terminal, one a code point.
[[nodiscard]] std::size_t displayWidth(std::string_view text);

}  // namespace espalier::cli
