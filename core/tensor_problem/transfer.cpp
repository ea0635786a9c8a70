// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tensor_problem/transfer.h"

#include <algorithm>
#include <cstdint>
#include <set>

#include "program/analysis.h"
#include "tensor_problem/tensor_problem.h"
#include "transform/step.h"

namespace espalier {
namespace {

/// The extent of the loop that a step names, by its name or by that of the axis bound to it.
std::int64_t extentOf(const Program& program, const Step& step) {
  const auto name = step.text("loop");
  if (!name) return 0;
  if (const auto loop = program.findLoop(*name)) return program.loop(*loop).extent;
  const auto block = program.findBlock(step.text("block").value_or(""));
  if (!block) return 0;
  for (const Axis& axis : program.block(*block).axes)
    if (axis.name == *name) return axis.extent;
  return 0;
}

/// The same tiling of a loop of another extent: inner factors stay as long as they fit.
std::vector<std::int64_t> fitted(std::vector<std::int64_t> factors, std::int64_t extent) {
  std::int64_t room = extent;
  for (std::size_t i = factors.size(); i-- > 1;) {
    factors[i] = std::clamp<std::int64_t>(factors[i], 1, std::max<std::int64_t>(1, room));
    room = (room + factors[i] - 1) / factors[i];
  }
  factors.front() = std::max<std::int64_t>(1, room);
  return factors;
}

std::string inWords(double seconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g ms", seconds * 1e3);
  return text;
}

}  // namespace

Transfer transferFrom(const TensorProblem& earlier, std::span<const Observation> observations,
                      const TensorProblem& problem, std::size_t schedules) {
  Transfer transfer;
  transfer.samples = earlier.trainingSamples(observations);
  const double before = earlier.info().rooflineSeconds;
  const double after = problem.info().rooflineSeconds;
  const double scale = before > 0 && after > 0 ? after / before : 1;
  for (TrainingSample& sample : transfer.samples) {
    sample.seconds *= scale;
    sample.priorSeconds *= scale;
  }

  std::vector<const Observation*> fastest;
  for (const Observation& observation : observations)
    if (observation.measurement.valid && !observation.state.trace.empty()) fastest.push_back(&observation);
  std::stable_sort(fastest.begin(), fastest.end(), [](const Observation* a, const Observation* b) {
    return a->measurement.seconds < b->measurement.seconds;
  });
  std::set<std::uint64_t> seen = {problem.initial().hash};
  for (const Observation* observation : fastest) {
    if (transfer.schedules.size() >= schedules) break;
    State state = problem.initial();
    Random random(observation->state.hash);
    for (const std::string& text : observation->state.trace) {
      auto step = parseStep(text);
      if (!step) continue;
      if (const auto factors = step->integers("factors"))
        if (const std::int64_t extent = extentOf(problem.programOf(state), *step); extent > 0)
          step->set("factors", fitted(*factors, extent));
      const std::string item = print(*step);
      state = problem.apply(state, {&item, 1}, random).state;
    }
    if (!seen.insert(state.hash).second) continue;
    transfer.schedules.push_back(
        {state.trace, "This schedule ran in " + inWords(observation->measurement.seconds) + " on " +
                          earlier.info().name + "; its tiles are fitted to the sizes here."});
  }
  return transfer;
}

}  // namespace espalier
