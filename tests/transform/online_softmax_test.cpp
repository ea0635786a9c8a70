// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Sums of exponentials in one pass, and loops side by side joined.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "program/analysis.h"
#include "transform/tables.h"

namespace espalier {
namespace {

using testing::after;
using testing::body;
using ::testing::HasSubstr;
using testing::kernel;
using testing::refusalOf;
using testing::softmaxAttention;

constexpr const char* kOnePass =
    "TileSize(block=O, loop=m_5, factors=[2, 2])\n"
    "ComputeAt(block=PV, loop=m_5.0)\nComputeAt(block=Sum, loop=m_5.0)\nComputeAt(block=P, loop=m_5.0)\n"
    "ComputeAt(block=Top, loop=m_5.0)\nOnlineSoftmax(block=Top, size=4)\n"
    "ComputeAt(block=S, loop=n_blocks)";

void expectNear(const Program& initial, const std::string& trace) {
  SCOPED_TRACE(trace);
  const Program program = after(initial, trace);
  EXPECT_TRUE(testing::nearContent(testing::outputsOf(program, initial, 3),
                                   testing::outputsOf(initial, initial, 3), 1e-5))
      << body(program);
}

TEST(OnlineSoftmax, FormsBothSumsInOnePass) {
  const Program program = after(softmaxAttention(8), kOnePass);
  EXPECT_EQ("\n" + body(program), R"(
for m_5.0 in range(2):
  stack Top: float32[2]
  stack Sum: float32[2]
  stack PV: float32[2, 2]
  for m_Top_init in range(2):
    Top[m_Top_init] = -3.4028235e+38  # Top_init
  for m_Sum_init in range(2):
    Sum[m_Sum_init] = 0.0  # Sum_init
  for m_PV_init in range(2):
    for d_PV_init in range(2):
      PV[m_PV_init, d_PV_init] = 0.0  # PV_init
  for n_blocks in range(2):
    stack S: float32[2, 4]
    stack P: float32[2, 4]
    stack Top_before: float32[2]
    stack Top_decay: float32[2]
    for m_S in range(2):
      for n_S in range(4):
        for d_S in range(2):
          S[m_S, n_S] += Q[m_5.0 * 2 + m_S, d_S] * K[n_blocks * 4 + n_S, d_S]  # S, reduces d_S, from 0.0
    for m_Top_before in range(2):
      Top_before[m_Top_before] = Top[m_Top_before]  # Top_before
    for m_Top in range(2):
      for n_Top in range(4):
        Top[m_Top] = max(Top[m_Top], S[m_Top, n_Top])  # Top, reduces n_Top, n_blocks, n_blocks * 4
    for m_Top_decay in range(2):
      Top_decay[m_Top_decay] = exp((Top[m_Top_decay] - Top_before[m_Top_decay]) * -0.70710677)  # Top_decay
    for m_P in range(2):
      for n_P in range(4):
        P[m_P, n_P] = exp((S[m_P, n_P] - Top[m_P]) * 0.70710677)  # P
    for m_Sum_rescale in range(2):
      Sum[m_Sum_rescale] *= Top_decay[m_Sum_rescale]  # Sum_rescale, reduces n_blocks
    for m_Sum in range(2):
      for n_Sum in range(4):
        Sum[m_Sum] += P[m_Sum, n_Sum]  # Sum, reduces n_Sum, n_blocks
    for m_PV_rescale in range(2):
      for d_PV_rescale in range(2):
        PV[m_PV_rescale, d_PV_rescale] *= Top_decay[m_PV_rescale]  # PV_rescale, reduces n_blocks
    for m_PV in range(2):
      for d_PV in range(2):
        for n_PV in range(4):
          PV[m_PV, d_PV] += P[m_PV, n_PV] * V[n_PV + n_blocks * 4, d_PV]  # PV, reduces n_PV, n_blocks
  for m_5.1 in range(2):
    for d_2 in range(2):
      O[m_5.0 * 2 + m_5.1, d_2] = PV[m_5.1, d_2] / Sum[m_5.1]  # O
)");
}

TEST(OnlineSoftmax, IsRightForEveryBlock) {
  for (const int size : {1, 3, 4, 5, 9})
    expectNear(softmaxAttention(10), "OnlineSoftmax(block=Top, size=" + std::to_string(size) + ")");
  for (const int keys : {5, 8, 11}) expectNear(softmaxAttention(keys), kOnePass);
  expectNear(softmaxAttention(9), "ComputeInline(block=P)\nOnlineSoftmax(block=Top, size=4)");
  expectNear(softmaxAttention(9), std::string(kOnePass) +
                                      "\nParallel(loop=m_5.0)\nVectorize(loop=d_PV)\n"
                                      "CacheWrite(block=PV, loop=m_PV, memory=register)");
}

/// Scores so large that a sum without the maximum taken off would overflow, rising along the row.
TEST(OnlineSoftmax, KeepsLargeScoresFinite) {
  const Program initial = softmaxAttention(12);
  const Program program = after(initial, "OnlineSoftmax(block=Top, size=3)");
  std::vector<Tensor> arguments = testing::exactInputs(initial, 7);
  for (std::int64_t i = 0; i < arguments[0].elements(); ++i) arguments[0].set(i, 60);
  for (std::int64_t i = 0; i < arguments[1].elements(); ++i)
    arguments[1].set(i, static_cast<double>(i) * (i % 3 == 0 ? -8 : 8));
  std::vector<Tensor> expected = arguments;
  interpret(initial, expected);
  interpret(program, arguments);
  EXPECT_TRUE(testing::nearContent(arguments, expected, 1e-5));
}

TEST(OnlineSoftmax, LeavesLateReadersTheWholeMaximum) {
  const Program initial = kernel(R"(def softmax(float(M, N) X) -> (Y) {
  Top(m) max=! X(m, n)
  E(m, n) = exp(X(m, n) - Top(m))
  Sum(m) +=! E(m, n)
  Y(m, n) = E(m, n) / Sum(m)
})",
                                 {{"M", 3}, {"N", 10}});
  EXPECT_EQ(refusalOf(initial, "", "OnlineSoftmax(block=Top, size=4)").code, "no-sum")
      << "E feeds the result as well";
  expectNear(initial, "ComputeInline(block=E)\nOnlineSoftmax(block=Top, size=4)");
}

