// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/chat_json.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace espalier {
namespace {

std::size_t deepestNesting(std::string_view text) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char character = text[at];
    if (quoted) {
      if (character == '\\') ++at;
      quoted = character != '"';
    } else if (character == '"') {
      quoted = true;
    } else if (character == '{' || character == '[') {
      deepest = std::max(deepest, ++depth);
    } else if ((character == '}' || character == ']') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

}  // namespace

std::optional<nlohmann::json> parseForeignJson(std::string_view text) {
  if (deepestNesting(text) > kDeepestJson) return std::nullopt;
  nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded()) return std::nullopt;
  return json;
}

std::string writeJson(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

const nlohmann::json& memberOf(const nlohmann::json& json, const char* name) {
  static const nlohmann::json none;
  if (!json.is_object()) return none;
  const auto found = json.find(name);
  return found == json.end() ? none : *found;
}

std::string textOf(const nlohmann::json& json, const char* name) {
  const nlohmann::json& member = memberOf(json, name);
  return member.is_string() ? member.get<std::string>() : std::string();
}

std::int64_t countOf(const nlohmann::json& json, const char* name) {
  constexpr double kLargest = 9007199254740992.0;
  const nlohmann::json& member = memberOf(json, name);
  if (!member.is_number()) return 0;
  const double number = member.get<double>();
  return number > 0 ? static_cast<std::int64_t>(std::min(number, kLargest)) : 0;
}

}  // namespace espalier
