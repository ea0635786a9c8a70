// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "cli/proposer_choice.h"

#include "reasoning/exec_proposer.h"
#include "reasoning/llm_setup.h"
#include "reasoning/random_proposer.h"
#include "reasoning/recorded_proposer.h"
#include "session/session_store.h"
#include "tensor_problem/rules_proposer.h"

namespace espalier::cli {
namespace {

LlmOptions llmOptions(const SearchOptions& options) {
  LlmOptions llm;
  llm.url = options.llmUrl.value_or("");
  llm.model = options.llmModel.value_or("");
  llm.profiles = options.llmProfiles;
  llm.preset = options.preset.value_or("espalier");
  llm.budget = {options.maxCost, options.maxTokens, options.maxCalls};
  llm.proposals = options.proposals;
  llm.concurrency = options.concurrency;
  llm.preferences = options.selection == "puct";
  return llm;
}

ChosenProposer withoutRecording(std::unique_ptr<Proposer> proposer) {
  ChosenProposer chosen;
  chosen.proposer = std::move(proposer);
  return chosen;
}

Result<ChosenProposer> recorded(const SearchOptions& options, const TensorProblem& problem) {
  if (!options.recording)
    return usageError("--proposer recorded needs --recording FILE.",
                      "Name a session (.espalier) or a recording of exchanges with a model.");
  if (!options.recording->ends_with(".espalier")) {
    auto proposer = makeRecordedLlmProposer(*options.recording, llmOptions(options),
                                            std::make_unique<RulesProposer>(problem));
    if (!proposer) return tl::unexpected(proposer.error());
    return withoutRecording(std::move(*proposer));
  }
  const auto events = readSession(*options.recording);
  if (!events) return tl::unexpected(events.error());
  ChosenProposer chosen{
      std::make_unique<RecordedProposer>(*events), {}, takeUpOrder(*events), recordedCommands(*events)};
  if (!chosen.measurements.add(*events, problem.info().hash))
    return inputError(
        *options.recording + " is the session of another problem than " + problem.info().name + ".",
        "Replay it on the workload, sizes and threads that it was made with.");
  return chosen;
}

Spending spendingOf(const RunTotals& earlier) {
  Spending spent;
  spent.calls = earlier.calls;
  spent.tokens = earlier.usage;
  spent.costUsd = earlier.costUsd;
  spent.proposals = earlier.expansions;
  spent.fallbacks = earlier.fallbacks;
  return spent;
}

Result<ChosenProposer> llm(const SearchOptions& options, const TensorProblem& problem,
                           const RunTotals& earlier) {
  LlmOptions llm = llmOptions(options);
  if (options.recording) llm.recording = *options.recording;
  auto proposer = makeLlmProposer(llm, std::make_unique<RulesProposer>(problem));
  if (!proposer) return tl::unexpected(proposer.error());
  (*proposer)->resumeFrom(spendingOf(earlier));
  return withoutRecording(std::move(*proposer));
}

}  // namespace

Result<ChosenProposer> chooseProposer(const SearchOptions& options, const TensorProblem& problem,
                                      const RunTotals& earlier) {
  const bool modelNamed = options.llmUrl || options.llmModel || !options.llmProfiles.empty();
  std::string name = options.proposer.value_or("auto");
  if (name == "auto") name = modelNamed ? "llm" : "rules";
  if (name == "rules") return withoutRecording(std::make_unique<RulesProposer>(problem));
  if (name == "random") return withoutRecording(std::make_unique<RandomProposer>());
  if (name == "recorded") return recorded(options, problem);
  if (name == "llm") return llm(options, problem, earlier);
  if (name.starts_with("exec:"))
    return withoutRecording(std::make_unique<ExecProposer>(ExecOptions{.command = name.substr(5)},
                                                           std::make_unique<RulesProposer>(problem)));
  return usageError("--proposer " + name + " is not known.",
                    "It is auto, llm, rules, recorded, random or exec:COMMAND.");
}

}  // namespace espalier::cli
