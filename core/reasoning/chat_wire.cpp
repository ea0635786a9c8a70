// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/chat_wire.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "reasoning/chat_json.h"

namespace espalier {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestServerMessage = 500;

json turn(const char* role, const std::string& text) { return {{"role", role}, {"content", text}}; }

json openAiBody(const ChatEndpoint& endpoint, const ChatRequest& request, const ServerTraits& traits) {
  json messages = json::array();
  if (request.system.empty()) {
    messages.push_back(turn("user", request.question));
  } else if (traits.systemRole) {
    messages.push_back(turn("system", request.system));
    messages.push_back(turn("user", request.question));
  } else {
    messages.push_back(turn("user", request.system + "\n\n" + request.question));
  }
  for (const ChatTurn& further : request.further)
    messages.push_back(turn(further.fromModel ? "assistant" : "user", further.text));
  json body = {{"model", endpoint.model}, {"messages", std::move(messages)}};
  body[traits.completionTokens ? "max_completion_tokens" : "max_tokens"] = request.maximumTokens;
  if (traits.temperature) body["temperature"] = 0.7;
  if (traits.stream) {
    body["stream"] = true;
    if (traits.streamOptions) body["stream_options"] = {{"include_usage", true}};
  }
  if (!request.schema.empty()) {
    if (traits.format == ServerTraits::Format::Schema) {
      // Arguments of transformations are free objects, which the strict mode of schemas cannot express.
      body["response_format"] = {
          {"type", "json_schema"},
          {"json_schema",
           {{"name", "proposal"}, {"strict", false}, {"schema", json::parse(request.schema)}}}};
    } else if (traits.format == ServerTraits::Format::JsonObject) {
      body["response_format"] = {{"type", "json_object"}};
    }
  }
  return body;
}

json anthropicBody(const ChatEndpoint& endpoint, const ChatRequest& request, const ServerTraits& traits) {
  json messages = json::array({turn("user", request.question)});
  for (const ChatTurn& further : request.further)
    messages.push_back(turn(further.fromModel ? "assistant" : "user", further.text));
  json body = {
      {"model", endpoint.model}, {"messages", std::move(messages)}, {"max_tokens", request.maximumTokens}};
  if (!request.system.empty()) {
    const json block = {
        {"type", "text"}, {"text", request.system}, {"cache_control", {{"type", "ephemeral"}}}};
    body["system"] = json::array({block});
  }
  if (traits.temperature) body["temperature"] = 0.7;
  if (traits.stream) body["stream"] = true;
  return body;
}

std::vector<std::string> headersFor(const ChatEndpoint& endpoint) {
  std::vector<std::string> headers = {"Content-Type: application/json",
                                      "Accept: text/event-stream, application/json"};
  if (endpoint.dialect == ChatDialect::Anthropic) {
    headers.emplace_back("anthropic-version: 2023-06-01");
    if (!endpoint.key.empty()) headers.push_back("x-api-key: " + endpoint.key.reveal());
  } else if (!endpoint.key.empty()) {
    headers.push_back("Authorization: Bearer " + endpoint.key.reveal());
  }
  return headers;
}

}  // namespace

WireRequest chatRequestOnWire(const ChatEndpoint& endpoint, const ChatRequest& request,
                              const ServerTraits& traits) {
  const bool anthropic = endpoint.dialect == ChatDialect::Anthropic;
  json body = anthropic ? anthropicBody(endpoint, request, traits) : openAiBody(endpoint, request, traits);
  if (!endpoint.extraBody.empty()) body.merge_patch(json::parse(endpoint.extraBody));
  return {endpoint.base + (anthropic ? "/messages" : "/chat/completions"), headersFor(endpoint),
          writeJson(body)};
}

WireRequest modelsRequestOnWire(const ChatEndpoint& endpoint) {
  return {endpoint.base + "/models", headersFor(endpoint), {}};
}

std::optional<ServerError> serverErrorIn(const json& document) {
  const json& error = memberOf(document, "error");
  const bool named = textOf(document, "type") == "error" || textOf(document, "object") == "error";
  if (error.is_null() && !named) return std::nullopt;
  ServerError found;
  const json& source = error.is_object() ? error : document;
  found.message = error.is_string() ? error.get<std::string>() : textOf(source, "message");
  found.type = textOf(source, "type");
  const json& code = memberOf(source, "code");
  if (code.is_string()) {
    // Both words matter: OpenAI says `insufficient_quota` in either of them.
    found.type += (found.type.empty() ? "" : " ") + code.get<std::string>();
  } else if (code.is_number_integer()) {
    found.status = static_cast<int>(std::clamp<std::int64_t>(code.get<std::int64_t>(), 0, 999));
  }
  const std::string detail = textOf(memberOf(source, "metadata"), "raw");
  if (!detail.empty()) found.message += ": " + detail;
  if (found.message.empty()) found.message = found.type.empty() ? "an error without a message" : found.type;
  found.message = shortened(cleanLine(found.message), kLongestServerMessage);
  found.type = shortened(cleanLine(found.type), 100);
  return found;
}

ServerError serverErrorIn(std::string_view body, int status) {
  if (const std::optional<json> document = parseForeignJson(body)) {
    const json& first = document->is_array() && !document->empty() ? document->front() : *document;
    if (std::optional<ServerError> error = serverErrorIn(first)) {
      error->status = status;
      return *error;
    }
    for (const char* name : {"message", "detail", "msg"}) {
      const json& member = memberOf(first, name);
      if (!member.is_null()) {
        const std::string text = member.is_string() ? member.get<std::string>() : writeJson(member);
        return {status, {}, shortened(cleanLine(text), kLongestServerMessage)};
      }
    }
  }
  const std::string line = cleanLine(body.substr(0, 4 * kLongestServerMessage));
  if (line.empty()) return {status, {}, "no explanation"};
  if (line.front() == '<') return {status, {}, "a web page instead of an answer"};
  return {status, {}, shortened(line, kLongestServerMessage)};
}

ThoughtAndText splitThinking(std::string_view text) {
  ThoughtAndText parts;
  std::size_t at = 0;
  const auto addThought = [&parts](std::string_view thought) {
    if (!parts.thought.empty() && !thought.empty()) parts.thought += '\n';
    parts.thought += thought;
  };
  static constexpr std::string_view kPairs[][2] = {{"<think>", "</think>"}, {"<thinking>", "</thinking>"}};
  for (const auto& [open, close] : kPairs) {
    // Some templates put the opening tag into the prompt, so that only the closing one arrives.
    const std::size_t end = text.find(close);
    if (end != std::string_view::npos && text.find(open) > end) {
      addThought(text.substr(0, end));
      at = end + close.size();
    }
  }
  while (at < text.size()) {
    std::size_t begin = std::string_view::npos;
    std::string_view opening;
    std::string_view closing;
    for (const auto& [open, close] : kPairs) {
      const std::size_t found = text.find(open, at);
      if (found < begin) {
        begin = found;
        opening = open;
        closing = close;
      }
    }
    if (begin == std::string_view::npos) break;
    parts.text += text.substr(at, begin - at);
    const std::size_t end = text.find(closing, begin);
    if (end == std::string_view::npos) {
      addThought(text.substr(begin + opening.size()));
      return parts;
    }
    addThought(text.substr(begin + opening.size(), end - begin - opening.size()));
    at = end + closing.size();
  }
  if (at < text.size()) parts.text += text.substr(at);
  return parts;
}

}  // namespace espalier
