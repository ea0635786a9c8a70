// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// What a run brings, layer by layer: baseline, best after N samples, percent of roofline, build time, samples
// a second.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/figures.h"
#include "cli/table.h"
#include "tensor_problem/rules_proposer.h"
#include "tensor_problem/tensor_problem.h"
#include "tuner/tuner.h"
#include "workload/workload.h"

namespace espalier {
namespace {

struct Settings {
  std::vector<std::string> layers;
  int samples = 64;
  std::uint64_t seed = 1;
  int threads = 1;
  bool json = false;
};

struct Row {
  TuneResult result;
  double buildSeconds = 0;  ///< median
  double seconds = 0;       ///< of the run, baseline and confirmation included
};

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

Result<Row> runLayer(const std::string& layer, const Settings& settings) {
  auto workload = namedWorkload(layer);
  if (!workload) return tl::unexpected(workload.error());
  TensorProblemOptions problemOptions;
  problemOptions.threads = settings.threads;
  problemOptions.seed = settings.seed;
  auto problem = makeTensorProblem(std::move(*workload), std::move(problemOptions));
  if (!problem) return tl::unexpected(problem.error());
  std::vector<double> builds;
  TunerSetup setup;
  setup.options.samples = settings.samples;
  setup.options.seed = settings.seed;
  setup.proposer = std::make_unique<RulesProposer>(**problem);
  setup.problem = std::move(*problem);
  setup.sink = [&](std::span<const Event> events) {
    for (const Event& event : events)
      if (const auto* built = std::get_if<BuildFinished>(&event.body)) builds.push_back(built->seconds);
  };
  const auto start = std::chrono::steady_clock::now();
  auto result = tune(std::move(setup));
  if (!result) return tl::unexpected(result.error());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return Row{std::move(*result), median(std::move(builds)), seconds};
}

nlohmann::json asJson(const Row& row) {
  nlohmann::json json = toJson(row.result);
  json["build_ms"] = row.buildSeconds * 1e3;
  json["samples_per_second"] = row.result.samples / row.seconds;
  return json;
}

std::vector<std::string> cellsOf(const Row& row) {
  const TuneResult& result = row.result;
  return {result.workload,
          cli::duration(result.baselineSeconds),
          cli::duration(result.bestSeconds),
          cli::fixed(result.speedup, 1) + "x",
          cli::fixed(result.bestGflops, 1),
          cli::fixed(result.percentOfRoofline, 1),
          result.correct ? "yes" : "no",
          cli::fixed(row.buildSeconds * 1e3, 1),
          cli::fixed(result.samples / row.seconds, 1)};
}

int run(const Settings& settings) {
  using Align = cli::Table::Align;
  cli::Table table({{"layer"},
                    {"baseline", Align::Right},
                    {"best", Align::Right},
                    {"speedup", Align::Right},
                    {"GFLOPS", Align::Right},
                    {"% of roofline", Align::Right},
                    {"verified"},
                    {"build ms", Align::Right},
                    {"samples/s", Align::Right}});
  nlohmann::json rows = nlohmann::json::array();
  for (const std::string& layer : settings.layers) {
    std::cerr << layer << "\n";
    const auto row = runLayer(layer, settings);
    if (!row) {
      std::cerr << layer << ": " << row.error().text() << "\n";
      return 1;
    }
    table.add(cellsOf(*row));
    rows.push_back(asJson(*row));
  }
  if (settings.json) {
    std::cout << nlohmann::json{{"samples", settings.samples},
                                {"seed", settings.seed},
                                {"threads", settings.threads},
                                {"layers", rows}}
                     .dump(2)
              << "\n";
    std::cerr << table.text();
  } else {
    std::cout << table.text();
  }
  return 0;
}

}  // namespace
}  // namespace espalier

int main(int argc, char** argv) {
  espalier::Settings settings;
  CLI::App app("Tunes named layers with the built-in rules and prints what came out.", "bench-layers");
  app.add_option("LAYER", settings.layers, "Named layers (default: all)");
  app.add_option("--samples", settings.samples, "Samples a layer")->capture_default_str();
  app.add_option("--seed", settings.seed, "Seed")->capture_default_str();
  app.add_option("--threads", settings.threads, "Threads of the kernels")->capture_default_str();
  app.add_flag("--json", settings.json, "JSON on standard output, the table on standard error");
  CLI11_PARSE(app, argc, argv);
  if (settings.layers.empty())
    for (const espalier::NamedLayer& layer : espalier::namedLayers()) settings.layers.push_back(layer.name);
  return espalier::run(settings);
}
