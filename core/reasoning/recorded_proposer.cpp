// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/recorded_proposer.h"

#include <deque>
#include <utility>
#include <vector>

#include "support/hash.h"

namespace espalier {

RecordedProposer::RecordedProposer(std::span<const Event> events) {
  std::unordered_map<std::uint64_t, std::vector<Exchange>> exchanges;  // by request, until its proposal comes
  std::unordered_map<std::uint64_t, std::deque<std::string>> prompts;
  for (const auto& event : events) {
    if (event.sequence == 0) continue;
    if (const auto* run = std::get_if<RunStarted>(&event.body)) concurrency_ = run->concurrency;
    if (const auto* sent = std::get_if<PromptSent>(&event.body)) {
      prompts[sent->request].push_back(sent->prompt);
    } else if (const auto* finished = std::get_if<ReplyFinished>(&event.body)) {
      Exchange exchange = finished->exchange;
      exchange.recorded = true;
      if (auto& waiting = prompts[finished->request]; !waiting.empty()) {
        exchange.prompt = std::move(waiting.front());
        waiting.pop_front();
      }
      exchanges[finished->request].push_back(std::move(exchange));
    } else if (const auto* arrived = std::get_if<ProposalArrived>(&event.body)) {
      Proposal proposal;
      proposal.reasoning = arrived->reasoning;
      proposal.items = arrived->items;
      proposal.preference = arrived->preference;
      proposal.proposer = arrived->proposer;
      proposal.random = arrived->random;
      proposal.fallback = arrived->fallback;
      proposal.notice = arrived->notice;
      proposal.exchanges = std::move(exchanges[arrived->request]);
      exchanges.erase(arrived->request);
      prompts.erase(arrived->request);
      proposals_[arrived->stateHash].insert_or_assign(arrived->request, std::move(proposal));
      ++recorded_;
    }
  }
}

Proposal RecordedProposer::propose(const ProposalContext& context, Random&, const ProposalControl&) {
  const std::lock_guard guard(mutex_);
  const auto known = proposals_.find(context.node.state.hash);
  if (known == proposals_.end() || known->second.empty()) {
    ++missed_;
    Proposal missing;
    missing.proposer = "recorded";
    missing.notice = "The recording has no further proposal for node " + std::to_string(context.node.node) +
                     " (program " + hexadecimal(context.node.state.hash) + "); a random step is taken.";
    return missing;
  }
  auto chosen = known->second.find(context.request);
  if (chosen == known->second.end()) chosen = known->second.begin();
  return std::move(known->second.extract(chosen).mapped());
}

int RecordedProposer::missed() const {
  const std::lock_guard guard(mutex_);
  return missed_;
}

}  // namespace espalier
