// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "session/timeline.h"
#include "tuner/tune_result.h"

namespace espalier::cli {

/// The result of `tune`, `resume` and `measure` with what only the command line knows.
struct Summary {
  TuneResult result;
  std::string verification;    ///< which oracle, largest error and bound, in words
  std::string conditions;      ///< under which the best one was timed: what was packed beforehand
  double rooflineSeconds = 0;  ///< nothing can be faster
  Timeline timeline;
  std::string session;  ///< path; empty if there is none
};

[[nodiscard]] nlohmann::json asJson(const Summary& summary);
/// Table and best trace.
[[nodiscard]] std::string inWords(const Summary& summary);

}  // namespace espalier::cli
