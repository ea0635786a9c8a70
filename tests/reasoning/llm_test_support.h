// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "reasoning/chat_endpoint.h"
#include "reasoning/proposer.h"

namespace espalier::testing {

/// A key that is easy to find again.
inline constexpr const char* kCanaryKey = "sk-canary-4f1c9a77e2d0b6";

/// Stands for the rules: always answers, and is easy to recognise.
class FakeRules final : public Proposer {
 public:
  [[nodiscard]] std::string name() const override { return "rules"; }
  [[nodiscard]] Proposal propose(const ProposalContext&, Random&, const ProposalControl&) override {
    Proposal proposal;
    proposal.reasoning = "by the rules";
    proposal.items = {"Vectorize(loop=n)"};
    proposal.proposer = "rules";
    return proposal;
  }
};

/// A node at depth 2 of a matrix product, with everything that a prompt can show. `tryItems` accepts the
/// steps Unroll, TileSize, Vectorize and Parallel with any arguments and refuses the rest.
[[nodiscard]] ProposalContext sampleContext();

/// Every text of a proposal in one, to search in.
[[nodiscard]] std::string everyText(const Proposal& proposal);

/// Generous in time, sparing in repeats: no test waits, none depends on the speed of the machine.
[[nodiscard]] ChatLimits testLimits();

/// A reply in the form that is asked for, with `Unroll(loop=k)` first and `Parallel(loop=m)` second.
[[nodiscard]] std::string goodReply();

}  // namespace espalier::testing
