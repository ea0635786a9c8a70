// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <nlohmann/json.hpp>

#include "reasoning/chat_json.h"
#include "reasoning/chat_wire.h"

namespace espalier {
namespace {

using nlohmann::json;

/// Content is text, or a list of parts with text in them.
std::string contentText(const json& content) {
  if (content.is_string()) return content.get<std::string>();
  std::string text;
  if (content.is_array()) {
    for (const json& part : content)
      text += part.is_string() ? part.get<std::string>() : textOf(part, "text");
  }
  return text;
}

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\n");
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\n") + 1 - begin);
}

}  // namespace

void ReplyAssembler::say(std::string_view text) {
  if (text.empty()) return;
  text_ += text;
  if (piece_) piece_(text, false);
}

void ReplyAssembler::think(std::string_view text) {
  if (text.empty()) return;
  reasoning_ += text;
  if (piece_) piece_(text, true);
}

void ReplyAssembler::event(const SseEvent& event) {
  if (error_) return;
  if (event.data == "[DONE]") {
    done_ = true;
    return;
  }
  if (done_) return;
  std::optional<json> document = parseForeignJson(event.data);
  if (!document && event.data.find('\n') != std::string::npos) {
    // A server that forgets the empty line between events: each line is one.
    std::size_t at = 0;
    while (at <= event.data.size()) {
      const std::size_t end = std::min(event.data.find('\n', at), event.data.size());
      this->event({event.name, event.data.substr(at, end - at)});
      at = end + 1;
    }
    return;
  }
  if (!document) {
    if (event.name == "error") error_ = serverErrorIn(event.data, 0);
    ++unreadable_;
    return;
  }
  if (std::optional<ServerError> error = serverErrorIn(*document)) {
    error_ = std::move(error);
    return;
  }
  if (dialect_ == ChatDialect::Anthropic) {
    anthropic(*document);
  } else {
    openAi(*document);
  }
}

bool ReplyAssembler::whole(std::string_view body) {
  const std::optional<json> document = parseForeignJson(body);
  if (!document || !document->is_object()) return false;
  if (std::optional<ServerError> error = serverErrorIn(*document)) {
    error_ = std::move(error);
    return true;
  }
  if (dialect_ == ChatDialect::Anthropic) {
    const json& blocks = memberOf(*document, "content");
    if (!blocks.is_array()) return false;
    sawReply_ = true;
    for (const json& block : blocks) anthropicBlock(block);
    readUsage(memberOf(*document, "usage"));
    model_ = textOf(*document, "model");
    finish_ = textOf(*document, "stop_reason");
  } else {
    if (!memberOf(*document, "choices").is_array()) return false;
    openAi(*document);
  }
  done_ = true;
  return true;
}

void ReplyAssembler::openAi(const json& document) {
  if (const std::string model = textOf(document, "model"); !model.empty()) model_ = model;
  readUsage(memberOf(document, "usage"));
  const json& choices = memberOf(document, "choices");
  if (!choices.is_array()) return;
  sawReply_ = true;
  for (const json& choice : choices) {
    if (countOf(choice, "index") == 0) openAiChoice(choice);
  }
}

void ReplyAssembler::openAiChoice(const json& choice) {
  const json& delta = memberOf(choice, "delta");
  openAiMessage(delta.is_object() ? delta : memberOf(choice, "message"));
  say(textOf(choice, "text"));
  if (const std::string finish = textOf(choice, "finish_reason"); !finish.empty()) finish_ = finish;
  if (std::optional<ServerError> error = serverErrorIn(choice)) error_ = std::move(error);
}

void ReplyAssembler::openAiMessage(const json& message) {
  // Servers that know several spellings send the same text in each of them: take one.
  std::string thought = textOf(message, "reasoning_content");
  if (thought.empty()) thought = textOf(message, "reasoning");
  if (thought.empty()) thought = textOf(message, "thinking");
  if (thought.empty()) {
    const json& details = memberOf(message, "reasoning_details");
    if (details.is_array()) {
      for (const json& detail : details) {
        const std::string text = textOf(detail, "text");
        thought += text.empty() ? textOf(detail, "summary") : text;
      }
    }
  }
  think(thought);
  say(contentText(memberOf(message, "content")));
  refusal_ += textOf(message, "refusal");
  const json& calls = memberOf(message, "tool_calls");
  if (calls.is_array()) {
    for (const json& call : calls) {
      const json& function = memberOf(call, "function");
      const json& arguments = memberOf(function, "arguments");
      if (!arguments.is_null())
        tool_ += arguments.is_string() ? arguments.get<std::string>() : writeJson(arguments);
    }
  }
}

