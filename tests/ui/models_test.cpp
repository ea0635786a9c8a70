// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "models/history.h"
#include "models/node_query.h"
#include "models/text_diff.h"
#include "models/tree_display.h"
#include "models/tree_layout.h"

namespace espalier::ui {
namespace {

std::string joined(const std::vector<DiffLine>& lines, DiffLine::Kind leftOut) {
  std::string text;
  for (const DiffLine& line : lines)
    if (line.kind != leftOut) text += line.text + "\n";
  return text;
}

std::string randomText(std::mt19937& random) {
  std::string text;
  const auto lines = random() % 30;
  for (unsigned line = 0; line < lines; ++line)
    text += "line " + std::to_string(random() % 6) + " of " + std::to_string(random() % 3) + "\n";
  return text;
}

TEST(TextDiff, GivesBothTextsBack) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    const std::string before = randomText(random);
    const std::string after = randomText(random);
    const auto lines = diffTexts(before, after);
    EXPECT_EQ(joined(lines, DiffLine::Kind::Added), before) << "seed " << seed;
    EXPECT_EQ(joined(lines, DiffLine::Kind::Removed), after) << "seed " << seed;
    for (const DiffLine& line : lines)
      for (const DiffSpan& span : line.words) {
        EXPECT_LT(span.begin, span.end);
        EXPECT_LE(span.end, line.text.size());
      }
  }
}

TEST(TextDiff, MarksTheWordThatDiffers) {
  const auto lines = diffTexts("a\nfor m in range(16):\nb\n", "a\nfor m in range(64):\nb\n");
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[1].kind, DiffLine::Kind::Removed);
  EXPECT_EQ(lines[1].words, (std::vector<DiffSpan>{{15, 17}}));
  EXPECT_EQ(lines[2].words, (std::vector<DiffSpan>{{15, 17}}));
  EXPECT_EQ(lines[3].before, 3);
  EXPECT_EQ(lines[3].after, 3);
}

TEST(TextDiff, FindsNoChangeInEqualTexts) {
  for (const DiffLine& line : diffTexts("a\nb\n", "a\nb\n")) EXPECT_EQ(line.kind, DiffLine::Kind::Same);
  EXPECT_TRUE(diffTexts("", "").empty());
}

LayoutInput randomTree(unsigned seed, std::uint32_t nodes) {
  std::mt19937 random(seed);
  LayoutInput input;
  input.parents.push_back(LayoutInput::kNone);
  for (std::uint32_t node = 1; node < nodes; ++node) {
    const std::uint32_t recent = std::min<std::uint32_t>(node, 1 + random() % 12);
    input.parents.push_back(random() % 2 == 0 ? node - recent : static_cast<std::uint32_t>(random() % node));
  }
  return input;
}

TEST(TreeLayoutProperties, NoOverlapOrderKeptParentsCentred) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    const LayoutInput input = randomTree(seed, 400);
    const auto layout = layOut(input);
    ASSERT_TRUE(layout);
    std::vector<std::vector<double>> rows(layout->rows);
    for (std::uint32_t node = 0; node < 400; ++node) {
      const auto& place = layout->places[node];
      ASSERT_TRUE(layout->shows(node));
      ASSERT_LT(place.row, rows.size());
      rows[place.row].push_back(place.column);
      double first = 0;
      double last = 0;
      bool any = false;
      for (std::uint32_t child = place.firstChild; child != LayoutInput::kNone;
           child = layout->places[child].nextSibling) {
        const double column = layout->places[child].column;
        if (any) {
          EXPECT_GE(column - last, 1 - 1e-6) << "seed " << seed;
        } else {
          first = column;
        }
        last = column;
        any = true;
        EXPECT_EQ(layout->places[child].row, place.row + 1);
      }
      if (any) {
        EXPECT_NEAR(place.column, (first + last) / 2, 1e-6) << "seed " << seed;
      }
    }
    for (auto& row : rows) {
      std::sort(row.begin(), row.end());
      for (std::size_t i = 1; i < row.size(); ++i)
        EXPECT_GE(row[i] - row[i - 1], 1 - 1e-6) << "seed " << seed;
    }
  }
}

TEST(TreeLayoutProperties, HitTestingFindsEveryNode) {
  const auto layout = layOut(randomTree(7, 200));
  ASSERT_TRUE(layout);
  Viewport view;
  view.width = 1000;
  view.height = 800;
  for (std::uint32_t node = 0; node < 200; ++node)
    EXPECT_EQ(
        nodeAt(*layout, view, view.x(layout->places[node].column), view.y(layout->places[node].row), 12),
        node);
}

class Recorder {
 public:
  void add(EventBody body) {
    events.push_back(
        {events.size() + 1, 1700000000000 + static_cast<std::int64_t>(events.size()), std::move(body)});
  }
  std::vector<Event> events;
};

