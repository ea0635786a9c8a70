// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "session/event.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace espalier {
namespace {

Measurement measurement() { return {true, 0.1, {0.1, 0.3}, "", "", 0.02, true, "exact", true}; }
std::vector<AppliedItem> items() {
  return {{"A(1)", true, "A(1, 2)", "", "", ""}, {"B", false, "", "unknown", "why", "what"}};
}

/// One of each kind, every field other than its default.
std::vector<EventBody> oneOfEach() {
  NodeAdded added{4,       5,         2,    {{"A(1, 2)", "C"}, 0xfedcba9876543210ULL},     items(),
                  "rules", "because", true, Prediction{0.25, 0.5, "prior", "bound by L2"}, 0.125};
  ProblemInfo problem{"toy", "digits", "{}", 7, 1e9, 2e6, 1e-3, 4, {{"k", "t", "x"}}};
  Exchange exchange{"m",  "", 99,        "reply", "hm", {1, 2, 3, 4, true}, 0.5, 1.5,
                    0.25, 3,  "timeout", "late",  true};
  return {
      BaselineMeasured{measurement()},
      NodeSelected{1, 2, {{0, {{1, 2, 3, 0.5, 0.25, false, false}, {2, 1, 0, 0.75, 1, true, true}}}}},
      added,
      ProposalRejected{6, 2, items(), "m", "r", "duplicate", 1, true, true},
      Backpropagated{5, "rollout", 0.5, 0.25},
      CandidateChosen{3, 5, "explored"},
      SampleMeasured{3, 5, 0.25, measurement()},
      NewBest{3, 5, 0.1, 20},
      ValuesRefreshed{8, 0.1, 0.2, true, {{5, 0.3, 0.1}}},
      NodeMarked{5, NodeMark::Unpinned},
      ConditionsChanged{problem},
      RunStarted{true, problem, 42, "mcts", "llm", 3, "paper", "{}", "{}", "espalier 0.1"},
      PromptSent{6, 2, "m", 99, "prompt"},
      ReplyDelta{6, 2, true, "th"},
      ReplyFinished{6, 2, exchange},
      ProposalArrived{6, 2, 0x8000000000000001ULL, "m", "r", {"A(1)", "B"}, true, true, "n", 7, 8},
      BuildFinished{3, 5, 0.5, true, 7, 8, 9},
      CommandReceived{SetParameterCommand{"branching", "3"}, false, "no"},
      RunPaused{{6}, {3, 4}},
      RunContinued{},
      Notice{"warning", "text"},
      BestConfirmed{5, measurement()},
      RunFinished{"samples", "All."},
  };
}

std::vector<Command> oneOfEachCommand() {
  return {PauseCommand{},
          ResumeCommand{},
          StopCommand{},
          StepCommand{true},
          ExpandCommand{1},
          MeasureCommand{2},
          PinCommand{3},
          UnpinCommand{4},
          PruneCommand{5},
          UnpruneCommand{6},
          FocusCommand{7},
          HintCommand{8, "hint"},
          AddTransformationsCommand{9, {"A", "B"}, "why"},
          AskAgainCommand{10, "prompt"},
          AnswerCommand{11, {"A"}, "r"},
          SetParameterCommand{"c", "1"}};
}

TEST(EventJson, EveryKindComesBackWhole) {
  const auto bodies = oneOfEach();
  ASSERT_EQ(bodies.size(), std::variant_size_v<EventBody>);
  std::set<std::string> kinds;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    ASSERT_EQ(bodies[i].index(), i);
    const Event event{i + 1, 1700000000000 + static_cast<std::int64_t>(i), bodies[i]};
    const auto json = toJson(event);
    EXPECT_TRUE(kinds.insert(json.at("kind").get<std::string>()).second);
    const auto back = eventFromJson(nlohmann::json::parse(json.dump()));
    ASSERT_TRUE(back) << back.error().text();
    EXPECT_EQ(back->body.index(), i);
    EXPECT_EQ(toJson(*back).dump(), json.dump());
    EXPECT_EQ(back->sequence, event.sequence);
    // A struct that forgets a field in one direction would come back with its default.
    const auto empty = eventFromJson(
        {{"sequence", event.sequence}, {"milliseconds", event.milliseconds}, {"kind", json.at("kind")}});
    ASSERT_TRUE(empty) << empty.error().text();
    if (json.size() > 3) {
      EXPECT_NE(toJson(*empty).dump(), json.dump()) << kindOf(bodies[i]);
    }
  }
}

