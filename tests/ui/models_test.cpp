// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <sstream>
#include <string>

#include "models/history.h"
#include "models/label_placement.h"
#include "models/node_query.h"
#include "models/text_diff.h"
#include "models/tree_display.h"
#include "models/tree_layout.h"
#include "scripted_run.h"

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

/// Every figure of every node and of the runs, as text.
std::string everything(const History& history) {
  std::ostringstream text;
  for (NodeId id = 0; id < history.tree().size(); ++id) {
    const NodeFacts& facts = history.tree().node(id);
    text << id << " parent " << facts.parent << " children " << facts.children << ' ' << facts.firstChild
         << ' ' << facts.nextSibling << " visits " << facts.visits << " value "
         << std::lround(facts.value * 1e6) << " seconds " << facts.seconds << ' ' << facts.predictedSeconds
         << ' ' << facts.bestBelow << " sample " << facts.sample << " status "
         << static_cast<int>(facts.status) << " flags " << static_cast<int>(facts.flags) << ' '
         << history.tree().label(facts.label) << ' ' << history.tree().label(facts.steps) << ' '
         << history.record(id).samples.size() << ' ' << history.stateOf(id).trace.size() << '\n';
  }
  text << "best " << history.tree().best() << ' ' << history.tree().bestSeconds() << " state "
       << static_cast<int>(history.fold().state()) << " samples " << history.fold().totals().samples << ' '
       << history.fold().totals().failedSamples << ' ' << history.fold().totals().expansions << ' '
       << history.fold().totals().elapsedSeconds << '\n';
  for (const CurvePoint& point : history.fold().curve())
    text << point.sample << ' ' << point.seconds << ' ' << point.speedup << ' ' << point.elapsedSeconds
         << '\n';
  return text.str();
}

/// Some thousand events in which everything happens that changes a tree.
std::vector<Event> longSession(unsigned seed, NodeId nodes) {
  std::mt19937 random(seed);
  Recorder recorder;
  recorder.add(RunStarted{});
  BaselineMeasured baseline;
  baseline.measurement.valid = true;
  baseline.measurement.seconds = 1;
  recorder.add(baseline);
  int samples = 0;
  double best = 1;
  for (NodeId node = 0; node < nodes; ++node) {
    NodeAdded added;
    added.node = node;
    added.parent = node == 0 ? kNoNode : random() % node;
    added.state.hash = node + 7;
    added.state.trace.assign(node % 5, "Unroll(loop=m)");
    added.request = node == 0 ? kNoRequest : node;
    added.source = node % 7 == 0 ? "user" : "rules";
    added.items = {{"Unroll(loop=m)", true, "Unroll(loop=m)", "", "", ""}};
    added.fallback = node % 11 == 0;
    if (node % 4 != 0)
      added.prediction = Prediction{0.1 + 0.01 * static_cast<double>(random() % 90), 0.1, "prior", ""};
    if (node % 6 == 0) added.rolloutSeconds = 0.3;
    recorder.add(added);
    Backpropagated reward;
    reward.node = node;
    reward.cause = "prediction";
    reward.value = static_cast<double>(random() % 100) / 100;
    recorder.add(reward);
    const NodeId other = random() % (node + 1);
    if (random() % 3 == 0) {
      CandidateChosen chosen;
      chosen.sample = ++samples;
      chosen.node = other;
      recorder.add(chosen);
      SampleMeasured measured;
      measured.sample = samples;
      measured.node = other;
      measured.measurement.valid = random() % 4 != 0;
      measured.measurement.seconds = 0.2 + 0.001 * static_cast<double>(random() % 700);
      best = std::min(best, measured.measurement.seconds);
      recorder.add(measured);
      reward.node = other;
      reward.cause = "measurement";
      reward.value = -0.1;
      recorder.add(reward);
    }
    if (random() % 50 == 0) {
      ValuesRefreshed refreshed;
      refreshed.measuredReference = best;
      refreshed.predictedReference = 0.1;
      refreshed.predictions = {{other, 0.15, 0.1}};
      refreshed.valuesKept = random() % 4 == 0;
      recorder.add(refreshed);
    }
    if (random() % 20 == 0) recorder.add(NodeMarked{other, static_cast<NodeMark>(random() % 6)});
    if (random() % 40 == 0) {
      ProposalRejected rejected;
      rejected.request = node;
      rejected.node = other;
      rejected.cause = "duplicate";
      recorder.add(rejected);
      reward.node = other;
      reward.cause = "rejected";
      reward.value = 0;
      recorder.add(reward);
    }
    if (random() % 300 == 0) recorder.add(RunStarted{});
  }
  recorder.add(RunFinished{"samples", "done"});
  return recorder.events;
}

