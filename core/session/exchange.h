// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace espalier {

/// What the model's work was charged as.
struct TokenUsage {
  std::int64_t prompt = 0;      ///< all input tokens, cached ones included
  std::int64_t cached = 0;      ///< of them, read from the provider's cache
  std::int64_t completion = 0;  ///< all output tokens, reasoning included
  std::int64_t reasoning = 0;   ///< of them, hidden or shown reasoning
  bool estimated = false;       ///< the server sent no usage; counted by approximation
  bool operator==(const TokenUsage&) const = default;
};

/// One call of a model: what was sent and what came back. Holds no key and no header.
struct Exchange {
  std::string model;
  std::string prompt;              ///< everything the model was shown, as text
  std::uint64_t promptHash = 0;    ///< of `prompt` and the model's settings; names the exchange in recordings
  std::string reply;               ///< the answer as it came
  std::string thinking;            ///< what the model thought aloud before the answer, if the server shows it
  TokenUsage usage;
  double costUsd = 0;
  double latencySeconds = 0;
  double firstTokenSeconds = 0;    ///< 0 if nothing was streamed
  int attempts = 1;                ///< requests sent, retries included
  std::string outcome = "ok";      ///< short and stable: `ok`, `timeout`, `refused-connection`, `rate-limit`, …
  std::string words;               ///< what happened, for people; empty if all went well
  bool recorded = false;           ///< came from a recording, not from a server
  bool operator==(const Exchange&) const = default;
};

}  // namespace espalier
