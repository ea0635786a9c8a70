// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <span>

#include "reasoning/proposer.h"
#include "search/problem.h"
#include "session/command.h"
#include "session/event.h"
#include "session/session_store.h"
#include "support/outcome.h"
#include "tuner/measurement_store.h"
#include "tuner/recorded_commands.h"
#include "tuner/take_up_order.h"
#include "tuner/tune_options.h"
#include "tuner/tune_result.h"

namespace espalier {

/// Receives events in order, in batches, on the tuner's thread. Must not wait for the tuner. Events with sequence 0 are live only.
using EventSink = std::function<void(std::span<const Event>)>;

/// Everything a run works with.
struct TunerSetup {
  std::shared_ptr<Problem> problem;             ///< never null; left alone by others while the run lasts
  std::unique_ptr<Proposer> proposer;           ///< never null; not asked by strategies that take no proposals
  TuneOptions options;
  std::unique_ptr<SessionStore> session;        ///< null: nothing is stored. One with events is gone on with
  EventSink sink;                               ///< may be empty
  MeasurementStore measurements;                ///< what need not be measured again; may be empty
  std::deque<TakenUp> order;                    ///< in which a replayed run took up its results; may be empty
  std::deque<RecordedCommand> commands;  ///< that a replayed run obeyed, carried out anew; may be empty
  /// Has the problem run with so many threads from now on, and forget what it learnt; the error says why not. Called while
  /// nothing is built, measured or proposed. Empty: the threads stay what they are.
  std::function<Result<void>(int threads)> changeThreads;
};

/// One run: the loop of proposing, building, measuring and learning on a thread of its own. Commands in, events out.
class Tuner {
 public:
  explicit Tuner(TunerSetup setup);
  Tuner(const Tuner&) = delete;
  Tuner& operator=(const Tuner&) = delete;
  /// Stops as if on request, and waits.
  ~Tuner();

  /// Starts the run; once.
  void start();
  /// Hands in a command, from any thread, at any time; ignored once the run has ended.
  void post(Command command);
  /// Asks the run to end, keeping what is measured. Cheap and safe from any thread (not from a signal handler).
  void requestStop() { post(StopCommand{}); }
  [[nodiscard]] bool running() const;
  /// Waits for the end. The error says why a run could not begin or had to be given up; the session is closed in order either way.
  [[nodiscard]] Result<TuneResult> wait();

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

/// start() and wait() in one.
[[nodiscard]] Result<TuneResult> tune(TunerSetup setup);

}  // namespace espalier
