// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "surrogate/prior.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "measure/hardware.h"
#include "program/verify.h"
#include "surrogate/nest_facts.h"
#include "surrogate/nests.h"

namespace espalier {
namespace {

using testing::matmulNest;
using testing::tiledMatmul;

MachineModel wideCore() {
  MachineModel machine;
  machine.vectorBits = 512;
  machine.vectorRegisters = 32;
  machine.cycleSeconds = 1 / 4.5e9;
  machine.levels = {{"L1", 48.0 * 1024, 5e11, 5e11, false},
                    {"L2", 1024.0 * 1024, 1.5e11, 1.5e11, false},
                    {"L3", 32.0 * 1024 * 1024, 6e10, 8e10, true},
                    {"DRAM", std::numeric_limits<double>::infinity(), 2.5e10, 3.5e10, true}};
  return machine;
}

Program naive(std::int64_t m, std::int64_t n, std::int64_t k) {
  return matmulNest(
      m, n, k,
      {{"m", m, LoopKind::Serial, 0, 1}, {"n", n, LoopKind::Serial, 1, 1}, {"k", k, LoopKind::Serial, 2, 1}});
}

double secondsOf(const Program& program, const MachineModel& machine = wideCore()) {
  EXPECT_EQ(brokenInvariant(program), std::nullopt);
  return estimate(program, machine).seconds;
}

TEST(NestFacts, ReadsStridesFootprintsAndOperationsOffTheNest) {
  const Program program = naive(16, 64, 32);
  const NestFacts facts = nestFacts(program);
  ASSERT_EQ(facts.blocks.size(), 1U);
  const BlockFacts& block = facts.blocks[0];
  ASSERT_EQ(block.accesses.size(), 3U);
  EXPECT_EQ(block.accesses[0].strides, (std::vector<std::int64_t>{64, 1, 0}));
  EXPECT_EQ(block.accesses[1].strides, (std::vector<std::int64_t>{32, 0, 1}));
  EXPECT_EQ(block.accesses[2].strides, (std::vector<std::int64_t>{0, 1, 64}));
  EXPECT_TRUE(block.accesses[0].reads && block.accesses[0].writes);
  EXPECT_EQ(block.floats.multiplyAdd, 1);
  EXPECT_EQ(block.floats.multiply, 0);
  EXPECT_TRUE(block.ownsReduction);
  EXPECT_TRUE(block.loops[2].reduction);
  EXPECT_EQ(NestFacts::footprint(program, block, block.accesses[2], 0), 32 * 64 * 4);
  EXPECT_EQ(NestFacts::footprint(program, block, block.accesses[2], 2), 32 * 64)
      << "one line a row of the column";
  EXPECT_EQ(NestFacts::footprint(program, block, block.accesses[1], 2), 32 * 4);
  EXPECT_EQ(NestFacts::elements(program, block, block.accesses[2], 2), 32);
  EXPECT_EQ(workingSets(program, facts).back(), 4 * (16 * 64 + 16 * 32 + 32 * 64));
}

TEST(Prior, RanksTheKnownWaysOfAMatmul) {
  const std::int64_t size = 512;
  const double scalar = secondsOf(naive(size, size, size));
  const double vectorOnly = secondsOf(matmulNest(size, size, size,
                                                 {{"m", size, LoopKind::Serial, 0, 1},
                                                  {"k", size, LoopKind::Serial, 2, 1},
                                                  {"n.0", size / 64, LoopKind::Serial, 1, 64},
                                                  {"n.1", 64, LoopKind::Vectorized, 1, 1}}));
  const double thinTile = secondsOf(tiledMatmul(size, size, size, 1, 32));
  const double goodTile = secondsOf(tiledMatmul(size, size, size, 8, 32));
  const double spilling = secondsOf(tiledMatmul(size, size, size, 32, 64));
  EXPECT_GT(scalar, 4 * vectorOnly);
  EXPECT_GT(vectorOnly, 2 * goodTile);
  EXPECT_GT(thinTile, 2 * goodTile);
  EXPECT_GT(spilling, 1.5 * goodTile);
  const double peak = 2.0 * size * size * size / (2 * 16 * 2 * 4.5e9);
  EXPECT_GT(goodTile, peak) << "no schedule beats the peak";
  EXPECT_LT(goodTile, 2 * peak);
}

TEST(Prior, SaysWhatBounds) {
  const Estimate thin = estimate(tiledMatmul(256, 256, 256, 1, 32), wideCore());
  EXPECT_EQ(thin.bound, "accumulation latency");
  EXPECT_NE(thin.words.find("2 independent accumulators where 8 hide the latency"), std::string::npos)
      << thin.words;
  const Estimate tall = estimate(tiledMatmul(28 * 8, 256, 256, 28, 16), wideCore());
  EXPECT_EQ(tall.bound, "load and store issue") << tall.words;
  const Estimate good = estimate(tiledMatmul(192, 192, 192, 8, 32), wideCore());
  EXPECT_EQ(good.bound, "arithmetic") << good.words;
  // Sixteen rows of activations against a weight of 58 MB that lies beyond every cache.
  MachineModel slowMemory = wideCore();
  slowMemory.levels.back().bytesPerSecondOne = 1e10;
  const Estimate streaming = estimate(tiledMatmul(16, 2048, 7168, 16, 16), slowMemory);
  EXPECT_EQ(streaming.bound, "DRAM traffic") << streaming.words;
  EXPECT_NE(streaming.words.find("bytes per multiply-add"), std::string::npos) << streaming.words;
}

TEST(Prior, ThreadsShareParallelLoopsAndNothingElse) {
  MachineModel two = wideCore();
  two.threads = 2;
  const Program serial = tiledMatmul(512, 512, 512, 8, 32);
  const Program parallel = tiledMatmul(512, 512, 512, 8, 32, LoopKind::Parallel);
  EXPECT_DOUBLE_EQ(secondsOf(serial, two), secondsOf(serial));
  EXPECT_LT(secondsOf(parallel, two), 0.75 * secondsOf(serial)) << "a shared cache serves both";
  const Program oneIteration = tiledMatmul(512, 32, 512, 8, 32, LoopKind::Parallel);
  EXPECT_GE(secondsOf(oneIteration, two), secondsOf(tiledMatmul(512, 32, 512, 8, 32)));
  EXPECT_NE(estimate(oneIteration, two).words.find("1.0 of 2 threads have work"), std::string::npos);
}

TEST(Prior, ChargesGathersForStridedLanes) {
  const auto vectorOver = [](std::size_t axis, std::int64_t extent) {
    std::vector<testing::NestLoop> loops;
    for (std::size_t a = 0; a < 3; ++a)
      if (a != axis) loops.push_back({std::string(1, "mnk"[a]), 64, LoopKind::Serial, a, 1});
    loops.push_back({"v", extent, LoopKind::Vectorized, axis, 1});
    return matmulNest(64, 64, 64, loops);
  };
  const Estimate alongN = estimate(vectorOver(1, 64), wideCore());
  const Estimate alongM = estimate(vectorOver(0, 64), wideCore());
  EXPECT_EQ(alongN.blocks[0].gathers, 0);
  EXPECT_GT(alongM.blocks[0].gathers, 0);
  EXPECT_GT(alongM.seconds, 2 * alongN.seconds);
}

TEST(Prior, ChargesTheFoldOfLanesThatShareAReduction) {
  const auto dotProducts = [](std::int64_t runs, std::int64_t lanes, LoopKind kind) {
    return matmulNest(64, 1, runs * lanes,
                      {{"m", 64, LoopKind::Serial, 0, 1},
                       {"k.0", runs, LoopKind::Serial, 2, lanes},
                       {"k.1", lanes, kind, 2, 1}});
  };
  const BlockEstimate scalar = estimate(dotProducts(1, 256, LoopKind::Serial), wideCore()).blocks[0];
  const BlockEstimate once = estimate(dotProducts(1, 256, LoopKind::Vectorized), wideCore()).blocks[0];
  const BlockEstimate often = estimate(dotProducts(16, 16, LoopKind::Vectorized), wideCore()).blocks[0];
  EXPECT_GT(scalar.latency, 10 * once.latency) << "the lanes wait for nothing";
  EXPECT_LT(once.seconds, 0.2 * scalar.seconds);
  EXPECT_GT(often.arithmetic, 2 * once.arithmetic) << "sixteen folds in place of one";
}

TEST(Prior, LetsShortChainsOfAdditionsRunSideBySide) {
  const BlockEstimate longChain = estimate(naive(64, 16, 1024), wideCore()).blocks[0];
  const BlockEstimate shortChains = estimate(naive(64, 1024, 16), wideCore()).blocks[0];
  EXPECT_LT(shortChains.latency, 0.5 * longChain.latency);
}

TEST(Prior, WaitsLessForAdditionsThanForMultiplyAdds) {
  Program sums = naive(64, 16, 1024);
  const BlockEstimate products = estimate(sums, wideCore()).blocks[0];
  Block& block = sums.block(BlockId{0});
  block.value = block.value.operand(0);
  EXPECT_EQ(brokenInvariant(sums), std::nullopt);
  const MachineModel machine = wideCore();
  EXPECT_LE(machine.addLatency, 0.5 * machine.multiplyAddLatency);
  EXPECT_DOUBLE_EQ(estimate(sums, machine).blocks[0].latency,
                   products.latency * machine.addLatency / machine.multiplyAddLatency)
      << "a chain alone waits one latency a step";
}

TEST(Prior, PaysForTheQuotientsOfFusedLoops) {
  const auto fused = [](std::int64_t columns) {
    Program program = matmulNest(
        64, columns, 64, {{"k", 64, LoopKind::Serial, 2, 1}, {"m_n", 64 * columns, LoopKind::Serial, 0, 1}});
    Block& block = program.block(BlockId{0});
    const Expr both = block.bindings[0];
    block.bindings[0] = floorDiv(both, Expr(columns));
    block.bindings[1] = floorMod(both, Expr(columns));
    EXPECT_EQ(brokenInvariant(program), std::nullopt);
    return program;
  };
  const auto perStep = [](const Program& program, std::int64_t columns) {
    const BlockEstimate block = estimate(program, wideCore()).blocks[0];
    return block.frontEnd / static_cast<double>(64 * columns * 64);
  };
  EXPECT_EQ(nestFacts(fused(63)).blocks[0].quotients.size(), 2U);
  const double byShifts = perStep(fused(64), 64);
  const double byProducts = perStep(fused(63), 63);
  EXPECT_GT(byProducts, 1.2 * byShifts);
  const Program apart = matmulNest(64, 63, 64,
                                   {{"k", 64, LoopKind::Serial, 2, 1},
                                    {"n", 63, LoopKind::Serial, 1, 1},
                                    {"m", 64, LoopKind::Serial, 0, 1}});
  EXPECT_GT(byProducts, 1.5 * perStep(apart, 63));
}

TEST(Prior, CountsOnceWhatTheCompilerMovesOutOfALoop) {
  const auto withLoop = [](std::int64_t times) {
    return estimate(matmulNest(16, 64, 64,
                               {{"m", 16, LoopKind::Serial, 0, 1},
                                {"k", 64, LoopKind::Serial, 2, 1},
                                {"n", 64, LoopKind::Serial, 1, 1},
                                {"again", times, LoopKind::Serial, 1, 0}}),
                    wideCore())
        .blocks[0]
        .arithmetic;
  };
  EXPECT_DOUBLE_EQ(withLoop(8), withLoop(1));
}

TEST(MachineModel, FollowsTheSheet) {
  const HardwareSheet sheet = exampleHardwareSheet();
  const MachineModel machine = machineModelOf(sheet, 2, 1 << 20);
  EXPECT_EQ(machine.threads, 2);
  EXPECT_EQ(machine.vectorBits, sheet.target.vectorBits);
  EXPECT_EQ(machine.levels.size(), sheet.levels.size());
  EXPECT_TRUE(std::isinf(machine.levels.back().bytes));
  const double peak = 2.0 * machine.lanes(4) * machine.multiplyAddsPerCycle / machine.cycleSeconds;
  EXPECT_NEAR(peak, sheet.peakOneThread, 1e-3 * sheet.peakOneThread);
  const MachineModel unknown = machineModelOf(HardwareSheet{}, 1, 1 << 20);
  EXPECT_GT(unknown.cycleSeconds, 0);
  EXPECT_FALSE(unknown.levels.empty());
}

}  // namespace
}  // namespace espalier
