// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "search/tree.h"

#include <gtest/gtest.h>

#include "search/toy_problem.h"
#include "support/random.h"

namespace espalier {
namespace {

NodeAdded nodeWith(NodeId node, NodeId parent, std::vector<std::string> trace) {
  NodeAdded added;
  added.node = node;
  added.parent = parent;
  Hasher hasher;
  for (const auto& step : trace) hasher.add(step);
  added.state = {std::move(trace), hasher.value()};
  added.prediction = Prediction{1.0 + node, 0, "test", ""};
  return added;
}

TEST(Tree, KeepsTracesWholeThoughItSharesThem) {
  Tree tree;
  const std::vector<std::vector<std::string>> traces{
      {}, {"A", "B", "C"}, {"A", "B", "C", "D"}, {"A", "X", "C", "D"}, {"A", "X"}, {"Q"}};
  const std::vector<NodeId> parents{kNoNode, 0, 1, 2, 3, 4};
  for (NodeId node = 0; node < traces.size(); ++node) {
    const auto added = nodeWith(node, parents[node], traces[node]);
    ASSERT_TRUE(tree.apply(added));
  }
  for (NodeId node = 0; node < traces.size(); ++node) {
    EXPECT_EQ(tree.stateOf(node).trace, traces[node]) << node;
    EXPECT_EQ(tree.find(tree[node].hash), node);
  }
  EXPECT_EQ(tree.find(12345), kNoNode);
  EXPECT_EQ(tree[5].depth, 5);
}

TEST(Tree, RandomTracesComeBack) {
  Random random(20261120);
  Tree tree;
  std::vector<std::vector<std::string>> traces;
  for (NodeId node = 0; node < 2000; ++node) {
    const NodeId parent = node == 0 ? kNoNode : static_cast<NodeId>(random.below(node));
    std::vector<std::string> trace;
    if (node != 0) {
      trace = traces[parent];
      trace.resize(random.below(trace.size() + 1));
      for (std::uint64_t more = random.below(4); more > 0; --more)
        trace.push_back("S" + std::to_string(random.below(50)));
    }
    NodeAdded added = nodeWith(node, parent, trace);
    added.state.hash = node * 64;  // collide in the index on purpose
    ASSERT_TRUE(tree.apply(added));
    traces.push_back(std::move(trace));
  }
  for (NodeId node = 0; node < tree.size(); ++node) {
    ASSERT_EQ(tree.stateOf(node).trace, traces[node]) << node;
    ASSERT_EQ(tree.find(node * 64), node);
  }
}

TEST(Tree, RefusesEventsThatDoNotFit) {
  Tree tree;
  EXPECT_FALSE(tree.apply(nodeWith(0, 3, {})));
  EXPECT_FALSE(tree.apply(nodeWith(1, kNoNode, {})));
  ASSERT_TRUE(tree.apply(nodeWith(0, kNoNode, {})));
  EXPECT_FALSE(tree.apply(nodeWith(1, kNoNode, {"A"})));
  EXPECT_FALSE(tree.apply(nodeWith(1, 0, {})));  // the root's state again
  EXPECT_FALSE(tree.apply(SampleMeasured{0, 0, 0, {}}));
  EXPECT_FALSE(tree.apply(SampleMeasured{1, 7, 0, {}}));
  EXPECT_FALSE(tree.apply(Backpropagated{7, "prediction", 1, 1}));
  EXPECT_FALSE(tree.apply(NodeMarked{7, NodeMark::Pinned}));
  EXPECT_EQ(tree.size(), 1U);
}

TEST(Tree, ABestThatFailsLaterMakesRoomForTheNext) {
  Tree tree;
  ASSERT_TRUE(tree.apply(nodeWith(0, kNoNode, {})));
  ASSERT_TRUE(tree.apply(nodeWith(1, 0, {"A"})));
  ASSERT_TRUE(tree.apply(nodeWith(2, 0, {"B"})));
  Measurement fast;
  fast.valid = true;
  fast.seconds = 1;
  Measurement slow = fast;
  slow.seconds = 2;
  ASSERT_TRUE(tree.apply(SampleMeasured{1, 1, 0, fast}));
  ASSERT_TRUE(tree.apply(SampleMeasured{2, 2, 0, slow}));
  EXPECT_EQ(tree.best(), 1U);
  ASSERT_TRUE(tree.apply(SampleMeasured{3, 1, 0, {}}));
  EXPECT_EQ(tree.best(), 2U);
  EXPECT_EQ(tree.failedSamples(), 1);
}

TEST(Tree, AMillionNodesStayUnder300BytesEach) {
  constexpr NodeId kNodes = 1'000'000;
  static_assert(sizeof(TreeNode) <= 128);
  Random random(1);
  Tree tree;
  ASSERT_TRUE(tree.apply(nodeWith(0, kNoNode, {})));
  const std::vector<std::string> first{"TileSize(block=C, loop=n, factors=[64, 32])"};
  for (NodeId node = 1; node < kNodes; ++node) {
    NodeAdded added;
    added.node = node;
    added.parent = (node - 1) / 2;  // a full binary tree, as B = 2 grows it
    added.state.hash = random.next();
    added.state.trace = {first[0], "Unroll(loop=m, factor=" + std::to_string(random.below(500)) + ")",
                         "Reorder(loops=[m, n, k" + std::to_string(random.below(1000)) + "])"};
    ASSERT_TRUE(tree.apply(added));
  }
  EXPECT_LE(tree.memoryBytes(), std::size_t{300} * kNodes);
}

}  // namespace
}  // namespace espalier
