// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "reasoning/proposer.h"
#include "tuner/result_queue.h"

namespace espalier {

/// Asks a proposer on threads of its own, so that neither measuring nor a person waits for a model.
class ProposalPool {
 public:
  ProposalPool(Proposer& proposer, ResultQueue& results, int threads);
  ProposalPool(const ProposalPool&) = delete;
  ProposalPool& operator=(const ProposalPool&) = delete;
  /// Cancels what is in flight and waits for the threads.
  ~ProposalPool();

  void submit(ProposalContext context, Random random);
  /// Ends one call; its proposal still arrives, whatever it is by then.
  void cancel(std::uint64_t request);
  void cancelAll();

 private:
  struct Job {
    ProposalContext context;
    Random random;
    std::stop_source stop;
  };
  void work(const std::stop_token& stop);

  Proposer& proposer_;
  ResultQueue& results_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Job> jobs_;
  std::map<std::uint64_t, std::stop_source> running_;
  std::vector<std::jthread> threads_;
};

/// Calls a proposer and turns an exception, which it should not throw, into an empty proposal that says so.
[[nodiscard]] AnsweredProposal askSafely(Proposer& proposer, const ProposalContext& context, Random& random,
                                         const ProposalControl& control);

}  // namespace espalier
