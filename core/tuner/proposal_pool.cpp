// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tuner/proposal_pool.h"

#include <exception>
#include <string>
#include <utility>

namespace espalier {

AnsweredProposal askSafely(Proposer& proposer, const ProposalContext& context, Random& random,
                           const ProposalControl& control) {
  AnsweredProposal answer;
  answer.asked = millisecondsNow();
  try {
    answer.proposal = proposer.propose(context, random, control);
  } catch (const std::exception& exception) {
    answer.proposal.proposer = proposer.name();
    answer.proposal.notice =
        "The proposer `" + proposer.name() + "` failed: " + exception.what() + "; a random step is taken.";
  }
  answer.answered = millisecondsNow();
  return answer;
}

ProposalPool::ProposalPool(Proposer& proposer, ResultQueue& results, int threads)
    : proposer_(proposer), results_(results) {
  for (int i = 0; i < threads; ++i)
    threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
}

ProposalPool::~ProposalPool() {
  for (auto& thread : threads_) thread.request_stop();
  cancelAll();
  threads_.clear();
}

void ProposalPool::submit(ProposalContext context, Random random) {
  {
    const std::lock_guard guard(mutex_);
    jobs_.push_back({std::move(context), random, std::stop_source()});
  }
  changed_.notify_all();
}

void ProposalPool::cancel(std::uint64_t request) {
  const std::lock_guard guard(mutex_);
  for (auto& job : jobs_)
    if (job.context.request == request) job.stop.request_stop();
  if (const auto found = running_.find(request); found != running_.end()) found->second.request_stop();
}

void ProposalPool::cancelAll() {
  const std::lock_guard guard(mutex_);
  for (auto& job : jobs_) job.stop.request_stop();
  for (auto& [_, source] : running_) source.request_stop();
}

void ProposalPool::work(const std::stop_token& stop) {
  while (true) {
    std::unique_lock guard(mutex_);
    if (!changed_.wait(guard, stop, [&] { return !jobs_.empty(); }) || stop.stop_requested()) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    const std::uint64_t request = job.context.request;
    const NodeId node = job.context.node.node;
    running_.emplace(request, job.stop);
    guard.unlock();

    ProposalControl control;
    control.stop = job.stop.get_token();
    control.promptSent = [&](const Exchange& sent) {
      results_.live(PromptSent{request, node, sent.model, sent.promptHash, sent.prompt});
    };
    control.replyDelta = [&](std::string_view text, bool thinking) {
      results_.live(ReplyDelta{request, node, thinking, std::string(text)});
    };
    AnsweredProposal answer = askSafely(proposer_, job.context, job.random, control);

    guard.lock();
    running_.erase(request);
    guard.unlock();
    results_.finish(request, std::move(answer));
  }
}

}  // namespace espalier
