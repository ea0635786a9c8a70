// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Kernels other than matmul: every kind of expression, buffer and statement order, against the interpreter.
#include <gtest/gtest.h>

#include "codegen/compiler.h"
#include "codegen/kernel_runner.h"
#include "codegen/program_tools.h"
#include "program/verify.h"

namespace espalier::testing {
namespace {

constexpr std::int64_t kSizes[] = {1, 5, 16, 37, 160};

Buffer input(const char* name, std::vector<std::int64_t> shape, DataType type = DataType::Float32) {
  return Buffer{name, type, std::move(shape), BufferRole::Input, MemoryKind::Workspace, {}};
}

/// As given, and with the innermost loop vectorised for two kinds of machines.
void expectSameScalarAndVectorised(Program program, LoopId innermost) {
  ASSERT_EQ(brokenInvariant(program), std::nullopt);
  for (const Pipeline pipeline : {Pipeline::Schedule, Pipeline::Full, Pipeline::Strict})
    EXPECT_EQ(differenceFromInterpreter(program, {pipeline, "kernel"}), "");
  setKind(program, innermost, LoopKind::Vectorized);
  EXPECT_EQ(differenceFromInterpreter(program), "") << "vectorised";
  const Target narrow = *targetFor("haswell");
  EXPECT_EQ(differenceFromInterpreter(program, {}, 1, narrow), "") << "vectorised for 256 bits";
}

Expr axis(std::size_t position) { return Expr::axisVar(position); }
Expr binary(ExprKind kind, const Expr& left, const Expr& right) { return Expr::binary(kind, left, right); }

TEST(Kernels, arithmeticAndSelection) {
  for (const std::int64_t size : kSizes) {
    SCOPED_TRACE(size);
    Elementwise kernel =
        elementwise({3, size}, {input("A", {3, size}), input("B", {size})}, DataType::Float32);
    const Expr a = Expr::load(BufferId{0}, DataType::Float32, {axis(0), axis(1)});
    const Expr b = Expr::load(BufferId{1}, DataType::Float32, {axis(1)});
    const Expr half = Expr::real(0.5);
    const Expr between = binary(ExprKind::And, binary(ExprKind::Less, a, b),
                                Expr::logicalNot(binary(ExprKind::Equal, a, half)));
    kernel.program.block(kernel.block).value =
        Expr::select(between, maximum(a - b, half), binary(ExprKind::Divide, minimum(a, b), Expr::real(4.0)));
    expectSameScalarAndVectorised(kernel.program, kernel.loops[1]);
  }
}

TEST(Kernels, conditionsOnSubscripts) {
  for (const std::int64_t size : kSizes) {
    SCOPED_TRACE(size);
    Elementwise kernel = elementwise({4, size}, {input("A", {4, size})}, DataType::Float32);
    const Expr a = Expr::load(BufferId{0}, DataType::Float32, {axis(0), axis(1)});
    kernel.program.block(kernel.block).value =
        Expr::select(binary(ExprKind::Or, binary(ExprKind::LessEqual, axis(1), axis(0)),
                            binary(ExprKind::Equal, floorMod(axis(1), 3), Expr(1))),
                     a, Expr::cast(DataType::Float32, axis(0) * Expr(2) - axis(1)));
    expectSameScalarAndVectorised(kernel.program, kernel.loops[1]);
  }
}

TEST(Kernels, castsBetweenAllTypes) {
  for (const std::int64_t size : kSizes) {
    SCOPED_TRACE(size);
    Elementwise kernel = elementwise(
        {size},
        {input("A", {size}), input("I", {size}, DataType::Int32), input("D", {size}, DataType::Float64)},
        DataType::Float64);
    const Expr a = Expr::load(BufferId{0}, DataType::Float32, {axis(0)});
    const Expr i = Expr::load(BufferId{1}, DataType::Int32, {axis(0)});
    const Expr d = Expr::load(BufferId{2}, DataType::Float64, {axis(0)});
    const Expr whole = Expr::cast(DataType::Int32, a * Expr::real(16.0)) + i;
    const Expr flag =
        Expr::cast(DataType::Int32, binary(ExprKind::Less, Expr::cast(DataType::Float32, d), a));
    kernel.program.block(kernel.block).value =
        Expr::cast(DataType::Float64, whole + flag) + d + Expr::cast(DataType::Float64, a);
    expectSameScalarAndVectorised(kernel.program, kernel.loops[0]);
  }
}

TEST(Kernels, integerDivisionDoesNotTrapInLanesThatAreOff) {
  for (const std::int64_t size : kSizes) {
    SCOPED_TRACE(size);
    Elementwise kernel = elementwise({size}, {input("I", {size}, DataType::Int32)}, DataType::Int32);
    const Expr i = Expr::load(BufferId{0}, DataType::Int32, {axis(0)});
    const Expr nonZero = i * i + Expr::integer(1, DataType::Int32);
    kernel.program.block(kernel.block).value =
        binary(ExprKind::Divide, Expr::integer(-1000, DataType::Int32), nonZero);
    expectSameScalarAndVectorised(kernel.program, kernel.loops[0]);
  }
}

TEST(Kernels, gatherThroughAnIndexTensor) {
  for (const std::int64_t size : kSizes) {
    SCOPED_TRACE(size);
    // Indices are drawn from −8 … 8; the table is read at index + 8.
    Elementwise kernel = elementwise(
        {3, size},
        {input("LUT", {17, size}), input("I", {3}, DataType::Int32), input("J", {size}, DataType::Int32)},
        DataType::Float32);
    const Expr row =
        Expr::cast(DataType::Index, Expr::load(BufferId{1}, DataType::Int32, {axis(0)})) + Expr(8);
    const Expr perLane =
        Expr::cast(DataType::Index, Expr::load(BufferId{2}, DataType::Int32, {axis(1)})) + Expr(8);
    kernel.program.block(kernel.block).value = Expr::load(BufferId{0}, DataType::Float32, {row, axis(1)}) +
                                               Expr::load(BufferId{0}, DataType::Float32, {perLane, axis(1)});
    expectSameScalarAndVectorised(kernel.program, kernel.loops[1]);
  }
}

TEST(Kernels, stridedAndReversedReads) {
  for (const std::int64_t size : kSizes) {
    SCOPED_TRACE(size);
    Elementwise kernel = elementwise({size}, {input("A", {2 * size + 3})}, DataType::Float32);
    kernel.program.block(kernel.block).value =
        Expr::load(BufferId{0}, DataType::Float32, {axis(0) * Expr(2) + Expr(1)}) -
        Expr::load(BufferId{0}, DataType::Float32, {Expr(size - 1) - axis(0)}) +
        Expr::load(BufferId{0}, DataType::Float32, {floorDiv(axis(0), 2)});
    expectSameScalarAndVectorised(kernel.program, kernel.loops[0]);
  }
}

/// T(i, j) = A(i, j) + 1; S(i) +=! T(i, j); O(i, j) = T(i, j) · S(i), all below one loop i.
Program threeStatements(std::int64_t rows, std::int64_t columns, MemoryKind memory) {
  Program program;
  program.name = "three";
  const DataType type = DataType::Float32;
  const BufferId a = program.add(input("A", {rows, columns}));
  const BufferId t = program.add(Buffer{"T", type, {rows, columns}, BufferRole::Intermediate, memory, {}});
  const BufferId s = program.add(Buffer{"S", type, {rows}, BufferRole::Intermediate, memory, {}});
  const BufferId o = program.add(Buffer{"O", type, {rows, columns}, BufferRole::Output, {}, {}});
  const LoopId i = program.add(Loop{"i", rows, LoopKind::Serial, {}});
  const auto nest = [&](const char* name, AxisKind second, BufferId output, std::vector<Expr> subscripts,
                        Expr value) {
    const LoopId j = program.add(Loop{std::string("j") + name, columns, LoopKind::Serial, {}});
    Block block;
    block.name = name;
    block.axes = {{"i", rows, AxisKind::Spatial}, {"j", columns, second}};
    block.bindings = {Expr::loopVar(i), Expr::loopVar(j)};
    block.output = output;
    block.subscripts = std::move(subscripts);
    block.value = std::move(value);
    if (second == AxisKind::Reduction) {
      block.combiner = Combiner::Sum;
      block.initialises = true;
    }
    const BlockId id = program.add(std::move(block));
    program.loop(j).body = {id};
    program.loop(i).body.push_back(j);
  };
  const Expr tij = Expr::load(t, type, {axis(0), axis(1)});
  nest("T", AxisKind::Spatial, t, {axis(0), axis(1)},
       Expr::load(a, type, {axis(0), axis(1)}) + Expr::real(1));
  nest("S", AxisKind::Reduction, s, {axis(0)}, tij);
  nest("O", AxisKind::Spatial, o, {axis(0), axis(1)}, tij * Expr::load(s, type, {axis(0)}));
  program.roots = {i};
  return program;
}

TEST(Kernels, severalStatementsThroughIntermediates) {
  for (const MemoryKind memory : {MemoryKind::Workspace, MemoryKind::Stack, MemoryKind::Register}) {
    Program program = threeStatements(7, 21, memory);
    ASSERT_EQ(brokenInvariant(program), std::nullopt);
    EXPECT_EQ(differenceFromInterpreter(program), "");
    setKind(program, loopNamed(program, "jT"), LoopKind::Vectorized);
    setKind(program, loopNamed(program, "jO"), LoopKind::Vectorized);
    EXPECT_EQ(differenceFromInterpreter(program), "");
    setKind(program, loopNamed(program, "i"), LoopKind::Parallel);
    EXPECT_EQ(differenceFromInterpreter(program, {}, 3), "") << "memory of each thread";
  }
}

TEST(Kernels, lanesOwnWhatLivesInsideAVectorisedLoop) {
  for (const MemoryKind memory : {MemoryKind::Workspace, MemoryKind::Stack, MemoryKind::Register}) {
    for (const std::int64_t rows : {3, 16, 35, 200}) {
      Program program = threeStatements(rows, 9, memory);
      setKind(program, loopNamed(program, "i"), LoopKind::Vectorized);
      EXPECT_EQ(differenceFromInterpreter(program), "") << rows;
      EXPECT_EQ(differenceFromInterpreter(program, {}, 1, *targetFor("haswell")), "") << rows;
    }
  }
}

TEST(Kernels, largeStackBuffersMoveToTheWorkspace) {
  Program program = threeStatements(2, 70000, MemoryKind::Stack);
  const Result<CompiledKernel> kernel = compile(program, hostTarget(), {});
  ASSERT_TRUE(kernel.has_value());
  EXPECT_GE(kernel->workspaceBytes, 2 * 70000 * 4);
  EXPECT_EQ(differenceFromInterpreter(program), "");
}

TEST(Kernels, accumulateIntoWhatIsThere) {
  Program program = matmul(5, 21, 6);
  Block& block = program.block(program.findBlock("C").value());
  block.initialises = false;
  program.buffer(block.output).role = BufferRole::Accumulated;
  expectSameScalarAndVectorised(program, loopNamed(program, "n"));
}

TEST(Kernels, initialisationThatCannotBeHoisted) {
  // One loop f = k·N + n carries a reduction and a spatial axis.
  const std::int64_t columns = 18;
  const std::int64_t depth = 5;
  Program program = matmul(4, columns, depth);
  const LoopId m = loopNamed(program, "m");
  const LoopId fused = program.add(Loop{"f", columns * depth, LoopKind::Serial, {}});
  const BlockId id = program.findBlock("C").value();
  Block& block = program.block(id);
  block.bindings = {Expr::loopVar(m), floorMod(Expr::loopVar(fused), columns),
                    floorDiv(Expr::loopVar(fused), columns)};
  program.loop(fused).body = {id};
  program.loop(m).body = {fused};
  expectSameScalarAndVectorised(program, fused);
}

TEST(Kernels, packedConstants) {
  // B(k, n) lies as [n / 16][k][n mod 16], padded to whole panels.
  for (const std::int64_t columns : {16, 37}) {
    const std::int64_t depth = 6;
    Program program = matmul(3, columns, depth);
    Buffer& b = program.buffer(program.findBuffer("B").value());
    b.role = BufferRole::Constant;
    b.shape = {(columns + 15) / 16, depth, 16};
    b.packing = Packing{{depth, columns}, {axis(1), axis(0) * Expr(16) + axis(2)}};
    Block& block = program.block(program.findBlock("C").value());
    block.value =
        Expr::load(BufferId{0}, DataType::Float32, {axis(0), axis(2)}) *
        Expr::load(BufferId{1}, DataType::Float32, {floorDiv(axis(1), 16), axis(2), floorMod(axis(1), 16)});
    expectSameScalarAndVectorised(program, loopNamed(program, "n"));
  }
}

TEST(Kernels, convolutionWithHalo) {
  // out(c, h, w) +=! in(k, h + kh, w + kw) · W(c, k, kh, kw)
  const std::int64_t channels = 3, height = 5, width = 21;
  Program program;
  program.name = "conv";
  const DataType type = DataType::Float32;
  const BufferId in = program.add(input("in", {2, height + 2, width + 2}));
  const BufferId weights = program.add(input("W", {channels, 2, 3, 3}));
  const BufferId out =
      program.add(Buffer{"out", type, {channels, height, width}, BufferRole::Output, {}, {}});
  Block block;
  block.name = "out";
  block.output = out;
  block.combiner = Combiner::Sum;
  block.initialises = true;
  const std::pair<const char*, std::int64_t> axes[] = {{"c", channels}, {"h", height}, {"w", width},
                                                       {"k", 2},        {"kh", 3},     {"kw", 3}};
  std::vector<LoopId> loops;
  for (std::size_t i = 0; i < 6; ++i) {
    loops.push_back(program.add(Loop{axes[i].first, axes[i].second, LoopKind::Serial, {}}));
    block.axes.push_back({axes[i].first, axes[i].second, i < 3 ? AxisKind::Spatial : AxisKind::Reduction});
    block.bindings.push_back(Expr::loopVar(loops.back()));
  }
  block.subscripts = {axis(0), axis(1), axis(2)};
  block.value = Expr::load(in, type, {axis(3), axis(1) + axis(4), axis(2) + axis(5)}) *
                Expr::load(weights, type, {axis(0), axis(3), axis(4), axis(5)});
  const BlockId id = program.add(std::move(block));
  for (std::size_t i = 0; i < 6; ++i)
    program.loop(loops[i]).body = {i + 1 < 6 ? NodeRef(loops[i + 1]) : NodeRef(id)};
  program.roots = {loops[0]};
  EXPECT_EQ(differenceFromInterpreter(program), "");
  // w as lanes inside, the window unrolled
  reorder(program, {loops[0], loops[3], loops[4], loops[5], loops[1], loops[2]});
  setKind(program, loops[4], LoopKind::Unrolled);
  setKind(program, loops[5], LoopKind::Unrolled);
  expectSameScalarAndVectorised(program, loops[2]);
  // A fused loop over (h, w) in lanes
  Program fused = program;
  const LoopId f = fused.add(Loop{"hw", height * width, LoopKind::Vectorized, {}});
  Block& whole = fused.block(id);
  whole.bindings[1] = floorDiv(Expr::loopVar(f), width);
  whole.bindings[2] = floorMod(Expr::loopVar(f), width);
  fused.loop(f).body = {id};
  fused.loop(loops[5]).body = {f};
  EXPECT_EQ(differenceFromInterpreter(fused), "");
}

}  // namespace
}  // namespace espalier::testing
