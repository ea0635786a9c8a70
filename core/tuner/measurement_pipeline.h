// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

#include "search/problem.h"
#include "tuner/result_queue.h"

namespace espalier {

/// Builds candidates on one thread and measures them on another, each in the order given.
class MeasurementPipeline {
 public:
  /// `overlap`: build while another candidate is measured. Without it the measurement has the machine to
  /// itself.
  MeasurementPipeline(Problem& problem, ResultQueue& results, bool overlap);
  MeasurementPipeline(const MeasurementPipeline&) = delete;
  MeasurementPipeline& operator=(const MeasurementPipeline&) = delete;
  /// Waits for what is being built or measured right now; drops the rest.
  ~MeasurementPipeline();

  struct Candidate {
    int sample = 0;
    State state;
    MeasureRequest request;
  };
  void submit(Candidate candidate);

 private:
  struct Built {
    Candidate candidate;
    std::unique_ptr<BuiltCandidate> program;
    std::int64_t buildBegan = 0;
  };
  void buildAll(const std::stop_token& stop);
  void measureAll(const std::stop_token& stop);
  [[nodiscard]] Measurement measure(Built& built);

  Problem& problem_;
  ResultQueue& results_;
  bool overlap_;
  std::mutex machine_;  ///< held while building or measuring if they may not overlap
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Candidate> toBuild_;
  std::deque<Built> toMeasure_;
  std::jthread measurer_;
  std::jthread builder_;
};

}  // namespace espalier
