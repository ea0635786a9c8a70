// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tensor_problem/kernel_shape.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "program/printer.h"
#include "tensor_problem/contraction_choice.h"
#include "tensor_problem/problems.h"
#include "tensor_problem/schedule_draft.h"

namespace espalier {
namespace {

BlockShape shapeNamed(const std::string& layer, const std::string& block) {
  const auto workload = namedWorkload(layer);
  EXPECT_TRUE(workload.has_value()) << layer;
  for (BlockShape& shape : kernelShapes(workload->program))
    if (shape.name == block) return std::move(shape);
  ADD_FAILURE() << layer << " has no block " << block;
  return {};
}

std::string axisName(const BlockShape& shape, std::optional<std::size_t> axis) {
  return axis ? shape.axes[*axis].loopName : "-";
}

TEST(KernelShape, TellsContractionsRowReductionsAndElementWiseBlocksApart) {
  EXPECT_EQ(shapeNamed("matmul_small", "C").kind, BlockKind::Contraction);
  EXPECT_EQ(shapeNamed("conv_small", "O").kind, BlockKind::Contraction);
  EXPECT_EQ(shapeNamed("depthwise_conv", "O").kind, BlockKind::Contraction);
  EXPECT_EQ(shapeNamed("matvec_4096", "Y").kind, BlockKind::RowReduction);
  EXPECT_EQ(shapeNamed("softmax_small", "Top").kind, BlockKind::RowReduction);
  EXPECT_EQ(shapeNamed("softmax_small", "E").kind, BlockKind::Elementwise);
  EXPECT_EQ(shapeNamed("attention_small", "S").kind, BlockKind::Contraction);
  EXPECT_EQ(shapeNamed("attention_small", "PV").kind, BlockKind::Contraction);
}

TEST(KernelShape, ChoosesLanesAlongTheOutputAndRowsAcrossTheStreamedOperand) {
  const BlockShape matmul = shapeNamed("matmul_small", "C");
  EXPECT_EQ(axisName(matmul, matmul.vectorAxis), "n");
  EXPECT_EQ(axisName(matmul, matmul.rowAxis), "m");
  EXPECT_EQ(axisName(matmul, matmul.depthAxis), "k");
  EXPECT_TRUE(matmul.transposedOperands.empty());
  const BlockShape convolution = shapeNamed("flux_conv", "O");
  EXPECT_EQ(axisName(convolution, convolution.vectorAxis), "w");
  EXPECT_EQ(axisName(convolution, convolution.rowAxis), "f");
  EXPECT_EQ(axisName(convolution, convolution.depthAxis), "c");
  EXPECT_EQ(axisName(convolution, convolution.secondRowAxis), "h")
      << "a weight serves several rows of the image";
  EXPECT_EQ(axisName(matmul, matmul.secondRowAxis), "-");
  const BlockShape depthwise = shapeNamed("depthwise_conv", "O");
  EXPECT_EQ(axisName(depthwise, depthwise.secondRowAxis), "-");
  // K is read across its rows, so the scores need a transposed copy of it.
  const BlockShape scores = shapeNamed("attention_small", "S");
  EXPECT_EQ(axisName(scores, scores.vectorAxis), "n");
  ASSERT_EQ(scores.transposedOperands.size(), 1U);
  EXPECT_EQ(scores.operands[scores.transposedOperands[0]].name, "K");
}

TEST(KernelShape, TakesPixelsOfALineBeforeLines) {
  const Workload blocked = testing::blockedConvolution();
  const BlockShape shape = kernelShapes(blocked.program).at(0);
  EXPECT_EQ(axisName(shape, shape.vectorAxis), "g");
  EXPECT_EQ(axisName(shape, shape.rowAxis), "w");
  EXPECT_EQ(axisName(shape, shape.secondRowAxis), "f");
  EXPECT_EQ(axisName(shape, shape.depthAxis), "i");
}

TEST(ContractionChoices, RunThroughReductionsAsTheyLieInMemoryAndShareEachBroadcast) {
  const auto orderOf = [](const BlockShape& shape) {
    for (const Step& step : contractionSteps(shape, {}, false, 1))
      if (step.name == "Reorder") return print(step);
    return std::string();
  };
  EXPECT_EQ(orderOf(kernelShapes(testing::blockedConvolution().program).at(0)),
            "Reorder(loops=[h, f.0, g.0, w.0, i.0, g.1, w.1, c, kh, kw, i.1, i.2, w.2, f.1, g.2])");
  EXPECT_EQ(orderOf(shapeNamed("flux_conv", "O")),
            "Reorder(loops=[h.0, w.0, f.0, c.0, w.1, f.1, c.1, kh, kw, c.2, f.2, h.1, w.2])");
}

TEST(ContractionChoices, FitTheRegistersAndHideTheLatencyOnEveryMachine) {
  MachineModel wide;
  wide.vectorBits = 512;
  wide.vectorRegisters = 32;
  const MachineModel narrow;  // 16 registers of 256 bits
  for (const MachineModel& machine : {wide, narrow})
    for (const std::string layer : {"matmul_512", "deepseek_r1_moe", "flux_conv", "matmul_127x251x509"}) {
      const BlockShape shape = shapeNamed(layer, layer == "flux_conv" ? "O" : "C");
      const auto choices = contractionChoices(shape, machine, 40);
      ASSERT_FALSE(choices.empty());
      EXPECT_LE(choices.size(), 40U);
      for (const ContractionChoice& choice : choices) {
        const auto lanes = machine.lanes(4);
        const std::int64_t vectors = (choice.tileColumns + lanes - 1) / lanes;
        EXPECT_LE(choice.tileRows * choice.tileSecondRows * vectors + vectors * choice.tileSecondRows + 1,
                  machine.vectorRegisters)
            << layer;
        const ContractionFactors factors = factorsOf(shape, choice);
        const auto covers = [](const std::vector<std::int64_t>& sizes, std::int64_t extent) {
          return sizes[0] * sizes[1] * sizes[2] >= extent && (sizes[0] - 1) * sizes[1] * sizes[2] < extent;
        };
        EXPECT_TRUE(covers(factors.lanes, shape.extentOf(shape.vectorAxis))) << layer;
        EXPECT_TRUE(covers(factors.rows, shape.extentOf(shape.rowAxis))) << layer;
        EXPECT_TRUE(covers(factors.depth, shape.extentOf(shape.depthAxis))) << layer;
      }
      const ContractionChoice& best = choices.front();
      const std::int64_t accumulators = best.tileRows * best.tileSecondRows *
                                        ((best.tileColumns + machine.lanes(4) - 1) / machine.lanes(4));
      EXPECT_GE(static_cast<double>(accumulators), machine.multiplyAddLatency * machine.multiplyAddsPerCycle)
          << layer;
    }
}

TEST(ContractionChoices, LetAStreamedWeightPassOnce) {
  MachineModel wide;
  wide.vectorBits = 512;
  wide.vectorRegisters = 32;
  const BlockShape streamed = shapeNamed("deepseek_r1_moe", "C");
  const ContractionChoice pass = contractionChoices(streamed, wide, 4).front();
  EXPECT_EQ(pass.tileRows, 16) << "all rows";
  EXPECT_EQ(pass.tileColumns, 16);
  EXPECT_EQ(pass.depthBlock, 7168);
  const auto step = prefetchStep(streamed, *streamed.streamedOperand, pass);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->text("loop"), "k.1");
  const MachineModel narrow;  // 16 accumulators leave no register for the operands
  EXPECT_LT(contractionChoices(streamed, narrow, 4).front().tileRows, 16);
  EXPECT_LT(contractionChoices(shapeNamed("matmul_512", "C"), wide, 4).front().tileRows, 32)
      << "no weight waits";
}

TEST(ContractionChoices, TileAConvolutionForRegistersInThreeDirections) {
  MachineModel wide;
  wide.vectorBits = 512;
  wide.vectorRegisters = 32;
  const BlockShape shape = shapeNamed("conv_small", "O");
  const auto choices = contractionChoices(shape, wide, 1000);
  const auto deep = std::find_if(choices.begin(), choices.end(), [](const ContractionChoice& choice) {
    return choice.tileRows == 4 && choice.tileSecondRows == 4;
  });
  ASSERT_NE(deep, choices.end());
  EXPECT_EQ(factorsOf(shape, *deep).secondRows, (std::vector<std::int64_t>{4, 4}));
  EXPECT_TRUE(std::any_of(choices.begin(), choices.end(),
                          [](const ContractionChoice& choice) { return choice.tileSecondRows == 1; }));
  const auto problem = testing::offlineProblem("conv_small");
  const Draft draft = draftSchedule(*problem, problem->initial(), {}, {{"O", *deep}});
  const Program program = problem->programOf(draft.state);
  ASSERT_TRUE(program.findLoop("h.1"));
  EXPECT_EQ(program.loop(*program.findLoop("h.1")).kind, LoopKind::Unrolled);
  EXPECT_EQ(program.buffer(*program.findBuffer("O_local")).elements(), 4 * 4 * 16);
  EXPECT_EQ(choiceIn(draft.state.trace, shape), *deep);
  ContractionChoice flat = *deep;
  flat.tileSecondRows = 1;
  EXPECT_EQ(choiceIn(withChoice(draft.state.trace, shape, flat).value(), shape), flat);
}

TEST(ContractionChoices, HaveNeighboursOneStepAway) {
  MachineModel wide;
  wide.vectorBits = 512;
  wide.vectorRegisters = 32;
  const BlockShape shape = shapeNamed("conv_small", "O");
  const ContractionChoice choice{.tileRows = 4,
                                 .tileSecondRows = 4,
                                 .tileColumns = 16,
                                 .rowBlock = 16,
                                 .columnBlock = 16,
                                 .depthBlock = 16,
                                 .depthUnroll = 1};
  const auto neighbours = neighboursOf(shape, choice, wide);
  std::set<std::vector<std::int64_t>> tiles;
  for (const ContractionChoice& neighbour : neighbours) {
    EXPECT_NE(factorsOf(shape, neighbour), factorsOf(shape, choice));
    EXPECT_LT(neighbour.tileRows * neighbour.tileSecondRows, 31) << "a vector each";
    tiles.insert({neighbour.tileRows, neighbour.tileSecondRows, neighbour.rowBlock, neighbour.depthBlock,
                  neighbour.depthUnroll});
  }
  EXPECT_EQ(tiles.size(), neighbours.size()) << "one decision each";
  for (const std::vector<std::int64_t>& expected : std::vector<std::vector<std::int64_t>>{{5, 4, 16, 16, 1},
                                                                                          {3, 4, 16, 16, 1},
                                                                                          {4, 5, 16, 16, 1},
                                                                                          {4, 3, 16, 16, 1},
                                                                                          {2, 4, 16, 16, 1},
                                                                                          {4, 4, 8, 16, 1},
                                                                                          {4, 4, 16, 8, 1},
                                                                                          {4, 4, 16, 16, 2}})
    EXPECT_TRUE(tiles.contains(expected)) << ::testing::PrintToString(expected);
}

/// The tiles of one loop of the last block hold everything: each block is an untiled nest below them.
TEST(DraftSchedule, WorksOnOneTileAfterTheOther) {
  const auto problem = testing::offlineProblem("mlp_small");
  const Draft draft = draftSchedule(*problem, problem->initial(), {.tiledLoop = 2, .fusedTile = 32}, {});
  const Program program = problem->programOf(draft.state);
  const auto tiles = program.findLoop("f_2.0");
  ASSERT_TRUE(tiles);
  EXPECT_EQ(program.roots.size(), 1U);
  EXPECT_EQ(program.loop(*tiles).extent, 8);
  EXPECT_EQ(program.buffer(*program.findBuffer("Gate")).shape, (std::vector<std::int64_t>{8, 32}));
  EXPECT_EQ(draft.choices.size(), 2U) << "both projections are tiled for registers";
  EXPECT_NE(print(program).find("Gate_local"), std::string::npos);
}

TEST(DraftSchedule, KeepsWhatEveryTileWouldComputeAgainWhereItIs) {
  const auto problem = testing::offlineProblem("attention_small");
  const Draft features =
      draftSchedule(*problem, problem->initial(), {.fusedLoops = 2, .tiledLoop = 3, .fusedTile = 16}, {});
  EXPECT_TRUE(features.state.trace.empty()) << "scores do not depend on the feature";
  const auto longRows = testing::offlineProblem("flux_attention_core");
  const Draft rows =
      draftSchedule(*longRows, longRows->initial(),
                    {.fusedLoops = 1, .tiledLoop = 2, .fusedTile = 16, .onlineBlock = 128}, {});
  const Program program = longRows->programOf(rows.state);
  EXPECT_TRUE(program.findLoop("n_blocks"));
  EXPECT_EQ(program.buffer(*program.findBuffer("S")).shape, (std::vector<std::int64_t>{1, 16, 128}));
  EXPECT_TRUE(program.findBlock("Top_rf")) << "rows of a block are reduced in lanes";
  EXPECT_EQ(rows.choices.size(), 2U) << "scores and products are tiled for registers";
}

}  // namespace
}  // namespace espalier
