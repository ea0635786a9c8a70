// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/budget.h"

#include <algorithm>
#include <charconv>

namespace espalier {
namespace {

constexpr double kMillion = 1e6;

std::string dollars(double amount) {
  // Not printf, whose decimal point depends on the locale.
  char text[48];
  const auto [end, error] = std::to_chars(text, text + sizeof text, amount, std::chars_format::fixed, 4);
  return error == std::errc() ? "$" + std::string(text, end) : "$?";
}

double promptCost(std::int64_t tokens, const TokenPrices& prices) {
  return static_cast<double>(tokens) * prices.input / kMillion;
}

}  // namespace

double costOf(const ChatUsage& usage, const TokenPrices& prices) {
  if (usage.costUsd) return *usage.costUsd;
  const TokenUsage& tokens = usage.tokens;
  const std::int64_t plain = std::max<std::int64_t>(0, tokens.prompt - tokens.cached - usage.written);
  return (static_cast<double>(plain) * prices.input +
          static_cast<double>(tokens.cached) * prices.cachedInput.value_or(prices.input) +
          static_cast<double>(usage.written) * prices.cacheWrite.value_or(prices.input) +
          static_cast<double>(tokens.completion) * prices.output) /
         kMillion;
}

void Budget::resumeFrom(const Spending& earlier) {
  const std::lock_guard lock(mutex_);
  spent_ = earlier;
}

std::optional<std::string> Budget::begin(std::int64_t estimatedPrompt, const TokenPrices& prices) {
  const std::lock_guard lock(mutex_);
  const std::int64_t tokens = spent_.tokens.prompt + spent_.tokens.completion + promptsInFlight_;
  if (limits_.calls && spent_.calls >= *limits_.calls) {
    return "The limit of " + std::to_string(*limits_.calls) + " LLM calls is reached.";
  }
  if (limits_.tokens && tokens + estimatedPrompt > *limits_.tokens) {
    return "The limit of " + std::to_string(*limits_.tokens) +
           " LLM tokens is reached: " + std::to_string(tokens) + " are used and the next prompt has about " +
           std::to_string(estimatedPrompt) + ".";
  }
  const double cost = promptCost(estimatedPrompt, prices);
  const double used = spent_.costUsd + costInFlight_;
  if (limits_.costUsd && (used + cost > *limits_.costUsd || used >= *limits_.costUsd)) {
    return "The limit of " + dollars(*limits_.costUsd) + " for the LLM is reached: " + dollars(used) +
           " are spent and the next prompt costs about " + dollars(cost) + ".";
  }
  ++spent_.calls;
  promptsInFlight_ += estimatedPrompt;
  costInFlight_ += cost;
  return std::nullopt;
}

double Budget::finish(std::int64_t estimatedPrompt, const ChatUsage& usage, const TokenPrices& prices,
                      bool failed) {
  const double cost = costOf(usage, prices);
  const std::lock_guard lock(mutex_);
  promptsInFlight_ -= estimatedPrompt;
  costInFlight_ = promptsInFlight_ == 0 ? 0 : costInFlight_ - promptCost(estimatedPrompt, prices);
  if (failed) ++spent_.failedCalls;
  if (usage.tokens.estimated) ++spent_.estimatedCalls;
  TokenUsage& total = spent_.tokens;
  total.prompt += usage.tokens.prompt;
  total.cached += usage.tokens.cached;
  total.completion += usage.tokens.completion;
  total.reasoning += usage.tokens.reasoning;
  total.estimated = total.estimated || usage.tokens.estimated;
  spent_.costUsd += cost;
  return cost;
}

void Budget::countProposal(bool fallback) {
  const std::lock_guard lock(mutex_);
  ++spent_.proposals;
  if (fallback) ++spent_.fallbacks;
}

Spending Budget::spent() const {
  const std::lock_guard lock(mutex_);
  return spent_;
}

}  // namespace espalier
