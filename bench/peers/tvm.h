// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "peers/contender.h"
#include "peers/layer_tensors.h"
#include "support/outcome.h"

namespace espalier::bench {

struct TvmPeerOptions {
  std::string python;  ///< of an environment with apache-tvm, numpy and xgboost; empty = TVM takes no part
  std::string script = "bench/tvm/metaschedule.py";
  std::string databases;  ///< a folder of records a layer, kept there; empty = tuned anew and forgotten
  std::string cpu;        ///< the core's name for TVM's LLVM; empty = the script's default
  int trials = 64;        ///< records already in the database count
};

/// What MetaSchedule found for a layer within so many trials, run by TVM's own runtime in a process beside
/// ours on the same inputs. An error where TVM or the script's layers do not offer it.
[[nodiscard]] Result<Contender> tvmContender(const std::string& layer, const LayerTensors& tensors,
                                             int threads, const TvmPeerOptions& options);

}  // namespace espalier::bench