TEST(History, ShowsThePastAndComesBack) {
  const auto events = smallSession();
  History history;
  history.append(events);
  const std::string now = everything(history);
  for (std::size_t count = 0; count <= events.size(); ++count) {
    history.show(count);
    History upTo;
    upTo.append(std::span(events).first(count));
    EXPECT_EQ(everything(history), everything(upTo)) << count;
  }
  EXPECT_TRUE(history.atEnd());
  EXPECT_EQ(everything(history), now);
}

TEST(History, ManyEventsAtOnceGiveWhatOneByOneGives) {
  for (unsigned seed = 0; seed < 4; ++seed) {
    const auto events = longSession(seed, 2500);
    ASSERT_GT(events.size(), 6000U);
    History atOnce;
    atOnce.append(events);
    EXPECT_EQ(atOnce.trouble(), "");
    History oneByOne;
    for (const Event& event : events) oneByOne.append(std::span(&event, 1));
    EXPECT_EQ(everything(atOnce), everything(oneByOne)) << seed;
    atOnce.show(events.size() / 3);
    atOnce.show(events.size() - 2);
    oneByOne.show(events.size() - 2);
    EXPECT_EQ(everything(atOnce), everything(oneByOne)) << seed;
  }
}

/// The figures of the window are those of the search.
TEST(History, AgreesWithTheFoldOfTheCore) {
  const auto events = longSession(9, 2500);
  History history;
  history.append(events);
  const auto fold = foldEvents(events);
  ASSERT_TRUE(fold);
  ASSERT_EQ(history.tree().size(), fold->tree().size());
  for (NodeId id = 0; id < history.tree().size(); ++id) {
    const NodeFacts& facts = history.tree().node(id);
    const TreeNode& node = fold->tree()[id];
    ASSERT_EQ(facts.visits, node.visits) << id;
    ASSERT_NEAR(facts.value, node.totalValue, 1e-5 * (1 + std::abs(node.totalValue))) << id;
    ASSERT_EQ(facts.depth, node.depth);
    ASSERT_EQ(facts.children, node.childCount);
    ASSERT_EQ(facts.sample, node.sample);
    ASSERT_EQ(facts.status == NodeStatus::Failed, node.failed);
    ASSERT_EQ(facts.has(kPruned), node.pruned);
    ASSERT_EQ(facts.has(kPinned), node.pinned);
    if (id != kRootNode) {
      ASSERT_NEAR(static_cast<double>(facts.seconds), node.measuredSeconds, 1e-7) << id;
    }
  }
  EXPECT_EQ(history.tree().best(), fold->tree().best());
  EXPECT_EQ(history.tree().focus(), fold->tree().focus());
  EXPECT_EQ(history.fold().curve().size(), fold->curve().size());
  EXPECT_EQ(history.fold().totals().fallbacks, fold->totals().fallbacks);
  EXPECT_EQ(history.fold().totals().duplicates, fold->totals().duplicates);
}

