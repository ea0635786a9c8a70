// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "reasoning/chat_message.h"
#include "reasoning/chat_text.h"
#include "support/outcome.h"

namespace espalier {

/// Bounds of a call. A local server may load its model for minutes before the first byte.
struct ChatLimits {
  std::chrono::milliseconds connect{10'000};
  std::chrono::milliseconds firstByte{300'000};  ///< from sending until the answer begins
  std::chrono::milliseconds idle{60'000};        ///< longest silence once it has begun
  std::chrono::milliseconds total{600'000};      ///< of one attempt
  int attempts = 4;                              ///< in all, where repeating is right
  std::chrono::milliseconds firstBackOff{
      500};  ///< doubles each time, with jitter between a half and the whole
  std::chrono::milliseconds longestWait{30'000};  ///< a server that asks for a longer one is not waited for
  std::size_t bytes = std::size_t{8} << 20;       ///< of an answer on the wire
  std::size_t lineBytes = std::size_t{1} << 20;   ///< of a line in a stream
};

/// A server and a model on it.
struct ChatEndpoint {
  ChatDialect dialect = ChatDialect::OpenAi;
  std::string base;  ///< normalised by parseServerUrl, for instance `http://localhost:11434/v1`
  std::string model;
  Secret key;
  std::string extraBody;  ///< a JSON object merged into each request; empty = none
  ChatLimits limits;
};

struct ServerUrl {
  std::string base;
  ChatDialect dialect = ChatDialect::OpenAi;
};

/// Normalises what people type: adds `/v1` where there is no path, drops `/chat/completions` or
/// `/v1/messages` and the final slash; recognises Anthropic by its host or path. Refuses other schemes,
/// credentials and queries in the URL.
[[nodiscard]] Result<ServerUrl> parseServerUrl(std::string_view url);

/// What a server turned out to understand; begins with all that is good to have and steps down on refusals.
struct ServerTraits {
  enum class Format { Schema, JsonObject, Plain };
  Format format = Format::Schema;
  bool stream = true;
  bool streamOptions = true;
  bool temperature = true;
  bool completionTokens = false;  ///< wants `max_completion_tokens` in place of `max_tokens`
  bool systemRole = true;
  bool operator==(const ServerTraits&) const = default;
};

}  // namespace espalier
