// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "reasoning/chat_message.h"

namespace espalier {

/// Dollars for a million tokens; what is not given costs nothing.
struct TokenPrices {
  double input = 0;
  std::optional<double> cachedInput;  ///< read from the provider's cache; as `input` if not given
  std::optional<double> cacheWrite;   ///< as `input` if not given
  double output = 0;
};

/// What a call costs: what the server says, else by the prices.
[[nodiscard]] double costOf(const ChatUsage& usage, const TokenPrices& prices);

/// Limits of a run; reaching one stops asking, not searching.
struct BudgetLimits {
  std::optional<double> costUsd;
  std::optional<std::int64_t> tokens;  ///< prompt and completion together
  std::optional<std::int64_t> calls;
};

/// What a run has asked for, and how often it had to do without.
struct Spending {
  std::int64_t calls = 0;  ///< questions asked; repeated attempts of one are not counted
  std::int64_t failedCalls = 0;
  std::int64_t estimatedCalls = 0;  ///< calls whose tokens the server did not report
  TokenUsage tokens;
  double costUsd = 0;
  std::int64_t proposals = 0;  ///< asked of the proposer
  std::int64_t fallbacks = 0;  ///< of them, answered without the model
  [[nodiscard]] double fallbackRate() const {
    return proposals == 0 ? 0 : static_cast<double>(fallbacks) / static_cast<double>(proposals);
  }
};

/// Counts calls, tokens and money. A call in flight counts with its estimated prompt, so that calls that run
/// at once cannot together overstep a limit by more than one reply. Threads: all functions at any time.
class Budget {
 public:
  explicit Budget(BudgetLimits limits) : limits_(limits) {}

  /// Takes up calls that an earlier part of the run made.
  void resumeFrom(const Spending& earlier);
  /// Begins a call, or says in words which limit is reached.
  [[nodiscard]] std::optional<std::string> begin(std::int64_t estimatedPrompt, const TokenPrices& prices);
  /// Ends it. Returns what it cost in dollars.
  double finish(std::int64_t estimatedPrompt, const ChatUsage& usage, const TokenPrices& prices, bool failed);
  void countProposal(bool fallback);

  [[nodiscard]] Spending spent() const;

 private:
  BudgetLimits limits_;
  mutable std::mutex mutex_;
  Spending spent_;
  std::int64_t promptsInFlight_ = 0;
  double costInFlight_ = 0;
};

}  // namespace espalier