TEST(EventJson, EveryFieldIsNamed) {
  const Event event{1, 2, oneOfEach()[2]};
  const auto json = toJson(event);
  for (const char* name : {"request", "node", "parent", "state", "items", "source", "reasoning", "fallback",
                           "prediction", "rolloutSeconds"})
    EXPECT_TRUE(json.contains(name)) << name;
  const auto back = std::get<NodeAdded>(eventFromJson(json)->body);
  EXPECT_EQ(back.state.hash, 0xfedcba9876543210ULL);
  EXPECT_EQ(back.items[1].hint, "what");
  EXPECT_EQ(back.prediction->words, "bound by L2");
}

TEST(EventJson, RefusesWhatItCannotReadInWords) {
  EXPECT_THAT(eventFromJson({{"sequence", 1}, {"milliseconds", 1}, {"kind", "sneezed"}}).error().message,
              testing::HasSubstr("`sneezed` is unknown"));
  EXPECT_FALSE(eventFromJson(nlohmann::json::array()));
  EXPECT_FALSE(eventFromJson({{"sequence", "one"}, {"milliseconds", 1}, {"kind", "notice"}}));
  EXPECT_FALSE(eventFromJson({{"sequence", 1}, {"milliseconds", 1}, {"kind", "notice"}, {"text", 5}}));
  EXPECT_FALSE(
      eventFromJson({{"sequence", 1}, {"milliseconds", 1}, {"kind", "node-marked"}, {"mark", "blue"}}));
  EXPECT_FALSE(eventFromJson(
      {{"sequence", 1}, {"milliseconds", 1}, {"kind", "node-added"}, {"state", {{"hash", "xyz"}}}}));
  EXPECT_FALSE(eventFromJson({{"sequence", 1}, {"milliseconds", 1}, {"kind", "node-added"}, {"items", 3}}));
  // What a later version adds is ignored.
  EXPECT_TRUE(eventFromJson({{"sequence", 1}, {"milliseconds", 1}, {"kind", "notice"}, {"colour", "red"}}));
}

TEST(CommandJson, EveryKindComesBackWhole) {
  const auto commands = oneOfEachCommand();
  ASSERT_EQ(commands.size(), std::variant_size_v<Command>);
  for (std::size_t i = 0; i < commands.size(); ++i) {
    ASSERT_EQ(commands[i].index(), i);
    const auto json = toJson(commands[i]);
    const auto back = commandFromJson(json);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->index(), i);
    EXPECT_EQ(toJson(*back).dump(), json.dump());
  }
  EXPECT_FALSE(commandFromJson({{"kind", "dance"}}));
  EXPECT_FALSE(commandFromJson(5));
}

TEST(EventKinds, NodesAndSearchEventsAreFound) {
  int searchEvents = 0;
  for (const auto& body : oneOfEach())
    if (const auto event = toSearchEvent(body)) {
      ++searchEvents;
      EXPECT_EQ(toEventBody(*event).index(), body.index());
    }
  EXPECT_EQ(searchEvents, static_cast<int>(std::variant_size_v<SearchEvent>));
  EXPECT_EQ(nodeOf(oneOfEach()[2]), 5U);
  EXPECT_EQ(nodeOf(Notice{}), kNoNode);
}

}  // namespace
}  // namespace espalier
