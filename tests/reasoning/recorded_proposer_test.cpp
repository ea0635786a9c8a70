// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/recorded_proposer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reasoning/random_proposer.h"

namespace espalier {
namespace {

ProposalContext contextOf(std::uint64_t request, std::uint64_t stateHash) {
  ProposalContext context;
  context.request = request;
  context.node.node = 4;
  context.node.state.hash = stateHash;
  return context;
}

std::vector<Event> recording() {
  std::vector<Event> events;
  const auto add = [&](EventBody body) { events.push_back({events.size() + 1, 0, std::move(body)}); };
  RunStarted run;
  run.concurrency = 2;
  add(run);
  add(PromptSent{0, 0, "m", 5, "the question"});
  Exchange exchange;
  exchange.model = "m";
  exchange.promptHash = 5;
  exchange.reply = "the answer";
  add(ReplyFinished{0, 0, exchange});
  add(ProposalArrived{0, 0, 77, "m", "first", {"A"}, false, false, ""});
  add(ProposalArrived{1, 0, 77, "m", "second", {"B"}, false, false, ""});
  add(ProposalArrived{2, 1, 88, "random", "", {}, true, false, ""});
  events.push_back({0, 0, PromptSent{0, 0, "m", 5, "a live copy that is not part of the recording"}});
  return events;
}

TEST(RecordedProposer, GivesEachStateItsProposalsInOrder) {
  RecordedProposer proposer(recording());
  Random random(1);
  EXPECT_EQ(proposer.recorded(), 3);
  EXPECT_EQ(proposer.concurrency(), 2);
  const Proposal first = proposer.propose(contextOf(40, 77), random, {});
  EXPECT_EQ(first.reasoning, "first");
  ASSERT_EQ(first.exchanges.size(), 1U);
  EXPECT_EQ(first.exchanges[0].prompt, "the question");
  EXPECT_EQ(first.exchanges[0].reply, "the answer");
  EXPECT_TRUE(first.exchanges[0].recorded);
  EXPECT_EQ(proposer.propose(contextOf(41, 77), random, {}).items, std::vector<std::string>{"B"});
  EXPECT_TRUE(proposer.propose(contextOf(42, 88), random, {}).random);
  EXPECT_EQ(proposer.missed(), 0);
}

TEST(RecordedProposer, PrefersTheSameRequest) {
  RecordedProposer proposer(recording());
  Random random(1);
  EXPECT_EQ(proposer.propose(contextOf(1, 77), random, {}).reasoning, "second");
  EXPECT_EQ(proposer.propose(contextOf(0, 77), random, {}).reasoning, "first");
}

TEST(RecordedProposer, SaysWhatItMissed) {
  RecordedProposer proposer(recording());
  Random random(1);
  const Proposal missing = proposer.propose(contextOf(0, 0x99), random, {});
  EXPECT_TRUE(missing.items.empty());
  EXPECT_FALSE(missing.random);
  EXPECT_THAT(missing.notice, testing::HasSubstr("node 4 (program 0000000000000099)"));
  EXPECT_EQ(proposer.missed(), 1);
}

TEST(RandomProposer, ProposesNothingOnPurpose) {
  RandomProposer proposer;
  Random random(1);
  const Proposal proposal = proposer.propose(contextOf(0, 1), random, {});
  EXPECT_TRUE(proposal.random);
  EXPECT_TRUE(proposal.items.empty());
  EXPECT_EQ(proposer.concurrency(), 0);
}

}  // namespace
}  // namespace espalier
