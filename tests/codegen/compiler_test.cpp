// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "codegen/compiler.h"

#include <gtest/gtest.h>

#include "codegen/kernel_runner.h"
#include "codegen/program_tools.h"
#include "program/verify.h"

namespace espalier::testing {
namespace {

constexpr Pipeline kPipelines[] = {Pipeline::Schedule, Pipeline::Full, Pipeline::Strict};

void expectSame(const Program& program, std::int64_t threads = 1) {
  ASSERT_EQ(brokenInvariant(program), std::nullopt);
  for (const Pipeline pipeline : kPipelines) {
    EXPECT_EQ(differenceFromInterpreter(program, {pipeline, "kernel"}, threads), "")
        << "pipeline " << static_cast<int>(pipeline);
  }
}

TEST(Compiler, unscheduledMatmul) { expectSame(matmul(16, 33, 20)); }

TEST(Compiler, matmulOfOtherTypesAndCombiners) {
  expectSame(matmul(5, 19, 7, DataType::Float64));
  expectSame(matmul(5, 19, 7, DataType::Int32));
  for (const Combiner combiner : {Combiner::Max, Combiner::Min, Combiner::Product}) {
    expectSame(matmul(4, 18, 3, DataType::Float32, combiner));
    expectSame(matmul(4, 18, 3, DataType::Int32, combiner));
  }
}

TEST(Compiler, vectorisedColumnsOfAnyExtent) {
  for (const std::int64_t columns : {1, 2, 3, 5, 8, 15, 16, 17, 31, 64, 127, 160, 257}) {
    Program program = matmul(3, columns, 4);
    const LoopId m = loopNamed(program, "m");
    const LoopId n = loopNamed(program, "n");
    const LoopId k = loopNamed(program, "k");
    reorder(program, {m, k, n});
    setKind(program, n, LoopKind::Vectorized);
    SCOPED_TRACE(columns);
    expectSame(program);
  }
}

TEST(Compiler, vectorisedLoopAroundAReduction) {
  Program program = matmul(3, 45, 6);
  setKind(program, loopNamed(program, "n"), LoopKind::Vectorized);
  expectSame(program);
  setKind(program, loopNamed(program, "k"), LoopKind::Unrolled);
  expectSame(program);
}

TEST(Compiler, vectorisedReductionRunsOneByOne) {
  Program program = matmul(3, 5, 18);
  setKind(program, loopNamed(program, "k"), LoopKind::Vectorized);
  expectSame(program);
}

TEST(Compiler, stridedLanesGatherAndScatter) {
  Program program = matmul(37, 5, 6);
  setKind(program, loopNamed(program, "m"), LoopKind::Vectorized);
  expectSame(program);
}

TEST(Compiler, registerTiles) {
  expectSame(tiledMatmul(12, 128, 9, {6, 64}));
  expectSame(tiledMatmul(12, 64, 9, {6, 32}, DataType::Float64));
}

TEST(Compiler, registerTilesOfSizesThatDoNotDivide) {
  for (const auto& [rows, columns] : {std::pair{13, 127}, {6, 65}, {7, 64}, {5, 31}, {1, 1}, {11, 191}}) {
    SCOPED_TRACE(std::to_string(rows) + "x" + std::to_string(columns));
    expectSame(tiledMatmul(rows, columns, 5, {6, 64}));
    expectSame(tiledMatmul(rows, columns, 5, {4, 24}));
  }
}

TEST(Compiler, splitReductionWithGuard) {
  Program program = tiledMatmul(13, 70, 23, {6, 64});
  split(program, loopNamed(program, "k"), 8);
  expectSame(program);
}

TEST(Compiler, guardsOnLoopsInAnyOrder) {
  Program program = matmul(13, 50, 7);
  const auto [m0, m1] = split(program, loopNamed(program, "m"), 4);
  const auto [m1a, m1b] = split(program, m1, 3);
  const auto [n0, n1] = split(program, loopNamed(program, "n"), 16);
  const LoopId k = loopNamed(program, "k");
  Program order = program;
  reorder(order, {n1, m1b, k, n0, m1a, m0});
  expectSame(order);
  setKind(order, n0, LoopKind::Unrolled);
  setKind(order, m0, LoopKind::Vectorized);
  expectSame(order);
  order = program;
  reorder(order, {k, m1b, m1a, m0, n0, n1});
  setKind(order, n1, LoopKind::Vectorized);
  setKind(order, m1a, LoopKind::Unrolled);
  expectSame(order);
}

TEST(Compiler, parallelLoops) {
  Program program = tiledMatmul(25, 130, 8, {6, 64});
  setKind(program, loopNamed(program, "m.0"), LoopKind::Parallel);
  for (const std::int64_t threads : {1, 2, 5}) expectSame(program, threads);
  setKind(program, loopNamed(program, "n.0"), LoopKind::Parallel);
  expectSame(program, 3);
  setKind(program, loopNamed(program, "m.0"), LoopKind::Serial);
  expectSame(program, 3);
}

TEST(Compiler, theSameProgramGivesTheSameBytes) {
  const Program program = tiledMatmul(25, 130, 8, {6, 64});
  Compiler compiler(*targetFor("znver4"));
  const Result<CompiledKernel> first = compiler.compile(program, {});
  const Result<CompiledKernel> again = compiler.compile(program, {});
  const Result<CompiledKernel> other = compile(program, *targetFor("znver4"), {});
  ASSERT_TRUE(first && again && other);
  EXPECT_EQ(first->object, again->object);
  EXPECT_EQ(first->object, other->object);
}

TEST(Compiler, namesAndSizesOfAKernel) {
  Program program = tiledMatmul(25, 130, 8, {6, 64});
  setKind(program, loopNamed(program, "m.0"), LoopKind::Parallel);
  const Result<CompiledKernel> kernel = compile(program, hostTarget(), {Pipeline::Schedule, "my_kernel"});
  ASSERT_TRUE(kernel.has_value());
  EXPECT_EQ(kernel->entry, "my_kernel");
  EXPECT_TRUE(kernel->parallel);
  EXPECT_EQ(kernel->workspaceBytes, 0);
  EXPECT_GT(kernel->seconds, 0);
  const std::string text = llvmText(program, hostTarget(), {Pipeline::Schedule, "my_kernel"}).value();
  EXPECT_NE(text.find("define void @my_kernel("), std::string::npos);
  EXPECT_NE(text.find("declare void @espalier_parallel_for("), std::string::npos);
  EXPECT_NE(text.find("noalias"), std::string::npos);
}

void expectTooLarge(const Program& program) {
  const Result<CompiledKernel> kernel = compile(program, hostTarget(), {});
  ASSERT_FALSE(kernel.has_value());
  EXPECT_EQ(kernel.error().kind, ErrorKind::Input);
  EXPECT_NE(kernel.error().message.find("too large to compile"), std::string::npos);
}

TEST(Compiler, tooMuchUnrollingIsAnError) {
  Program blocks = matmul(40, 40, 40);
  for (const char* name : {"m", "n", "k"}) setKind(blocks, loopNamed(blocks, name), LoopKind::Unrolled);
  expectTooLarge(blocks);
  Program loops = matmul(40, 40, 40);
  for (const char* name : {"m", "n"}) setKind(loops, loopNamed(loops, name), LoopKind::Unrolled);
  expectTooLarge(loops);
  Program scatters = matmul(40, 40, 5);
  setKind(scatters, loopNamed(scatters, "m"), LoopKind::Vectorized);
  for (const char* name : {"n", "k"}) setKind(scatters, loopNamed(scatters, name), LoopKind::Unrolled);
  expectTooLarge(scatters);
}

}  // namespace
}  // namespace espalier::testing
