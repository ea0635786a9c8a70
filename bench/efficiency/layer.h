// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/outcome.h"
#include "tensor_problem/tensor_problem.h"
#include "tuner/measurement_file.h"
#include "tuner/tune_options.h"

namespace espalier::bench {

/// What every table is asked.
struct Settings {
  std::vector<std::string> layers;
  int threads = 1;
  int seeds = 5;  ///< of every search: 1, 2, …
  int samples = 600;
  std::string store;        ///< file of measurements; empty = every sample is measured
  double seconds = 0;       ///< stop measuring after so many and say so; 0 = never
  bool replayOnly = false;  ///< a program that the store lacks is an error
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
};

/// A way to search.
struct Way {
  std::string name;
  std::string strategy = "mcts";
  std::string proposer = "random";  ///< "rules", "random", "recorded"
  std::string recording = {};       ///< for "recorded": a recording of exchanges with a model
  bool prior = true;                ///< or the surrogate alone, which knows nothing at first
  TuneOptions options = {};         ///< strategy, seed and samples are set from the rest
};

/// A program that was the fastest of its run when it was measured.
struct Leader {
  int sample = 0;  ///< counted from 1
  State state;
  double seconds = 0;
};

/// One run of a way.
struct Run {
  std::vector<double>
      best;  ///< seconds of the best so far, by sample; before the first valid one the baseline
  std::vector<Leader> leaders;  ///< by sample, each faster than the one before
  std::vector<double> when;     ///< seconds since the start at which each sample was told
  double wallSeconds = 0;       ///< that the run took here: with a store that is not what it would take live
  double searchSeconds = 0;     ///< of the search, without building and measuring
  int failed = 0;
  double speedupAt(int sample, double baseline) const;
  /// The first sample that is at least this fast; 0 = none.
  int samplesTo(double seconds) const;
};

/// The time that may be spent measuring is over. Whatever was measured is in the store.
struct TimeOver {};

/// A named layer, opened once: the worker, the reference and the store serve all runs on it.
class Layer {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Layer>> open(const std::string& name, const Settings& settings);

  [[nodiscard]] const std::string& name() const { return problem_->info().name; }
  [[nodiscard]] TensorProblem& problem() { return *problem_; }
  [[nodiscard]] double rooflineSeconds() const { return problem_->info().rooflineSeconds; }
  /// Of p0, measured once.
  [[nodiscard]] Result<double> baselineSeconds();
  /// Of one program, from the store or measured. Throws TimeOver.
  [[nodiscard]] Measurement measured(const State& state);
  /// Throws TimeOver.
  [[nodiscard]] Result<Run> run(const Way& way, std::uint64_t seed, int samples);
  /// The fastest time of any program in the store for this layer, as far as this bench met it.
  [[nodiscard]] double bestKnownSeconds() const { return bestKnown_; }
  [[nodiscard]] std::size_t measuredHere() const { return measuredHere_; }

 private:
  Layer(std::shared_ptr<TensorProblem> problem, const Settings& settings);
  [[nodiscard]] bool timeOver() const;

  std::shared_ptr<TensorProblem> problem_;
  const Settings& settings_;
  std::shared_ptr<MeasurementFile> file_;
  double bestKnown_ = 0;
  std::size_t measuredHere_ = 0;
};

}  // namespace espalier::bench
