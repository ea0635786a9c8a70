// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "reasoning/chat_message.h"

namespace espalier {

/// Whoever answers questions: a server, or a recording of one. Threads: any number of calls at once.
class ChatModel {
 public:
  /// Pieces of the reply as they arrive, clean and without any key. A repeated attempt begins anew.
  using DeltaSink = std::function<void(std::string_view text, bool thinking)>;

  virtual ~ChatModel() = default;

  /// The name as asked for; the reply may know it better.
  [[nodiscard]] virtual std::string name() const = 0;
  /// Returns within 100 ms once `stop` is requested.
  [[nodiscard]] virtual ChatOutcome ask(const ChatRequest& request, const std::stop_token& stop,
                                        const DeltaSink& sink) = 0;
};

}  // namespace espalier
