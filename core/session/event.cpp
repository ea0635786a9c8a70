// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "session/event.h"

#include <iterator>
#include <utility>

#include "session/json_fields.h"

namespace espalier {
namespace {

// In the order of the variant's alternatives.
constexpr std::string_view kKinds[] = {"baseline-measured", "node-selected",      "node-added",
                                       "proposal-rejected", "backpropagated",     "candidate-chosen",
                                       "sample-measured",   "new-best",           "values-refreshed",
                                       "node-marked",       "conditions-changed", "run-started",
                                       "prompt-sent",       "reply-delta",        "reply-finished",
                                       "proposal-arrived",  "build-finished",     "command-received",
                                       "run-paused",        "run-continued",      "notice",
                                       "best-confirmed",    "run-finished"};
static_assert(std::size(kKinds) == std::variant_size_v<EventBody>);

}  // namespace

std::string_view kindOf(const EventBody& body) { return kKinds[body.index()]; }

NodeId nodeOf(const EventBody& body) {
  return std::visit(
      [](const auto& alternative) -> NodeId {
        if constexpr (requires { alternative.node; })
          return alternative.node;
        else
          return kNoNode;
      },
      body);
}

EventBody toEventBody(SearchEvent event) {
  return std::visit([](auto&& alternative) { return EventBody(std::move(alternative)); }, std::move(event));
}

std::optional<SearchEvent> toSearchEvent(const EventBody& body) {
  return std::visit(
      [](const auto& alternative) -> std::optional<SearchEvent> {
        if constexpr (std::is_constructible_v<SearchEvent, decltype(alternative)>)
          return SearchEvent(alternative);
        else
          return std::nullopt;
      },
      body);
}

nlohmann::json toJson(const Event& event) {
  auto json = std::visit([](const auto& alternative) { return detail::JsonWriter::convert(alternative); },
                         event.body);
  json["sequence"] = event.sequence;
  json["milliseconds"] = event.milliseconds;
  json["kind"] = kindOf(event.body);
  return json;
}

Result<Event> eventFromJson(const nlohmann::json& json) {
  try {
    Event event;
    event.sequence = json.at("sequence").get<std::uint64_t>();
    event.milliseconds = json.at("milliseconds").get<std::int64_t>();
    const auto kind = json.at("kind").get<std::string>();
    for (std::size_t index = 0; index < std::size(kKinds); ++index)
      if (kind == kKinds[index]) {
        event.body = detail::readAlternative<EventBody>(index, json);
        return event;
      }
    return inputError("The kind of event `" + kind + "` is unknown.",
                      "A newer version of the program may know it.");
  } catch (const detail::UnreadableJson& unreadable) {
    return inputError("An event cannot be read: " + unreadable.words + ".");
  } catch (const nlohmann::json::exception& exception) {
    return inputError(std::string("An event cannot be read: ") + exception.what() + ".");
  }
}

}  // namespace espalier
