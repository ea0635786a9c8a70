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
#include "session/run_fold.h"
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
};

/// Adds what an event about a node says to the node's record: additions, rejections and samples.
void addToRecord(NodeRecord& record, const Event& event);

/// A session as it stands after some of its events.
class SessionFold {
 public:
  /// The error says which event does not fit those before it. Live-only events (sequence 0) change nothing.
  [[nodiscard]] Result<void> apply(const Event& event);

  [[nodiscard]] const Tree& tree() const { return tree_; }
  [[nodiscard]] const NodeRecord& record(NodeId node) const { return records_[node]; }
  [[nodiscard]] const RunStarted* run() const { return runs_.run(); }
  [[nodiscard]] RunState state() const { return runs_.state(); }
  [[nodiscard]] const std::optional<RunFinished>& finish() const { return runs_.finish(); }
  [[nodiscard]] const std::optional<Measurement>& baseline() const { return runs_.baseline(); }
  [[nodiscard]] const std::optional<BestConfirmed>& confirmation() const { return runs_.confirmation(); }
  [[nodiscard]] const std::vector<CurvePoint>& curve() const { return runs_.curve(); }
  [[nodiscard]] const RunTotals& totals() const { return runs_.totals(); }
  /// Of the whole session, as curve(), totals() and the like.
  [[nodiscard]] const RunFold& runs() const { return runs_; }
  [[nodiscard]] std::uint64_t lastSequence() const { return lastSequence_; }
  [[nodiscard]] const std::map<std::string, std::string>& parameters() const { return runs_.parameters(); }
  [[nodiscard]] const std::vector<std::string>& hintsOf(NodeId node) const { return runs_.hintsOf(node); }
  /// Hints for a node: its own and those of all above it, the root's first.
  [[nodiscard]] std::vector<std::string> hintsFor(NodeId node) const;
  /// Measured speedup of a node over the baseline, or 0.
  [[nodiscard]] double speedupOf(NodeId node) const;

 private:
  [[nodiscard]] bool applyToTree(const EventBody& body);
  void forgetWhatWasInFlight();

  Tree tree_;
  std::vector<NodeRecord> records_;
  RunFold runs_;
  std::uint64_t lastSequence_ = 0;
};

[[nodiscard]] Result<SessionFold> foldEvents(std::span<const Event> events);

/// Everything of a fold that does not depend on time, as stable text: equal texts mean equal searches.
[[nodiscard]] std::string foldText(const SessionFold& fold);

}  // namespace espalier
