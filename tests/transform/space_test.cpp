// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// The space itself: what must be in it, how large it is, and the designs that an evolutionary search samples.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "program/analysis.h"
#include "program/program_hash.h"
#include "transform/design_space.h"
#include "transform/tables.h"
#include "transform/trace_editing.h"

namespace espalier {
namespace {

using testing::after;
using testing::kernel;
using testing::matmul;

/// The program after the trace computes what p0 computes.
Program verified(const Program& initial, const std::string& trace) {
  const Program program = after(initial, trace);
  const auto expected = testing::outputsOf(initial, initial, 7);
  EXPECT_TRUE(testing::sameContent(testing::outputsOf(program, initial, 7), expected)) << print(program);
  return program;
}

/// Tiles in registers within panels in cache, as hand-written kernels have it.
const char* const kPanels64 = R"(
TileSize(block=C, loop=m, factors=[2, 4, 8])
TileSize(block=C, loop=n, factors=[2, 2, 16])
TileSize(block=C, loop=k, factors=[4, 16])
Reorder(loops=[n.0, k.0, m.0, n.1, m.1, k.1, m.2, n.2])
CacheRead(block=C, buffer=B, loop=k.0, panel=16)
CacheRead(block=C, buffer=A, loop=m.0, order=[1, 0], panel=8)
CacheWrite(block=C, loop=m.1, memory=register)
Vectorize(loop=n.2)
Vectorize(loop=n.2_w)
Vectorize(loop=B_1.1)
Unroll(loop=m.2)
Unroll(loop=m.2_w)
Parallel(loop=n.0)
)";

TEST(Space, HoldsAPanelKernel) {
  const Program program = verified(matmul(64, 64, 64), kPanels64);
  EXPECT_EQ(program.loop(*program.findLoop("n.0")).kind, LoopKind::Parallel);
}

TEST(Space, HoldsAPanelKernelForOddSizes) {
  const Program program = verified(matmul(27, 51, 29), R"(
TileSize(block=C, loop=m, factors=[0, 2, 6])
TileSize(block=C, loop=n, factors=[2, 2, 16])
TileSize(block=C, loop=k, factors=[0, 10])
Reorder(loops=[n.0, k.0, m.0, n.1, m.1, k.1, m.2, n.2])
CacheRead(block=C, buffer=B, loop=k.0, panel=16)
CacheWrite(block=C, loop=m.1, memory=register)
Vectorize(loop=n.2)
Vectorize(loop=n.2_w)
Unroll(loop=m.2)
Unroll(loop=m.2_w)
Parallel(loop=n.0)
)");
  EXPECT_FALSE(program.block(*program.findBlock("C_write")).guards.empty());
}

TEST(Space, HoldsTheOrderOfThePaperWithAConstantPacked) {
  verified(matmul(16, 128, 32), R"(
TransformLayout(buffer=B, tiles=[0, 64], order=[1.0, 0, 1.1])
TileSize(block=C, loop=m, factors=[0, 8])
TileSize(block=C, loop=n, factors=[2, 1, 64])
TileSize(block=C, loop=k, factors=[4, 8])
Reorder(loops=[n.0, k.0, m.0, n.1, k.1, m.1, n.2])
CacheWrite(block=C, loop=n.1, memory=register)
Vectorize(loop=n.2)
Vectorize(loop=n.2_w)
Unroll(block=C, max_steps=8)
Unroll(block=C_write, max_steps=8)
DecomposeReduction(block=C, loop=k.1)
Parallel(loop=n.0)
)");
}

TEST(Space, KeepsAccumulatorsInRegistersAcrossTheWholeReduction) {
  const Program program = verified(matmul(14, 33, 29), R"(
TileSize(block=C, loop=m, factors=[0, 6])
TileSize(block=C, loop=n, factors=[0, 16])
Reorder(loops=[m.0, n.0, k, m.1, n.1])
CacheWrite(block=C, loop=n.0, memory=register)
DecomposeReduction(block=C, loop=k)
Vectorize(loop=n.1)
Vectorize(loop=n.1_w)
Vectorize(loop=n.1_init)
Unroll(loop=m.1)
Unroll(loop=m.1_w)
Unroll(loop=m.1_init)
Parallel(loops=[m.0, n.0])
)");
  EXPECT_EQ(testing::body(program),
            R"(parallel for m.0_n.0 in range(9):
  register C_local: float32[6, 16]
  unrolled for m.1_init in range(6):
    vectorized for n.1_init in range(16):
      if m.1_init + m.0_n.0 // 3 * 6 < 14 and n.1_init + m.0_n.0 % 3 * 16 < 33:
        C_local[m.1_init, n.1_init] = 0.0  # C_init
  for k in range(29):
    unrolled for m.1 in range(6):
      vectorized for n.1 in range(16):
        if m.1 + m.0_n.0 // 3 * 6 < 14 and n.1 + m.0_n.0 % 3 * 16 < 33:
          C_local[m.1, n.1] += A[m.1 + m.0_n.0 // 3 * 6, k] * B[k, n.1 + m.0_n.0 % 3 * 16]  # C, reduces k
  unrolled for m.1_w in range(6):
    vectorized for n.1_w in range(16):
      if m.1_w + m.0_n.0 // 3 * 6 < 14 and n.1_w + m.0_n.0 % 3 * 16 < 33:
        C[m.1_w + m.0_n.0 // 3 * 6, n.1_w + m.0_n.0 % 3 * 16] = C_local[m.1_w, n.1_w]  # C_write
)");
}

TEST(Space, FusesAnEpilogueIntoTheTile) {
  const Program initial = kernel(
      "def layer(float(M,K) A, float(K,N) B, float(N) Z) -> (Y) {"
      " T(m,n) +=! A(m,k) * B(k,n)\n Y(m,n) = fmax(T(m,n) + Z(n), 0) }",
      {{"M", 13}, {"N", 34}, {"K", 9}});
  const Program program = verified(initial, R"(
TileSize(block=T, loop=m, factors=[0, 6])
TileSize(block=T, loop=n, factors=[0, 16])
Reorder(loops=[m.0, n.0, k, m.1, n.1])
ReverseComputeAt(block=Y, loop=n.0)
DecomposeReduction(block=T, loop=k)
Vectorize(loop=n.1)
Unroll(loop=m.1)
)");
  // The product lives in the tile of one iteration.
  EXPECT_EQ(program.buffer(*program.findBuffer("T")).elements(), 6 * 16);
}

TEST(Space, FusesAttentionRowByRow) {
  const Program initial = kernel(
      "def attention(float(I,D) Q, float(J,D) K, float(J,E) V) -> (O) {"
      " S(i,j) +=! Q(i,d) * K(j,d)\n M(i) max=! S(i,j)\n P(i,j) = fmax(S(i,j) - M(i), -1)\n O(i,e) +=! "
      "P(i,j) * V(j,e) }",
      {{"I", 6}, {"J", 10}, {"D", 4}, {"E", 8}});
  const Program program = verified(initial, R"(
TileSize(block=S, loop=i, factors=[3, 2])
ReverseComputeAt(block=M, loop=i.0)
ReverseComputeAt(block=P, loop=i.0)
ReverseComputeAt(block=O, loop=i.0)
Parallel(loop=i.0)
)");
  EXPECT_EQ(program.roots.size(), 1U);
  EXPECT_EQ(program.buffer(*program.findBuffer("S")).shape, (std::vector<std::int64_t>{2, 10}));
}

TEST(Space, SplitsALongReduction) {
  verified(kernel("def norm(float(I,J) X) -> (S) { S(i) +=! X(i,j) }", {{"I", 2}, {"J", 50}}), R"(
Split(loop=j, factors=[0, 16])
RFactor(block=S, loop=j.1)
Reorder(loops=[j.1, j.0])
Vectorize(loop=j.1)
)");
}

TEST(Space, SumsRowsInLanes) {
  const Program initial = kernel(
      "def norm(float(I,J) X) -> (Y) { S(i) +=! X(i,j)\n Y(i,j) = X(i,j) - S(i) }", {{"I", 6}, {"J", 50}});
  const Program program = verified(initial, R"(
Split(loop=j, factors=[0, 16])
RFactor(block=S, loop=j.1)
ReverseComputeAt(block=S, loop=i)
ReverseComputeAt(block=Y, loop=i)
DecomposeReduction(block=S_rf, loop=j.0)
Vectorize(loop=j.1)
Vectorize(loop=j.1_init)
Parallel(loop=i)
)");
  EXPECT_EQ(program.roots.size(), 1U);
  EXPECT_EQ(program.buffer(*program.findBuffer("S_rf")).shape, (std::vector<std::int64_t>{1, 16}));
}

TEST(Space, CountsOfChoices) {
  const Program program = matmul(64, 64, 64);
  const auto count = [&](const char* name) { return findTransformation(name)->choices(program).size(); };
  EXPECT_EQ(transformations().size(), 22U);
  EXPECT_EQ(count("TileSize"), 9U);
  EXPECT_EQ(count("Reorder"), 3U);
  EXPECT_EQ(count("Fuse"), 1U);
  EXPECT_EQ(count("Parallel"), 3U);
  EXPECT_EQ(count("Vectorize"), 1U);
  EXPECT_EQ(count("CacheWrite"), 2U);
  EXPECT_EQ(count("TransformLayout"), 6U);
  EXPECT_EQ(count("DecomposeReduction"), 3U);
  EXPECT_EQ(count("RFactor"), 1U);
  EXPECT_EQ(count("ComputeAt"), 0U);
}

TEST(Space, RandomWalksReachEveryMember) {
  const std::uint64_t seed = 5;
  Random random(seed);
  std::set<std::string> seen;
  auto kernels = testing::kernels();
  kernels.push_back({"softmax", testing::softmaxAttention(48)});
  for (int walk = 0; walk < 400; ++walk) {
    Program program = kernels[random.below(kernels.size())].program;
    for (int i = 0; i < 8; ++i) {
      auto applied = randomTransformation(program, random);
      if (!applied) break;
      seen.insert(applied->step.name);
      program = std::move(applied->program);
    }
  }
  for (const Transformation& member : transformations())
    EXPECT_TRUE(seen.contains(std::string(member.name))) << member.name;
}

TEST(TraceEditing, DecidesATileAgain) {
  const Program initial = matmul(64, 64, 64);
  const Trace trace = *parseTrace(kPanels64);
  Random random(3);
  const auto changed =
      redecideTile(initial, trace, *parseStep("TileSize(block=C, loop=m, factors=[4, 4, 4])"), random);
  ASSERT_TRUE(changed) << changed.error().sentence;
  EXPECT_EQ(print(changed->trace[0]), "TileSize(block=C, loop=m, factors=[4, 4, 4])");
  EXPECT_EQ(changed->trace.size(), trace.size());
  EXPECT_EQ(changed->program.loop(*changed->program.findLoop("m.2")).extent, 4);
  const auto drawn = redecideTile(initial, trace, *parseStep("TileSize(block=C, loop=k)"), random);
  ASSERT_TRUE(drawn) << drawn.error().sentence;
  EXPECT_EQ(drawn->trace[2].integers("factors")->size(), 2U);
}

TEST(TraceEditing, RefusesWhatLaterStepsCannotFollow) {
  const Program initial = matmul(64, 64, 64);
  const Trace trace = *parseTrace(kPanels64);
  Random random(3);
  const auto refusal = [&](const char* step) {
    const auto outcome = redecideTile(initial, trace, *parseStep(step), random);
    return outcome ? Refusal{} : outcome.error();
  };
  EXPECT_EQ(refusal("TileSize(block=C, loop=m, factors=[8, 8])").code, "wrong-factors");
  EXPECT_EQ(refusal("TileSize(block=C, loop=q, factors=[8, 8])").code, "not-tiled");
  const auto wide =
      redecideTile(initial, trace, *parseStep("TileSize(block=C, loop=n, factors=[1, 1, 64])"), random);
  ASSERT_TRUE(wide) << wide.error().sentence;
  const auto large =
      redecideTile(initial, wide->trace, *parseStep("TileSize(block=C, loop=m, factors=[1, 1, 64])"), random);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, "tile-too-large");
  EXPECT_EQ(large.error().sentence.substr(0, 23), "step 7 of the trace, Ca");
}

class Designs : public ::testing::TestWithParam<testing::NamedKernel> {};

TEST_P(Designs, AreLegalRightAndMutable) {
  const Program& initial = GetParam().program;
  const auto expected = testing::outputsOf(initial, initial, 11);
  const std::uint64_t seed = 99;
  Random random(seed);
  std::set<std::string> different;
  int mutated = 0;
  for (int round = 0; round < 12; ++round) {
    Design design = sampleDesign(initial, 4, random);
    for (int generation = 0; generation < 4; ++generation) {
      SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + printTrace(design.trace));
      different.insert(printTrace(design.trace));
      const Outcome<Program> program = replay(initial, design.trace);
      ASSERT_TRUE(program) << program.error().sentence;
      ASSERT_EQ(print(*program), print(design.program));
      ASSERT_EQ(programHash(*program), programHash(design.program));
      ASSERT_EQ(brokenInvariant(*program), std::nullopt);
      ASSERT_TRUE(testing::sameContent(testing::outputsOf(*program, initial, 11), expected))
          << print(*program);
      // With one core and with several: only then the old decisions are replayed to their end.
      auto next = mutateDesign(initial, design.trace, generation % 2 == 0 ? 4 : 1, random);
      if (!next) continue;
      ++mutated;
      design = *std::move(next);
    }
  }
  EXPECT_GT(different.size(), GetParam().name == "chain" ? 0U : 3U);
  if (GetParam().name == "matmul" || GetParam().name == "conv") {
    EXPECT_GT(mutated, 12);
  }
}

INSTANTIATE_TEST_SUITE_P(Kernels, Designs, ::testing::ValuesIn(testing::kernels()),
                         [](const auto& instance) { return instance.param.name; });

TEST(Designs, ChangeOneTileOfATraceThatIsNone) {
  const Program initial = matmul(64, 64, 64);
  const auto trace = parseTrace(
      "TileSize(block=C, loop=m, factors=[8, 8])\n"
      "TileSize(block=C, loop=n, factors=[4, 16])\n"
      "Reorder(loops=[m.0, n.0, k, m.1, n.1])\n"
      "Vectorize(loop=n.1)\n"
      "Unroll(loop=m.1)\n"
      "CacheWrite(block=C, loop=n.0, memory=register)\n");
  ASSERT_TRUE(trace);
  Random random(3);
  int changed = 0;
  for (int i = 0; i < 20; ++i) {
    const auto mutated = mutateDesign(initial, *trace, 1, random);
    if (!mutated) continue;
    ++changed;
    ASSERT_EQ(mutated->trace.size(), trace->size());
    int different = 0;
    for (std::size_t s = 0; s < trace->size(); ++s) different += mutated->trace[s] == (*trace)[s] ? 0 : 1;
    EXPECT_EQ(different, 1);
    EXPECT_EQ(mutated->trace.back(), trace->back());
  }
  EXPECT_GT(changed, 10);
}

TEST(Designs, TileAMatmulInSixLevels) {
  const Program initial = matmul(64, 64, 64);
  Random random(1);
  bool seen = false;
  for (int i = 0; i < 10 && !seen; ++i) {
    const Trace trace = sampleDesign(initial, 4, random).trace;
    ASSERT_EQ(trace.at(0).name, "TileSize");
    EXPECT_EQ(trace.at(0).integers("factors")->size(), 4U);
    EXPECT_EQ(trace.at(2).integers("factors")->size(), 2U);
    EXPECT_EQ(*trace.at(3).texts("loops"), (std::vector<std::string>{"m.0", "n.0", "m.1", "n.1", "k.0", "m.2",
                                                                     "n.2", "k.1", "m.3", "n.3"}));
    seen =
        std::any_of(trace.begin(), trace.end(), [](const Step& step) { return step.name == "CacheWrite"; });
  }
  EXPECT_TRUE(seen);
}

}  // namespace
}  // namespace espalier
