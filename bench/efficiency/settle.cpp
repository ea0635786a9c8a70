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

std::map<std::uint64_t, Contender> contenders(Layer& layer, const std::vector<Run*>& runs) {
  double fastest = 0;
  for (const Run* run : runs)
    for (const Leader& leader : run->leaders)
      if (fastest == 0 || leader.seconds < fastest) fastest = leader.seconds;
  std::map<std::uint64_t, Contender> result;
  for (const Run* run : runs)
    for (const Leader& leader : run->leaders) {
      if (leader.seconds > kContends * fastest || result.contains(leader.state.hash)) continue;
      auto built = layer.problem().build(leader.state);
      if (!built->failure) result[leader.state.hash].built = std::move(built);
    }
  return result;
}

void takeTurns(Layer& layer, std::map<std::uint64_t, Contender>& contenders) {
  MeasureRequest request;
  request.incumbentSeconds = layer.rooflineSeconds();
  for (int turn = 0; turn < kTurns; ++turn)
    for (auto& [hash, contender] : contenders) {
      const Measurement measured = layer.problem().measure(*contender.built, request);
      if (measured.valid) contender.seconds.push_back(measured.seconds);
    }
}

}  // namespace

void settle(Layer& layer, const std::vector<Run*>& runs) {
  auto timed = contenders(layer, runs);
  takeTurns(layer, timed);
  double bestKnown = 0;
  for (Run* run : runs) {
    for (Leader& leader : run->leaders) {
      const auto contender = timed.find(leader.state.hash);
      if (contender == timed.end() || contender->second.seconds.empty()) continue;
      leader.seconds = spreadOf(contender->second.seconds).low;  // what disturbs only ever slows
      if (bestKnown == 0 || leader.seconds < bestKnown) bestKnown = leader.seconds;
    }
    // A leader that was only lucky does not slow the run down: whoever tunes keeps the faster of the two.
    double best = 0;
    auto leader = run->leaders.begin();
    for (std::size_t i = 0; i < run->best.size(); ++i) {
      for (; leader != run->leaders.end() && leader->sample <= static_cast<int>(i) + 1; ++leader)
        best = best == 0 ? leader->seconds : std::min(best, leader->seconds);
      if (best > 0) run->best[i] = best;
    }
  }
  if (bestKnown > 0) layer.setBestKnown(bestKnown);
  std::cerr << layer.name() << ": " << timed.size() << " programs that led were timed " << kTurns
            << " times in turns\n";
}

}  // namespace espalier::bench
