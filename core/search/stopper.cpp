// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "search/stopper.h"

#include <cstdio>

namespace espalier {
namespace {

class SampleStopper final : public Stopper {
 public:
  explicit SampleStopper(int samples) : samples_(samples) {}
  [[nodiscard]] std::optional<StopReason> shouldStop(const RunStats& stats) const override {
    if (samples_ <= 0 || stats.samples < samples_) return std::nullopt;
    return StopReason{"samples", "All " + std::to_string(samples_) + " samples of the budget were taken."};
  }

 private:
  int samples_;
};

class TimeStopper final : public Stopper {
 public:
  explicit TimeStopper(double seconds) : seconds_(seconds) {}
  [[nodiscard]] std::optional<StopReason> shouldStop(const RunStats& stats) const override {
    if (seconds_ <= 0 || stats.seconds < seconds_) return std::nullopt;
    char words[64];
    std::snprintf(words, sizeof words, "The time limit of %g seconds was reached.", seconds_);
    return StopReason{"time", words};
  }

 private:
  double seconds_;
};

class RequestStopper final : public Stopper {
 public:
  [[nodiscard]] std::optional<StopReason> shouldStop(const RunStats& stats) const override {
    if (!stats.stopRequested) return std::nullopt;
    return StopReason{"stopped", "The run was stopped on request; it can be resumed from its session."};
  }
};

class ExhaustionStopper final : public Stopper {
 public:
  [[nodiscard]] std::optional<StopReason> shouldStop(const RunStats& stats) const override {
    if (!stats.spaceExhausted) return std::nullopt;
    return StopReason{"space-exhausted", "Every program that the search can reach was measured or given up."};
  }
};

}  // namespace

std::unique_ptr<Stopper> stopAfterSamples(int samples) { return std::make_unique<SampleStopper>(samples); }
std::unique_ptr<Stopper> stopAfterSeconds(double seconds) { return std::make_unique<TimeStopper>(seconds); }
std::unique_ptr<Stopper> stopOnRequest() { return std::make_unique<RequestStopper>(); }
std::unique_ptr<Stopper> stopWhenExhausted() { return std::make_unique<ExhaustionStopper>(); }

std::optional<StopReason> shouldStop(const std::vector<std::unique_ptr<Stopper>>& stoppers,
                                     const RunStats& stats) {
  for (const auto& stopper : stoppers)
    if (auto reason = stopper->shouldStop(stats)) return reason;
  return std::nullopt;
}

}  // namespace espalier
