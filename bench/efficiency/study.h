// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "efficiency/layer.h"
#include "efficiency/report.h"

namespace espalier::bench {

/// Several ways on several layers with several seeds each.
struct Study {
  struct WayRuns {
    Way way;
    std::vector<Run> runs;  ///< by seed
  };
  struct LayerRuns {
    std::string layer;
    double baselineSeconds = 0;
    double rooflineSeconds = 0;
    double bestKnownSeconds = 0;  ///< of any run here and of what the store knew of them
    std::vector<WayRuns> ways;
  };
  std::string machine;
  std::vector<LayerRuns> layers;
};

/// A way and how far it runs; 0 = Settings::samples.
struct PlannedWay {
  Way way;
  int samples = 0;
};
/// Runs all of them, then times what led them in turns (settle.h) unless nothing is to be measured.
[[nodiscard]] Result<Study> study(const Settings& settings, const std::vector<PlannedWay>& ways);

/// Speedups over p0 after that many samples, of all seeds.
[[nodiscard]] Spread speedupsAt(const Study::LayerRuns& layer, const Study::WayRuns& way, int sample);
/// Median and quartiles of the best speedup after each sample.
[[nodiscard]] std::vector<Panel> curves(const Study& study);
/// Everything measured: machine, seeds, every curve.
[[nodiscard]] nlohmann::ordered_json toJson(const Study& study);

[[nodiscard]] Way evolutionaryWay();
/// As upstream begins: without our prior, so that the first batch is random.
[[nodiscard]] Way untrainedWay();
[[nodiscard]] Way randomWay();
[[nodiscard]] Way mctsWay();
[[nodiscard]] Way rulesWay();

}  // namespace espalier::bench
