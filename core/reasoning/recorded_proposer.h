// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "reasoning/proposer.h"
#include "session/event.h"

namespace espalier {

/// Replays the proposals of a recorded session: for each state those that were made for it, in their order. With the seed, the options and
/// the measurements of that session the search is the same to the byte. What was not recorded is said, and left to a random step.
class RecordedProposer final : public Proposer {
 public:
  /// Takes the proposals and the exchanges behind them from a session's events.
  explicit RecordedProposer(std::span<const Event> events);

  [[nodiscard]] std::string name() const override { return "recorded"; }
  [[nodiscard]] bool readsSections() const override { return false; }
  [[nodiscard]] Proposal propose(const ProposalContext& context, Random& random,
                                 const ProposalControl& control) override;

  [[nodiscard]] std::size_t recorded() const { return recorded_; }
  /// How often it was asked for a state that the recording has nothing (more) for.
  [[nodiscard]] int missed() const { return missed_; }

 private:
  std::unordered_map<std::uint64_t, std::deque<Proposal>> proposals_;
  std::size_t recorded_ = 0;
  int missed_ = 0;
};

}  // namespace espalier
