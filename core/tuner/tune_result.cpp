// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tuner/tune_result.h"

#include <nlohmann/json.hpp>

namespace espalier {

TuneResult resultOf(const SessionFold& fold) {
  TuneResult result;
  const Tree& tree = fold.tree();
  result.totals = fold.totals();
  result.samples = fold.totals().samples;
  result.failedSamples = fold.totals().failedSamples;
  result.wallSeconds = fold.totals().elapsedSeconds;
  result.baselineSeconds = tree.baselineSeconds();
  for (const auto& point : fold.runs().latestCurve()) result.curve.emplace_back(point.sample, point.speedup);
  if (fold.finish()) {
    result.stopReason = fold.finish()->reason;
    result.stopWords = fold.finish()->words;
  }

  double operations = 0;
  double roofline = 0;
  if (const RunStarted* run = fold.run()) {
    result.workload = run->problem.name;
    result.strategy = run->strategy;
    result.proposer = run->proposer;
    result.preset = run->preset;
    result.seed = run->seed;
    result.threads = run->problem.threads;
    operations = run->problem.operations;
    roofline = run->problem.rooflineSeconds;
  }

  result.bestNode = tree.best();
  // A confirmation may have turned the fastest one down and taken the next.
  const auto& confirmation = fold.confirmation();
  const bool confirmed = confirmation && confirmation->measurement.valid &&
                         tree.contains(confirmation->node) && confirmation->node != kNoNode;
  if (confirmed) result.bestNode = confirmation->node;
  if (result.bestNode == kNoNode) return result;
  result.bestTrace = tree.stateOf(result.bestNode).trace;
  result.bestSeconds = tree[result.bestNode].measuredSeconds;
  for (const auto& sample : fold.record(result.bestNode).samples)
    result.correct = result.correct || (sample.measurement.valid && sample.measurement.verified);
  if (confirmed) {
    result.bestSeconds = confirmation->measurement.seconds;
    result.correct = result.correct || confirmation->measurement.verified;
  }
  if (result.bestSeconds <= 0) return result;
  if (result.baselineSeconds > 0 && result.baselineSeconds < result.bestSeconds) {
    // Nothing that was tried is faster than what was there before.
    result.bestNode = kRootNode;
    result.bestTrace.clear();
    result.bestSeconds = result.baselineSeconds;
  }
  if (result.baselineSeconds > 0) result.speedup = result.baselineSeconds / result.bestSeconds;
  result.bestGflops = operations / result.bestSeconds / 1e9;
  result.percentOfRoofline = 100 * roofline / result.bestSeconds;
  return result;
}

nlohmann::json toJson(const TuneResult& result) {
  auto curve = nlohmann::json::array();
  for (const auto& [sample, speedup] : result.curve) curve.push_back({sample, speedup});
  const auto millisecondsOrNull = [](double seconds) {
    return seconds > 0 ? nlohmann::json(seconds * 1000) : nlohmann::json();
  };
  return {{"workload", result.workload},
          {"strategy", result.strategy},
          {"proposer", result.proposer},
          {"preset", result.preset},
          {"seed", result.seed},
          {"threads", result.threads},
          {"samples", result.samples},
          {"failed_samples", result.failedSamples},
          {"baseline_ms", millisecondsOrNull(result.baselineSeconds)},
          {"best_ms", millisecondsOrNull(result.bestSeconds)},
          {"best_node", result.bestNode == kNoNode ? nlohmann::json() : nlohmann::json(result.bestNode)},
          {"speedup", result.speedup},
          {"best_gflops", result.bestGflops},
          {"percent_of_roofline", result.percentOfRoofline},
          {"correct", result.correct},
          {"best_trace", result.bestTrace},
          {"llm",
           {{"calls", result.totals.calls},
            {"prompt_tokens", result.totals.usage.prompt},
            {"completion_tokens", result.totals.usage.completion},
            {"cached_tokens", result.totals.usage.cached},
            {"estimated", result.totals.usage.estimated},
            {"cost_usd", result.totals.costUsd},
            {"fallback_rate", result.totals.fallbackRate()}}},
          {"curve", std::move(curve)},
          {"wall_seconds", result.wallSeconds},
          {"stop_reason", result.stopReason}};
}

}  // namespace espalier
