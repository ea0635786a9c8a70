// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "efficiency/settle.h"

#include <algorithm>
#include <iostream>
#include <map>

#include "efficiency/statistics.h"

namespace espalier::bench {
namespace {

constexpr double kContends = 1.25;  ///< times the fastest
constexpr int kTurns = 9;

struct Contender {
  std::unique_ptr<BuiltCandidate> built;
  std::vector<double> seconds;
};
using Contenders = std::map<std::uint64_t, Contender>;  ///< by hash of the program

std::vector<Leader*> leadersOf(Study::LayerRuns& runs) {
  std::vector<Leader*> leaders;
  for (Study::WayRuns& way : runs.ways)
    for (Run& run : way.runs)
      for (Leader& leader : run.leaders) leaders.push_back(&leader);
  return leaders;
}

bool isFaster(const Leader* left, const Leader* right) { return left->seconds < right->seconds; }

Contenders contenders(TensorProblem& problem, const std::vector<Leader*>& leaders) {
  const double fastest = (*std::min_element(leaders.begin(), leaders.end(), isFaster))->seconds;
  Contenders result;
  for (const Leader* leader : leaders) {
    if (leader->seconds > kContends * fastest || result.contains(leader->state.hash)) continue;
    auto built = problem.build(leader->state);
    if (!built->failure) result[leader->state.hash].built = std::move(built);
  }
  return result;
}

void takeTurns(TensorProblem& problem, Contenders& contenders) {
  MeasureRequest request;
  request.incumbentSeconds = problem.info().rooflineSeconds;
  for (int turn = 0; turn < kTurns; ++turn)
    for (auto& [hash, contender] : contenders) {
      const Measurement measured = problem.measure(*contender.built, request);
      if (measured.valid) contender.seconds.push_back(measured.seconds);
    }
}

/// A leader that was only lucky does not slow the run down: whoever tunes keeps the faster of the two.
void followLeaders(Run& run) {
  double best = 0;
  auto leader = run.leaders.begin();
  for (std::size_t i = 0; i < run.best.size(); ++i) {
    for (; leader != run.leaders.end() && leader->sample <= static_cast<int>(i) + 1; ++leader)
      best = best == 0 ? leader->seconds : std::min(best, leader->seconds);
    if (best > 0) run.best[i] = best;
  }
}

}  // namespace

void settle(Layer& layer, Study::LayerRuns& runs) {
  const std::vector<Leader*> leaders = leadersOf(runs);
  if (leaders.empty()) return;
  Contenders timed = contenders(layer.problem(), leaders);
  takeTurns(layer.problem(), timed);
  double bestKnown = 0;
  for (Leader* leader : leaders) {
    const auto contender = timed.find(leader->state.hash);
    if (contender == timed.end() || contender->second.seconds.empty()) continue;
    leader->seconds = spreadOf(contender->second.seconds).low;  // what disturbs only ever slows
    bestKnown = bestKnown == 0 ? leader->seconds : std::min(bestKnown, leader->seconds);
  }
  if (bestKnown > 0) runs.bestKnownSeconds = bestKnown;
  for (Study::WayRuns& way : runs.ways)
    for (Run& run : way.runs) followLeaders(run);
  std::cerr << layer.name() << ": " << timed.size() << " programs that led were timed " << kTurns
            << " times in turns\n";
}

}  // namespace espalier::bench
