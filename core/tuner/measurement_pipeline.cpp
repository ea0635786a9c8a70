// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tuner/measurement_pipeline.h"

#include <utility>

namespace espalier {

MeasurementPipeline::MeasurementPipeline(Problem& problem, ResultQueue& results, bool overlap)
    : problem_(problem), results_(results), overlap_(overlap) {
  measurer_ = std::jthread([this](const std::stop_token& stop) { measureAll(stop); });
  builder_ = std::jthread([this](const std::stop_token& stop) { buildAll(stop); });
}

MeasurementPipeline::~MeasurementPipeline() {
  builder_.request_stop();
  measurer_.request_stop();
  builder_.join();
  measurer_.join();
}

void MeasurementPipeline::submit(Candidate candidate) {
  {
    const std::lock_guard guard(mutex_);
    toBuild_.push_back(std::move(candidate));
  }
  changed_.notify_all();
}

void MeasurementPipeline::buildAll(const std::stop_token& stop) {
  try {
    while (true) {
      std::unique_lock guard(mutex_);
      if (!changed_.wait(guard, stop, [&] { return !toBuild_.empty(); }) || stop.stop_requested()) return;
      Built built{std::move(toBuild_.front()), nullptr, 0};
      toBuild_.pop_front();
      guard.unlock();
      {
        std::unique_lock machine(machine_, std::defer_lock);
        if (!overlap_) machine.lock();
        built.buildBegan = millisecondsNow();
        built.program = problem_.build(built.candidate.state);
      }
      guard.lock();
      toMeasure_.push_back(std::move(built));
      guard.unlock();
      changed_.notify_all();
    }
  } catch (...) {
    results_.fail(std::current_exception());
  }
}

void MeasurementPipeline::measureAll(const std::stop_token& stop) {
  try {
    while (true) {
      std::unique_lock guard(mutex_);
      if (!changed_.wait(guard, stop, [&] { return !toMeasure_.empty(); }) || stop.stop_requested()) return;
      Built built = std::move(toMeasure_.front());
      toMeasure_.pop_front();
      guard.unlock();
      MeasuredSample measured;
      measured.buildSeconds = built.program->buildSeconds;
      measured.buildFailed = built.program->failure.has_value();
      measured.buildBegan = built.buildBegan;
      measured.measureBegan = millisecondsNow();
      measured.measurement = measured.buildFailed ? *built.program->failure : measure(built);
      measured.measureEnded = millisecondsNow();
      measured.measurement.buildSeconds = measured.buildSeconds;
      results_.finish(built.candidate.sample, std::move(measured));
    }
  } catch (...) {
    results_.fail(std::current_exception());
  }
}

Measurement MeasurementPipeline::measure(Built& built) {
  std::unique_lock machine(machine_, std::defer_lock);
  if (!overlap_) machine.lock();
  MeasureRequest request = built.candidate.request;
  Measurement measurement = problem_.measure(*built.program, request);
  const bool wouldBeBest =
      measurement.valid && (request.incumbentSeconds == 0 || measurement.seconds < request.incumbentSeconds);
  if (wouldBeBest && !measurement.verified) {
    // Nothing becomes the best whose outputs nobody has compared.
    request.verify = true;
    measurement = problem_.measure(*built.program, request);
  }
  return measurement;
}

}  // namespace espalier
