// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// What a run brings, layer by layer: baseline, best after N samples, percent of roofline, build time, samples
// a second, and the same data through oneDNN, OpenBLAS and TVM.
#include <CLI/CLI.hpp>
#include <cmath>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/figures.h"
#include "cli/table.h"
#include "layer_run.h"
#include "peers/peers.h"

namespace espalier::bench {
namespace {

struct Settings {
  std::vector<std::string> layers;
  LayerRunOptions run;
  std::string prepack = "auto";
  bool json = false;
};

const char* wordOf(LayoutFreedom freedom) {
  switch (freedom) {
    case LayoutFreedom::Plain: return "plain";
    case LayoutFreedom::Weights: return "weights packed";
    case LayoutFreedom::Blocked: return "all blocked";
  }
  return "";
}

double percentOf(const LayerRun& run, double seconds) { return 100 * run.roofline.seconds / seconds; }

/// Their time divided by ours: above 1 we are faster.
double ratio(const LayerRun& run, const Standing* peer) {
  return peer == nullptr ? 0 : peer->median() / run.seconds();
}

class Report {
 public:
  explicit Report(bool tvm)
      : results_({{"layer"},
                  {"baseline", Right},
                  {"best", Right},
                  {"speedup", Right},
                  {"GFLOPS", Right},
                  {"% of roofline", Right},
                  {"layout"},
                  {"verified"},
                  {"build ms", Right},
                  {"samples/s", Right},
                  {"to oneDNN", Right},
                  {"to OpenBLAS", Right},
                  {"to TVM", Right}}),
        contest_({{"layer"},
                  {"contender"},
                  {"layout"},
                  {"time", Right},
                  {"spread %", Right},
                  {"GFLOPS", Right},
                  {"% of roofline", Right},
                  {"ours is faster by", Right},
                  {"difference", Right}}) {
    if (tvm) peers_.emplace_back("TVM");
  }

  void add(const LayerRun& run) {
    const SeedRun& seed = run.seeds[run.medianSeed()];
    const char* layout = run.contenders.empty() ? "" : wordOf(run.contenders[run.medianSeed()].freedom);
    nlohmann::json json = toJson(seed.result);
    json["layer"] = run.layer;
    json["build_ms"] = seed.buildSeconds * 1e3;
    json["samples_per_second"] = seed.result.samples / seed.seconds;
    json["best_ms"] = run.seconds() * 1e3;
    json["percent_of_roofline"] = percentOf(run, run.seconds());
    json["layout"] = layout;
    std::vector<std::string> ratios;
    for (const std::string& library : peers_) {
      const Standing* peer = run.fastest(library, run.freedom);
      ratios.push_back(peer == nullptr ? "" : cli::fixed(ratio(run, peer), 2));
      if (peer == nullptr) continue;
      json["ratio"][library] = ratio(run, peer);
      logarithms_[library].push_back(std::log(ratio(run, peer)));
    }
    for (const SeedRun& each : run.seeds)
      json["seeds"].push_back({{"seed", each.result.seed},
                               {"tuned_ms", each.result.bestSeconds * 1e3},
                               {"tuned_percent_of_roofline", each.result.percentOfRoofline},
                               {"trace", each.result.bestTrace}});
    results_.add({run.layer, cli::duration(seed.result.baselineSeconds), cli::duration(run.seconds()),
                  cli::fixed(seed.result.baselineSeconds / run.seconds(), 1) + "x",
                  cli::fixed(run.roofline.operations / run.seconds() / 1e9, 1),
                  cli::fixed(percentOf(run, run.seconds()), 1), layout, seed.result.correct ? "yes" : "no",
                  cli::fixed(seed.buildSeconds * 1e3, 1), cli::fixed(seed.result.samples / seed.seconds, 1),
                  ratios[0], ratios[1], ratios.size() > 2 ? ratios[2] : ""});
    addContest(run, json);
    layers_.push_back(std::move(json));
  }

  [[nodiscard]] std::string text() const {
    std::string text = results_.text();
    if (!contest_.empty()) text += "\n" + contest_.text();
    for (const auto& [library, values] : logarithms_)
      text += "\nGeometric mean to " + library + ", same layout freedom: " + cli::fixed(mean(values), 3) +
              " over " + std::to_string(values.size()) + " layers\n";
    return text;
  }

  [[nodiscard]] nlohmann::json json(const Settings& settings) const {
    nlohmann::json json{{"samples", settings.run.samples}, {"seeds", settings.run.seeds},
                        {"threads", settings.run.threads}, {"prepack", settings.prepack},
                        {"libraries", librariesInWords()}, {"layers", layers_}};
    for (const auto& [library, values] : logarithms_) json["geometric_mean"][library] = mean(values);
    return json;
  }

