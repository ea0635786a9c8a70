// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "reasoning/proposer.h"
#include "session/command.h"
#include "session/event.h"

namespace espalier {

/// Milliseconds since 1970-01-01 UTC, as events carry them.
[[nodiscard]] inline std::int64_t millisecondsNow() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

struct MeasuredSample {
  Measurement measurement;
  double buildSeconds = 0;
  bool buildFailed = false;
  std::int64_t buildBegan = 0;  ///< these in milliseconds since 1970
  std::int64_t measureBegan = 0;
  std::int64_t measureEnded = 0;
};

struct AnsweredProposal {
  Proposal proposal;
  std::int64_t asked = 0;  ///< these in milliseconds since 1970
  std::int64_t answered = 0;
};

/// What reaches the loop's thread from outside: commands, live events, finished proposals and samples. The
/// only place where threads of the tuner meet.
class ResultQueue {
 public:
  void post(Command command) {
    change([&] { commands_.push_back(std::move(command)); });
  }
  void live(EventBody body) {
    change([&] { live_.push_back(std::move(body)); });
  }
  void finish(std::uint64_t request, AnsweredProposal answer) {
    change([&] { proposals_.emplace(request, std::move(answer)); });
  }
  void finish(int sample, MeasuredSample measured) {
    change([&] { samples_.emplace(sample, std::move(measured)); });
  }
  /// A bug or a broken environment on another thread; ends the run.
  void fail(std::exception_ptr failure) {
    change([&] {
      if (!failure_) failure_ = failure;
    });
  }

  using Deadline = std::optional<std::chrono::steady_clock::time_point>;
  /// These wait until the result is there, or a command, a live event, a failure or the deadline comes first.
  void waitForProposal(std::uint64_t request, Deadline deadline) {
    wait(deadline, [&] { return proposals_.count(request) != 0; });
  }
  void waitForSample(int sample, Deadline deadline) {
    wait(deadline, [&] { return samples_.count(sample) != 0; });
  }
  void waitForCommand(Deadline deadline) {
    wait(deadline, [] { return false; });
  }
  /// What is there, for a condition of one's own.
  class Ready {
   public:
    explicit Ready(const ResultQueue& queue) : queue_(queue) {}
    [[nodiscard]] bool proposal(std::uint64_t request) const { return queue_.proposals_.count(request) != 0; }
    [[nodiscard]] bool sample(int sample) const { return queue_.samples_.count(sample) != 0; }

   private:
    const ResultQueue& queue_;
  };
  template <class Condition>
  void waitFor(Deadline deadline, Condition condition) {
    wait(deadline, [&] { return condition(Ready(*this)); });
  }
  [[nodiscard]] bool hasProposal(std::uint64_t request) {
    const std::lock_guard guard(mutex_);
    return proposals_.count(request) != 0;
  }
  [[nodiscard]] bool hasSample(int sample) {
    const std::lock_guard guard(mutex_);
    return samples_.count(sample) != 0;
  }

  [[nodiscard]] std::vector<Command> takeCommands() {
    const std::lock_guard guard(mutex_);
    return std::exchange(commands_, {});
  }
  [[nodiscard]] std::vector<EventBody> takeLive() {
    const std::lock_guard guard(mutex_);
    return std::exchange(live_, {});
  }
  [[nodiscard]] std::optional<AnsweredProposal> takeProposal(std::uint64_t request) {
    return take(proposals_, request);
  }
  [[nodiscard]] std::optional<MeasuredSample> takeSample(int sample) { return take(samples_, sample); }
  void rethrowFailure() {
    const std::lock_guard guard(mutex_);
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  template <class Change>
  void change(Change apply) {
    {
      const std::lock_guard guard(mutex_);
      apply();
    }
    changed_.notify_all();
  }
  template <class Ready>
  void wait(Deadline deadline, Ready ready) {
    std::unique_lock guard(mutex_);
    const auto awake = [&] { return failure_ || !commands_.empty() || !live_.empty() || ready(); };
    if (deadline)
      changed_.wait_until(guard, *deadline, awake);
    else
      changed_.wait(guard, awake);
  }
  template <class Key, class Value>
  std::optional<Value> take(std::map<Key, Value>& values, Key key) {
    const std::lock_guard guard(mutex_);
    auto node = values.extract(key);
    if (node.empty()) return std::nullopt;
    return std::move(node.mapped());
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Command> commands_;
  std::vector<EventBody> live_;
  std::map<std::uint64_t, AnsweredProposal> proposals_;
  std::map<int, MeasuredSample> samples_;
  std::exception_ptr failure_;
};

}  // namespace espalier
