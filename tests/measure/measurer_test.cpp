// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/measurer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "ir_kernels.h"
#include "program/analysis.h"
#include "program/interpreter.h"

namespace espalier {
namespace {

using ::testing::HasSubstr;
using namespace espalier::testing;

constexpr const char* kMatmul = "def mm(float(M,K) A, float(K,N) B) -> (C) { C(m,n) +=! A(m,k) * B(k,n) }";
constexpr const char* kSoftmax =
    "def softmax(float(R,N) X) -> (M, E, S, Y) {\n"
    "  M(r) max=! X(r,n)\n  E(r,n) = exp(X(r,n) - M(r))\n  S(r) +=! E(r,n)\n  Y(r,n) = E(r,n) / S(r)\n}";

struct Bench {
  Program program;
  std::unique_ptr<Measurer> measurer;
  CompiledKernel kernel;
};

Bench benchOf(Program program, Pipeline pipeline = Pipeline::Full) {
  Bench bench;
  bench.program = std::move(program);
  auto measurer = Measurer::start(bench.program);
  EXPECT_TRUE(measurer) << (measurer ? "" : measurer.error().text());
  if (!measurer) return bench;
  bench.measurer = std::move(*measurer);
  CompileOptions options;
  options.pipeline = pipeline;
  auto kernel = compile(bench.program, bench.measurer->handshake().target, options);
  EXPECT_TRUE(kernel) << (kernel ? "" : kernel.error().text());
  if (kernel) bench.kernel = std::move(*kernel);
  return bench;
}

SampleOptions verifying() {
  SampleOptions options;
  options.verify = true;
  options.timing.budgetSeconds = 0.02;
  return options;
}

TEST(Measurer, MatmulIsEqualToTheLastBit) {
  Bench bench = benchOf(readProgram(kMatmul, {{"M", 17}, {"N", 31}, {"K", 129}}));
  const Sample sample = bench.measurer->measure(bench.program, bench.kernel, verifying());
  ASSERT_FALSE(sample.failure) << sample.failure->detail;
  EXPECT_THAT(sample.verification, HasSubstr("exact oracle: 527 elements equal"));
  EXPECT_GE(sample.timing.repeats.size(), 1U);
  EXPECT_EQ(sample.seconds, rankingSeconds(sample.timing.repeats));
}

TEST(Measurer, SoftmaxIsVerifiedWithABound) {
  Bench bench = benchOf(readProgram(kSoftmax, {{"R", 13}, {"N", 257}}));
  EXPECT_EQ(bench.measurer->oracle().kind, OracleKind::Float);
  const Sample sample = bench.measurer->measure(bench.program, bench.kernel, verifying());
  ASSERT_FALSE(sample.failure) << sample.failure->detail;
  EXPECT_THAT(sample.verification, HasSubstr("float oracle"));
}

TEST(Measurer, AnotherKernelsCodeIsWrong) {
  const std::map<std::string, std::int64_t> sizes = {{"R", 13}, {"N", 257}};
  Bench bench = benchOf(readProgram(kSoftmax, sizes));
  std::string wrong = kSoftmax;
  wrong.replace(wrong.find("exp(X(r,n) - M(r))"), 18, "exp(X(r,n)) * 1.0001");
  CompileOptions options;
  const auto kernel = compile(readProgram(wrong, sizes), bench.measurer->handshake().target, options);
  ASSERT_TRUE(kernel) << kernel.error().text();
  const Sample sample = bench.measurer->measure(bench.program, *kernel, verifying());
  ASSERT_TRUE(sample.failure);
  EXPECT_EQ(sample.failure->code, "wrong-output");
}

TEST(Measurer, OneUnitInTheLastPlaceIsFoundByTheExactOracle) {
  const std::map<std::string, std::int64_t> sizes = {{"M", 4}, {"N", 8}, {"K", 16}};
  Bench bench = benchOf(readProgram(kMatmul, sizes));
  const auto kernel = compile(
      readProgram("def mm(float(M,K) A, float(K,N) B) -> (C) { C(m,n) +=! A(m,k) * B(k,n) * 1.00000012 }",
                  sizes),
      bench.measurer->handshake().target, {});
  ASSERT_TRUE(kernel) << kernel.error().text();
  const auto verdict = bench.measurer->verify(bench.program, *kernel);
  ASSERT_TRUE(verdict) << verdict.error().detail;
  EXPECT_FALSE(verdict->correct);
}

TEST(Measurer, IndexTensorsHoldValidSubscripts) {
  Bench bench =
      benchOf(readProgram("def embed(float(E,D) LUT, int32(B,R) I) -> (O) { O(b,d) +=! LUT(I(b,r), d) }",
                          {{"E", 37}, {"D", 8}, {"B", 5}, {"R", 6}}));
  const Sample sample = bench.measurer->measure(bench.program, bench.kernel, verifying());
  ASSERT_FALSE(sample.failure) << sample.failure->detail;
  EXPECT_TRUE(sample.verified);
}

TEST(Measurer, AccumulatedArgumentsStartFromTheirContentAtEveryRun) {
  Bench bench = benchOf(readProgram("def add(float(N) A) -> (C) { C(i) += A(i) * A(i) }", {{"N", 100}}));
  const Sample sample = bench.measurer->measure(bench.program, bench.kernel, verifying());
  ASSERT_FALSE(sample.failure) << sample.failure->detail;
  const auto verdict = bench.measurer->verify(bench.program, bench.kernel);
  ASSERT_TRUE(verdict) << verdict.error().detail;
  EXPECT_TRUE(verdict->correct) << verdict->words;
}

TEST(Measurer, InputsAreDrawnPositiveWhereTheSignMakesNothingButNaN) {
  Bench bench =
      benchOf(readProgram("def roots(float(N) A) -> (C) { C(i) = sqrt(A(i)) + log(A(i)) }", {{"N", 100}}));
  const Sample sample = bench.measurer->measure(bench.program, bench.kernel, verifying());
  ASSERT_FALSE(sample.failure) << sample.failure->detail;
  EXPECT_THAT(sample.verification, HasSubstr("float oracle"));
}

TEST(Measurer, RunsOnGivenInputsAndComparesWithTheReference) {
  Bench bench = benchOf(readProgram(kMatmul, {{"M", 3}, {"N", 5}, {"K", 7}}));
  std::vector<Tensor> arguments = {Tensor::zeros(DataType::Float32, {3, 7}),
                                   Tensor::zeros(DataType::Float32, {7, 5}),
                                   Tensor::zeros(DataType::Float32, {3, 5})};
  for (std::int64_t i = 0; i < 35; ++i) {
    if (i < 21) arguments[0].set(i, 0.1 * static_cast<double>(i));
    arguments[1].set(i, 1.0 / static_cast<double>(i + 1));
  }
  const auto outputs = bench.measurer->run(bench.program, bench.kernel, arguments);
  ASSERT_TRUE(outputs) << outputs.error().detail;
  interpret(bench.program, arguments);
  ASSERT_EQ(outputs->size(), 1U);
  for (std::int64_t i = 0; i < 15; ++i) EXPECT_NEAR((*outputs)[0].at(i), arguments[2].at(i), 1e-5);

  const auto verdict = bench.measurer->verifyOn(bench.program, bench.kernel, arguments);
  ASSERT_TRUE(verdict) << verdict.error().detail;
  EXPECT_TRUE(verdict->correct) << verdict->words;
  EXPECT_THAT(verdict->words, HasSubstr("float oracle"));
}

TEST(Measurer, IncumbentIsTimedInTurnAndSurvivesACrash) {
  Bench bench = benchOf(readProgram(kMatmul, {{"M", 16}, {"N", 64}, {"K", 64}}));
  bench.measurer->setIncumbent(bench.program, bench.kernel);
  SampleOptions options;
  options.timing.repeats = 6;
  options.timing.budgetSeconds = 1;
  const Sample before = bench.measurer->measure(bench.program, bench.kernel, options);
  ASSERT_FALSE(before.failure) << before.failure->detail;
  EXPECT_EQ(before.timing.repeats.size(), 6U);
  EXPECT_EQ(before.timing.beside.size(), 6U);

  HandMade bad;
  bad.prologue = "  store i32 1, ptr null\n";
  const Sample crash = bench.measurer->measure(
      bench.program, assembled(irOf(bad), bench.measurer->handshake().target), options);
  ASSERT_TRUE(crash.failure);
  const Sample after = bench.measurer->measure(bench.program, bench.kernel, options);
  ASSERT_FALSE(after.failure) << after.failure->detail;
  EXPECT_EQ(after.timing.beside.size(), 6U);
}

TEST(Measurer, PackedConstantsArePackedOutsideTheTimedRegion) {
  const std::map<std::string, std::int64_t> sizes = {{"M", 4}, {"N", 10}, {"K", 6}};
  Program program = readProgram(kMatmul, sizes, {"B"});
  Bench bench = benchOf(program);
  // B(k, n) lies as panels of four columns, the last one padded: B[n / 4, k, n % 4].
  const BufferId b = *program.findBuffer("B");
  Buffer& buffer = program.buffer(b);
  buffer.packing = Packing{{6, 10}, {Expr::axisVar(1), Expr::axisVar(0) * Expr(4) + Expr::axisVar(2)}};
  buffer.shape = {3, 6, 4};
  Block& block = program.block(blocksOf(program).front());
  block.value = rewrite(block.value, [&](const Expr& expr) {
    if (expr.kind() != ExprKind::Load || expr.buffer() != b) return expr;
    const Expr& k = expr.operand(0);
    const Expr& n = expr.operand(1);
    return Expr::load(b, DataType::Float32, {floorDiv(n, Expr(4)), k, floorMod(n, Expr(4))});
  });
  const auto kernel = compile(program, bench.measurer->handshake().target, {});
  ASSERT_TRUE(kernel) << kernel.error().text();
  ASSERT_EQ(kernel->packs.size(), 1U);
  const Sample sample = bench.measurer->measure(program, *kernel, verifying());
  ASSERT_FALSE(sample.failure) << sample.failure->detail;
  EXPECT_TRUE(sample.verified);
}

TEST(Measurer, ParallelCandidateRunsOnSeveralThreads) {
  Program program = readProgram(kMatmul, {{"M", 32}, {"N", 48}, {"K", 64}});
  MeasurerOptions options;
  options.threads = 2;
  auto measurer = Measurer::start(program, options);
  ASSERT_TRUE(measurer) << measurer.error().text();
  program.loop(std::get<LoopId>(program.roots.front())).kind = LoopKind::Parallel;
  const auto kernel = compile(program, (*measurer)->handshake().target, {});
  ASSERT_TRUE(kernel) << kernel.error().text();
  EXPECT_TRUE(kernel->parallel);
  const Sample sample = (*measurer)->measure(program, *kernel, verifying());
  ASSERT_FALSE(sample.failure) << sample.failure->detail;
  EXPECT_TRUE(sample.verified);
}

TEST(Measurer, SlowCandidateIsStoppedEarly) {
  Bench bench = benchOf(readProgram(kMatmul, {{"M", 16}, {"N", 64}, {"K", 64}}));
  SampleOptions options;
  options.timing.stopAboveSeconds = 1e-12;
  const Sample sample = bench.measurer->measure(bench.program, bench.kernel, options);
  ASSERT_FALSE(sample.failure) << sample.failure->detail;
  EXPECT_TRUE(sample.timing.stoppedEarly);
  EXPECT_EQ(sample.timing.repeats.size(), 1U);
}

TEST(Measurer, SecondLookUsesWhatTheFirstOneLoaded) {
  Bench bench = benchOf(readProgram(kMatmul, {{"M", 17}, {"N", 31}, {"K", 129}}));
  SampleOptions again;
  again.loaded = true;
  const Sample tooEarly = bench.measurer->measure(bench.program, bench.kernel, again);
  ASSERT_TRUE(tooEarly.failure);
  EXPECT_THAT(tooEarly.failure->detail, HasSubstr("No kernel candidate is loaded"));
  ASSERT_FALSE(bench.measurer->measure(bench.program, bench.kernel, {}).failure);
  CompiledKernel broken = bench.kernel;
  broken.object.clear();
  const Sample second = bench.measurer->measure(bench.program, broken, again);
  ASSERT_FALSE(second.failure) << "loaded anew: " << second.failure->detail;
  EXPECT_GT(second.seconds, 0);
}

TEST(KernelArguments, BoundOfAnIndexFollowsItsUse) {
  const Program program = readProgram(
      "def f(float(E) A, int32(B) I, int32(B) J) -> (O) { O(b) = A(I(b)) + J(b) }", {{"E", 37}, {"B", 5}});
  const auto arguments = kernelArguments(program);
  EXPECT_EQ(arguments[1].indexBound, 37);
  EXPECT_EQ(arguments[2].indexBound, 0);
}

TEST(Fill, ValuesAreOnTheirGridAndDoNotDependOnTheWay) {
  const ExactFill exact{7, 3};
  bool low = false;
  bool high = false;
  for (std::int64_t i = 0; i < 2000; ++i) {
    const double value = filledValue(exact, i);
    EXPECT_EQ(value * 8, std::round(value * 8));
    EXPECT_LE(std::abs(value), 1);
    low = low || value == -1;
    high = high || value == 1;
  }
  EXPECT_TRUE(low && high);
  EXPECT_EQ(filledValue(exact, 5), filledValue(ExactFill{7, 3}, 5));
  const IntegerFill integers{1, 0, 4};
  for (std::int64_t i = 0; i < 100; ++i) {
    EXPECT_GE(filledValue(integers, i), 0);
    EXPECT_LE(filledValue(integers, i), 4);
  }
}

}  // namespace
}  // namespace espalier