TEST(OnlineSoftmax, RefusesWhatCannotBeScaledAfterwards) {
  const auto refused = [](const std::string& text,
                          const std::string& step = "OnlineSoftmax(block=Top, size=4)") {
    return refusalOf(kernel("def k(float(M, N) X) -> (Y) {" + text + "}", {{"M", 3}, {"N", 10}}), "", step);
  };
  const std::string top = "Top(m) max=! X(m, n)\n";
  EXPECT_EQ(refused(top + "Y(m) +=! X(m, n) - Top(m)").code, "not-scalable");
  EXPECT_EQ(refused(top + "Y(m) +=! exp(Top(m) - X(m, n))").code, "not-scalable") << "grows with the maximum";
  EXPECT_EQ(refused(top + "Y(m) +=! exp(X(m, n) - Top(m)) + 1").code, "not-scalable");
  EXPECT_EQ(refused(top + "Y(m) +=! exp(X(m, n) - Top(m)) * Top(m)").code, "not-scalable");
  EXPECT_EQ(refused(top + "Y(m) max=! exp(X(m, n) - Top(m))").code, "no-sum");
  EXPECT_EQ(refused(top + "Y(m) += exp(X(m, n) - Top(m))").code, "not-scalable")
      << "starts from what is there";
  EXPECT_EQ(refused(top + "Z(m) = Top(m) * 2\nY(m) +=! exp(X(m, n) - Top(m)) * Z(m)").code,
            "needs-whole-maximum");
  EXPECT_EQ(
      refused("Sum(m) +=! X(m, n)\nY(m) +=! exp(X(m, n) - Sum(m))", "OnlineSoftmax(block=Sum, size=4)").code,
      "not-maximum");
  EXPECT_EQ(refused("Y(m) max=! X(m, n)", "OnlineSoftmax(block=Y, size=4)").code, "not-intermediate");
  for (const int size : {0, 10, 11}) {
    const Refusal refusal =
        refusalOf(softmaxAttention(10), "", "OnlineSoftmax(block=Top, size=" + std::to_string(size) + ")");
    EXPECT_EQ(refusal.code, "wrong-argument");
    EXPECT_THAT(refusal.hint, HasSubstr("1 to 9"));
  }
  EXPECT_EQ(
      refusalOf(softmaxAttention(10), "Split(loop=n_1, factors=[2, 5])", "OnlineSoftmax(block=Top, size=4)")
          .code,
      "not-plain-row");
  EXPECT_EQ(
      refusalOf(softmaxAttention(10), "Split(loop=n_4, factors=[2, 5])", "OnlineSoftmax(block=Top, size=4)")
          .code,
      "not-plain-row");
  EXPECT_EQ(
      refusalOf(softmaxAttention(10), "ComputeAt(block=PV, loop=m_5)", "OnlineSoftmax(block=Top, size=4)")
          .code,
      "apart");
  EXPECT_EQ(
      refusalOf(softmaxAttention(10), "OnlineSoftmax(block=Top, size=4)", "OnlineSoftmax(block=Top, size=2)")
          .code,
      "not-maximum")
      << "it does not set its output first any longer";
}

