// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/seeded_proposer.h"

#include <gtest/gtest.h>

namespace espalier {
namespace {

/// Has none of the answers that a proposer has unless it says otherwise.
class Particular final : public Proposer {
 public:
  [[nodiscard]] std::string name() const override { return "particular"; }
  [[nodiscard]] bool readsSections() const override { return false; }
  [[nodiscard]] int concurrency() const override { return 6; }
  [[nodiscard]] int nodesAtOnce() const override { return 3; }
  [[nodiscard]] bool answersAsTheyCome() const override { return true; }
  [[nodiscard]] Proposal propose(const ProposalContext&, Random&, const ProposalControl&) override {
    return {};
  }
};

TEST(SeededProposer, IsAskedInTheWayOfTheOneThatItLeavesTheRestTo) {
  const SeededProposer seeded({}, std::make_unique<Particular>());
  EXPECT_EQ(seeded.name(), "particular");
  EXPECT_FALSE(seeded.readsSections());
  EXPECT_EQ(seeded.concurrency(), 6);
  EXPECT_EQ(seeded.nodesAtOnce(), 3);
  EXPECT_TRUE(seeded.answersAsTheyCome());
}

}  // namespace
}  // namespace espalier
