// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "search/tree.h"
#include "session/event.h"
#include "support/outcome.h"

namespace espalier {

/// What is known of a node beside its place in the tree.
struct NodeRecord {
  struct Sample {
    int sample = 0;
    double predictedSeconds = 0;  ///< when it was chosen
    Measurement measurement;
  };
  std::uint64_t sequence = 0;     ///< of the event that added it
  std::uint64_t request = kNoRequest;
  std::int64_t milliseconds = 0;
  std::vector<AppliedItem> items;
  std::string source;
  std::string reasoning;
  bool fallback = false;
  std::optional<Prediction> prediction;      ///< the first one, with its words
  std::vector<Sample> samples;
  std::vector<ProposalRejected> rejections;  ///< proposals for it that led nowhere
  std::vector<std::string> hints;            ///< of the user, for it and those below
};

/// The best so far after a sample, against everything it may be drawn over.
struct CurvePoint {
  int sample = 0;
  NodeId node = kNoNode;      ///< that was measured
  double seconds = 0;         ///< best so far; 0 = nothing valid yet
  double speedup = 0;         ///< baseline / best so far; 0 = not known
  double elapsedSeconds = 0;  ///< running time, pauses between runs left out
  std::int64_t tokens = 0;
  double costUsd = 0;
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

/// A session as it stands after some of its events.
class SessionFold {
 public:
  /// The error says which event does not fit those before it. Live-only events (sequence 0) change nothing.
  [[nodiscard]] Result<void> apply(const Event& event);

  [[nodiscard]] const Tree& tree() const { return tree_; }
  [[nodiscard]] const NodeRecord& record(NodeId node) const { return records_[node]; }
  /// The run that is going on or was the last; nullptr before the first event.
  [[nodiscard]] const RunStarted* run() const { return run_ ? &*run_ : nullptr; }
  [[nodiscard]] RunState state() const { return state_; }
  [[nodiscard]] const std::optional<RunFinished>& finish() const { return finish_; }
  [[nodiscard]] const std::optional<Measurement>& baseline() const { return baseline_; }
  [[nodiscard]] const std::optional<BestConfirmed>& confirmation() const { return confirmation_; }
  [[nodiscard]] const std::vector<CurvePoint>& curve() const { return curve_; }
  [[nodiscard]] const RunTotals& totals() const { return totals_; }
  [[nodiscard]] std::uint64_t lastSequence() const { return lastSequence_; }
  /// The latest value of each parameter that a command set.
  [[nodiscard]] const std::map<std::string, std::string>& parameters() const { return parameters_; }
  /// Hints for a node: its own and those of all above it, the root's first.
  [[nodiscard]] std::vector<std::string> hintsFor(NodeId node) const;
  /// Measured speedup of a node over the baseline, or 0.
  [[nodiscard]] double speedupOf(NodeId node) const;

 private:
  [[nodiscard]] bool applyToTree(const EventBody& body);
  void note(const NodeAdded& body, const Event& event);
  void note(const ProposalRejected& body);
  void note(const SampleMeasured& body);
  void note(const RunStarted& body);
  void note(const CommandReceived& body);
  void note(const ReplyFinished& body);
  void note(const ProposalArrived& body);
  void noteExpansion(std::uint64_t request, bool fallback);

  Tree tree_;
  std::vector<NodeRecord> records_;
  std::optional<RunStarted> run_;
  RunState state_ = RunState::Empty;
  std::optional<RunFinished> finish_;
  std::optional<Measurement> baseline_;
  std::optional<BestConfirmed> confirmation_;
  std::vector<CurvePoint> curve_;
  RunTotals totals_;
  std::map<std::string, std::string> parameters_;
  std::uint64_t fellBack_ = kNoRequest;  ///< the request that was last answered in place of the proposer
  std::uint64_t lastSequence_ = 0;
  std::int64_t lastMilliseconds_ = 0;
};

[[nodiscard]] Result<SessionFold> foldEvents(std::span<const Event> events);

/// Everything of a fold that does not depend on time, as stable text: equal texts mean equal searches.
[[nodiscard]] std::string foldText(const SessionFold& fold);

}  // namespace espalier
