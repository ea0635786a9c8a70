// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "efficiency/study.h"

#include <algorithm>
#include <iostream>

#include "efficiency/settle.h"

namespace espalier::bench {

Result<Study> study(const Settings& settings, const std::vector<PlannedWay>& ways) {
  Study result;
  for (const std::string& name : settings.layers) {
    auto opened = Layer::open(name, settings);
    if (!opened) return tl::unexpected(opened.error());
    Layer& layer = **opened;
    result.machine = layer.problem().machineName();
    Study::LayerRuns runs;
    runs.layer = name;
    const auto baseline = layer.baselineSeconds();
    if (!baseline) return tl::unexpected(baseline.error());
    runs.baselineSeconds = *baseline;
    runs.rooflineSeconds = layer.rooflineSeconds();
    for (const PlannedWay& planned : ways) {
      Study::WayRuns way{planned.way, {}};
      for (int seed = 1; seed <= settings.seeds; ++seed) {
        const std::size_t before = layer.measuredHere();
        auto run = layer.run(planned.way, static_cast<std::uint64_t>(seed),
                             planned.samples > 0 ? planned.samples : settings.samples);
        if (!run) return tl::unexpected(run.error());
        std::cerr << name << ", " << planned.way.name << ", seed " << seed << ": " << run->best.size()
                  << " samples, " << layer.measuredHere() - before << " measured here, " << run->wallSeconds
                  << " s, search alone " << run->searchSeconds << " s\n";
        way.runs.push_back(*std::move(run));
      }
      runs.ways.push_back(std::move(way));
    }
    runs.bestKnownSeconds = layer.bestKnownSeconds();
    if (!settings.replayOnly) settle(layer, runs);
    result.layers.push_back(std::move(runs));
  }
  return result;
}

Spread speedupsAt(const Study::LayerRuns& layer, const Study::WayRuns& way, int sample) {
  std::vector<double> speedups;
  for (const Run& run : way.runs) speedups.push_back(run.speedupAt(sample, layer.baselineSeconds));
  return spreadOf(speedups);
}

std::vector<Panel> curves(const Study& study) {
  std::vector<Panel> panels;
  for (const auto& layer : study.layers) {
    Panel panel{layer.layer, "best speedup over p0", {}};
    for (const auto& way : layer.ways) {
      Line line{way.way.name, {}};
      std::size_t longest = 0;
      for (const Run& run : way.runs) longest = std::max(longest, run.best.size());
      for (std::size_t sample = 1; sample <= longest; ++sample)
        line.points.push_back(speedupsAt(layer, way, static_cast<int>(sample)));
      panel.lines.push_back(std::move(line));
    }
    panels.push_back(std::move(panel));
  }
  return panels;
}

nlohmann::ordered_json toJson(const Study& study) {
  nlohmann::ordered_json json;
  json["machine"] = study.machine;
  json["layers"] = nlohmann::ordered_json::array();
  for (const auto& layer : study.layers) {
    nlohmann::ordered_json entry{{"layer", layer.layer},
                                 {"baseline_ms", layer.baselineSeconds * 1e3},
                                 {"roofline_ms", layer.rooflineSeconds * 1e3},
                                 {"best_known_ms", layer.bestKnownSeconds * 1e3}};
    for (const auto& way : layer.ways)
      for (std::size_t i = 0; i < way.runs.size(); ++i) {
        const Run& run = way.runs[i];
        std::vector<double> milliseconds;
        for (const double seconds : run.best) milliseconds.push_back(seconds * 1e3);
        entry["runs"].push_back({{"way", way.way.name},
                                 {"seed", i + 1},
                                 {"failed", run.failed},
                                 {"search_seconds", run.searchSeconds},
                                 {"best_ms", milliseconds}});
      }
    json["layers"].push_back(std::move(entry));
  }
  return json;
}

Way evolutionaryWay() { return {.name = "evolutionary", .strategy = "evolutionary"}; }
Way untrainedWay() { return {.name = "evolutionary, untrained", .strategy = "evolutionary", .prior = false}; }
Way randomWay() { return {.name = "random", .strategy = "random"}; }
Way mctsWay() { return {.name = "MCTS, no proposals"}; }
Way rulesWay() { return {.name = "MCTS + rules", .proposer = "rules"}; }

}  // namespace espalier::bench
