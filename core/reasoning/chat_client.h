// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "reasoning/chat_endpoint.h"
#include "reasoning/chat_fault.h"
#include "reasoning/chat_message.h"
#include "reasoning/chat_model.h"
#include "reasoning/chat_transport.h"
#include "reasoning/chat_wire.h"
#include "support/outcome.h"

namespace espalier {

/// Asks one model on one server. Repeats where that is right (rate limits, server errors, broken connections:
/// with exponential back-off, jitter and the server's own Retry-After) and never where it is not (wrong key,
/// no credit, wrong address). Learns what the server does not understand and remembers it. Threads: any
/// number of calls at once. The model `auto` is the first that the server lists, asked for when it is first
/// needed.
class ChatClient : public ChatModel {
 public:
  explicit ChatClient(ChatEndpoint endpoint) : endpoint_(std::move(endpoint)) {}

  [[nodiscard]] std::string name() const override;
  [[nodiscard]] ServerTraits traits() const;
  [[nodiscard]] ChatOutcome ask(const ChatRequest& request, const std::stop_token& stop,
                                const DeltaSink& sink = {}) override;

  /// Names of the models that the server offers, as it orders them.
  [[nodiscard]] Result<std::vector<std::string>> models(const std::stop_token& stop);

 private:
  struct Attempt;
  Attempt attempt(const ChatEndpoint& endpoint, const ChatRequest& request, const ServerTraits& traits,
                  const std::stop_token& stop, const DeltaSink& sink);
  std::optional<ChatFault> findModel(const std::stop_token& stop, std::string& model);
  bool stepDown(const ServerTraits& used, const ChatFault& fault, const ChatRequest& request,
                std::string& note);

  const ChatEndpoint endpoint_;
  HttpTransport transport_;
  mutable std::mutex mutex_;
  ServerTraits traits_;
  std::string discoveredModel_;
};

}  // namespace espalier
