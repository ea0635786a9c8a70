// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "efficiency/correlation.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <numeric>
#include <unordered_set>

#include "cli/figures.h"
#include "cli/table.h"

namespace espalier::bench {
namespace {

constexpr int kTaught = 64;
constexpr int kLongestWalk = 12;
constexpr std::size_t kTop = 10;
constexpr std::uint64_t kSeed = 20261120;

struct Measured {
  State state;
  double seconds = 0;
  bool design = false;
};

State randomWalk(const TensorProblem& problem, Random& random) {
  State state = problem.initial();
  const std::int64_t steps = random.between(1, kLongestWalk);
  for (std::int64_t step = 0; step < steps; ++step) {
    auto next = problem.randomStep(state, random);
    if (!next) break;
    state = std::move(next->state);
  }
  return state;
}

/// Distinct programs that could be measured; failed ones have no time to compare with.
std::vector<Measured> randomPrograms(Layer& layer, int count) {
  Random random(kSeed);
  std::unordered_set<std::uint64_t> seen;
  std::vector<Measured> programs;
  for (int attempt = 0; attempt < 20 * count && static_cast<int>(programs.size()) < count; ++attempt) {
    const bool design = attempt % 2 == 0;
    State state = design ? layer.problem().sampleDesign(random) : randomWalk(layer.problem(), random);
    if (!seen.insert(state.hash).second) continue;
    const Measurement measurement = layer.measured(state);
    if (measurement.valid) programs.push_back({std::move(state), measurement.seconds, design});
  }
  return programs;
}

std::vector<double> predicted(const TensorProblem& problem, const std::vector<Measured>& programs) {
  std::vector<State> states;
  for (const Measured& each : programs) states.push_back(each.state);
  std::vector<double> seconds;
  for (const Prediction& prediction : problem.predict(states)) seconds.push_back(prediction.seconds);
  return seconds;
}

std::vector<double> secondsOf(const std::vector<Measured>& programs) {
  std::vector<double> seconds;
  for (const Measured& each : programs) seconds.push_back(each.seconds);
  return seconds;
}

double rankOf(const TensorProblem& problem, const std::vector<Measured>& programs) {
  return spearman(predicted(problem, programs), secondsOf(programs));
}

/// The fastest of the ten that the prediction puts first, as a multiple of the fastest of all.
double topTen(const TensorProblem& problem, const std::vector<Measured>& programs) {
  const std::vector<double> seconds = predicted(problem, programs);
  std::vector<std::size_t> order(programs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return seconds[a] < seconds[b]; });
  double fastest = INFINITY;
  double first = INFINITY;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double time = programs[order[i]].seconds;
    fastest = std::min(fastest, time);
    if (i < kTop) first = std::min(first, time);
  }
  return first / fastest;
}

}  // namespace

Result<Report> correlation(const Settings& settings, int programs) {
  using Align = cli::Table::Align;
  cli::Table table({{"layer"},
                    {"programs", Align::Right},
                    {"prior", Align::Right},
                    {"designs", Align::Right},
                    {"walks", Align::Right},
                    {"held out: prior", Align::Right},
                    {"after 64", Align::Right},
                    {"best of first ten", Align::Right}});
  Report report;
  report.json["layers"] = nlohmann::ordered_json::array();
  for (const std::string& name : settings.layers) {
    std::cerr << name << "\n";
    auto opened = Layer::open(name, settings);
    if (!opened) return tl::unexpected(opened.error());
    Layer& layer = **opened;
    TensorProblem& problem = layer.problem();
    problem.forget();
    const std::vector<Measured> all = randomPrograms(layer, programs + kTaught);
    const auto middle = all.begin() + std::min<std::ptrdiff_t>(kTaught, std::ssize(all));
    const std::vector<Measured> taught(all.begin(), middle);
    const std::vector<Measured> heldOut(middle, all.end());
    std::vector<Measured> designs;
    std::vector<Measured> walks;
    for (const Measured& each : all) (each.design ? designs : walks).push_back(each);
    const double prior = rankOf(problem, all);
    const double priorDesigns = rankOf(problem, designs);
    const double priorWalks = rankOf(problem, walks);
    const double priorHeldOut = rankOf(problem, heldOut);
    nlohmann::ordered_json each = nlohmann::ordered_json::array();
    for (const Measured& program : all) {
      const Prediction prediction = problem.predict({&program.state, 1}).front();
      each.push_back({{"measured_ms", program.seconds * 1e3},
                      {"prior_ms", prediction.seconds * 1e3},
                      {"words", prediction.words},
                      {"design", program.design},
                      {"trace", program.state.trace}});
    }
    std::vector<Observation> observations;
    for (const Measured& program : taught) {
      Measurement measurement;
      measurement.valid = true;
      measurement.seconds = program.seconds;
      observations.push_back({program.state, measurement});
    }
    problem.learn(observations);
    const double learnt = rankOf(problem, heldOut);
    const double ten = topTen(problem, heldOut);
    table.add({name, std::to_string(all.size()), cli::fixed(prior, 3), cli::fixed(priorDesigns, 3),
               cli::fixed(priorWalks, 3), cli::fixed(priorHeldOut, 3), cli::fixed(learnt, 3),
               "+" + cli::fixed(100 * (ten - 1), 1) + " %"});
    report.json["layers"].push_back({{"layer", name},
                                     {"programs", all.size()},
                                     {"prior", prior},
                                     {"prior_designs", priorDesigns},
                                     {"prior_walks", priorWalks},
                                     {"prior_held_out", priorHeldOut},
                                     {"surrogate_after_64", learnt},
                                     {"best_of_first_ten", ten},
                                     {"each", std::move(each)}});
  }
  report.text = "Spearman rank correlation of predicted with measured time\n" + table.text();
  return report;
}

}  // namespace espalier::bench
