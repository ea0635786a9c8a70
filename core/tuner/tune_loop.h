// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "search/stopper.h"
#include "search/strategy.h"
#include "session/session_fold.h"
#include "tuner/context_builder.h"
#include "tuner/measurement_pipeline.h"
#include "tuner/proposal_pool.h"
#include "tuner/result_queue.h"
#include "tuner/tuner.h"

namespace espalier {

/// What runs on the tuner's thread. The strategy is asked and told here alone. Results are told in an order
/// that follows from what was asked, so what the search does depends on no clock; only the answers of a
/// proposer that wants it (Proposer::answersAsTheyCome) are told as they come, and then the order is in the
/// session.
class TuneLoop {
 public:
  TuneLoop(TunerSetup setup, ResultQueue& results);
  /// From the first event to the last.
  [[nodiscard]] Result<TuneResult> run();

 private:
  /// What became of a command.
  struct Answer {
    bool accepted = true;
    std::string words;
  };
  using Outstanding = std::variant<ExpansionRequest, SampleRequest>;

  // The run's course.
  [[nodiscard]] Result<void> begin();
  [[nodiscard]] Result<void> goOn(std::vector<Event> history);
  void measureBaseline();
  [[nodiscard]] Result<StopReason> search();
  void confirmBest();

  // Stages of an iteration.
  void act();
  [[nodiscard]] Capacity capacity() const;
  void expand(const ExpansionRequest& request);
  [[nodiscard]] ProposalContext contextOf(const ExpansionRequest& request) const;
  void submit(const ExpansionRequest& request);
  /// Whether its call is held back for now: its node is being measured, or enough other nodes are asked
  /// about.
  [[nodiscard]] bool shallWait(const ExpansionRequest& request) const;
  [[nodiscard]] bool isHeld(std::uint64_t request) const;
  void submitReady();
  void submitHeld(std::uint64_t request);
  void sendSample(SampleRequest request);
  void submit(const SampleRequest& request);
  /// Waits for the next thing in flight and tells it; returns early for a command.
  void takeNext();
  /// The one to wait for; the end if any may come first.
  [[nodiscard]] std::deque<Outstanding>::iterator nextToTake();
  /// The same as in the run that is replayed; the end if there is none, or it took up all it could.
  [[nodiscard]] std::deque<Outstanding>::iterator nextRecorded();
  void waitForAny();
  void takeUp(const ExpansionRequest& request, AnsweredProposal answer);
  void takeUp(const SampleRequest& request, const MeasuredSample& measured);
  /// What could not be written to the file of measurements is told once.
  void noteStored(const Result<void>& stored);
  void drainSamples();
  /// After a failure: samples that came before it are kept.
  void takeWhatIsThere();
  void startWorkers();
  using Answers = std::map<std::uint64_t, AnsweredProposal>;
  /// Ends all work on other threads; all that was asked stays outstanding. Answers that were complete are
  /// given back, measurements are dropped.
  [[nodiscard]] Answers suspendWork();
  /// Has other threads begin anew with what is outstanding and has no answer yet.
  void resumeWork(Answers answers);

  // Steering.
  void handleCommands();
  void handle(Command command);
  /// Whether the run that is replayed obeyed its next command at this point.
  [[nodiscard]] bool commandIsDue() const;
  [[nodiscard]] Answer carryOut(const Command& command);
  [[nodiscard]] Answer setParameter(const SetParameterCommand& command);
  [[nodiscard]] Answer setThreads(double threads);
  void pause();
  /// After a step, which is progress of the search as well.
  void pauseAfterStep();
  [[nodiscard]] Answer answerInPlace(const AnswerCommand& command);

  // Events.
  void record(EventBody body);
  void recordSearchEvents();
  void forwardLive();
  [[nodiscard]] Result<void> flush();

  void rebuildStoppers();
  [[nodiscard]] RunStats stats() const;
  [[nodiscard]] int samplesInFlight() const;
  [[nodiscard]] int expansionsInFlight() const;

  TunerSetup setup_;
  TuneOptions& options_;
  Problem& problem_;
  ResultQueue& results_;
  std::unique_ptr<SearchStrategy> strategy_;
  std::optional<ContextBuilder> contexts_;
  SessionFold fold_;
  std::vector<Event> unflushed_;
  std::size_t progress_ = 0;  ///< as RecordedCommand::after counts it
  std::int64_t lastMilliseconds_ = 0;

  std::chrono::steady_clock::time_point started_;
  ResultQueue::Deadline deadline_;
  std::vector<std::unique_ptr<Stopper>> stoppers_;
  bool stopRequested_ = false;
  bool spaceExhausted_ = false;
  bool storeFailed_ = false;
  bool paused_ = false;
  bool replaySteered_ = false;  ///< the latest command was one of the run that is replayed
  bool pauseAfterStage_ = false;
  bool pauseAfterSample_ = false;

  std::deque<Outstanding> outstanding_;  ///< in the order asked
  std::vector<ExpansionRequest> held_;   ///< of these, not submitted yet
  std::map<std::uint64_t, AnswerCommand> answers_;
  std::map<NodeId, std::string> editedPrompts_;        ///< for the next expansion of a node
  std::map<std::uint64_t, std::string> askedPrompts_;  ///< of requests in flight
  std::unique_ptr<ProposalPool> pool_;
  std::unique_ptr<MeasurementPipeline> pipeline_;
};

}  // namespace espalier