TEST(History, FoldsThePastElsewhere) {
  const auto events = longSession(3, 1500);
  History history;
  history.append(std::span(events).first(events.size() - 10));
  const SessionDigest shared = history.digest().shared();
  history.append(std::span(events).last(10));
  Moment moment;
  moment.advance(shared, 2000);
  (void)history.exchange(std::move(moment));
  EXPECT_FALSE(history.atEnd());
  History upTo;
  upTo.append(std::span(events).first(2000));
  EXPECT_EQ(everything(history), everything(upTo));
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
  const auto fold = foldEvents(recorder.events);
  ASSERT_TRUE(fold);
  for (NodeId node = 0; node < 4; ++node) {
    EXPECT_EQ(history.tree().node(node).visits, fold->tree()[node].visits) << node;
    EXPECT_NEAR(history.tree().node(node).mean(), fold->tree().meanOf(node), 1e-6) << node;
  }
  EXPECT_NEAR(history.tree().speedup(0), 1, 1e-6);
}

/// What a proposer was asked when the run ended never came.
TEST(History, NothingIsAskedForAfterTheEndOfARun) {
  Recorder recorder;
  recorder.add(RunStarted{});
  NodeAdded root;
  root.node = kRootNode;
  recorder.add(root);
  NodeSelected selected;
  selected.node = kRootNode;
  recorder.add(selected);
  History history;
  history.append(recorder.events);
  EXPECT_TRUE(history.tree().node(kRootNode).has(kAsking));
  recorder.add(RunFinished{"stopped", ""});
  history.append({&recorder.events.back(), 1});
  EXPECT_FALSE(history.tree().node(kRootNode).has(kAsking));
}

TEST(Display, CostFollowsTheWindowAndNotTheTree) {
  const LayoutInput input = randomTree(3, 50000);
  Recorder recorder;
  for (NodeId node = 0; node < 50000; ++node) {
    NodeAdded added;
    added.node = node;
    added.parent = node == 0 ? kNoNode : input.parents[node];
    recorder.add(added);
  }
  History history;
  history.append(recorder.events);
  const SearchTree& tree = history.tree();
  const auto layout = layOut(input);
  ASSERT_TRUE(layout);
  const DisplayList list = display(tree, *layout, fitting(*layout, 1600, 900), {});
  EXPECT_LT(list.glyphs.size() + list.collapsed.size(), 20000U);
  EXPECT_GT(list.glyphs.size() + list.collapsed.size(), 100U);
}

QRectF areaOf(const Label& label) {
  QRectF area;
  for (const Label::Line& line : label.lines) area |= line.area;
  return area;
}

double distance(const QRectF& area, const Glyph& glyph) {
  const double x = glyph.x;
  const double y = glyph.y;
  return std::hypot(x - std::clamp(x, area.left(), area.right()),
                    y - std::clamp(y, area.top(), area.bottom()));
}

/// A search of which most nodes are measured, some failed and the last one of many steps is the best.
std::vector<Event> randomSearch(unsigned seed, std::uint32_t nodes) {
  const LayoutInput shape = randomTree(seed, nodes);
  Recorder recorder;
  BaselineMeasured baseline;
  baseline.measurement.valid = true;
  baseline.measurement.seconds = 40;
  recorder.add(baseline);
  for (NodeId node = 0; node < nodes; ++node) {
    NodeAdded added;
    added.node = node;
    added.parent = node == 0 ? kNoNode : shape.parents[node];
    added.items = {
        {"", true, node % 3 == 0 ? "Unroll(loop=m)" : "ReverseComputeLocation(block=C)", "", "", ""}};
    recorder.add(added);
    SampleMeasured measured;
    measured.sample = static_cast<int>(node);
    measured.node = node;
    measured.measurement.valid = node % 7 != 3;
    measured.measurement.seconds = 1.0 / (1 + node);
    if (node > 0) recorder.add(measured);
  }
  NewBest best;
  best.node = nodes - 1;
  best.seconds = 1.0 / nodes;
  recorder.add(best);
  return recorder.events;
}

