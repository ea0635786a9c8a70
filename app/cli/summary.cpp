// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "cli/summary.h"

#include <nlohmann/json.hpp>

#include "cli/figures.h"
#include "cli/table.h"

namespace espalier::cli {

nlohmann::json toJson(const RunSummary& summary) {
  nlohmann::json curve = nlohmann::json::array();
  for (const auto& [sample, speedup] : summary.curve) curve.push_back({sample, speedup});
  return {
      {"workload", summary.workload},
      {"strategy", summary.strategy},
      {"proposer", summary.proposer},
      {"seed", summary.seed},
      {"threads", summary.threads},
      {"samples", summary.samples},
      {"failed_samples", summary.failedSamples},
      {"baseline_ms", summary.baselineSeconds * 1e3},
      {"best_ms", summary.bestSeconds ? nlohmann::json(*summary.bestSeconds * 1e3) : nlohmann::json()},
      {"speedup", summary.speedup()},
      {"best_gflops", summary.gflops()},
      {"percent_of_roofline", summary.percentOfRoofline()},
      {"roofline_ms", summary.rooflineSeconds * 1e3},
      {"correct", summary.correct},
      {"verification", summary.verification},
      {"best_trace", summary.bestTrace},
      {"llm",
       {{"calls", summary.model.calls},
        {"prompt_tokens", summary.model.promptTokens},
        {"completion_tokens", summary.model.completionTokens},
        {"cached_tokens", summary.model.cachedTokens},
        {"cost_usd", summary.model.costUsd},
        {"fallback_rate", summary.model.fallbackRate}}},
      {"curve", curve},
      {"wall_seconds", summary.wallSeconds},
      {"session", summary.session.empty() ? nlohmann::json() : nlohmann::json(summary.session)},
      {"stop_reason", summary.stopReason},
  };
}

std::string inWords(const RunSummary& summary) {
  Table table({{""}, {""}});
  table.add({"workload", summary.workload});
  table.add({"samples", grouped(summary.samples) + " (" + grouped(summary.failedSamples) + " failed), " +
                            duration(summary.wallSeconds) + ", " + summary.strategy + " with " +
                            summary.proposer});
  table.add(
      {"baseline", duration(summary.baselineSeconds) + " (the unscheduled program, LLVM -O3, one thread)"});
  if (summary.bestSeconds) {
    table.add({"best", duration(*summary.bestSeconds) + " (" + std::to_string(summary.threads) +
                           (summary.threads == 1 ? " thread)" : " threads)")});
    table.add({"speedup", fixed(summary.speedup(), 1) + "x"});
    table.add({"GFLOPS", fixed(summary.gflops(), 1)});
    table.add({"roofline", fixed(summary.percentOfRoofline(), 1) + " % of what this machine can reach (" +
                               duration(summary.rooflineSeconds) + ")"});
    table.add({"verified", (summary.correct ? "yes: " : "no: ") + summary.verification});
  } else {
    table.add({"best", "nothing valid was measured"});
  }
  if (summary.model.calls > 0)
    table.add({"model", grouped(summary.model.calls) + " calls, " + grouped(summary.model.promptTokens) +
                            " + " + grouped(summary.model.completionTokens) + " tokens, " +
                            fixed(summary.model.costUsd, 4) + " USD, " +
                            fixed(100 * summary.model.fallbackRate, 1) + " % fallback"});
  if (!summary.session.empty()) table.add({"session", summary.session});
  if (!summary.stopReason.empty()) table.add({"ended", summary.stopReason});

  std::string text = "\n" + table.text();
  if (!summary.bestTrace.empty()) {
    text += "\nBest trace:\n";
    for (const std::string& step : summary.bestTrace) text += "  " + step + "\n";
  }
  return text;
}

}  // namespace espalier::cli
