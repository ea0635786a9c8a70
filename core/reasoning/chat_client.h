// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "reasoning/chat_endpoint.h"
#include "reasoning/chat_fault.h"
#include "reasoning/chat_message.h"
#include "reasoning/chat_transport.h"
#include "reasoning/chat_wire.h"
#include "support/outcome.h"

namespace espalier {

/// Asks one model on one server. Repeats where that is right (rate limits, server errors, broken connections: with
/// exponential back-off, jitter and the server's own Retry-After) and never where it is not (wrong key, no credit, wrong
/// address). Learns what the server does not understand and remembers it. Threads: any number of calls at once.
class ChatClient {
 public:
  /// Pieces of the reply as they arrive, clean and without the key. A repeated attempt begins anew.
  using DeltaSink = std::function<void(std::string_view text, bool thinking)>;

  explicit ChatClient(ChatEndpoint endpoint) : endpoint_(std::move(endpoint)) {}

  [[nodiscard]] const ChatEndpoint& endpoint() const { return endpoint_; }
  [[nodiscard]] ServerTraits traits() const;

  /// Returns within 100 ms once `stop` is requested.
  [[nodiscard]] ChatOutcome ask(const ChatRequest& request, const std::stop_token& stop, const DeltaSink& sink = {});

  /// Names of the models that the server offers, as it orders them.
  [[nodiscard]] Result<std::vector<std::string>> models(const std::stop_token& stop);

 private:
  struct Attempt;
  Attempt attempt(const ChatRequest& request, const ServerTraits& traits, const std::stop_token& stop,
                  const DeltaSink& sink);
  bool stepDown(const ServerTraits& used, const ChatFault& fault, const ChatRequest& request, std::string& note);

  ChatEndpoint endpoint_;
  HttpTransport transport_;
  mutable std::mutex mutex_;
  ServerTraits traits_;
};

}  // namespace espalier
