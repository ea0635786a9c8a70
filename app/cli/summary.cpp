// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "cli/summary.h"

#include <nlohmann/json.hpp>

#include "cli/figures.h"
#include "cli/table.h"

namespace espalier::cli {
namespace {

nlohmann::json asJson(const Timeline& timeline) {
  return {{"search_seconds", timeline.search},
          {"working_seconds", timeline.working},
          {"measuring_seconds", timeline.measuring},
          {"candidate_seconds", timeline.candidates},
          {"idle_seconds", timeline.idle},
          {"idle_percent", 100 * timeline.idleShare()},
          {"calls_in_flight", timeline.callsInFlight()}};
}

}  // namespace

nlohmann::json asJson(const Summary& summary) {
  nlohmann::json json = toJson(summary.result);
  json["verification"] = summary.verification;
  json["conditions"] = summary.conditions;
  json["roofline_ms"] = summary.rooflineSeconds * 1e3;
  if (!summary.session.empty()) json["timeline"] = asJson(summary.timeline);
  json["session"] = summary.session.empty() ? nlohmann::json() : nlohmann::json(summary.session);
  return json;
}

std::string inWords(const Summary& summary) {
  const TuneResult& result = summary.result;
  Table table({{""}, {""}});
  table.add({"workload", result.workload});
  table.add({"samples", grouped(result.samples) + " (" + grouped(result.failedSamples) + " failed), " +
                            duration(result.wallSeconds) + ", " + result.strategy + " with " +
                            result.proposer});
  table.add({"baseline", duration(result.baselineSeconds) + " (unscheduled program, LLVM -O3, one thread)"});
  if (result.bestSeconds > 0) {
    table.add({"best", duration(result.bestSeconds) + " with " + std::to_string(result.threads) +
                           (result.threads == 1 ? " thread" : " threads")});
    table.add({"speedup", fixed(result.speedup, 1) + "x"});
    table.add({"GFLOPS", fixed(result.bestGflops, 1)});
    table.add(
        {"roofline",
         fixed(result.percentOfRoofline, 1) + " % of what this machine can reach (" +
             duration(summary.rooflineSeconds) + ")" +
             (result.percentOfRoofline > kSuspiciousPercent ? "; so much above 100 % is suspicious" : "")});
    if (!summary.conditions.empty()) table.add({"conditions", summary.conditions});
    table.add({"verified", (result.correct ? "yes, " : "no ") + summary.verification});
  } else {
    table.add({"best", "nothing valid was measured"});
  }
  const RunTotals& totals = result.totals;
  if (totals.calls > 0)
    table.add({"model", grouped(totals.calls) + " calls, " + grouped(totals.usage.prompt) + " + " +
                            grouped(totals.usage.completion) + " tokens, " + fixed(totals.costUsd, 4) +
                            " USD, " + fixed(100 * totals.fallbackRate(), 1) + " % fallback"});
  if (const Timeline& timeline = summary.timeline; timeline.working > 0)
    table.add(
        {"overlap",
         "built or measured in " + fixed(100 * timeline.working / timeline.search, 0) +
             " % of the search; idle in " + fixed(100 * timeline.idleShare(), 1) +
             " % of the time while candidates were left" +
             (timeline.asking > 0 ? "; " + fixed(timeline.callsInFlight(), 1) + " calls in flight" : "")});
  if (!summary.session.empty()) table.add({"session", summary.session});
  if (!result.stopWords.empty()) table.add({"ended", result.stopWords});

  std::string text = "\n" + table.text();
  if (!result.bestTrace.empty()) {
    text += "\nBest trace:\n";
    for (const std::string& step : result.bestTrace) text += "  " + step + "\n";
  }
  return text;
}

}  // namespace espalier::cli
