// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "measure/roofline.h"
#include "peers/contender.h"
#include "peers/tvm.h"
#include "support/outcome.h"
#include "tensor_problem/tensor_problem.h"
#include "tuner/tune_result.h"

namespace espalier::bench {

struct LayerRunOptions {
  int samples = 64;
  std::vector<std::uint64_t> seeds{1};
  int threads = 1;
  Prepack prepack = Prepack::Auto;
  bool peers = true;
  TvmPeerOptions tvm;
  ContestOptions contest;
};

/// One run of the rules on a layer.
struct SeedRun {
  TuneResult result;
  double buildSeconds = 0;  ///< median
  double seconds = 0;       ///< of the run, baseline and confirmation included
};

/// What the seeds found for a layer, and how it stands beside the libraries.
struct LayerRun {
  std::string layer;  ///< with the sizes that were asked for
  Roofline roofline;
  std::vector<SeedRun> seeds;
  /// Each seed's best, then the peers; all timed in turns in this process. Empty without `peers`.
  std::vector<Contender> contenders;
  std::vector<Standing> standings;

  /// Position in `seeds` of the run with the median result.
  [[nodiscard]] std::size_t medianSeed() const;
  /// Seconds of the median run: in the contest where there was one, else as the tuner confirmed it.
  [[nodiscard]] double seconds() const;
  /// The fastest contender of a library with no more freedom than that; nothing if there is none.
  [[nodiscard]] const Standing* fastest(const std::string& library, LayoutFreedom allowed) const;
  /// What we were allowed to do with the layouts, whether it was used or not.
  LayoutFreedom freedom = LayoutFreedom::Weights;
};

/// Tunes `LAYER` or `LAYER:M=510,N=514` with the rules and times the result beside the peers.
[[nodiscard]] Result<LayerRun> runLayer(const std::string& layer, const LayerRunOptions& options);

}  // namespace espalier::bench
