// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "reasoning/chat_endpoint.h"
#include "reasoning/llm_proposer.h"
#include "support/outcome.h"

namespace espalier {

/// What a user says about the LLM. Keys come from the environment alone.
struct LlmOptions {
  std::string url;    ///< of a server; replaces the profile's
  std::string model;  ///< `auto` or empty = the first that the server lists; replaces the profile's
  std::vector<std::string>
      profiles;  ///< names; several: the first proposes, the last corrects (see LlmProposer)
  std::filesystem::path profileFile;     ///< empty = userProfilePath()
  std::filesystem::path promptTemplate;  ///< empty = the shipped one of the preset
  std::filesystem::path recording;       ///< exchanges are appended to it; empty = none
  std::string preset = "espalier";       ///< `espalier` or `paper`
  BudgetLimits budget;
  std::optional<int> proposals;      ///< sequences a call; 2 by default, 1 in the preset `paper`
  std::optional<int> concurrency;    ///< calls at once; replaces the profile's
  bool preferences = false;          ///< ask how much the model believes in each proposal
  std::size_t promptTokens = 6000;   ///< limit of a prompt
  std::optional<ChatLimits> limits;  ///< timeouts, attempts and sizes
};

/// A proposer that asks the models of the options; nothing is sent yet. Usage and input errors say what to
/// change.
[[nodiscard]] Result<std::unique_ptr<LlmProposer>> makeLlmProposer(const LlmOptions& options,
                                                                   std::unique_ptr<Proposer> fallback);

/// A proposer that replays the exchanges of a recording through the same prompt and the same reader. Named
/// "recorded".
[[nodiscard]] Result<std::unique_ptr<LlmProposer>> makeRecordedLlmProposer(
    const std::filesystem::path& recording, const LlmOptions& options, std::unique_ptr<Proposer> fallback);

/// The models that a server offers; for `doctor`. Waits at most three seconds.
[[nodiscard]] Result<std::vector<std::string>> listModels(const LlmOptions& options,
                                                          const std::stop_token& stop = {});

/// From now on a crash of this process leaves no memory image in which a key could be found. Called wherever
/// a key is read.
void keepSecretsOutOfCoreDumps();

}  // namespace espalier
