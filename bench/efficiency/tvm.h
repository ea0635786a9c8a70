// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "efficiency/layer.h"
#include "efficiency/report.h"

namespace espalier::bench {

struct TvmOptions {
  std::string python;  ///< of an environment with TVM
  std::string script = "bench/tvm/metaschedule.py";
  std::string results;  ///< what the script printed before, one line a layer; empty = run it
  int trials = 64;
  int rulesSamples = 64;
};

/// TVM's own MetaSchedule and MCTS + rules on the same layers: samples and seconds to TVM's best.
[[nodiscard]] Result<Report> besideTvm(const Settings& settings, const TvmOptions& options);

}  // namespace espalier::bench
