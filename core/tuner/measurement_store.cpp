// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tuner/measurement_store.h"

#include <vector>

#include "session/session_store.h"

namespace espalier {

bool MeasurementStore::add(std::span<const Event> events, std::uint64_t problemHash) {
  bool matches = false;
  Known* known = nullptr;             // of the problem that what comes was measured under
  std::vector<std::uint64_t> hashes;  // of the nodes, in their order
  const auto under = [&](std::uint64_t hash) {
    known = &known_[hash];
    matches = matches || hash == problemHash;
  };
  for (const auto& event : events) {
    if (const auto* run = std::get_if<RunStarted>(&event.body)) {
      under(run->problem.hash);
    } else if (const auto* changed = std::get_if<ConditionsChanged>(&event.body)) {
      under(changed->problem.hash);
    } else if (const auto* node = std::get_if<NodeAdded>(&event.body)) {
      hashes.push_back(node->state.hash);
    } else if (const auto* baseline = std::get_if<BaselineMeasured>(&event.body)) {
      if (known && !known->baseline) known->baseline = baseline->measurement;
    } else if (const auto* sample = std::get_if<SampleMeasured>(&event.body)) {
      if (known && sample->node < hashes.size())
        known->measurements.try_emplace(hashes[sample->node], sample->measurement);
    }
  }
  problemHash_ = problemHash;
  return matches;
}

void MeasurementStore::changeTo(std::uint64_t problemHash) {
  problemHash_ = problemHash;
  file_.reset();
}

std::size_t MeasurementStore::size() const {
  const auto known = known_.find(problemHash_);
  return known == known_.end() ? 0 : known->second.measurements.size();
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
  if (const auto problem = known_.find(problemHash_); problem != known_.end())
    if (const auto known = problem->second.measurements.find(stateHash);
        known != problem->second.measurements.end()) {
      Measurement measurement = known->second;
      measurement.recorded = true;
      return measurement;
    }
  return file_ ? file_->find(stateHash) : std::nullopt;
}

std::optional<Measurement> MeasurementStore::baseline(std::uint64_t initialHash) const {
  std::optional<Measurement> baseline;
  if (const auto problem = known_.find(problemHash_); problem != known_.end())
    baseline = problem->second.baseline;
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
