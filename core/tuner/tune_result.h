// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "search/node_id.h"
#include "session/session_fold.h"

namespace espalier {

/// What came out of a run, with the fields that `--json` prints.
struct TuneResult {
  std::string workload;
  std::string strategy;
  std::string proposer;
  std::string preset;
  std::uint64_t seed = 0;
  int threads = 1;
  int samples = 0;
  int failedSamples = 0;
  NodeId bestNode = kNoNode;             ///< kNoNode: nothing valid was measured
  double baselineSeconds = 0;
  double bestSeconds = 0;                ///< confirmed in a fresh process where that was done
  double speedup = 0;                    ///< baseline / best
  double bestGflops = 0;
  double percentOfRoofline = 0;
  bool correct = false;                  ///< the best one's outputs were compared with the reference and agree
  std::vector<std::string> bestTrace;
  RunTotals totals;
  std::vector<std::pair<int, double>> curve;  ///< sample, best speedup so far
  double wallSeconds = 0;                ///< all runs of the session together
  std::string stopReason;                ///< RunFinished::reason; empty if the run did not end in order
  std::string stopWords;
};

/// From a session, whether it is finished or not.
[[nodiscard]] TuneResult resultOf(const SessionFold& fold);
/// workload, strategy, proposer, seed, samples, failed_samples, baseline_ms, best_ms, speedup, best_gflops,
/// percent_of_roofline, correct, best_trace, llm {…}, curve, wall_seconds and more.
[[nodiscard]] nlohmann::json toJson(const TuneResult& result);

}  // namespace espalier
