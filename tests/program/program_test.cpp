// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "program/analysis.h"
#include "program/interpreter.h"
#include "program/printer.h"
#include "program/program_hash.h"
#include "program/sample_programs.h"
#include "program/verify.h"

namespace espalier {
namespace {

using testing::matmul;

TEST(Printer, ShowsACompactLoopNest) {
  EXPECT_EQ(print(matmul(2, 3, 4)),
            "def matmul(A: float32[2, 4], B: float32[4, 3]) -> (C: float32[2, 3]):\n"
            "  for m in range(2):\n"
            "    for n in range(3):\n"
            "      for k in range(4):\n"
            "        C[m, n] += A[m, k] * B[k, n]  # C, reduces k, from 0.0\n");
}

TEST(Hash, IgnoresNamesOfLoopsAndBlocks) {
  const Program original = matmul(2, 3, 4);
  Program renamed = original;
  renamed.loops[0].name = "row";
  renamed.blocks[0].name = "product";
  renamed.blocks[0].axes[0].name = "row";
  EXPECT_EQ(programHash(original), programHash(renamed));
  EXPECT_TRUE(equivalent(original, renamed));
}

TEST(Hash, IgnoresOrphans) {
  const Program original = matmul(2, 3, 4);
  Program grown = original;
  grown.add(Loop{"left over", 5, LoopKind::Serial, {}});
  EXPECT_EQ(programHash(original), programHash(grown));
}

TEST(Hash, IgnoresTheOrderOfHandlesInSums) {
  // The same tiled row, once with the outer loop added first and once with the inner one.
  const auto tiled = [](bool outerFirst) {
    Program program = matmul(8, 3, 4);
    const auto add = [&](const char* name, std::int64_t extent) {
      return program.add(Loop{name, extent, LoopKind::Serial, {}});
    };
    LoopId outer;
    LoopId inner;
    if (outerFirst) outer = add("m.0", 2);
    inner = add("m.1", 4);
    if (!outerFirst) outer = add("m.0", 2);
    program.loop(inner).body = program.loop(LoopId{0}).body;
    program.loop(outer).body = {inner};
    program.roots = {outer};
    program.blocks[0].bindings[0] = simplify(program, Expr::loopVar(outer) * 4 + Expr::loopVar(inner));
    return program;
  };
  EXPECT_EQ(brokenInvariant(tiled(true)), std::nullopt);
  EXPECT_EQ(programHash(tiled(true)), programHash(tiled(false)));
  EXPECT_TRUE(equivalent(tiled(true), tiled(false)));
}

TEST(Hash, SeesEveryDifferenceOfMeaning) {
  const Program original = matmul(2, 3, 4);
  std::vector<Program> others(7, original);
  others[0].loops[1].kind = LoopKind::Vectorized;
  others[1].loops[2].extent = 5;
  others[2].blocks[0].initialises = false;
  others[3].blocks[0].combiner = Combiner::Max;
  others[4].buffers[0].role = BufferRole::Constant;
  others[5].blocks[0].guards.push_back({Expr::loopVar(LoopId{0}), 1});
  others[6].blocks[0].bindings[0] = Expr::loopVar(LoopId{0}) + 0 * Expr::loopVar(LoopId{1}) + 1;
  for (const Program& other : others) {
    EXPECT_NE(programHash(original), programHash(other));
    EXPECT_FALSE(equivalent(original, other));
  }
}

TEST(Verify, AcceptsAProgramAndNamesWhatIsBroken) {
  EXPECT_EQ(brokenInvariant(matmul(2, 3, 4)), std::nullopt);
  Program program = matmul(2, 3, 4);
  program.loops[0].extent = 3;
  EXPECT_EQ(brokenInvariant(program), "block C: axis m reaches 2 of 2 without a guard");
  program = matmul(2, 3, 4);
  program.roots.push_back(program.roots.front());
  EXPECT_EQ(brokenInvariant(program), "loop m hangs in the tree twice");
  program = matmul(2, 3, 4);
  program.blocks[0].output = BufferId{0};
  EXPECT_EQ(brokenInvariant(program), "block C: it writes the input A");
}

TEST(Analysis, CountsOperationsAndBytes) {
  const Program program = matmul(16, 2048, 7168);
  EXPECT_DOUBLE_EQ(operationCount(program), 2.0 * 16 * 2048 * 7168);
  EXPECT_DOUBLE_EQ(compulsoryBytes(program), 4.0 * (16 * 7168 + 7168 * 2048 + 16 * 2048));
}

TEST(Analysis, FindsTheScopeOfAnIntermediate) {
  Program program = matmul(2, 3, 4);
  program.buffers[2].role = BufferRole::Intermediate;
  EXPECT_EQ(allocationScope(program, BufferId{2}), LoopId{2});
}

TEST(Interpreter, MultipliesMatrices) {
  std::vector<Tensor> arguments{Tensor::zeros(DataType::Float32, {2, 4}), Tensor::zeros(DataType::Float32, {4, 3}),
                                Tensor::zeros(DataType::Float32, {2, 3})};
  for (int i = 0; i < 8; ++i) arguments[0].set(i, i + 1);
  for (int i = 0; i < 12; ++i) arguments[1].set(i, i % 5 - 2);
  interpret(matmul(2, 3, 4), arguments);
  for (int m = 0; m < 2; ++m)
    for (int n = 0; n < 3; ++n) {
      double sum = 0;
      for (int k = 0; k < 4; ++k) sum += (m * 4 + k + 1) * ((k * 3 + n) % 5 - 2);
      EXPECT_EQ(arguments[2].at(m * 3 + n), sum);
    }
}

TEST(Interpreter, SkipsInstancesThatAGuardExcludes) {
  Program program = matmul(2, 3, 4);
  program.loops[0].extent = 5;
  program.blocks[0].guards.push_back({Expr::loopVar(LoopId{0}), 2});
  std::vector<Tensor> arguments{Tensor::zeros(DataType::Float32, {2, 4}), Tensor::zeros(DataType::Float32, {4, 3}),
                                Tensor::zeros(DataType::Float32, {2, 3})};
  EXPECT_NO_THROW(interpret(program, arguments));
}

TEST(Interpreter, RefusesWhatATransformationMustNeverMake) {
  Program unwritten = matmul(2, 3, 4);
  unwritten.blocks[0].initialises = false;
  std::vector<Tensor> arguments{Tensor::zeros(DataType::Float32, {2, 4}), Tensor::zeros(DataType::Float32, {4, 3}),
                                Tensor::zeros(DataType::Float32, {2, 3})};
  EXPECT_THROW(interpret(unwritten, arguments), std::logic_error);
  Program outside = matmul(2, 3, 4);
  outside.loops[1].extent = 4;
  EXPECT_THROW(interpret(outside, arguments), std::out_of_range);
}

TEST(Interpreter, PacksConstantsAndPadsThem) {
  // B(4, 3) packed into panels of two columns: [2][4][2], the last column is padding.
  Program program = matmul(2, 3, 4);
  Buffer& b = program.buffers[1];
  b.role = BufferRole::Constant;
  b.packing = Packing{{4, 3}, {Expr::axisVar(1), Expr::axisVar(0) * 2 + Expr::axisVar(2)}};
  b.shape = {2, 4, 2};
  program.blocks[0].value =
      Expr::load(BufferId{0}, DataType::Float32, {Expr::axisVar(0), Expr::axisVar(2)}) *
      Expr::load(BufferId{1}, DataType::Float32,
                 {floorDiv(Expr::axisVar(1), 2), Expr::axisVar(2), floorMod(Expr::axisVar(1), 2)});
  std::vector<Tensor> packed{Tensor::zeros(DataType::Float32, {2, 4}), Tensor::zeros(DataType::Float32, {4, 3}),
                             Tensor::zeros(DataType::Float32, {2, 3})};
  for (int i = 0; i < 8; ++i) packed[0].set(i, i * 0.125);
  for (int i = 0; i < 12; ++i) packed[1].set(i, i * 0.25 - 1);
  std::vector<Tensor> plain = packed;
  interpret(program, packed);
  interpret(matmul(2, 3, 4), plain);
  EXPECT_EQ(packed[2].data, plain[2].data);
}

}  // namespace
}  // namespace espalier
