// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reasoning/proposer.h"

namespace espalier {

/// Proposes nothing, on purpose: the search takes its own random steps. MCTS with this one is the paper's "MCTS without LLM".
class RandomProposer final : public Proposer {
 public:
  [[nodiscard]] std::string name() const override { return "random"; }
  [[nodiscard]] bool readsSections() const override { return false; }
  [[nodiscard]] Proposal propose(const ProposalContext&, Random&, const ProposalControl&) override {
    Proposal proposal;
    proposal.proposer = "random";
    proposal.random = true;
    return proposal;
  }
};

}  // namespace espalier
