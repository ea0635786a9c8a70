// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "efficiency/tvm.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <utility>

#include "cli/figures.h"
#include "cli/table.h"
#include "efficiency/statistics.h"
#include "efficiency/study.h"

namespace espalier::bench {
namespace {

using Align = cli::Table::Align;
using cli::fixed;
using nlohmann::json;

/// TVM's run: seconds since its start and best time, by trial.
struct Tuned {
  std::string version;
  std::vector<double> when;
  std::vector<double> best;
};

Result<std::string> outputOf(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return environmentError("`" + command + "` cannot be run.");
  std::string text;
  std::array<char, 4096> part{};
  while (const std::size_t length = std::fread(part.data(), 1, part.size(), pipe))
    text.append(part.data(), length);
  (void)::pclose(pipe);  // a run that was ended early has still reported its batches
  return text;
}

std::string shellWord(const std::string& text) {
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

/// The last line about the layer.
Result<Tuned> tunedFrom(const std::string& text, const std::string& layer) {
  Tuned tuned;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const json report = json::parse(line, nullptr, false);
    if (!report.is_object() || report.value("layer", "") != layer) continue;
    tuned = {report.value("version", ""), {}, {}};
    for (const auto& point : report.at("curve")) {
      tuned.when.push_back(point.at(0).get<double>());
      tuned.best.push_back(point.at(1).is_null() ? 0 : point.at(1).get<double>());
    }
  }
  if (tuned.best.empty() || tuned.best.back() <= 0)
    return environmentError("TVM reported no measurement on " + layer + ".",
                            "Run the script by hand to see what is missing in its environment.");
  return tuned;
}

Result<Tuned> runTvm(const std::string& layer, const TvmOptions& options, const TensorProblem& problem) {
  if (!options.results.empty()) {
    std::ifstream in(options.results);
    std::stringstream text;
    text << in.rdbuf();
    return tunedFrom(text.str(), layer);
  }
  const auto text =
      outputOf(shellWord(options.python) + " " + shellWord(options.script) + " " + layer + " --trials " +
               std::to_string(options.trials) + " --cpu " + shellWord(problem.target().cpu) + " 2>/dev/null");
  if (!text) return tl::unexpected(text.error());
  return tunedFrom(*text, layer);
}

/// Where a run came so far; infinite where it never did.
struct Reached {
  double sample = INFINITY;
  double seconds = INFINITY;
};

Reached reached(const Run& run, double seconds) {
  const int sample = run.samplesTo(seconds);
  if (sample == 0) return {};
  return {static_cast<double>(sample), run.when[static_cast<std::size_t>(sample) - 1]};
}

Reached median(std::vector<Reached> points) {
  std::sort(points.begin(), points.end(), [](const Reached& a, const Reached& b) {
    return std::pair(a.sample, a.seconds) < std::pair(b.sample, b.seconds);
  });
  return points[points.size() / 2];
}

}  // namespace

Result<Report> besideTvm(const Settings& settings, const TvmOptions& options) {
  cli::Table table({{"layer"},
                    {"TVM trials", Align::Right},
                    {"seconds", Align::Right},
                    {"best", Align::Right},
                    {"ours, best", Align::Right},
                    {"ours / TVM", Align::Right},
                    {"97 % of TVM at", Align::Right},
                    {"all of it at", Align::Right},
                    {"samples/s", Align::Right},
                    {"TVM's", Align::Right}});
  Report report;
  report.json["layers"] = nlohmann::ordered_json::array();
  for (const std::string& name : settings.layers) {
    std::cerr << name << "\n";
    auto opened = Layer::open(name, settings);
    if (!opened) return tl::unexpected(opened.error());
    const auto tvm = runTvm(name, options, (*opened)->problem());
    if (!tvm) return tl::unexpected(tvm.error());
    const double theirs = tvm->best.back();
    std::vector<Reached> near;
    std::vector<Reached> all;
    std::vector<double> finals;
    std::vector<double> rates;
    nlohmann::ordered_json runs = nlohmann::ordered_json::array();
    bool live = true;
    for (int seed = 1; seed <= settings.seeds; ++seed) {
      const std::size_t before = (*opened)->measuredHere();
      const auto ours = (*opened)->run(rulesWay(), static_cast<std::uint64_t>(seed), options.rulesSamples);
      if (!ours) return tl::unexpected(ours.error());
      // What comes from the store takes no time here: seconds are told of live runs alone.
      live = live && (*opened)->measuredHere() - before >= ours->best.size();
      near.push_back(reached(*ours, theirs / 0.97));
      all.push_back(reached(*ours, theirs));
      finals.push_back(ours->best.back());
      rates.push_back(static_cast<double>(ours->best.size()) / ours->wallSeconds);
      runs.push_back({{"seed", seed},
                      {"best_ms", ours->best.back() * 1e3},
                      {"samples_to_97_percent", ours->samplesTo(theirs / 0.97)},
                      {"samples_to_all", ours->samplesTo(theirs)},
                      {"seconds", ours->when},
                      {"samples_per_second", rates.back()}});
    }
    const auto at = [&](const Reached& point) {
      if (!std::isfinite(point.sample)) return std::string("not reached");
      if (!live) return fixed(point.sample, 0);
      return fixed(point.sample, 0) + " (" + fixed(point.seconds, 2) + " s)";
    };
    const double best = spreadOf(finals).median;
    const double theirsPerSecond = static_cast<double>(tvm->best.size()) / tvm->when.back();
    table.add({name, std::to_string(tvm->best.size()), fixed(tvm->when.back(), 0), cli::duration(theirs),
               cli::duration(best), fixed(theirs / best, 2) + "x", at(median(near)), at(median(all)),
               live ? fixed(spreadOf(rates).median, 1) : "", fixed(theirsPerSecond, 2)});
    report.json["layers"].push_back({{"layer", name},
                                     {"tvm_version", tvm->version},
                                     {"tvm_trials", tvm->best.size()},
                                     {"tvm_seconds", tvm->when.back()},
                                     {"tvm_best_ms", theirs * 1e3},
                                     {"tvm_curve_ms", tvm->best},
                                     {"best_ms", best * 1e3},
                                     {"live", live},
                                     {"runs", std::move(runs)},
                                     {"tvm_samples_per_second", theirsPerSecond}});
  }
  report.text = "TVM MetaSchedule, and MCTS + rules (medians of " + std::to_string(settings.seeds) +
                " seeds), " + std::to_string(settings.threads) +
                " thread; both time with warm caches, each in its own way\n" + table.text();
  return report;
}

}  // namespace espalier::bench