/// At every scale and window size: no label covers a node or another label, and the selected node's is there
/// if any is.
TEST(Display, NoLabelCoversANodeOrAnotherLabel) {
  std::size_t placed = 0;
  for (unsigned seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto nodes = static_cast<std::uint32_t>(8 + random() % 120);
    History history;
    history.append(randomSearch(seed, nodes));
    const SearchTree& tree = history.tree();
    LayoutInput input;
    input.parents = tree.parents().shared();
    const auto layout = layOut(input);
    ASSERT_TRUE(layout);
    Viewport view = fitting(*layout, 300.0 + random() % 2000, 200.0 + random() % 1000);
    if (seed % 2 == 0) {
      view.columnWidth = 20.0 + random() % 180;
      view.rowHeight = 20.0 + random() % 90;
    }
    std::vector<NodeId> path = tree.pathToRoot(tree.best());
    std::sort(path.begin(), path.end());
    DisplayOptions options;
    options.labelled = path;
    const DisplayList list = display(tree, *layout, view, options);
    PaintState state;
    state.selected = seed % 3 == 0 ? kNoNode : tree.best();
    state.focused = seed % 4 == 0;
    const std::vector<Label> labels = placeLabels(list, QFont(), state);
    placed += labels.size();
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const QRectF area = areaOf(labels[i]);
      ASSERT_FALSE(area.isEmpty());
      const Card& card = *std::find_if(list.cards.begin(), list.cards.end(),
                                       [&](const Card& each) { return each.node == labels[i].node; });
      const QRectF picture(0, 0, view.width, view.height);
      EXPECT_TRUE(!card.wanted || !picture.contains(QPointF(card.x, card.y)) || picture.contains(area));
      for (const Glyph& glyph : list.glyphs) {
        if (glyph.radius < kShapeRadius) continue;
        EXPECT_GE(distance(area, glyph), reachOf(glyph, state) - 1e-6)
            << "the label of " << labels[i].node << " covers " << glyph.node;
      }
      for (std::size_t j = 0; j < i; ++j)
        EXPECT_FALSE(area.intersects(areaOf(labels[j])))
            << "the labels of " << labels[i].node << " and " << labels[j].node;
    }
  }
  EXPECT_GT(placed, 400U);
}

/// Where there is room for it, each node keeps all its words.
TEST(Display, EveryLabelStaysWhereThereIsRoom) {
  History history;
  history.append(randomSearch(5, 40));
  const SearchTree& tree = history.tree();
  LayoutInput input;
  input.parents = tree.parents().shared();
  const auto layout = layOut(input);
  ASSERT_TRUE(layout);
  Viewport view = fitting(*layout, 10000, 10000);
  ASSERT_GE(view.columnWidth, 120);
  const DisplayList list = display(tree, *layout, view, {});
  ASSERT_EQ(list.cards.size(), 40U);
  const std::vector<Label> labels = placeLabels(list, QFont(), {});
  EXPECT_EQ(labels.size(), 40U);
  view.columnWidth = 60;
  view.rowHeight = 46;
  EXPECT_EQ(placeLabels(display(tree, *layout, view, {}), QFont(), {}).size(), 34U);  // failed ones have none
}

TEST(Display, ColourTellsTheLastFactorOfFourApart) {
  History history;
  history.append(chain(31, true));  // the best is 23.6 times as fast as p0
  const SearchTree& tree = history.tree();
  EXPECT_NEAR(lowestToldApart(tree), tree.speedup(30) / 4, 1e-6);
  EXPECT_EQ(heatOf(tree, 1, Metric::Speedup), 0);
  EXPECT_NEAR(heatOf(tree, 30, Metric::Speedup), 1, 1e-6);
  EXPECT_NEAR(heatOf(tree, 24, Metric::Speedup), 0.544, 0.001);  // 0.9^6, so 1 + log(0.531)/log(4)
  EXPECT_EQ(heatOf(tree, kRootNode, Metric::Speedup), 0);
  History young;
  young.append(chain(6, true));
  EXPECT_EQ(lowestToldApart(young.tree()), 1);
  EXPECT_GT(heatOf(young.tree(), 1, Metric::Speedup), 0);
}

}  // namespace
}  // namespace espalier::ui
