// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "cli/asking.h"

#include <nlohmann/json.hpp>

#include "reasoning/exec_scorer.h"

namespace espalier::cli {
namespace {

using nlohmann::json;

/// Every option that is kept, once for writing and for reading.
template <class Options, class Field>
void eachField(Options& options, Field field) {
  field("proposer", options.proposer);
  field("llm_url", options.llmUrl);
  field("llm_model", options.llmModel);
  field("recording", options.recording);
  field("max_cost", options.maxCost);
  field("max_tokens", options.maxTokens);
  field("max_calls", options.maxCalls);
  field("proposals", options.proposals);
  field("concurrency", options.concurrency);
  field("scorer", options.scorer);
}

bool namesServer(const SearchOptions& options) { return options.llmUrl || !options.llmProfiles.empty(); }

SearchOptions keptIn(const RunStarted& run) {
  SearchOptions kept;
  const json options = json::parse(run.options, nullptr, false);
  const auto asking = options.is_object() ? options.find("asking") : options.end();
  if (asking == options.end() || !asking->is_object()) {
    kept.proposer = run.proposer;
    return kept;
  }
  eachField(kept, [&](const char* name, auto& value) {
    using Value = typename std::remove_reference_t<decltype(value)>::value_type;
    const auto found = asking->find(name);
    if (found == asking->end()) return;
    if constexpr (std::is_same_v<Value, std::string>) {
      if (found->is_string()) value = found->template get<Value>();
    } else {
      if (found->is_number()) value = found->template get<Value>();
    }
  });
  if (const auto profiles = asking->find("llm_profiles"); profiles != asking->end() && profiles->is_array())
    for (const json& profile : *profiles)
      if (profile.is_string()) kept.llmProfiles.push_back(profile.get<std::string>());
  return kept;
}

}  // namespace

std::string askingText(const SearchOptions& options) {
  json asking = json::object();
  eachField(options, [&](const char* name, const auto& value) {
    if (value) asking[name] = *value;
  });
  if (!options.llmProfiles.empty()) asking["llm_profiles"] = options.llmProfiles;
  return asking.dump(-1, ' ', false, json::error_handler_t::replace);
}

SearchOptions withAskingOf(const RunStarted& run, SearchOptions options) {
  SearchOptions kept = keptIn(run);
  const bool asksModel = options.proposer == "llm" || options.proposer == "auto";
  if (namesServer(options) || (options.proposer && !asksModel)) {
    kept.llmUrl.reset();
    kept.llmModel.reset();
    kept.llmProfiles.clear();
  }
  if (options.proposer || namesServer(options)) {
    kept.proposer.reset();
    kept.recording.reset();
  }
  eachField(options, [&](const char* name, auto& value) {
    eachField(kept, [&](const char* other, auto& keptValue) {
      if constexpr (std::is_same_v<decltype(value), decltype(keptValue)>)
        if (std::string_view(name) == other && !value) value = keptValue;
    });
  });
  if (options.llmProfiles.empty()) options.llmProfiles = kept.llmProfiles;
  return options;
}

Result<std::shared_ptr<Problem>> withScorer(std::shared_ptr<Problem> problem, const SearchOptions& options) {
  constexpr std::string_view kExec = "exec:";
  if (!options.scorer) return problem;
  if (!options.scorer->starts_with(kExec) || options.scorer->size() == kExec.size())
    return usageError("--scorer " + *options.scorer + " is not known.", "It is exec:COMMAND.");
  return std::make_shared<ExecScoredProblem>(std::move(problem),
                                             ExecOptions{.command = options.scorer->substr(kExec.size())});
}

}  // namespace espalier::cli