TEST(OnlineSoftmax, StaysRightUnderWhatFollows) {
  const Program initial = softmaxAttention(11);
  const std::vector<Tensor> expected = testing::outputsOf(initial, initial, 3);
  Random random(17);
  for (int sequence = 0; sequence < 150; ++sequence) {
    Program program = after(initial, sequence % 2 == 0 ? kOnePass : "OnlineSoftmax(block=Top, size=4)");
    Trace trace;
    for (int i = 0; i < 6; ++i) {
      auto applied = randomTransformation(program, random);
      if (!applied) break;
      program = std::move(applied->program);
      trace.push_back(applied->step);
    }
    ASSERT_EQ(brokenInvariant(program), std::nullopt) << printTrace(trace);
    ASSERT_TRUE(testing::nearContent(testing::outputsOf(program, initial, 3), expected, 1e-5))
        << printTrace(trace) << body(program);
  }
}

constexpr const char* kTwoSums =
    "def two(float(T, D) X, float(D) A, float(D) B) -> (Y, Z) { Y(t) +=! X(t, d) * A(d)\n"
    "Z(t) +=! X(t, d) * B(d) }";

TEST(JoinLoops, RunsBothBodies) {
  const Program initial = kernel(kTwoSums, {{"T", 3}, {"D", 4}});
  const Program program = after(initial, "JoinLoops(loops=[t, t_1])\nJoinLoops(loops=[d, d_1])");
  EXPECT_EQ("\n" + body(program), R"(
for t in range(3):
  for d in range(4):
    Y[t] += X[t, d] * A[d]  # Y, reduces d, from 0.0
    Z[t] += X[t, d] * B[d]  # Z, reduces d, from 0.0
)");
  EXPECT_TRUE(
      testing::sameContent(testing::outputsOf(program, initial, 3), testing::outputsOf(initial, initial, 3)));
}

TEST(JoinLoops, KeepsWhatOneBodyHandsToTheOther) {
  const Program chain =
      kernel("def chain(float(T, D) X) -> (Y) { A(t, d) = X(t, d) * 2\nB(t) +=! A(t, d)\nY(t) = B(t) + 1 }",
             {{"T", 3}, {"D", 4}});
  const Program program =
      after(chain, "JoinLoops(loops=[t, t_1])\nJoinLoops(loops=[t, t_2])\nJoinLoops(loops=[d, d_1])");
  EXPECT_TRUE(
      testing::sameContent(testing::outputsOf(program, chain, 3), testing::outputsOf(chain, chain, 3)));
  const Refusal early = refusalOf(chain, "", "JoinLoops(loops=[t, t_2])");
  EXPECT_EQ(early.code, "stands-between");
  EXPECT_THAT(early.sentence, HasSubstr("B"));
  const Program shifted = kernel(
      "def shifted(float(T) X) -> (Y) { A(t) = X(t) * 2 where t in 0:8\nY(t) = A(7 - t) where t in 0:8 }",
      {{"T", 8}});
  const Refusal crossing = refusalOf(shifted, "", "JoinLoops(loops=[t, t_1])");
  EXPECT_EQ(crossing.code, "iterations-conflict");
  EXPECT_THAT(crossing.sentence, HasSubstr("different iterations"));
  const Program reduced =
      kernel("def reduced(float(T) X) -> (Y) { Top max=! X(t)\nY(t) = X(t) - Top }", {{"T", 8}});
  EXPECT_EQ(refusalOf(reduced, "", "JoinLoops(loops=[t, t_1])").code, "iterations-conflict");
}

TEST(JoinLoops, RefusesWhatDoesNotFit) {
  const Program initial = kernel(kTwoSums, {{"T", 3}, {"D", 4}});
  EXPECT_EQ(refusalOf(initial, "", "JoinLoops(loops=[t])").code, "wrong-argument");
  EXPECT_EQ(refusalOf(initial, "", "JoinLoops(loops=[t, d])").code, "other-extent");
  EXPECT_EQ(refusalOf(initial, "", "JoinLoops(loops=[d, d_1])").code, "apart");
  EXPECT_EQ(refusalOf(initial, "", "JoinLoops(loops=[t_1, t])").code, "apart") << "in the order of execution";
  EXPECT_EQ(refusalOf(initial, "Parallel(loop=t)", "JoinLoops(loops=[t, t_1])").code, "marked-loop");
  EXPECT_EQ(findTransformation("JoinLoops")->choices(initial).size(), 1U);
}

}  // namespace
}  // namespace espalier
