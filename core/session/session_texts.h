// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace espalier::detail {

/// Replaces every string of at least this many bytes by {"$text": number}, and every list named `trace` by
/// {"$trace": [numbers]}.
inline constexpr std::size_t kLongText = 120;
void replaceTexts(nlohmann::json& json, const std::function<std::int64_t(const std::string&)>& numberOf);
/// The inverse. `textOf` may throw.
void restoreTexts(nlohmann::json& json, const std::function<std::string(std::int64_t)>& textOf);

/// zstd, if that makes it smaller; `compressed` tells.
[[nodiscard]] std::string compressText(std::string_view text, bool& compressed);
/// zstd in any case, for decompressText.
[[nodiscard]] std::string packText(std::string_view text);
/// Throws std::runtime_error on damaged data.
[[nodiscard]] std::string decompressText(std::string_view data, std::size_t size);

}  // namespace espalier::detail
