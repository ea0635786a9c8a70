// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/figures.h"
#include "cli/session_view.h"
#include "cli/table.h"
#include "cli/verbs.h"

namespace espalier::cli {
namespace {

/// 1, 2, 4, … and the last sample of every session.
std::set<int> interestingSamples(const std::vector<Summary>& summaries) {
  std::set<int> samples;
  int longest = 0;
  for (const Summary& summary : summaries) {
    longest = std::max(longest, summary.result.samples);
    if (summary.result.samples > 0) samples.insert(summary.result.samples);
  }
  for (int sample = 1; sample <= longest; sample *= 2) samples.insert(sample);
  return samples;
}

std::string speedupAt(const TuneResult& result, int sample) {
  for (const auto& [number, speedup] : result.curve)
    if (number == sample) return fixed(speedup, 1) + "x";
  return "";
}

std::string inWords(const std::vector<Summary>& summaries) {
  std::vector<Table::Column> columns{{""}};
  for (const Summary& summary : summaries)
    columns.push_back({std::filesystem::path(summary.session).filename().string(), Table::Align::Right});
  Table table(std::move(columns));
  const auto addRow = [&](const std::string& title, const auto& cellOf) {
    std::vector<std::string> row{title};
    for (const Summary& summary : summaries) row.push_back(cellOf(summary.result));
    table.add(std::move(row));
  };
  addRow("workload", [](const TuneResult& result) { return result.workload; });
  addRow("strategy", [](const TuneResult& result) { return result.strategy; });
  addRow("proposer", [](const TuneResult& result) { return result.proposer; });
  addRow("baseline", [](const TuneResult& result) { return duration(result.baselineSeconds); });
  addRow("best", [](const TuneResult& result) {
    return result.bestSeconds > 0 ? duration(result.bestSeconds) : "none";
  });
  addRow("roofline", [](const TuneResult& result) { return fixed(result.percentOfRoofline, 1) + " %"; });
  addRow("speedup per sample", [](const TuneResult& result) {
    return result.samples > 0 ? fixed(result.speedup / result.samples, 2) : "";
  });
  for (const int sample : interestingSamples(summaries))
    addRow("speedup after " + std::to_string(sample),
           [&](const TuneResult& result) { return speedupAt(result, sample); });
  return table.text();
}

}  // namespace

Result<ExitStatus> compareSessions(const CompareOptions& options, Console& console) {
  std::vector<Summary> summaries;
  for (const std::string& path : options.sessions) {
    const auto session = readSessionView(path);
    if (!session) return tl::unexpected(session.error());
    summaries.push_back(summaryOf(*session));
  }
  if (console.json) {
    nlohmann::json sessions = nlohmann::json::array();
    for (const Summary& summary : summaries) sessions.push_back(asJson(summary));
    console.printJson({{"sessions", sessions}});
  } else {
    console.print(inWords(summaries));
  }
  return ExitStatus::Done;
}

}  // namespace espalier::cli