/// A root and three nodes: 1 measured twice as fast with Vectorize, 2 failed, 3 below 1 only predicted.
std::vector<Event> smallSession() {
  Recorder recorder;
  RunStarted run;
  run.problem.name = "test";
  run.strategy = "mcts";
  recorder.add(run);
  BaselineMeasured baseline;
  baseline.measurement.valid = true;
  baseline.measurement.seconds = 0.4;
  recorder.add(baseline);
  const auto add = [&](NodeId node, NodeId parent, const char* step) {
    NodeAdded added;
    added.node = node;
    added.parent = parent;
    added.state.hash = node + 100;
    added.source = "rules";
    if (parent != kNoNode) {
      added.request = node - 1;
      added.state.trace = {step};
      added.items = {{step, true, step, "", "", ""}};
    }
    added.prediction = Prediction{0.3, 0.1, "prior", "bound by nothing"};
    recorder.add(added);
  };
  const auto measure = [&](int sample, NodeId node, bool valid) {
    CandidateChosen chosen;
    chosen.sample = sample;
    chosen.node = node;
    recorder.add(chosen);
    SampleMeasured measured;
    measured.sample = sample;
    measured.node = node;
    measured.measurement.valid = valid;
    measured.measurement.seconds = valid ? 0.2 : 0;
    measured.measurement.repeats = {0.2, 0.21};
    recorder.add(measured);
  };
  add(0, kNoNode, "");
  add(1, 0, "Vectorize(loop=n)");
  measure(1, 1, true);
  NewBest best;
  best.sample = 1;
  best.node = 1;
  best.seconds = 0.2;
  recorder.add(best);
  add(2, 0, "Unroll(loop=m)");
  measure(2, 2, false);
  add(3, 1, "Parallel(loops=[m])");
  recorder.add(RunFinished{"samples", "All samples were taken."});
  return recorder.events;
}

std::vector<NodeId> wanted(const History& history, std::string_view query) {
  const auto test = parseNodeQuery(query);
  EXPECT_TRUE(test) << (test ? "" : test.error().text());
  std::vector<NodeId> nodes;
  for (NodeId node = 0; test && node < history.tree().size(); ++node)
    if ((*test)(history, node)) nodes.push_back(node);
  return nodes;
}

TEST(NodeQuery, ChoosesNodes) {
  History history;
  history.append(smallSession());
  ASSERT_EQ(history.trouble(), "");
  EXPECT_EQ(wanted(history, "").size(), 4U);
  EXPECT_EQ(wanted(history, "speedup > 1.5"), (std::vector<NodeId>{1}));
  EXPECT_EQ(wanted(history, "has vectorize and not failed"), (std::vector<NodeId>{1}));
  EXPECT_EQ(wanted(history, "failed or (depth = 2)"), (std::vector<NodeId>{2, 3}));
  EXPECT_EQ(wanted(history, "speedup>=1.99 and best"), (std::vector<NodeId>{1}));
}

TEST(NodeQuery, SaysWhatItDoesNotUnderstand) {
  for (const char* query :
       {"speed > 3", "speedup", "speedup > fast", "(failed", "failed failed", "has", "not"})
    EXPECT_FALSE(parseNodeQuery(query)) << query;
}

TEST(History, ShowsThePastAndComesBack) {
  const auto events = smallSession();
  History history;
  history.append(events);
  const std::string now = foldText(history.fold());
  for (std::size_t count = 0; count <= events.size(); ++count) {
    history.show(count);
    History upTo;
    upTo.append(std::span(events).first(count));
    EXPECT_EQ(foldText(history.fold()), foldText(upTo.fold())) << count;
    EXPECT_EQ(history.tree().size(), upTo.tree().size());
  }
  EXPECT_TRUE(history.atEnd());
  EXPECT_EQ(foldText(history.fold()), now);
}

TEST(History, GrowsWhileThePastIsShown) {
  const auto events = smallSession();
  History history;
  history.append(std::span(events).first(4));
  history.show(3);
  history.append(std::span(events).subspan(4));
  EXPECT_EQ(history.position(), 3U);
  EXPECT_EQ(history.size(), events.size());
  history.show(history.size());
  EXPECT_EQ(history.tree().size(), 4U);
  EXPECT_EQ(history.tree().best(), 1U);
}

TEST(History, FollowsReplies) {
  History history;
  PromptSent sent;
  sent.request = 4;
  sent.node = 0;
  sent.model = "some-model";
  ReplyDelta delta;
  delta.request = 4;
  delta.text = "Tile ";
  history.append(std::vector<Event>{{0, 0, sent}, {0, 0, delta}, {0, 0, delta}});
  ASSERT_TRUE(history.liveCalls().contains(4));
  EXPECT_EQ(history.liveCalls().at(4).reply, "Tile Tile ");
  EXPECT_EQ(history.size(), 0U);
}

TEST(SearchTreeView, CountsAsTheSearchDoes) {
  Recorder recorder;
  for (const Event& event : smallSession()) recorder.add(event.body);
  Backpropagated reward;
  reward.node = 3;
  reward.cause = "measurement";
  reward.value = 0.5;
  recorder.add(reward);
  History history;
  history.append(recorder.events);
  for (NodeId node = 0; node < 4; ++node) {
    EXPECT_EQ(history.tree().node(node).visits, history.fold().tree()[node].visits) << node;
    EXPECT_NEAR(history.tree().node(node).mean(), history.fold().tree().meanOf(node), 1e-6) << node;
  }
  EXPECT_NEAR(history.tree().speedup(0), 1, 1e-6);
}

TEST(Display, CostFollowsTheWindowAndNotTheTree) {
  const LayoutInput input = randomTree(3, 50000);
  Recorder recorder;
  SearchTree tree;
  for (NodeId node = 0; node < 50000; ++node) {
    NodeAdded added;
    added.node = node;
    added.parent = node == 0 ? kNoNode : input.parents[node];
    tree.apply({node + 1, 0, added});
  }
  const auto layout = layOut(input);
  ASSERT_TRUE(layout);
  const DisplayList list = display(tree, *layout, fitting(*layout, 1600, 900), {});
  EXPECT_LT(list.glyphs.size() + list.collapsed.size(), 20000U);
  EXPECT_GT(list.glyphs.size() + list.collapsed.size(), 100U);
}

}  // namespace
}  // namespace espalier::ui
