// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace espalier::cli {

/// What the calls of a model came to.
struct ModelUse {
  std::int64_t calls = 0;
  std::int64_t promptTokens = 0;
  std::int64_t completionTokens = 0;
  std::int64_t cachedTokens = 0;
  double costUsd = 0;
  double fallbackRate = 0;  ///< share of expansions without any valid transformation of the proposer
};

/// The result of `tune`, `resume` and `measure`.
struct RunSummary {
  std::string workload;
  std::string strategy;
  std::string proposer;
  std::uint64_t seed = 0;
  int threads = 1;
  std::int64_t samples = 0;
  std::int64_t failedSamples = 0;
  double operations = 0;  ///< FLOPs of p0
  double rooflineSeconds = 0;
  double baselineSeconds = 0;
  std::optional<double> bestSeconds;  ///< nothing valid was measured: empty
  bool correct = false;               ///< the best was compared with the reference
  std::string verification;           ///< in words
  std::vector<std::string> bestTrace;
  ModelUse model;
  std::vector<std::pair<std::int64_t, double>> curve;  ///< after each sample the best speedup so far
  double wallSeconds = 0;
  std::string session;     ///< path; empty if there is none
  std::string stopReason;  ///< in words; empty if there is nothing to say

  [[nodiscard]] double speedup() const { return bestSeconds ? baselineSeconds / *bestSeconds : 0; }
  [[nodiscard]] double gflops() const { return bestSeconds ? operations / *bestSeconds * 1e-9 : 0; }
  [[nodiscard]] double percentOfRoofline() const {
    return bestSeconds ? 100 * rooflineSeconds / *bestSeconds : 0;
  }
};

[[nodiscard]] nlohmann::json toJson(const RunSummary& summary);
/// Table, best trace, session file.
[[nodiscard]] std::string inWords(const RunSummary& summary);

}  // namespace espalier::cli
