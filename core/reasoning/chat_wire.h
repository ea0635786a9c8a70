// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "reasoning/chat_endpoint.h"
#include "reasoning/chat_sse.h"

namespace espalier {

/// A request as it goes over the wire. The headers hold the key; they are never stored.
struct WireRequest {
  std::string url;
  std::vector<std::string> headers;
  std::string body;
};

[[nodiscard]] WireRequest chatRequestOnWire(const ChatEndpoint& endpoint, const ChatRequest& request,
                                            const ServerTraits& traits);
[[nodiscard]] WireRequest modelsRequestOnWire(const ChatEndpoint& endpoint);

/// What a server says has gone wrong, in its body or in the middle of a stream.
struct ServerError {
  int status = 0;       ///< of HTTP, or the code in the body where that is a number; 0 if there is none
  std::string type;     ///< for instance `insufficient_quota`; may be empty
  std::string message;  ///< clean, one line, at most 500 bytes, not yet redacted
};

/// The error object in a body: all spellings, plain text and web pages too.
[[nodiscard]] ServerError serverErrorIn(std::string_view body, int status);
/// The error in an event or whole reply, if it is one.
[[nodiscard]] std::optional<ServerError> serverErrorIn(const nlohmann::json& json);

/// Puts a reply together from the events of a stream or from one whole JSON document, in either dialect.
class ReplyAssembler {
 public:
  /// Called with each piece of text as it arrives (`thinking` tells which), not clean yet.
  using Piece = std::function<void(std::string_view text, bool thinking)>;

  ReplyAssembler(ChatDialect dialect, Piece piece) : dialect_(dialect), piece_(std::move(piece)) {}

  void event(const SseEvent& event);
  /// A reply that did not come as a stream. False if it is no chat reply at all.
  [[nodiscard]] bool whole(std::string_view body);

  [[nodiscard]] const std::optional<ServerError>& error() const { return error_; }
  /// The server said that the reply is complete.
  [[nodiscard]] bool complete() const { return done_ || !finish_.empty(); }
  [[nodiscard]] bool hasText() const { return !text_.empty() || !tool_.empty() || !refusal_.empty(); }
  [[nodiscard]] bool hasReasoning() const { return !reasoning_.empty(); }
  /// At least one event was a part of a chat reply.
  [[nodiscard]] bool sawReply() const { return sawReply_; }
  [[nodiscard]] const std::string& finishReason() const { return finish_; }
  [[nodiscard]] const ChatUsage& usage() const { return usage_; }
  /// Moves the reply out: thinking tags split off, arguments of a tool call or the reasoning in place of
  /// missing text.
  [[nodiscard]] ChatReply take();

 private:
  void openAiChoice(const nlohmann::json& choice);
  void openAiMessage(const nlohmann::json& message);
  void openAi(const nlohmann::json& json);
  void anthropic(const nlohmann::json& json);
  void anthropicBlock(const nlohmann::json& block);
  void readUsage(const nlohmann::json& usage);
  void say(std::string_view text);
  void think(std::string_view text);

  ChatDialect dialect_;
  Piece piece_;
  std::string text_;
  std::string reasoning_;
  std::string tool_;
  std::string refusal_;
  std::string model_;
  std::string finish_;
  ChatUsage usage_;
  bool hasUsage_ = false;
  bool done_ = false;
  bool sawReply_ = false;
  int unreadable_ = 0;
  std::optional<ServerError> error_;
};

/// Splits `<think>…</think>` off: also unclosed, and closed without having been opened.
struct ThoughtAndText {
  std::string thought;
  std::string text;
};
[[nodiscard]] ThoughtAndText splitThinking(std::string_view text);

}  // namespace espalier
