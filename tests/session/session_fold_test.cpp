// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "session/session_fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace espalier {
namespace {

/// Events in order, half a second apart.
class Recorder {
 public:
  void add(EventBody body) {
    events.push_back(
        {events.size() + 1, 1000 + 500 * static_cast<std::int64_t>(events.size()), std::move(body)});
  }
  void node(NodeId number, NodeId parent, bool fallback = false) {
    NodeAdded added;
    added.request = number == 0 ? kNoRequest : number - 1;
    added.node = number;
    added.parent = parent;
    added.state = {{"Step(" + std::to_string(number) + ")"}, 100 + number};
    added.source = "rules";
    added.fallback = fallback;
    add(added);
  }
  void sample(int number, NodeId at, double seconds) {
    Measurement measurement;
    measurement.valid = seconds > 0;
    measurement.seconds = seconds;
    measurement.failure = seconds > 0 ? "" : "crash";
    add(SampleMeasured{number, at, 0.5, measurement});
  }
  void begin(bool resumed = false) {
    RunStarted run;
    run.resumed = resumed;
    run.problem.name = "digits";
    run.strategy = "mcts";
    add(run);
  }
  [[nodiscard]] SessionFold fold() const {
    auto folded = foldEvents(events);
    EXPECT_TRUE(folded) << folded.error().text();
    return *std::move(folded);
  }
  std::vector<Event> events;
};

Measurement baseline(double seconds) {
  Measurement measurement;
  measurement.valid = true;
  measurement.seconds = seconds;
  return measurement;
}

TEST(SessionFold, TheCurveIsTheBestSoFarAfterEachSample) {
  Recorder run;
  run.begin();
  run.node(0, kNoNode);
  run.add(BaselineMeasured{baseline(8)});
  for (NodeId node = 1; node <= 4; ++node) run.node(node, 0);
  run.sample(1, 1, -1);
  run.sample(2, 2, 4);
  run.sample(3, 3, 5);
  run.sample(4, 4, 2);
  const SessionFold fold = run.fold();
  ASSERT_EQ(fold.curve().size(), 4U);
  const double expected[] = {0, 2, 2, 4};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(fold.curve()[i].sample, static_cast<int>(i) + 1);
    EXPECT_DOUBLE_EQ(fold.curve()[i].speedup, expected[i]);
  }
  EXPECT_EQ(fold.tree().best(), 4U);
  EXPECT_EQ(fold.totals().samples, 4);
  EXPECT_EQ(fold.totals().failedSamples, 1);
  EXPECT_DOUBLE_EQ(fold.speedupOf(3), 1.6);
  EXPECT_DOUBLE_EQ(fold.curve()[3].elapsedSeconds, 5);
}

TEST(SessionFold, TheCurveStaysMonotoneWhenTheBestFailsLater) {
  Recorder run;
  run.begin();
  run.node(0, kNoNode);
  run.add(BaselineMeasured{baseline(8)});
  run.node(1, 0);
  run.node(2, 0);
  run.sample(1, 1, 2);
  run.sample(2, 1, -1);
  run.sample(3, 2, 4);
  const SessionFold fold = run.fold();
  EXPECT_DOUBLE_EQ(fold.curve()[1].speedup, 4);
  EXPECT_DOUBLE_EQ(fold.curve()[2].speedup, 4);
  EXPECT_EQ(fold.tree().best(), 2U);
}

TEST(SessionFold, MeasurementsUnderOtherConditionsDoNotCompare) {
  Recorder run;
  run.begin();
  run.add(BaselineMeasured{baseline(1)});
  for (NodeId node = 0; node < 4; ++node) run.node(node, node == 0 ? kNoNode : 0);
  run.sample(1, 1, 0.2);
  run.sample(2, 2, 0);
  ConditionsChanged changed;
  changed.problem.name = "digits";
  changed.problem.threads = 4;
  changed.problem.rooflineSeconds = 0.01;
  run.add(changed);
  SessionFold fold = run.fold();
  EXPECT_EQ(fold.tree().best(), kNoNode);
  EXPECT_EQ(fold.tree()[1].measuredSeconds, 0);
  EXPECT_TRUE(fold.tree()[2].failed);
  EXPECT_EQ(fold.run()->problem.threads, 4);
  EXPECT_EQ(fold.totals().samples, 2);
  EXPECT_TRUE(fold.runs().latestCurve().empty());

  run.sample(3, 3, 0.5);
  fold = run.fold();
  EXPECT_EQ(fold.tree().best(), 3U);
  ASSERT_EQ(fold.curve().size(), 3U);
  EXPECT_DOUBLE_EQ(fold.curve()[1].speedup, 5);
  EXPECT_DOUBLE_EQ(fold.curve()[2].speedup, 2);  // slower than what was measured before, and yet the best
  ASSERT_EQ(fold.runs().latestCurve().size(), 1U);
  EXPECT_EQ(fold.runs().conditionsOf(2).threads, 1);
  EXPECT_EQ(fold.runs().conditionsOf(3).threads, 4);
  EXPECT_EQ(fold.runs().conditionsOf(3).rooflineSeconds, 0.01);
  EXPECT_EQ(fold.record(1).samples.size(), 1U);  // kept, to be looked at
}