 private:
  static constexpr auto Right = cli::Table::Align::Right;

  static double mean(const std::vector<double>& logarithms) {
    double sum = 0;
    for (const double value : logarithms) sum += value;
    return std::exp(sum / static_cast<double>(logarithms.size()));
  }

  void addContest(const LayerRun& run, nlohmann::json& json) {
    for (std::size_t i = 0; i < run.standings.size(); ++i) {
      const Contender& contender = run.contenders[i];
      const Standing& standing = run.standings[i];
      const double seconds = standing.median();
      const bool own = i < run.seeds.size();
      contest_.add({run.layer, contender.library + " " + contender.name, wordOf(contender.freedom),
                    cli::duration(seconds), cli::fixed(100 * standing.spread(), 1),
                    cli::fixed(run.roofline.operations / seconds / 1e9, 1),
                    cli::fixed(percentOf(run, seconds), 1), own ? "" : cli::fixed(ratio(run, &standing), 2),
                    own ? "" : difference(standing.difference)});
      json["contest"].push_back({{"library", contender.library},
                                 {"name", contender.name},
                                 {"layout", wordOf(contender.freedom)},
                                 {"median_ms", seconds * 1e3},
                                 {"spread", standing.spread()},
                                 {"percent_of_roofline", percentOf(run, seconds)},
                                 {"difference", standing.difference}});
    }
  }

  static std::string difference(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1e", value);
    return text;
  }

  std::vector<std::string> peers_{"oneDNN", "OpenBLAS"};
  cli::Table results_;
  cli::Table contest_;
  nlohmann::json layers_ = nlohmann::json::array();
  std::map<std::string, std::vector<double>> logarithms_;  ///< of the ratios, by library
};

int run(Settings settings) {
  settings.run.prepack = settings.prepack == "off"  ? Prepack::Off
                         : settings.prepack == "on" ? Prepack::On
                                                    : Prepack::Auto;
  std::cerr << "peers: " << librariesInWords() << "\n";
  Report report(!settings.run.tvm.python.empty());
  for (const std::string& layer : settings.layers) {
    std::cerr << layer << "\n";
    const auto result = runLayer(layer, settings.run);
    if (!result) {
      std::cerr << layer << ": " << result.error().text() << "\n";
      return 1;
    }
    report.add(*result);
  }
  if (settings.json) std::cout << report.json(settings).dump(2) << "\n";
  (settings.json ? std::cerr : std::cout) << report.text();
  return 0;
}

}  // namespace
}  // namespace espalier::bench

int main(int argc, char** argv) {
  espalier::bench::pinCoreType(argv);
  espalier::bench::Settings settings;
  CLI::App app(
      "Tunes named layers with the built-in rules and times what came out beside oneDNN, OpenBLAS and, if "
      "asked, TVM.",
      "bench-layers");
  app.add_option("LAYER", settings.layers,
                 "Named layers (default: all); other sizes after a colon: matmul_512:M=510,N=514");
  app.add_option("--samples", settings.run.samples, "Samples a layer")->capture_default_str();
  app.add_option("--seeds", settings.run.seeds, "Seeds; the median counts")
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--threads", settings.run.threads, "Threads of the kernels")->capture_default_str();
  app.add_option("--prepack", settings.prepack, "Whether weights may be packed outside the timed region")
      ->check(CLI::IsMember({"auto", "on", "off"}))
      ->capture_default_str();
  app.add_flag("--peers,!--no-peers", settings.run.peers, "Time the libraries as well (default)");
  app.add_option("--tvm-python", settings.run.tvm.python,
                 "Python of an environment with apache-tvm: times what MetaSchedule finds as well");
  app.add_option("--tvm-trials", settings.run.tvm.trials, "Trials of MetaSchedule a layer")
      ->capture_default_str();
  app.add_option("--tvm-databases", settings.run.tvm.databases,
                 "Folder that keeps its records, one folder a layer; they count as trials");
  app.add_option("--tvm-cpu", settings.run.tvm.cpu, "The core's name for TVM's LLVM (default: znver4)");
  app.add_option("--tvm-script", settings.run.tvm.script, "The script that tunes")->capture_default_str();
  app.add_option("--rounds", settings.run.contest.rounds, "Timings of each contender")->capture_default_str();
  app.add_flag("--json", settings.json, "JSON on standard output, the table on standard error");
  CLI11_PARSE(app, argc, argv);
  if (settings.layers.empty())
    for (const espalier::NamedLayer& layer : espalier::namedLayers()) settings.layers.push_back(layer.name);
  return espalier::bench::run(std::move(settings));
}
