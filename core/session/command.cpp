// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "session/command.h"

#include <iterator>

#include "session/json_fields.h"

namespace espalier {
namespace {

// In the order of the variant's alternatives.
constexpr std::string_view kKinds[] = {"pause",
                                       "resume",
                                       "stop",
                                       "step",
                                       "expand",
                                       "measure",
                                       "pin",
                                       "unpin",
                                       "prune",
                                       "unprune",
                                       "focus",
                                       "hint",
                                       "add-transformations",
                                       "ask-again",
                                       "answer",
                                       "set-parameter"};
static_assert(std::size(kKinds) == std::variant_size_v<Command>);

}  // namespace

std::string_view kindOf(const Command& command) { return kKinds[command.index()]; }

nlohmann::json toJson(const Command& command) {
  auto json =
      std::visit([](const auto& alternative) { return detail::JsonWriter::convert(alternative); }, command);
  json["kind"] = kindOf(command);
  return json;
}

Result<Command> commandFromJson(const nlohmann::json& json) {
  try {
    const auto kind = json.at("kind").get<std::string>();
    for (std::size_t index = 0; index < std::size(kKinds); ++index)
      if (kind == kKinds[index]) return detail::readAlternative<Command>(index, json);
    return inputError("The command `" + kind + "` is unknown.",
                      "A newer version of the program may know it.");
  } catch (const detail::UnreadableJson& unreadable) {
    return inputError("A command cannot be read: " + unreadable.words + ".");
  } catch (const nlohmann::json::exception& exception) {
    return inputError(std::string("A command cannot be read: ") + exception.what() + ".");
  }
}

}  // namespace espalier
