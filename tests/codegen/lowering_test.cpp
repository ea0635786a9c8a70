// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "codegen/lowering.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codegen/guard_regions.h"
#include "codegen/init_hoisting.h"
#include "codegen/kernel_runner.h"
#include "codegen/program_tools.h"
#include "codegen/storage.h"
#include "codegen/tail_padding.h"
#include "program/analysis.h"
#include "program/verify.h"

namespace espalier::testing {
namespace {

using ::testing::ElementsAre;

/// All lowered blocks, in order of emission.
void collect(const std::vector<LoweredNode>& nodes, std::vector<const LoweredBlock*>& blocks) {
  for (const LoweredNode& any : nodes) {
    std::visit(
        [&](const auto& node) {
          using Node = std::decay_t<decltype(node)>;
          if constexpr (std::is_same_v<Node, LoweredBlock>) {
            blocks.push_back(&node);
          } else if constexpr (std::is_same_v<Node, LoweredParallel> || std::is_same_v<Node, LoweredChoice>) {
            for (const LoweredLoop& piece : node.pieces) collect(piece.body, blocks);
          } else if constexpr (!std::is_same_v<Node, LoweredPrefetch>) {
            collect(node.body, blocks);
          }
        },
        any.node);
  }
}

std::vector<const LoweredBlock*> blocksOf(const LoweredProgram& lowered) {
  std::vector<const LoweredBlock*> blocks;
  collect(lowered.body, blocks);
  return blocks;
}

TEST(GuardRegions, cutWhereTheGuardChanges) {
  // Loop 0 is the outer of 127 = 3·32 + 31, loop 1 the inner.
  std::vector<Interval> ranges{{0, 3}, {0, 31}};
  const Guard guard{Expr::loopVar(LoopId{0}) * Expr(32) + Expr::loopVar(LoopId{1}), 127};
  const std::vector<GuardRegion> outer = guardRegions(LoopId{0}, {0, 3}, {guard}, ranges);
  ASSERT_EQ(outer.size(), 2U);
  EXPECT_EQ(outer[0].end, 3);
  EXPECT_FALSE(outer[0].undecided);
  EXPECT_TRUE(outer[1].undecided);
  // With the outer loop at its last value, the inner one is cut to 31.
  ranges[0] = {3, 3};
  const std::vector<GuardRegion> inner = guardRegions(LoopId{1}, {0, 31}, {guard}, ranges);
  ASSERT_EQ(inner.size(), 2U);
  EXPECT_EQ(inner[0].end, 31);
  EXPECT_FALSE(inner[0].undecided);
  EXPECT_FALSE(inner[1].undecided);
  EXPECT_EQ(ranges[1].high, 31) << "the ranges come back unchanged";
}

TEST(GuardRegions, withoutGuardsThereIsOneRegion) {
  std::vector<Interval> ranges{{0, 9}};
  const std::vector<GuardRegion> regions = guardRegions(LoopId{0}, {0, 9}, {}, ranges);
  ASSERT_EQ(regions.size(), 1U);
  EXPECT_EQ(regions[0].end, 10);
  EXPECT_FALSE(regions[0].undecided);
}

TEST(Lowering, guardsOfImperfectTilesAreAllDecided) {
  for (const auto& [rows, columns] : {std::pair<std::int64_t, std::int64_t>{13, 127}, {17, 70}, {3, 5}}) {
    const Program program = hoistInitialisations(tiledMatmul(rows, columns, 8, {6, 64}));
    const Result<LoweredProgram> lowered = lower(program, *targetFor("znver4"));
    ASSERT_TRUE(lowered.has_value());
    for (const LoweredBlock* block : blocksOf(*lowered)) EXPECT_TRUE(block->guards.empty()) << block->name;
  }
}

TEST(Lowering, splitsBelowSplitsAreDecidedToo) {
  Program program = matmul(100, 1000, 37);
  const auto [m0, m1] = split(program, loopNamed(program, "m"), 24);
  const auto [m2, m3] = split(program, m1, 7);
  const auto [n0, n1] = split(program, loopNamed(program, "n"), 300);
  const auto [n2, n3] = split(program, n1, 64);
  reorder(program, {m0, n0, m2, n2, loopNamed(program, "k"), m3, n3});
  setKind(program, n3, LoopKind::Vectorized);
  setKind(program, m0, LoopKind::Parallel);
  const Result<LoweredProgram> lowered = lower(hoistInitialisations(program), *targetFor("znver4"));
  ASSERT_TRUE(lowered.has_value());
  for (const LoweredBlock* block : blocksOf(*lowered)) EXPECT_TRUE(block->guards.empty()) << block->name;
}

TEST(Lowering, guardsBelowAFusedLoopAreDecided) {
  for (const bool parallel : {false, true}) {
    Program program = tiledMatmul(25, 250, 8, {6, 64});
    const LoopId fused = fuse(program, loopNamed(program, "m.0"), loopNamed(program, "n.0"), "f");
    if (parallel) setKind(program, fused, LoopKind::Parallel);
    const Result<LoweredProgram> lowered = lower(hoistInitialisations(program), *targetFor("znver4"));
    ASSERT_TRUE(lowered.has_value());
    EXPECT_EQ(lowered->parallel, parallel);
    for (const LoweredBlock* block : blocksOf(*lowered)) EXPECT_TRUE(block->guards.empty()) << block->name;
    EXPECT_EQ(differenceFromInterpreter(program, {}, 2), "");
  }
}

TEST(Lowering, deadIterationsVanish) {
  // All of the third outer iteration lies outside.
  Program program = matmul(8, 4, 4);
  const LoopId m = loopNamed(program, "m");
  const auto [m0, m1] = split(program, m, 4);
  program.loop(m0).extent = 3;
  program.block(program.findBlock("C").value())
      .guards.push_back({Expr::loopVar(m0) * Expr(4) + Expr::loopVar(m1), 8});
  const Result<LoweredProgram> lowered = lower(program, hostTarget());
  ASSERT_TRUE(lowered.has_value());
  ASSERT_EQ(lowered->body.size(), 1U);
  EXPECT_EQ(std::get<LoweredLoop>(lowered->body[0].node).end, 2);
}

std::vector<std::pair<int, int>> groupsOf(std::int64_t extent, const Target& target) {
  Program program = matmul(1, extent, 1);
  setKind(program, loopNamed(program, "n"), LoopKind::Vectorized);
  const LoweredProgram lowered = lower(program, target).value();
  std::vector<std::pair<int, int>> groups;
  for (const LoweredNode& any : lowered.body) {
    if (const auto* lanes = std::get_if<LoweredLanes>(&any.node))
      groups.emplace_back(lanes->width, lanes->active);
    if (const auto* loop = std::get_if<LoweredLoop>(&any.node)) {
      const auto& lanes = std::get<LoweredLanes>(loop->body.at(0).node);
      for (std::int64_t i = loop->begin; i < loop->end; ++i) groups.emplace_back(lanes.width, lanes.active);
    }
    if (std::holds_alternative<LoweredBlock>(any.node)) groups.emplace_back(1, 1);
  }
  return groups;
}

TEST(Lowering, tailsOfVectorisedLoops) {
  using Group = std::pair<int, int>;
  const Target wide = *targetFor("znver4");
  EXPECT_THAT(groupsOf(48, wide), ElementsAre(Group{16, 16}, Group{16, 16}, Group{16, 16}));
  EXPECT_THAT(groupsOf(23, wide), ElementsAre(Group{16, 16}, Group{8, 7})) << "one masked group";
  EXPECT_THAT(groupsOf(20, wide), ElementsAre(Group{16, 16}, Group{4, 4}));
  const Target narrow = *targetFor("haswell");
  EXPECT_THAT(groupsOf(15, narrow), ElementsAre(Group{8, 8}, Group{4, 4}, Group{2, 2}, Group{1, 1}))
      << "no masks";
}

TEST(InitHoisting, setsTheElementBeforeTheOutermostReductionLoop) {
  Program program = matmul(4, 6, 8);
  const LoopId m = loopNamed(program, "m");
  const LoopId n = loopNamed(program, "n");
  const LoopId k = loopNamed(program, "k");
  reorder(program, {m, k, n});
  setKind(program, n, LoopKind::Vectorized);
  const Program hoisted = hoistInitialisations(program);
  EXPECT_EQ(brokenInvariant(hoisted), std::nullopt);
  ASSERT_EQ(hoisted.loop(m).body.size(), 2U);
  const LoopId copy = std::get<LoopId>(hoisted.loop(m).body[0]);
  EXPECT_EQ(hoisted.loop(copy).kind, LoopKind::Vectorized);
  EXPECT_EQ(std::get<LoopId>(hoisted.loop(m).body[1]), k);
  const Block& init = hoisted.block(std::get<BlockId>(hoisted.loop(copy).body.at(0)));
  EXPECT_EQ(init.combiner, Combiner::None);
  EXPECT_EQ(init.value.realValue(), 0);
  EXPECT_FALSE(hoisted.block(hoisted.findBlock("C").value()).initialises);
}

TEST(InitHoisting, leavesABlockWhoseSumIsReadInsideTheLoop) {
  Program program = matmul(4, 6, 8);
  const LoopId k = loopNamed(program, "k");
  Block reader = program.block(program.findBlock("C").value());
  reader.name = "D";
  reader.output = program.add(Buffer{"D", DataType::Float32, {4, 6}, BufferRole::Output, {}, {}});
  reader.value = Expr::load(BufferId{2}, DataType::Float32, {Expr::axisVar(0), Expr::axisVar(1)});
  program.loop(k).body.push_back(program.add(std::move(reader)));
  const Program hoisted = hoistInitialisations(program);
  EXPECT_TRUE(hoisted.block(hoisted.findBlock("C").value()).initialises);
}

TEST(Storage, rowsOfRegisterBuffersAreWholeVectors) {
  const Program program = tiledMatmul(12, 120, 4, {6, 60});
  const Target target = *targetFor("znver4");
  const StoragePlan plan = planStorage(program, target, loopsThatBecomeLanes(program));
  const Storage& storage = plan.of(program.findBuffer("acc").value());
  EXPECT_EQ(storage.place, Place::Registers);
  EXPECT_THAT(storage.strides, ElementsAre(64, 1));
  EXPECT_GE(storage.elements, 6 * 64 + 16) << "room for a whole vector behind the last element";
  EXPECT_EQ(plan.workspaceBytes, 0);
}

TEST(Storage, rowsOnTheStackDoNotCompeteForCacheSets) {
  const Target target = *targetFor("znver4");
  const auto pitch = [&](std::int64_t rows, std::int64_t columns) {
    Program program = tiledMatmul(rows, columns, 4, {rows, columns});
    program.buffer(program.findBuffer("acc").value()).memory = MemoryKind::Stack;
    const StoragePlan plan = planStorage(program, target, loopsThatBecomeLanes(program));
    EXPECT_EQ(plan.of(program.findBuffer("acc").value()).place, Place::Stack);
    return plan.of(program.findBuffer("acc").value()).strides[0];
  };
  EXPECT_EQ(pitch(64, 250), 256 + 16) << "1,024 bytes apart four sets would hold all rows";
  EXPECT_EQ(pitch(64, 256), 256 + 16);
  EXPECT_EQ(pitch(8, 256), 256) << "few rows do not evict each other";
  EXPECT_EQ(pitch(64, 32), 32) << "panels stay dense";
}

/// Rows of 11 elements in 16; one vector stores a row, one block reads the element `read` of row 2.
LoweredProgram rowsOfEleven(std::int64_t read) {
  LoweredProgram program;
  const LoopId lane{0};
  program.ranges = {{0, 10}};
  program.storage.buffers.resize(2);
  Storage& storage = program.storage.buffers[0];
  storage.place = Place::Registers;
  storage.strides = {16, 1};
  storage.elements = 6 * 16 + 16;
  LoweredBlock stored;
  stored.output = BufferId{0};
  stored.offset = Expr(32) + Expr::loopVar(lane);
  stored.value = Expr::real(1);
  LoweredBlock reader;
  reader.output = BufferId{1};
  reader.offset = Expr(0);
  reader.value = Expr::load(BufferId{0}, DataType::Float32, {Expr(32 + read)});
  LoweredLanes lanes{lane, 16, 11, {}};
  lanes.body.push_back({std::move(stored)});
  LoweredScope scope;
  scope.buffers = {BufferId{0}};
  scope.body.push_back({std::move(lanes)});
  scope.body.push_back({std::move(reader)});
  program.body.push_back({std::move(scope)});
  return program;
}

TEST(TailPadding, whatNobodyReadsMayBeOverwritten) {
  for (const std::int64_t read : {0, 10, 11, 15}) {
    LoweredProgram program = rowsOfEleven(read);
    findTailPadding(program);
    EXPECT_EQ(blocksOf(program).front()->wholeRows, read <= 10) << read;
  }
}

TEST(TailPadding, columnsThatAreNoWholeVectorsNeedNoBlend) {
  const Target target = *targetFor("znver4");
  const auto lowered = lower(hoistInitialisations(tiledMatmul(12, 123, 4, {6, 64})), target);
  ASSERT_TRUE(lowered);
  int tails = 0;
  for (const LoweredBlock* block : blocksOf(*lowered)) tails += block->wholeRows ? 1 : 0;
  EXPECT_GE(tails, 2) << "the first value and the sums";
}

TEST(Storage, partsOfTheWorkspaceAreAlignedAndPrivateToThreads) {
  Program program = tiledMatmul(12, 120, 4, {6, 60});
  program.buffer(program.findBuffer("acc").value()).memory = MemoryKind::Workspace;
  const Target target = *targetFor("znver4");
  StoragePlan plan = planStorage(program, target, loopsThatBecomeLanes(program));
  EXPECT_EQ(plan.of(program.findBuffer("acc").value()).place, Place::SharedWorkspace);
  EXPECT_EQ(plan.workspaceBytes % 64, 0);
  EXPECT_GE(plan.workspaceBytes, 6 * 60 * 4);
  setKind(program, loopNamed(program, "m.0"), LoopKind::Parallel);
  plan = planStorage(program, target, loopsThatBecomeLanes(program));
  EXPECT_EQ(plan.of(program.findBuffer("acc").value()).place, Place::ThreadWorkspace);
  EXPECT_EQ(plan.workspaceBytes, 0);
  EXPECT_GE(plan.workspaceBytesPerThread, 6 * 60 * 4);
}

}  // namespace
}  // namespace espalier::testing
