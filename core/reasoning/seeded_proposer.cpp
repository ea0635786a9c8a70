// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/seeded_proposer.h"

namespace espalier {

Proposal SeededProposer::propose(const ProposalContext& context, Random& random,
                                 const ProposalControl& control) {
  // By the number of the expansion rather than by a counter of its own: a resumed run does not begin anew.
  if (context.node.depth > 0 || context.request >= seeds_.size())
    return further_->propose(context, random, control);
  Proposal proposal;
  proposal.proposer = "transfer";
  proposal.items = seeds_[context.request].items;
  proposal.reasoning = seeds_[context.request].reasoning;
  return proposal;
}

}  // namespace espalier