TEST(SessionFold, CountsProposalsCallsAndMoney) {
  Recorder run;
  run.begin();
  run.node(0, kNoNode);
  run.node(1, 0);
  run.node(2, 0, true);
  run.add(ProposalRejected{2, 1, {}, "m", "", "duplicate", 2, false, false});
  run.add(ProposalRejected{3, 1, {}, "m", "", "dead-end", kNoNode, true, true});
  Exchange exchange;
  exchange.usage = {100, 40, 7, 3, true};
  exchange.costUsd = 0.25;
  run.add(ReplyFinished{0, 0, exchange});
  run.add(ReplyFinished{1, 0, exchange});
  const SessionFold fold = run.fold();
  EXPECT_EQ(fold.totals().expansions, 4);
  EXPECT_EQ(fold.totals().fallbacks, 2);
  EXPECT_DOUBLE_EQ(fold.totals().fallbackRate(), 0.5);
  EXPECT_EQ(fold.totals().duplicates, 1);
  EXPECT_EQ(fold.totals().calls, 2);
  EXPECT_EQ(fold.totals().usage.prompt, 200);
  EXPECT_EQ(fold.totals().usage.cached, 80);
  EXPECT_TRUE(fold.totals().usage.estimated);
  EXPECT_DOUBLE_EQ(fold.totals().costUsd, 0.5);
  EXPECT_TRUE(fold.tree()[1].closed);
  EXPECT_EQ(fold.record(1).rejections.size(), 2U);
}

TEST(SessionFold, CountsAnExpansionThatTheProposerDidNotAnswerAsFallbackOnce) {
  Recorder run;
  run.begin();
  run.node(0, kNoNode);
  const auto arrived = [&](std::uint64_t request, bool fallback) {
    ProposalArrived proposal;
    proposal.request = request;
    proposal.fallback = fallback;
    run.add(proposal);
  };
  arrived(0, true);  // its call failed, the rules answered, and well
  run.node(1, 0);
  arrived(1, true);  // and not even that was legal
  run.node(2, 0, true);
  arrived(2, false);
  run.node(3, 1);
  arrived(3, true);
  run.add(ProposalRejected{3, 1, {}, "rules", "", "duplicate", 2, false, false});
  EXPECT_EQ(run.fold().totals().expansions, 4);
  EXPECT_EQ(run.fold().totals().fallbacks, 3);
}

TEST(SessionFold, LeavesPausesBetweenRunsOutOfTheTimeAndForgetsWhatWasInFlight) {
  Recorder run;
  run.begin();
  run.node(0, kNoNode);
  run.node(1, 0);
  run.add(CandidateChosen{1, 1, "predicted-best"});
  EXPECT_TRUE(run.fold().tree()[1].chosen);
  run.begin(true);
  run.events.back().milliseconds += 1000000;
  run.add(RunPaused{});
  run.events.back().milliseconds += 1000000;
  const SessionFold fold = run.fold();
  EXPECT_FALSE(fold.tree()[1].chosen);
  EXPECT_DOUBLE_EQ(fold.totals().elapsedSeconds, 2);
  EXPECT_EQ(fold.state(), RunState::Paused);
  EXPECT_TRUE(fold.run()->resumed);
}

TEST(SessionFold, HintsComeFromTheNodeAndAllAboveIt) {
  Recorder run;
  run.begin();
  run.node(0, kNoNode);
  run.node(1, 0);
  run.node(2, 1);
  run.node(3, 0);
  run.add(CommandReceived{HintCommand{1, "one"}, true, ""});
  run.add(CommandReceived{HintCommand{0, "zero"}, true, ""});
  run.add(CommandReceived{HintCommand{2, "two"}, true, ""});
  run.add(CommandReceived{HintCommand{3, "refused"}, false, ""});
  EXPECT_THAT(run.fold().hintsFor(2), testing::ElementsAre("zero", "one", "two"));
  EXPECT_THAT(run.fold().hintsFor(3), testing::ElementsAre("zero"));
  run.add(CommandReceived{HintCommand{1, ""}, true, ""});
  EXPECT_THAT(run.fold().hintsFor(2), testing::ElementsAre("zero", "two"));
}

TEST(SessionFold, LiveEventsChangeNothingAndDamagedOnesAreNamed) {
  Recorder run;
  run.begin();
  run.node(0, kNoNode);
  SessionFold fold = run.fold();
  const std::string before = foldText(fold);
  ASSERT_TRUE(fold.apply({0, 5, PromptSent{}}));
  EXPECT_EQ(foldText(fold), before);
  EXPECT_FALSE(fold.apply({1, 5, Notice{}}));  // goes backwards
  const auto damaged = fold.apply({3, 5, Backpropagated{9, "prediction", 1, 1}});
  ASSERT_FALSE(damaged);
  EXPECT_THAT(damaged.error().message, testing::HasSubstr("Event 3 (backpropagated)"));
  EXPECT_EQ(foldText(fold), before);
}

TEST(SessionFold, TheTextDoesNotDependOnTime) {
  Recorder run;
  run.begin();
  run.node(0, kNoNode);
  run.node(1, 0);
  run.sample(1, 1, 2);
  const std::string text = foldText(run.fold());
  for (auto& event : run.events) event.milliseconds *= 3;
  EXPECT_EQ(foldText(run.fold()), text);
  EXPECT_THAT(text, testing::HasSubstr("sample 1 2"));
}

}  // namespace
}  // namespace espalier
