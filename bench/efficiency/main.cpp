// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// How few samples a search needs: the tables of the paper, and what our own parts bring.
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>

#include "efficiency/correlation.h"
#include "efficiency/layer.h"
#include "efficiency/paper_tables.h"
#include "efficiency/report.h"
#include "efficiency/tvm.h"

namespace espalier::bench {
namespace {

struct Output {
  std::string json;
  std::string svg;
};

bool writeFile(const std::string& path, const std::string& text) {
  std::ofstream out(path);
  out << text;
  if (out) return true;
  std::cerr << path << " cannot be written.\n";
  return false;
}

int print(const Result<Report>& report, const Settings& settings, const Output& output) {
  if (!report) {
    std::cerr << report.error().text() << "\n";
    return 1;
  }
  std::cout << report->text;
  nlohmann::ordered_json json = report->json;
  json["threads"] = settings.threads;
  json["seeds"] = settings.seeds;
  json["samples"] = settings.samples;
  json["store"] = settings.store;
  bool written = true;
  if (!output.json.empty()) written = writeFile(output.json, json.dump(2) + "\n");
  if (!output.svg.empty() && !report->panels.empty())
    written = writeFile(output.svg, chartSvg(report->panels)) && written;
  return written ? 0 : 1;
}

int run(int argc, char** argv) {
  CLI::App app("Compares ways to search on named layers.", "bench-search");
  app.require_subcommand(1);
  app.fallthrough();
  Settings settings;
  Output output;
  app.add_option("--layers", settings.layers, "Named layers, separated by commas")->delimiter(',');
  app.add_option("--threads", settings.threads, "Threads of the kernels")->capture_default_str();
  app.add_option("--seeds", settings.seeds, "Runs of every way, with seeds 1, 2, …")->capture_default_str();
  app.add_option("--samples", settings.samples, "Samples of a run")->capture_default_str();
  app.add_option("--store", settings.store,
                 "File of measurements: what it holds is not measured again, what it lacks is added");
  app.add_option("--seconds", settings.seconds, "Stop measuring after so many; run again to go on");
  app.add_flag("--replay-only", settings.replayOnly, "Measure nothing: the store has to hold all of it");
  app.add_option("--json", output.json, "Write the figures to this file");
  app.add_option("--svg", output.svg, "Draw the curves into this file");

  int programs = 200;
  CLI::App* ranks = app.add_subcommand("correlation", "How predicted times rank measured ones");
  ranks->add_option("--programs", programs, "Random programs a layer")->capture_default_str();

  PaperOptions paper;
  CLI::App* table1 = app.add_subcommand("table1", "Samples and speedup where evolutionary search saturates");
  CLI::App* table3 = app.add_subcommand("table3", "Speedup at sample points for every way to search");
  CLI::App* parts = app.add_subcommand("ablations", "What single parts of the search bring");
  for (CLI::App* table : {table1, table3})
    table->add_option("--rules-samples", paper.ruleSamples, "Samples that MCTS + rules may use")
        ->capture_default_str();
  table3
      ->add_option("--ways", paper.ways,
                   "random, evolutionary, untrained (without our prior), mcts, rules, separated by commas")
      ->delimiter(',');
  table3->add_option("--recording", paper.recording, "Exchanges with a model: adds MCTS + recorded LLM");
  for (CLI::App* table : {table3, parts})
    table->add_option("--points", paper.points, "Sample points, separated by commas")->delimiter(',');

  TvmOptions beside;
  CLI::App* tvm = app.add_subcommand("tvm", "TVM's own MetaSchedule on the same layers, one thread");
  tvm->add_option("--tvm-python", beside.python, "Python of an environment with apache-tvm and xgboost");
  tvm->add_option("--tvm-script", beside.script, "The script that tunes")->capture_default_str();
  tvm->add_option("--tvm-results", beside.results, "What the script printed before: it is not run again");
  tvm->add_option("--trials", beside.trials, "Trials of TVM a layer")->capture_default_str();
  tvm->add_option("--rules-samples", beside.rulesSamples, "Samples of MCTS + rules")->capture_default_str();

  CLI11_PARSE(app, argc, argv);
  if (tvm->parsed() && beside.python.empty() && beside.results.empty()) {
    std::cerr << "Name TVM's Python with --tvm-python, or what its script printed with --tvm-results.\n";
    return 2;
  }
  if (settings.layers.empty()) settings.layers = {"matmul_512"};
  try {
    const Result<Report> report = ranks->parsed()    ? correlation(settings, programs)
                                  : table1->parsed() ? saturation(settings, paper)
                                  : table3->parsed() ? samplePoints(settings, paper)
                                  : tvm->parsed()    ? besideTvm(settings, beside)
                                                     : ablations(settings, paper);
    return print(report, settings, output);
  } catch (const TimeOver&) {
    std::cerr << "Not everything is measured yet; what was is in the store. Run the same again to go on.\n";
    return 75;
  }
}

}  // namespace
}  // namespace espalier::bench

int main(int argc, char** argv) { return espalier::bench::run(argc, argv); }
