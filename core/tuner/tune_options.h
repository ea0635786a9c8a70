// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "support/outcome.h"

namespace espalier {

/// What a run is asked to do. Stored in the session, so that it can go on without being told again.
struct TuneOptions {
  std::string strategy = "mcts";     ///< "mcts", "evolutionary", "random"
  std::string preset = "espalier";   ///< "espalier", "paper"
  std::uint64_t seed = 0;
  int samples = 64;                  ///< budget, those of an earlier run of the session included; 0 = no limit
  double timeLimitSeconds = 0;       ///< of this run; 0 = no limit
  double exploration = 1.4142135623730951;
  std::string selection = "uct";    ///< "uct", "puct" (with the proposer's preferences as priors)
  int branching = 2;
  int historyDepth = 2;              ///< ancestors that a proposer sees
  int expansionsPerSample = 1;       ///< the best predicted of what they led to is measured
  int rolloutSteps = -1;             ///< -1 = the preset's; 0 = none
  int rolloutCount = 1;
  bool backpropagateMeasurements = true;  ///< the preset `paper` never does
  bool transpositions = true;  ///< a known program reached again counts; the preset `paper` never counts it
  int pipelineDepth = 2;             ///< samples in flight: one is built while another is measured
  bool confirm = true;               ///< time the best once more in a fresh process at the end
  std::string asking;                ///< what the proposer was made from, JSON, for whoever resumes; never a key
  std::string host;                  ///< facts about the machine for the session, JSON
  std::string software;              ///< program and version for the session
};

/// All fields but host and software.
[[nodiscard]] nlohmann::json toJson(const TuneOptions& options);
/// Missing fields keep their default.
[[nodiscard]] Result<TuneOptions> tuneOptionsFromJson(const nlohmann::json& json);
/// The error names the option and its range.
[[nodiscard]] Result<void> check(const TuneOptions& options);

}  // namespace espalier
