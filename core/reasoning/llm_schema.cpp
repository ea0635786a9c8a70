// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/llm_schema.h"

#include <nlohmann/json.hpp>

#include "reasoning/chat_json.h"

namespace espalier {

std::string replySchema(int proposals, bool preferences) {
  using nlohmann::json;
  const json step = {{"type", "object"},
                     {"properties", {{"name", {{"type", "string"}}}, {"args", {{"type", "object"}}}}},
                     {"required", {"name"}}};
  json sequence = {
      {"type", "object"},
      {"properties", {{"transformations", {{"type", "array"}, {"items", step}, {"minItems", 1}}}}},
      {"required", {"transformations"}}};
  if (preferences) {
    sequence["properties"]["preference"] = {{"type", "number"}};
    sequence["required"].push_back("preference");
  }
  return writeJson(
      {{"type", "object"},
       {"properties",
        {{"reasoning", {{"type", "string"}}},
         {"proposals", {{"type", "array"}, {"items", sequence}, {"minItems", 1}, {"maxItems", proposals}}}}},
       {"required", {"reasoning", "proposals"}}});
}

}  // namespace espalier
