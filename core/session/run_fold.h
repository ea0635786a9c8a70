// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "session/event.h"

namespace espalier {

/// The best so far after a sample, against everything it may be drawn over.
struct CurvePoint {
  int sample = 0;
  NodeId node = kNoNode;      ///< that was measured
  double seconds = 0;         ///< best so far; 0 = nothing valid yet
  double speedup = 0;         ///< baseline / best so far; 0 = not known
  double measuredSeconds = 0;   ///< of this very sample; 0 = failed
  double predictedSeconds = 0;  ///< for it, when it was chosen; 0 = not predicted
  double elapsedSeconds = 0;  ///< running time, pauses between runs left out
  std::int64_t tokens = 0;
  double costUsd = 0;
};

/// Percent of the roofline beyond the noise of measuring peak and kernel: more is a measuring error until shown otherwise.
inline constexpr double kSuspiciousPercent = 103;

/// What samples were measured under. Only those of equal threads compare with each other.
struct Conditions {
  int firstSample = 1;
  int threads = 1;
  double rooflineSeconds = 0;  ///< 0 = not known
};

struct RunTotals {
  int samples = 0;
  int failedSamples = 0;
  int expansions = 0;        ///< proposals taken up
  int fallbacks = 0;         ///< of them, where nothing proposed was valid, or the proposer had no answer of its own
  int duplicates = 0;
  int calls = 0;             ///< of models
  TokenUsage usage;
  double costUsd = 0;
  double elapsedSeconds = 0;
  [[nodiscard]] double fallbackRate() const { return expansions == 0 ? 0 : static_cast<double>(fallbacks) / expansions; }
};

enum class RunState { Empty, Running, Paused, Finished };

/// What the events of a session say about its runs as a whole, without the tree.
class RunFold {
 public:
  /// An event happened at this time; call it first. Between two runs no time passes.
  void at(std::int64_t milliseconds, bool runStarts);
  /// A proposal came; `fallback`: not from the proposer that was asked.
  void proposal(bool fallback) { fellBack_ = fallback; }
  /// The proposal was taken up, with a random step in place of it if `fallback`.
  void expansion(bool fallback, bool duplicate);
  void call(const TokenUsage& usage, double costUsd);
  struct Sample {
    int number = 0;
    NodeId node = kNoNode;
    double measuredSeconds = 0;   ///< 0 = failed
    double predictedSeconds = 0;
    double bestSeconds = 0;       ///< of the tree after the sample, 0 = none
    double baselineSeconds = 0;
  };
  void sample(const Sample& sample);
  /// Runs, pauses, commands, the baseline and the confirmation; other events change nothing here.
  void apply(const EventBody& body);

  /// The run that is going on or was the last; nullptr before the first event.
  [[nodiscard]] const RunStarted* run() const { return run_ ? &*run_ : nullptr; }
  [[nodiscard]] RunState state() const { return state_; }
  [[nodiscard]] const std::optional<RunFinished>& finish() const { return finish_; }
  [[nodiscard]] const std::optional<Measurement>& baseline() const { return baseline_; }
  [[nodiscard]] const std::optional<BestConfirmed>& confirmation() const { return confirmation_; }
  /// Monotone among the samples of each of conditions(), where it begins anew.
  [[nodiscard]] const std::vector<CurvePoint>& curve() const { return curve_; }
  /// The points of the latest conditions.
  [[nodiscard]] std::span<const CurvePoint> latestCurve() const { return std::span(curve_).subspan(curveBegin_); }
  /// In order; empty before the first run.
  [[nodiscard]] const std::vector<Conditions>& conditions() const { return conditions_; }
  [[nodiscard]] Conditions conditionsOf(int sample) const;
  /// Samples from this one on were measured under the latest conditions and compare with each other.
  [[nodiscard]] int firstComparable() const { return conditions_.empty() ? 1 : conditions_.back().firstSample; }
  [[nodiscard]] const RunTotals& totals() const { return totals_; }
  /// The latest value of each parameter that a command set.
  [[nodiscard]] const std::map<std::string, std::string>& parameters() const { return parameters_; }
  /// Of the user, for this node and those below it.
  [[nodiscard]] const std::vector<std::string>& hintsOf(NodeId node) const;

 private:
  void noteConditions();

  std::optional<RunStarted> run_;
  RunState state_ = RunState::Empty;
  std::optional<RunFinished> finish_;
  std::optional<Measurement> baseline_;
  std::optional<BestConfirmed> confirmation_;
  std::vector<CurvePoint> curve_;
  std::size_t curveBegin_ = 0;
  std::vector<Conditions> conditions_;
  RunTotals totals_;
  std::map<std::string, std::string> parameters_;
  std::map<NodeId, std::vector<std::string>> hints_;
  bool fellBack_ = false;  ///< the latest proposal
  std::int64_t lastMilliseconds_ = 0;
};

}  // namespace espalier
