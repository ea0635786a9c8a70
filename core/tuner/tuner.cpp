// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tuner/tuner.h"

#include <atomic>
#include <optional>
#include <thread>
#include <utility>

#include "tuner/tune_loop.h"

namespace espalier {

class Tuner::Loop {
 public:
  explicit Loop(TunerSetup setup) : loop(std::move(setup), results) {}

  ResultQueue results;
  TuneLoop loop;
  std::optional<Result<TuneResult>> outcome;
  std::atomic<bool> running = false;
  std::thread thread;
};

Tuner::Tuner(TunerSetup setup) : loop_(std::make_unique<Loop>(std::move(setup))) {}

Tuner::~Tuner() {
  if (!loop_->thread.joinable()) return;
  requestStop();
  loop_->thread.join();
}

void Tuner::start() {
  loop_->running = true;
  loop_->thread = std::thread([loop = loop_.get()] {
    loop->outcome = loop->loop.run();
    loop->running = false;
  });
}

void Tuner::post(Command command) { loop_->results.post(std::move(command)); }

bool Tuner::running() const { return loop_->running; }

Result<TuneResult> Tuner::wait() {
  if (loop_->thread.joinable()) loop_->thread.join();
  if (!loop_->outcome) return usageError("The run was never started.");
  return *loop_->outcome;
}

Result<TuneResult> tune(TunerSetup setup) {
  Tuner tuner(std::move(setup));
  tuner.start();
  return tuner.wait();
}

}  // namespace espalier
