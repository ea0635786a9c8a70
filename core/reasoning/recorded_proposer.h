// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>

#include "reasoning/proposer.h"
#include "session/event.h"

namespace espalier {

/// Replays the proposals of a recorded session: for each state those that were made for it, in their order (the one with
/// the same request number first). With the seed, the options and
/// the measurements of that session the search is the same to the byte. What was not recorded is said, and left to a random step.
class RecordedProposer final : public Proposer {
 public:
  /// Takes the proposals and the exchanges behind them from a session's events.
  explicit RecordedProposer(std::span<const Event> events);

  [[nodiscard]] std::string name() const override { return "recorded"; }
  [[nodiscard]] bool readsSections() const override { return false; }
  /// As many as in the recorded run, since the order of the search depends on it.
  [[nodiscard]] int concurrency() const override { return concurrency_; }
  [[nodiscard]] Proposal propose(const ProposalContext& context, Random& random,
                                 const ProposalControl& control) override;

  /// What a recorded run changed shows in its proposals: accepted, and without effect.
  [[nodiscard]] Result<void> setParameter(const std::string&, const std::string&) override { return {}; }

  [[nodiscard]] int recorded() const { return recorded_; }
  /// How often it was asked for a state that the recording has nothing (more) for.
  [[nodiscard]] int missed() const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::uint64_t, std::map<std::uint64_t, Proposal>> proposals_;  ///< by state, then by request
  int concurrency_ = 0;
  int recorded_ = 0;
  int missed_ = 0;
};

}  // namespace espalier
