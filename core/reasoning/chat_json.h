// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace espalier {

/// Deeper JSON is refused: nothing that we read needs more.
inline constexpr std::size_t kDeepestJson = 64;

/// Strict JSON that others wrote; nothing if it is invalid or too deep. Never throws.
[[nodiscard]] std::optional<nlohmann::json> parseForeignJson(std::string_view text);

/// Compact JSON with stable key order; invalid UTF-8 in it becomes U+FFFD.
[[nodiscard]] std::string writeJson(const nlohmann::json& json);

/// The member, or null where there is none or `json` is no object.
[[nodiscard]] const nlohmann::json& memberOf(const nlohmann::json& json, const char* name);
/// The member as text; empty if it is no text.
[[nodiscard]] std::string textOf(const nlohmann::json& json, const char* name);
/// The member as a count in [0, 2^53]; 0 if it is none.
[[nodiscard]] std::int64_t countOf(const nlohmann::json& json, const char* name);

}  // namespace espalier
