// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reasoning/budget.h"
#include "reasoning/chat_endpoint.h"
#include "support/outcome.h"

namespace espalier {

/// How to reach a model and what it costs, without any key. As JSON:
///   {"version": 1, "profiles": {"NAME": {"url": "http://localhost:8080/v1", "model": "NAME or auto",
///     "api": "openai or anthropic", "key_variable": "MY_KEY", "extra_body": {…}, "context_tokens": 32768,
///     "reply_tokens": 4096, "concurrency": 4,
///     "prices": {"input": 0.14, "cached_input": 0.003, "cache_write": 0.14, "output": 0.28}, "description":
///     "…"}}}
/// Prices are dollars for a million tokens. Only `url` is needed.
struct LlmProfile {
  std::string name;
  std::string description;
  ServerUrl server;
  std::string model = "auto";  ///< auto = the first that the server lists
  std::optional<std::string>
      keyVariable;  ///< environment variable of the key; empty text = send none; not set = the usual two
  std::string extraBody;             ///< JSON object as text; empty = none
  std::optional<int> contextTokens;  ///< prompt and reply together
  int replyTokens = 4096;
  int concurrency = 4;
  std::optional<TokenPrices> prices;
};

/// The profiles in a JSON text; `source` names it in errors. Unknown members and keys written into the file
/// are refused.
[[nodiscard]] Result<std::vector<LlmProfile>> readProfiles(std::string_view text, const std::string& source);

/// `espalier/profiles.json` in the user's configuration directory (XDG_CONFIG_HOME, else ~/.config); empty if
/// there is no home.
[[nodiscard]] std::filesystem::path userProfilePath();

/// All profiles: the user's, then those that are compiled in and have another name.
[[nodiscard]] Result<std::vector<LlmProfile>> knownProfiles(const std::filesystem::path& userFile);

/// The profile of that name from the user's file, else from those that are compiled in.
[[nodiscard]] Result<LlmProfile> findProfile(const std::string& name, const std::filesystem::path& userFile);

/// The key of the profile from the environment: its own variable, or else ESPALIER_API_KEY, then
/// OPENAI_API_KEY. Empty if there is none. An error if the key has characters that no HTTP header can carry.
[[nodiscard]] Result<Secret> keyFor(const LlmProfile& profile);

}  // namespace espalier
