// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "efficiency/paper_tables.h"

#include <algorithm>
#include <cmath>

#include "cli/figures.h"
#include "cli/table.h"

namespace espalier::bench {
namespace {

using Align = cli::Table::Align;
using cli::fixed;

constexpr double kSaturated = 1.01;  ///< times the final best: what timing in turns can tell apart

std::string inWords(const Spread& spread, int decimals) {
  return fixed(spread.median, decimals) + " (" + fixed(spread.low, decimals) + "-" +
         fixed(spread.high, decimals) + ")";
}

Report reportOf(const Study& study, std::string text) {
  Report report;
  report.text = "Machine: " + study.machine + "\n" + std::move(text);
  report.json = toJson(study);
  report.panels = curves(study);
  return report;
}

const Study::WayRuns* wayNamed(const Study::LayerRuns& layer, const std::string& name) {
  const auto found = std::find_if(layer.ways.begin(), layer.ways.end(),
                                  [&](const Study::WayRuns& way) { return way.way.name == name; });
  return found == layer.ways.end() ? nullptr : &*found;
}

/// Samples to 95 % of the best known speed, the median of the seeds; infinite where most never get there.
double samplesNear(const Study::LayerRuns& layer, const Study::WayRuns& way) {
  std::vector<double> samples;
  for (const Run& run : way.runs) {
    const int sample = run.samplesTo(layer.bestKnownSeconds / 0.95);
    samples.push_back(sample > 0 ? sample : INFINITY);
  }
  std::sort(samples.begin(), samples.end());
  return samples[samples.size() / 2];
}

/// How soon a way is that fast, in the median of its seeds.
struct Reach {
  double samples = 0;   ///< a seed that never is counts as `most`
  bool missed = false;  ///< by more than half of the seeds
};

Reach reachOf(const Study::WayRuns& way, double seconds, int most) {
  std::vector<double> samples;
  std::size_t missed = 0;
  for (const Run& run : way.runs) {
    const int sample = run.samplesTo(seconds);
    if (sample == 0) ++missed;
    samples.push_back(sample > 0 ? sample : most);
  }
  return {spreadOf(samples).median, missed * 2 > samples.size()};
}

std::string inWords(const Reach& reach) { return (reach.missed ? ">" : "") + fixed(reach.samples, 0); }

std::string percent(double share) { return fixed(100 * share, 0) + " %"; }

}  // namespace

Result<Report> saturation(const Settings& settings, const PaperOptions& options) {
  const auto result = study(settings, {{evolutionaryWay(), 0}, {rulesWay(), options.ruleSamples}});
  if (!result) return tl::unexpected(result.error());
  cli::Table table({{"layer"},
                    {"evolutionary n", Align::Right},
                    {"x", Align::Right},
                    {"of roofline", Align::Right},
                    {"rules n", Align::Right},
                    {"x", Align::Right},
                    {"of roofline", Align::Right},
                    {"all of it at", Align::Right},
                    {"reduction", Align::Right},
                    {"gain", Align::Right},
                    {"share of " + std::to_string(settings.samples), Align::Right},
                    {"95 % of best known at", Align::Right}});
  std::vector<double> reductions;
  std::vector<double> gains;
  std::vector<double> shares;
  std::vector<double> wholeShares;
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  bool missed = false;
  for (const auto& layer : result->layers) {
    std::vector<double> saturated;
    std::vector<double> finals;
    for (const Run& run : layer.ways[0].runs) {
      finals.push_back(run.best.back());
      saturated.push_back(run.samplesTo(run.best.back() * kSaturated));
    }
    const double target = spreadOf(finals).median;
    const Reach reached = reachOf(layer.ways[1], target * kSaturated, options.ruleSamples);
    const Reach whole = reachOf(layer.ways[1], target, options.ruleSamples);
    const double n = spreadOf(saturated).median;
    const double ours = reached.samples;
    const double x = layer.baselineSeconds / target;
    const double oursX = speedupsAt(layer, layer.ways[1], static_cast<int>(std::lround(ours))).median;
    const double gain = (oursX / ours) / (x / n);
    const double share = ours / settings.samples;
    const double near = samplesNear(layer, layer.ways[1]);
    reductions.push_back(n / ours);
    gains.push_back(gain);
    shares.push_back(share);
    wholeShares.push_back(whole.samples / settings.samples);
    missed = missed || reached.missed || whole.missed;
    const double roofline = layer.baselineSeconds / layer.rooflineSeconds;
    table.add({layer.layer, fixed(n, 0), fixed(x, 1), percent(x / roofline), inWords(reached),
               fixed(oursX, 1), percent(oursX / roofline), inWords(whole), fixed(n / ours, 1), fixed(gain, 1),
               "1/" + fixed(1 / share, 0),
               std::isfinite(near) ? fixed(near, 0) : ">" + std::to_string(options.ruleSamples)});
    rows.push_back({{"layer", layer.layer},
                    {"evolutionary_samples", n},
                    {"evolutionary_speedup", x},
                    {"rules_samples", ours},
                    {"rules_reached", !reached.missed},
                    {"rules_speedup", oursX},
                    {"rules_samples_to_all", whole.samples},
                    {"rules_reached_all", !whole.missed},
                    {"reduction", n / ours},
                    {"gain", gain},
                    {"samples_to_95_percent", std::isfinite(near) ? near : -1}});
  }
  table.add({"geometric mean", "", "", "", "", "", "", "1/" + fixed(1 / geometricMean(wholeShares), 0),
             fixed(geometricMean(reductions), 1), fixed(geometricMean(gains), 1),
             "1/" + fixed(1 / geometricMean(shares), 0), ""});
  Report report = reportOf(
      *result, "Evolutionary search where it comes within 1 % of its best after " +
                   std::to_string(settings.samples) + " samples (median of " +
                   std::to_string(settings.seeds) +
                   " seeds), and MCTS + rules where it comes within 1 % of that same best.\n" + table.text() +
                   (missed ? "> = not reached in the median; counted as all its samples\n" : ""));
  report.json["table"] = std::move(rows);
  report.json["reduction"] = geometricMean(reductions);
  report.json["gain"] = geometricMean(gains);
  report.json["share"] = geometricMean(shares);
  report.json["share_to_all"] = geometricMean(wholeShares);
  return report;
}

Result<Report> samplePoints(const Settings& settings, const PaperOptions& options) {
  std::vector<PlannedWay> ways;
  for (const std::string& name : options.ways) {
    if (name == "random") ways.push_back({randomWay(), 0});
    if (name == "evolutionary") ways.push_back({evolutionaryWay(), 0});
    if (name == "untrained") ways.push_back({untrainedWay(), 0});
    if (name == "mcts") ways.push_back({mctsWay(), 0});
    if (name == "rules") ways.push_back({rulesWay(), options.ruleSamples});
  }
  if (!options.recording.empty())
    ways.push_back({{.name = "MCTS + recorded LLM", .proposer = "recorded", .recording = options.recording},
                    options.ruleSamples});
  if (ways.empty())
    return usageError("There is no way to search to compare.",
                      "Name some with --ways: random, evolutionary, untrained, mcts, rules.");
  const auto result = study(settings, ways);
  if (!result) return tl::unexpected(result.error());
  std::vector<cli::Table::Column> columns = {{"layer"}, {"way"}};
  for (const int point : options.points) columns.push_back({std::to_string(point), Align::Right});
  columns.push_back({"of roofline", Align::Right});
  columns.push_back({"95 % of best known at", Align::Right});
  cli::Table table(columns);
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  struct Comparison {
    std::string with;
    int compared = 0;
    int behind = 0;
    double farthest = 0;  ///< behind, as a share
  };
  std::vector<Comparison> comparisons = {{evolutionaryWay().name}, {untrainedWay().name}};
  for (const auto& layer : result->layers) {
    for (const auto& way : layer.ways) {
      std::vector<std::string> cells = {layer.layer, way.way.name};
      nlohmann::ordered_json row{{"layer", layer.layer}, {"way", way.way.name}};
      for (const int point : options.points) {
        const bool further = point > static_cast<int>(way.runs.front().best.size());
        const Spread spread = speedupsAt(layer, way, point);
        cells.push_back(further ? "" : inWords(spread, spread.median < 100 ? 1 : 0));
        row["points"].push_back(
            {{"samples", point}, {"low", spread.low}, {"median", spread.median}, {"high", spread.high}});
      }
      cells.push_back(percent(speedupsAt(layer, way, settings.samples).median * layer.rooflineSeconds /
                              layer.baselineSeconds));
      const double near = samplesNear(layer, way);
      cells.push_back(std::isfinite(near) ? fixed(near, 0) : "not reached");
      row["samples_to_95_percent"] = std::isfinite(near) ? near : -1;
      table.add(std::move(cells));
      rows.push_back(std::move(row));
    }
    const Study::WayRuns* mcts = wayNamed(layer, mctsWay().name);
    for (Comparison& comparison : comparisons) {
      const Study::WayRuns* other = wayNamed(layer, comparison.with);
      if (mcts == nullptr || other == nullptr) continue;
      for (const int point : options.points) {
        if (point > settings.samples) continue;
        const double behind =
            1 - speedupsAt(layer, *mcts, point).median / speedupsAt(layer, *other, point).median;
        ++comparison.compared;
        comparison.behind += behind > 0 ? 1 : 0;
        comparison.farthest = std::max(comparison.farthest, behind);
      }
    }
  }
  std::string text = "Best speedup over p0 after so many samples: median (quartiles) of " +
                     std::to_string(settings.seeds) + " seeds\n" + table.text();
  for (const Comparison& comparison : comparisons)
    if (comparison.compared > 0)
      text += "MCTS without proposals is behind " + comparison.with + " search at " +
              std::to_string(comparison.behind) + " of " + std::to_string(comparison.compared) +
              " points, by " + fixed(100 * comparison.farthest, 1) + " % at most.\n";
  Report report = reportOf(*result, std::move(text));
  report.json["table"] = std::move(rows);
  for (const Comparison& comparison : comparisons)
    report.json["mcts_behind"][comparison.with] = {
        {"compared", comparison.compared}, {"behind", comparison.behind}, {"farthest", comparison.farthest}};
  return report;
}

Result<Report> ablations(const Settings& settings, const PaperOptions& options) {
  const auto changed = [](const char* name, auto change) {
    Way way = mctsWay();
    way.name = name;
    change(way);
    return PlannedWay{way, 0};
  };
  const std::vector<PlannedWay> ways = {
      changed("as it is", [](Way&) {}),
      changed("branching 4", [](Way& way) { way.options.branching = 4; }),
      changed("branching 8", [](Way& way) { way.options.branching = 8; }),
      changed("one rollout of 4 steps", [](Way& way) { way.options.rolloutSteps = 4; }),
      changed("best of 4 rollouts of 4 steps",
              [](Way& way) {
                way.options.rolloutSteps = 4;
                way.options.rolloutCount = 4;
              }),
      changed("measurements not backpropagated",
              [](Way& way) { way.options.backpropagateMeasurements = false; }),
      changed("transpositions count nothing", [](Way& way) { way.options.transpositions = false; }),
      changed("without the prior", [](Way& way) { way.prior = false; }),
      changed("preset paper", [](Way& way) { way.options.preset = "paper"; }),
  };
  const auto result = study(settings, ways);
  if (!result) return tl::unexpected(result.error());
  std::vector<int> points;
  for (const int point : options.points)
    if (point <= settings.samples) points.push_back(point);
  std::vector<cli::Table::Column> columns = {{"way"}};
  for (const int point : points) columns.push_back({std::to_string(point), Align::Right});
  cli::Table table(columns);
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (std::size_t w = 0; w < ways.size(); ++w) {
    std::vector<std::string> cells = {ways[w].way.name};
    nlohmann::ordered_json row{{"way", ways[w].way.name}};
    for (const int point : points) {
      std::vector<double> ratios;
      for (const auto& layer : result->layers)
        ratios.push_back(speedupsAt(layer, layer.ways[w], point).median /
                         speedupsAt(layer, layer.ways[0], point).median);
      const double ratio = geometricMean(ratios);
      cells.push_back(w == 0 ? "1" : fixed(ratio, 2));
      row["ratios"].push_back({{"samples", point}, {"ratio", ratio}});
    }
    table.add(std::move(cells));
    rows.push_back(std::move(row));
  }
  Report report = reportOf(
      *result,
      "MCTS without proposals, one thing changed: median speedup (" + std::to_string(settings.seeds) +
          " seeds) as a share of that of the preset, geometric mean over the layers\n" + table.text());
  report.json["table"] = std::move(rows);
  return report;
}

}  // namespace espalier::bench
