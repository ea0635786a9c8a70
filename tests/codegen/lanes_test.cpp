// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Lanes that do not simply lie side by side, lanes that share a reduction, and stores and loads around the
// caches: against the interpreter, and as machine code of fixed targets.
#include <string>

#include <gtest/gtest.h>

#include "codegen/compiler.h"
#include "codegen/kernel_runner.h"
#include "transform/kernels.h"
#include "transform/transformation.h"

namespace espalier::testing {
namespace {

Program scheduled(const std::string& text, const std::map<std::string, std::int64_t>& sizes,
                  const std::string& trace) {
  const Outcome<Program> program = replay(kernel(text, sizes), parseTrace(trace).value());
  EXPECT_TRUE(program) << (program ? "" : program.error().sentence);
  return program ? *program : kernel(text, sizes);
}

std::string assemblyOf(const Program& program, const std::string& cpu) {
  return assemblyText(program, *targetFor(cpu), {}).value();
}

std::size_t countOf(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

void expectSame(const Program& program) {
  EXPECT_EQ(differenceFromInterpreter(program), "");
  EXPECT_EQ(differenceFromInterpreter(program, {}, 1, *targetFor("haswell")), "");
}

constexpr const char* kPairs = R"(def pairs(float(T, D, C) X, float(T, D) W) -> (Y) {
  Y(t, d, c) = X(t, d, c) * W(t, d) + (c == 0 ? -1.0 : 1.0) * X(t, d, 1 - c)
})";

TEST(LanePatterns, pairsAreShuffledAndNotGathered) {
  for (const std::int64_t size : {1, 8, 19, 32, 64}) {
    SCOPED_TRACE(size);
    const Program program =
        scheduled(kPairs, {{"T", 3}, {"D", size}, {"C", 2}}, "Fuse(loops=[d, c])\nVectorize(loop=d_c)");
    expectSame(program);
    EXPECT_EQ(countOf(assemblyOf(program, "znver4"), "gather"), 0U);
    EXPECT_EQ(countOf(assemblyOf(program, "haswell"), "gather"), 0U);
  }
}

TEST(LanePatterns, everySecondThirdFourthAndFifthElement) {
  for (const int step : {2, 3, 4, 5})
    for (const std::int64_t size : {7, 16, 37, 64}) {
      SCOPED_TRACE(std::to_string(step) + " x " + std::to_string(size));
      const std::string times = std::to_string(step);
      const Program program =
          scheduled("def f(float(M, N) X) -> (Y) { Y(m, i) = X(m, " + times + " * i) + X(m, " + times +
                        " * i + 1) where i in 0:" + std::to_string(size) + " }",
                    {{"M", 2}, {"N", step * size}}, "Vectorize(loop=i)");
      expectSame(program);
      const bool near = countOf(assemblyOf(program, "znver4"), "vgather") == 0;
      EXPECT_EQ(near, step <= 4 || size == 7);
    }
}

TEST(LanePatterns, backwards) {
  for (const std::int64_t size : {5, 16, 40}) {
    const Program program =
        scheduled("def f(float(M, N) X) -> (Y) { Y(m, i) = X(m, N - 1 - i) where i in 0:N }",
                  {{"M", 2}, {"N", size}}, "Vectorize(loop=i)");
    expectSame(program);
    EXPECT_EQ(countOf(assemblyOf(program, "znver4"), "vgather"), 0U);
  }
}

TEST(JoinedLanes, sumsAndMaximaOfEveryLength) {
  for (const char* text : {"def f(float(M, K) X) -> (S) { S(m) +=! X(m, k) }",
                           "def f(float(M, K) X) -> (S) { S(m) max=! X(m, k) }",
                           "def f(float(M, K) X) -> (S) { S(m) min=! X(m, k) * X(m, k) }",
                           "def f(float(M, K) X, float(K) W) -> (S) { S(m) += X(m, k) * W(k) }"})
    for (const std::int64_t size : {3, 16, 37, 64, 100, 128}) {
      SCOPED_TRACE(std::string(text) + " " + std::to_string(size));
      expectSame(scheduled(text, {{"M", 5}, {"K", size}}, "Vectorize(loop=k)"));
    }
}

TEST(JoinedLanes, longRowsWithAnOuterReductionLoop) {
  expectSame(scheduled("def f(float(M, K) X) -> (S) { S(m) +=! X(m, k) }", {{"M", 5}, {"K", 300}},
                       "TileSize(block=S, loop=k, factors=[0, 64])\nVectorize(loop=k.1)"));
}

TEST(JoinedLanes, areAddedAsVectors) {
  const Program program = scheduled("def f(float(M, K) X) -> (S) { S(m) +=! X(m, k) }", {{"M", 5}, {"K", 64}},
                                    "Vectorize(loop=k)");
  const std::string assembly = assemblyOf(program, "znver4");
  EXPECT_LE(countOf(assembly, "vaddss"), 2U);
  // Four vectors are added to one before that one is halved.
  EXPECT_EQ(countOf(assembly, "vextractf64x4"), 1U);
}

TEST(JoinedLanes, theEndOfARowReductionBecomesLanesByItself) {
  const Program program =
      scheduled("def f(float(M, K) X) -> (S) { S(m) +=! X(m, k) }", {{"M", 5}, {"K", 512}},
                "TileSize(block=S, loop=k, factors=[8, 64])\nRFactor(block=S, loop=k.1)");
  expectSame(program);
  EXPECT_LE(countOf(assemblyOf(program, "znver4"), "vaddss"), 2U);
}

constexpr const char* kScale = "def f(float(M, N) X) -> (Y) { Y(m, n) = X(m, n) * 2.0 }";

TEST(Streams, wholeAlignedVectorsGoAroundTheCaches) {
  const Program program = scheduled(kScale, {{"M", 6}, {"N", 64}}, "Vectorize(loop=n)\nStreamStore(block=Y)");
  expectSame(program);
  const std::string assembly = assemblyOf(program, "znver4");
  EXPECT_EQ(countOf(assembly, "vmovntps"), 4U);
  EXPECT_EQ(countOf(assembly, "sfence"), 1U);
}

TEST(Streams, whatIsNotAlignedIsStoredAsEver) {
  const Program program = scheduled(kScale, {{"M", 6}, {"N", 37}}, "Vectorize(loop=n)\nStreamStore(block=Y)");
  expectSame(program);
  const std::string assembly = assemblyOf(program, "znver4");
  EXPECT_EQ(countOf(assembly, "movnt"), 0U);
  EXPECT_EQ(countOf(assembly, "sfence"), 0U);
}

TEST(Streams, everyThreadFencesItsOwn) {
  const Program program =
      scheduled(kScale, {{"M", 6}, {"N", 64}}, "Vectorize(loop=n)\nStreamStore(block=Y)\nParallel(loop=m)");
  EXPECT_EQ(differenceFromInterpreter(program, {}, 2), "");
  EXPECT_EQ(countOf(assemblyOf(program, "znver4"), "sfence"), 1U);
}

TEST(Prefetches, theSecondReaderOfARowAsksForTheNext) {
  const Program program = scheduled(
      "def f(float(M, N) X) -> (Y) { S(m) +=! X(m, n)\n Y(m, n) = X(m, n) - S(m) }", {{"M", 9}, {"N", 256}},
      "ComputeAt(block=S, loop=m_1)\nTileSize(block=Y, loop=n_1, factors=[4, 64])\nVectorize(loop=n_1.1)\n"
      "Prefetch(buffer=X, loop=m_1, ahead=1)");
  expectSame(program);
  const std::string assembly = assemblyOf(program, "znver4");
  EXPECT_EQ(countOf(assembly, "prefetcht"), 4U);
  // Not in the sum, which waits for this row.
  EXPECT_LT(assembly.find("vaddss"), assembly.find("prefetcht"));
}

TEST(Division, byOneNumberIsAProductWithItsReciprocal) {
  const std::string text = "def f(float(M, N) X, float(M) S) -> (Y) { Y(m, n) = X(m, n) / S(m) }";
  const Program program = scheduled(text, {{"M", 6}, {"N", 64}}, "Vectorize(loop=n)");
  const std::string assembly = assemblyOf(program, "znver4");
  EXPECT_EQ(countOf(assembly, "vdivps"), 0U);
  EXPECT_EQ(countOf(assembly, "vdivss"), 1U);
}

}  // namespace
}  // namespace espalier::testing