void ReplyAssembler::anthropicBlock(const json& block) {
  const std::string type = textOf(block, "type");
  if (type == "thinking") {
    think(textOf(block, "thinking"));
  } else if (type == "tool_use") {
    const json& input = memberOf(block, "input");
    if (!input.empty()) tool_ += writeJson(input);
  } else {
    say(textOf(block, "text"));
  }
}

void ReplyAssembler::anthropic(const json& document) {
  const std::string type = textOf(document, "type");
  if (type == "message_start") {
    sawReply_ = true;
    const json& message = memberOf(document, "message");
    model_ = textOf(message, "model");
    readUsage(memberOf(message, "usage"));
  } else if (type == "content_block_start") {
    anthropicBlock(memberOf(document, "content_block"));
  } else if (type == "content_block_delta") {
    sawReply_ = true;
    const json& delta = memberOf(document, "delta");
    think(textOf(delta, "thinking"));
    say(textOf(delta, "text"));
    tool_ += textOf(delta, "partial_json");
  } else if (type == "message_delta") {
    if (const std::string stop = textOf(memberOf(document, "delta"), "stop_reason"); !stop.empty())
      finish_ = stop;
    readUsage(memberOf(document, "usage"));
  } else if (type == "message_stop") {
    done_ = true;
  }
}

void ReplyAssembler::readUsage(const json& usage) {
  if (!usage.is_object()) return;
  hasUsage_ = true;
  const auto raise = [](std::int64_t& value, std::int64_t seen) { value = std::max(value, seen); };
  if (dialect_ == ChatDialect::Anthropic) {
    const std::int64_t read = countOf(usage, "cache_read_input_tokens");
    const std::int64_t written = countOf(usage, "cache_creation_input_tokens");
    raise(usage_.tokens.cached, read);
    raise(usage_.written, written);
    if (usage.contains("input_tokens"))
      raise(usage_.tokens.prompt, countOf(usage, "input_tokens") + read + written);
    raise(usage_.tokens.completion, countOf(usage, "output_tokens"));
    return;
  }
  raise(usage_.tokens.prompt, countOf(usage, "prompt_tokens"));
  raise(usage_.tokens.completion, countOf(usage, "completion_tokens"));
  raise(usage_.tokens.cached, countOf(memberOf(usage, "prompt_tokens_details"), "cached_tokens"));
  raise(usage_.tokens.cached, countOf(usage, "prompt_cache_hit_tokens"));
  raise(usage_.written, countOf(memberOf(usage, "prompt_tokens_details"), "cache_write_tokens"));
  raise(usage_.tokens.reasoning, countOf(memberOf(usage, "completion_tokens_details"), "reasoning_tokens"));
  const json& cost = memberOf(usage, "cost");
  if (cost.is_number() && cost.get<double>() >= 0) usage_.costUsd = cost.get<double>();
}

ChatUsage& ChatUsage::operator+=(const ChatUsage& other) {
  tokens.prompt += other.tokens.prompt;
  tokens.cached += other.tokens.cached;
  tokens.completion += other.tokens.completion;
  tokens.reasoning += other.tokens.reasoning;
  tokens.estimated = tokens.estimated || other.tokens.estimated;
  written += other.written;
  if (other.costUsd) costUsd = costUsd.value_or(0) + *other.costUsd;
  return *this;
}

ChatReply ReplyAssembler::take() {
  ChatReply reply;
  ThoughtAndText parts = splitThinking(text_);
  reply.text = trimmed(cleanText(parts.text));
  reply.reasoning = trimmed(cleanText(reasoning_));
  if (const std::string thought = trimmed(cleanText(parts.thought)); !thought.empty()) {
    reply.reasoning += (reply.reasoning.empty() ? "" : "\n") + thought;
  }
  if (reply.text.empty() && !tool_.empty()) {
    reply.text = trimmed(cleanText(tool_));
    reply.notes.emplace_back("The model answered with a tool call; its arguments were read as the reply.");
  }
  if (reply.text.empty() && !refusal_.empty()) {
    reply.text = trimmed(cleanText(refusal_));
    reply.notes.emplace_back("The model refused to answer.");
  }
  if (reply.text.empty() && !reply.reasoning.empty()) {
    reply.text = reply.reasoning;
    reply.notes.emplace_back("The reply has reasoning only; it was searched for transformations.");
  }
  if (unreadable_ > 0)
    reply.notes.push_back(std::to_string(unreadable_) + " unreadable pieces of the stream were skipped.");
  reply.model = shortened(cleanLine(model_), 200);
  reply.finish = shortened(cleanLine(finish_), 40);
  reply.usage = usage_;
  reply.usage.tokens.estimated = !hasUsage_;
  return reply;
}

}  // namespace espalier
