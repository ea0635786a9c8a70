// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tuner/tune_options.h"

#include <nlohmann/json.hpp>

namespace espalier {

nlohmann::json toJson(const TuneOptions& options) {
  nlohmann::json json{{"strategy", options.strategy},
                      {"preset", options.preset},
                      {"seed", options.seed},
                      {"samples", options.samples},
                      {"timeLimitSeconds", options.timeLimitSeconds},
                      {"exploration", options.exploration},
                      {"selection", options.selection},
                      {"branching", options.branching},
                      {"historyDepth", options.historyDepth},
                      {"expansionsPerSample", options.expansionsPerSample},
                      {"rolloutSteps", options.rolloutSteps},
                      {"rolloutCount", options.rolloutCount},
                      {"backpropagateMeasurements", options.backpropagateMeasurements},
                      {"transpositions", options.transpositions},
                      {"pipelineDepth", options.pipelineDepth},
                      {"confirm", options.confirm}};
  if (!options.asking.empty()) json["asking"] = nlohmann::json::parse(options.asking);
  return json;
}

Result<TuneOptions> tuneOptionsFromJson(const nlohmann::json& json) {
  try {
    TuneOptions options;
    options.strategy = json.value("strategy", options.strategy);
    options.preset = json.value("preset", options.preset);
    options.seed = json.value("seed", options.seed);
    options.samples = json.value("samples", options.samples);
    options.timeLimitSeconds = json.value("timeLimitSeconds", options.timeLimitSeconds);
    options.exploration = json.value("exploration", options.exploration);
    options.selection = json.value("selection", options.selection);
    options.branching = json.value("branching", options.branching);
    options.historyDepth = json.value("historyDepth", options.historyDepth);
    options.expansionsPerSample = json.value("expansionsPerSample", options.expansionsPerSample);
    options.rolloutSteps = json.value("rolloutSteps", options.rolloutSteps);
    options.rolloutCount = json.value("rolloutCount", options.rolloutCount);
    options.backpropagateMeasurements =
        json.value("backpropagateMeasurements", options.backpropagateMeasurements);
    options.transpositions = json.value("transpositions", options.transpositions);
    options.pipelineDepth = json.value("pipelineDepth", options.pipelineDepth);
    options.confirm = json.value("confirm", options.confirm);
    if (const auto asking = json.find("asking"); asking != json.end()) options.asking = asking->dump();
    if (auto checked = check(options); !checked) return tl::unexpected(checked.error());
    return options;
  } catch (const nlohmann::json::exception& exception) {
    return inputError(std::string("The options of the session cannot be read: ") + exception.what() + ".");
  }
}

Result<void> check(const TuneOptions& options) {
  const auto outside = [](const char* what, const char* range) {
    return usageError(std::string("The ") + what + " is out of range.",
                      std::string("It must be ") + range + ".");
  };
  if (options.strategy != "mcts" && options.strategy != "evolutionary" && options.strategy != "random")
    return usageError("The strategy `" + options.strategy + "` is unknown.",
                      "Use mcts, evolutionary or random.");
  if (options.preset != "espalier" && options.preset != "paper")
    return usageError("The preset `" + options.preset + "` is unknown.", "Use espalier or paper.");
  if (options.selection != "uct" && options.selection != "puct")
    return usageError("The selection `" + options.selection + "` is unknown.", "Use uct or puct.");
  if (options.samples < 0) return outside("number of samples", "0 (no limit) or more");
  if (!(options.timeLimitSeconds >= 0)) return outside("time limit", "0 (no limit) or more seconds");
  if (!(options.exploration >= 0 && options.exploration <= 1000))
    return outside("exploration constant", "between 0 and 1000");
  if (options.branching < 1 || options.branching > 1000)
    return outside("branching factor", "between 1 and 1000");
  if (options.historyDepth < 0 || options.historyDepth > 100)
    return outside("history depth", "between 0 and 100");
  if (options.expansionsPerSample < 1 || options.expansionsPerSample > 100000)
    return outside("number of expansions a sample", "between 1 and 100000");
  if (options.rolloutSteps < -1 || options.rolloutSteps > 500)
    return outside("number of rollout steps", "between 0 and 500");
  if (options.rolloutCount < 1 || options.rolloutCount > 100)
    return outside("number of rollouts", "between 1 and 100");
  if (options.pipelineDepth < 1 || options.pipelineDepth > 64)
    return outside("pipeline depth", "between 1 and 64");
  return {};
}

}  // namespace espalier
