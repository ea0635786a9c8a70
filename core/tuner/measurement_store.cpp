// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tuner/measurement_store.h"

#include <vector>

#include "session/session_store.h"

namespace espalier {

bool MeasurementStore::add(std::span<const Event> events, std::uint64_t problemHash) {
  bool matches = false;
  bool applies = false;               // what comes was measured under the problem's conditions
  std::vector<std::uint64_t> hashes;  // of the nodes, in their order
  for (const auto& event : events) {
    if (const auto* run = std::get_if<RunStarted>(&event.body)) {
      applies = run->problem.hash == problemHash;
      matches = matches || applies;
    } else if (const auto* changed = std::get_if<ConditionsChanged>(&event.body)) {
      applies = changed->problem.hash == problemHash;
      matches = matches || applies;
    } else if (const auto* node = std::get_if<NodeAdded>(&event.body)) {
      hashes.push_back(node->state.hash);
    } else if (const auto* baseline = std::get_if<BaselineMeasured>(&event.body)) {
      if (applies && !baseline_) baseline_ = baseline->measurement;
    } else if (const auto* sample = std::get_if<SampleMeasured>(&event.body)) {
      if (applies && sample->node < hashes.size())
        measurements_.try_emplace(hashes[sample->node], sample->measurement);
    }
  }
  return matches;
}

Result<void> MeasurementStore::addSession(const std::filesystem::path& path, std::uint64_t problemHash) {
  const auto events = readSession(path);
  if (!events) return tl::unexpected(events.error());
  if (!add(*events, problemHash))
    return inputError(
        "The measurements in " + path.string() + " are of another workload, other sizes or other options.",
        "Give a session of the same workload.");
  return {};
}

std::optional<Measurement> MeasurementStore::find(std::uint64_t stateHash) const {
  const auto known = measurements_.find(stateHash);
  if (known == measurements_.end()) return file_ ? file_->find(stateHash) : std::nullopt;
  Measurement measurement = known->second;
  measurement.recorded = true;
  return measurement;
}

std::optional<Measurement> MeasurementStore::baseline(std::uint64_t initialHash) const {
  std::optional<Measurement> baseline = baseline_;
  if (!baseline && file_) baseline = file_->baseline(initialHash);
  if (baseline) baseline->recorded = true;
  return baseline;
}

Result<void> MeasurementStore::remember(const State& state, const Measurement& measurement) {
  if (!file_ || measurement.recorded || measurement.failure == "worker") return {};
  return file_->add(state, measurement);
}

Result<void> MeasurementStore::rememberBaseline(std::uint64_t initialHash, const Measurement& measurement) {
  if (!file_ || measurement.recorded || !measurement.valid) return {};
  return file_->addBaseline(initialHash, measurement);
}

}  // namespace espalier
