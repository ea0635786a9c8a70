// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "session/session_texts.h"

#include <stdexcept>

#include <zstd.h>
#include <nlohmann/json.hpp>

namespace espalier::detail {

void replaceTexts(nlohmann::json& json, const std::function<std::int64_t(const std::string&)>& numberOf) {
  if (json.is_string()) {
    const auto& text = json.get_ref<const std::string&>();
    if (text.size() >= kLongText) json = {{"$text", numberOf(text)}};
    return;
  }
  if (!json.is_structured()) return;
  for (auto entry = json.begin(); entry != json.end(); ++entry) {
    if (json.is_object() && entry.key() == "trace" && entry->is_array()) {
      auto numbers = nlohmann::json::array();
      for (const auto& step : *entry) numbers.push_back(numberOf(step.get_ref<const std::string&>()));
      *entry = {{"$trace", std::move(numbers)}};
    } else {
      replaceTexts(*entry, numberOf);
    }
  }
}

void restoreTexts(nlohmann::json& json, const std::function<std::string(std::int64_t)>& textOf) {
  if (!json.is_structured()) return;
  if (json.is_object() && json.size() == 1) {
    if (const auto text = json.find("$text"); text != json.end()) {
      json = textOf(text->get<std::int64_t>());
      return;
    }
    if (const auto trace = json.find("$trace"); trace != json.end()) {
      auto steps = nlohmann::json::array();
      for (const auto& number : *trace) steps.push_back(textOf(number.get<std::int64_t>()));
      json = std::move(steps);
      return;
    }
  }
  for (auto& entry : json) restoreTexts(entry, textOf);
}

std::string packText(std::string_view text) {
  constexpr int kLevel = 3;
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  const std::size_t size = ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), kLevel);
  if (ZSTD_isError(size)) throw std::runtime_error("a text of the session cannot be compressed");
  packed.resize(size);
  return packed;
}

std::string compressText(std::string_view text, bool& compressed) {
  std::string packed = packText(text);
  compressed = packed.size() < text.size();
  return compressed ? packed : std::string(text);
}

std::string decompressText(std::string_view data, std::size_t size) {
  constexpr std::size_t kLargestText = std::size_t{1} << 30;
  if (size > kLargestText) throw std::runtime_error("a text of the session has an impossible size");
  std::string text(size, '\0');
  const std::size_t written = ZSTD_decompress(text.data(), text.size(), data.data(), data.size());
  if (ZSTD_isError(written) || written != size) throw std::runtime_error("a text of the session is damaged");
  return text;
}

}  // namespace espalier::detail
