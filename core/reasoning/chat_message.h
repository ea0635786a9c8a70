// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "session/exchange.h"

namespace espalier {

/// How the server speaks.
enum class ChatDialect {
  OpenAi,     ///< POST {base}/chat/completions: llama.cpp, Ollama, vLLM, LM Studio, DeepSeek, OpenRouter,
              ///< OpenAI, …
  Anthropic,  ///< POST {base}/v1/messages
};

/// What a call used, with what only prices need. Where the server does not say, the numbers are estimates.
struct ChatUsage {
  TokenUsage tokens;
  std::int64_t written = 0;  ///< of tokens.prompt: written to the provider's cache, where that is charged
  std::optional<double> costUsd;  ///< as the server says

  ChatUsage& operator+=(const ChatUsage& other);
};

/// An earlier turn of the same call, for the one question that asks to repair an unreadable reply.
struct ChatTurn {
  bool fromModel = false;
  std::string text;
};

/// One stateless question.
struct ChatRequest {
  std::string system;    ///< the stable part: equal for every call of a run, so that providers can cache it;
                         ///< may be empty
  std::string question;  ///< the volatile part
  std::vector<ChatTurn> further;  ///< turns after the question
  std::string schema;             ///< JSON schema of the reply as JSON text; empty = any text
  int maximumTokens = 4096;       ///< of the reply, reasoning included
  std::uint64_t promptHash = 0;   ///< names the question in recordings
  std::uint64_t stateHash =
      0;  ///< of the state that it is about; finds its like in recordings of other machines
};

struct ChatReply {
  std::string text;       ///< clean text (see cleanText), without thinking tags
  std::string reasoning;  ///< what the model thought, in whatever field it came
  std::string model;      ///< as the server names it, else as asked
  std::string finish;     ///< `stop`, `length`, …; empty if the stream just ended
  ChatUsage usage;
  int attempts = 1;
  double seconds = 0;
  double firstTokenSeconds = 0;
  std::vector<std::string> notes;  ///< what happened on the way, in words: retries, steps down, repairs
};

enum class ChatFaultKind {
  Cancelled,
  Unreachable,  ///< no connection: refused, no such host, TLS, proxy
  Interrupted,  ///< the connection broke or the stream ended without an answer
  TimedOut,
  Rejected,    ///< the server refuses the key, the model, the payment or the address; asking again is useless
  BadRequest,  ///< the server refuses the request itself
  TooLong,     ///< the prompt does not fit
  Overloaded,  ///< rate limits and server errors that outlasted the retries
  Unusable,    ///< an answer came, but no chat reply is in it
  OverLimit,   ///< more bytes than allowed
};

/// Why there is no reply. `message` is one clean sentence without any key, with its full stop.
struct ChatFault {
  ChatFaultKind kind = ChatFaultKind::Unreachable;
  int status = 0;    ///< of HTTP, or 0
  std::string code;  ///< short and stable: `refused-connection`, `tls`, `rate-limit`, `empty-reply`, …
  std::string message;
  ChatUsage usage;  ///< of attempts that were charged nevertheless
  int attempts = 1;
  double seconds = 0;
  std::vector<std::string> notes;

  /// Asking this server again in this run cannot help.
  [[nodiscard]] bool final() const { return kind == ChatFaultKind::Rejected; }
};

using ChatOutcome = tl::expected<ChatReply, ChatFault>;

}  // namespace espalier
