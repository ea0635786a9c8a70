// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "session/timeline.h"

#include <gtest/gtest.h>

namespace espalier {
namespace {

/// Events at times in seconds after the beginning.
class Recorder {
 public:
  void at(double seconds, EventBody body) {
    events.push_back({events.size() + 1, milliseconds(seconds), std::move(body)});
  }
  void begin(double seconds) { at(seconds, RunStarted{}); }
  void node(double seconds, std::uint64_t request, NodeId number, double asked, double answered) {
    ProposalArrived arrived;
    arrived.request = request;
    arrived.askedMilliseconds = milliseconds(asked);
    arrived.answeredMilliseconds = milliseconds(answered);
    at(seconds, arrived);
    NodeAdded added;
    added.request = request;
    added.node = number;
    added.parent = kRootNode;
    at(seconds, added);
  }
  void built(double seconds, int sample, NodeId node, double buildBegan, double buildSeconds,
             double measureBegan, double measureEnded) {
    at(seconds, BuildFinished{sample, node, buildSeconds, false, milliseconds(buildBegan),
                              milliseconds(measureBegan), milliseconds(measureEnded)});
  }
  void call(double seconds, double latency) {
    ReplyFinished reply;
    reply.exchange.latencySeconds = latency;
    at(seconds, reply);
  }
  [[nodiscard]] static std::int64_t milliseconds(double seconds) {
    return 1'000'000 + static_cast<std::int64_t>(seconds * 1000 + 0.5);
  }
  std::vector<Event> events;
};

TEST(Timeline, TellsIdlingWithCandidatesFromWaitingForThem) {
  Recorder run;
  run.begin(0);
  run.call(3, 3);
  run.node(3, 0, 1, 0, 3);
  run.node(3.5, 1, 2, 0, 3);  // answered with the first, taken up later
  // Idle from 3 to 4; at work from 4 to 6; nothing left to 9; then again half a second too late.
  run.built(5, 1, 1, 4, 0.25, 4.25, 5);
  run.built(6, 2, 2, 5, 0.5, 5.5, 6);
  run.call(9, 5);
  run.node(9, 2, 3, 4, 9);
  run.built(10.5, 3, 3, 9.5, 0.5, 10, 10.5);
  const Timeline timeline = timelineOf(run.events);
  EXPECT_DOUBLE_EQ(timeline.search, 10.5);
  EXPECT_DOUBLE_EQ(timeline.working, 3);
  EXPECT_DOUBLE_EQ(timeline.measuring, 1.75);
  EXPECT_DOUBLE_EQ(timeline.candidates, 4.5);
  EXPECT_DOUBLE_EQ(timeline.idle, 1.5);
  EXPECT_DOUBLE_EQ(timeline.idleShare(), 1.5 / 4.5);
  EXPECT_DOUBLE_EQ(timeline.callsInFlight(), 8 / 10.5);
}

TEST(Timeline, ACandidateThatIsNeverMeasuredWaitsToTheEnd) {
  Recorder run;
  run.begin(0);
  run.node(1, 0, 1, 0, 1);
  run.node(1, 1, 2, 0, 1);
  run.built(2, 1, 1, 1, 0.5, 1.5, 2);
  run.node(3, 2, 3, 2, 3);
  run.built(5, 2, 3, 4, 0.5, 4.5, 5);
  const Timeline timeline = timelineOf(run.events);
  EXPECT_DOUBLE_EQ(timeline.candidates, 4);
  EXPECT_DOUBLE_EQ(timeline.idle, 2);
}

TEST(Timeline, LeavesOutPausesAndTheTimeBetweenRuns) {
  Recorder run;
  run.begin(0);
  run.node(1, 0, 1, 0, 1);
  run.at(1, RunPaused{});
  run.at(4, RunContinued{});
  run.built(5, 1, 1, 4, 0.5, 4.5, 5);
  run.at(5, RunFinished{});
  run.begin(100);
  run.node(101, 1, 2, 100, 101);
  run.built(102, 2, 2, 101, 0.5, 101.5, 102);
  const Timeline timeline = timelineOf(run.events);
  EXPECT_DOUBLE_EQ(timeline.search, 2 + 2);
  EXPECT_DOUBLE_EQ(timeline.idle, 0);
  EXPECT_DOUBLE_EQ(timeline.candidates, 2);
}

TEST(Timeline, OfAReplayHasNoWork) {
  Recorder run;
  run.begin(0);
  run.node(1, 0, 1, 0, 1);
  run.at(2, BuildFinished{1, 1, 0.5, false, 0, 0, 0});
  EXPECT_EQ(timelineOf(run.events).working, 0);
  EXPECT_EQ(timelineOf({}).idleShare(), 0);
}

}  // namespace
}  // namespace espalier
