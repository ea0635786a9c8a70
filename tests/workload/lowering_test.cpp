// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "kernels.h"

namespace espalier::testing {
namespace {

TEST(Lowering, MatmulIsOneNestInTheOrderOfItsIndices) {
  const auto workload =
      readKernel("def mm(float(M,K) A, float(K,N) B) -> (C) { C(m, n) +=! A(m, k) * B(k, n) }",
                 {{"M", 4}, {"N", 5}, {"K", 6}});
  EXPECT_EQ(print(workload.program),
            "def mm(A: float32[4, 6], B: float32[6, 5]) -> (C: float32[4, 5]):\n"
            "  for m in range(4):\n"
            "    for n in range(5):\n"
            "      for k in range(6):\n"
            "        C[m, n] += A[m, k] * B[k, n]  # C, reduces k, from 0.0\n");
  EXPECT_EQ(workload.operations, 2 * 4 * 5 * 6);
  EXPECT_EQ(workload.bytes, 4 * (24 + 30 + 20));
}

TEST(Lowering, RewrittenOutputsBecomeIntermediates) {
  const auto workload = readKernel(
      "def fcrelu(float(B,M) I, float(N,M) W, float(N) B1) -> (O) {\n"
      "  O(b, n) +=! I(b, m) * W(n, m)\n  O(b, n) += B1(n)\n  O(b, n) = fmax(O(b, n), 0)\n}",
      {{"B", 2}, {"M", 3}, {"N", 4}});
  EXPECT_EQ(print(workload.program),
            "def fcrelu(I: float32[2, 3], W: float32[4, 3], B1: float32[4]) -> (O: float32[2, 4]):\n"
            "  workspace O_1: float32[2, 4]\n"
            "  for b in range(2):\n"
            "    for n in range(4):\n"
            "      for m in range(3):\n"
            "        O_1[b, n] += I[b, m] * W[n, m]  # O_1, reduces m, from 0.0\n"
            "  for b_1 in range(2):\n"
            "    for n_1 in range(4):\n"
            "      O_1[b_1, n_1] += B1[n_1]  # O_1_1\n"
            "  for b_2 in range(2):\n"
            "    for n_2 in range(4):\n"
            "      O[b_2, n_2] = max(O_1[b_2, n_2], 0.0)  # O\n");
}

TEST(Lowering, RangesThatDoNotStartAtZeroShiftTheSubscripts) {
  const auto workload =
      readKernel("def inner(float(N) A) -> (B) {\n  B(i) = 0 where i in 0:N\n  B(i) = A(i - 1) + A(i + 1)\n}",
                 {{"N", 5}});
  EXPECT_EQ(print(workload.program),
            "def inner(A: float32[5]) -> (B: float32[5]):\n"
            "  for i in range(5):\n"
            "    B[i] = 0.0  # B\n"
            "  for i_1 in range(3):\n"
            "    B[i_1 + 1] = A[i_1] + A[i_1 + 2]  # B_1\n");
  EXPECT_EQ(valuesOf(runKernel(workload, {floats({5}, {1, 2, 3, 4, 5})}, std::nan(""))[0]),
            (std::vector<double>{0, 4, 6, 8, 0}));
}

TEST(Lowering, PaddingIsAConditionAndItsReadsAreClamped) {
  const auto workload = readKernel(
      "def same(float(H) I, float(K) W) -> (O) {\n"
      "  O(h) +=! (h + k >= 1 && h + k < H + 1 ? I(h + k - 1) : 0) * W(k) where h in 0:H\n}",
      {{"H", 4}, {"K", 3}});
  const auto result =
      runKernel(workload, {floats({4}, {1, 2, 3, 4}), floats({3}, {1, 10, 100})}, std::nan(""))[0];
  EXPECT_EQ(valuesOf(result), (std::vector<double>{210, 321, 432, 43}));
}

TEST(Lowering, DivisionsOfIndicesUpsample) {
  const auto workload =
      readKernel("def up(float(H) I) -> (O) { O(h) = I(h / 2) * (h % 2 == 0 ? 1 : 10) }", {{"H", 3}});
  const auto result = runKernel(workload, {floats({3}, {1, 2, 3})}, std::nan(""))[0];
  EXPECT_EQ(valuesOf(result), (std::vector<double>{1, 10, 2, 20, 3, 30}));
}

TEST(Lowering, ReversedIndices) {
  const auto workload = readKernel("def reverse(float(N) A) -> (B) { B(i) = A(N - 1 - i) }", {{"N", 4}});
  EXPECT_EQ(valuesOf(runKernel(workload, {floats({4}, {1, 2, 3, 4})}, std::nan(""))[0]),
            (std::vector<double>{4, 3, 2, 1}));
}

TEST(Lowering, BindingsStandForTheirValue) {
  const auto workload =
      readKernel("def f(float(N) A) -> (B) { B(i) = x * x + y where x = A(i) + 1, y = x / 2 }", {{"N", 2}});
  EXPECT_EQ(valuesOf(runKernel(workload, {floats({2}, {1, 3})}, std::nan(""))[0]),
            (std::vector<double>{5, 18}));
}

TEST(Lowering, DimensionsOfTensorsAreSizes) {
  const auto workload =
      readKernel("def f(float(N, M) A) -> (B) { B(i) +=! A(i, j) / A.1 }", {{"N", 2}, {"M", 4}});
  EXPECT_EQ(valuesOf(runKernel(workload, {floats({2, 4}, {1, 2, 3, 6, 4, 4, 4, 4})}, std::nan(""))[0]),
            (std::vector<double>{3, 4}));
}

TEST(Lowering, TypesAreTheWidestOfWhatIsStored) {
  const auto workload = readKernel(
      "def f(double(N) A, float(N) B, int32(N) I) -> (X, Y, Z, T) {\n"
      "  X(i) = A(i) * B(i)\n  Y(i) = 2 * I(i)\n  Z(i) = B(i) + I(i)\n  T(i) = A(i) > 0 && !(I(i) == 1)\n}",
      {{"N", 3}});
  std::vector<DataType> types;
  for (const auto& buffer : workload.program.buffers) types.push_back(buffer.type);
  EXPECT_EQ(types,
            (std::vector<DataType>{DataType::Float64, DataType::Float32, DataType::Int32, DataType::Float64,
                                   DataType::Int32, DataType::Float32, DataType::Int32}));
  Tensor a = Tensor::zeros(DataType::Float64, {3});
  Tensor index = Tensor::zeros(DataType::Int32, {3});
  for (int i = 0; i < 3; ++i) {
    a.set(i, i - 1 + 0.1);
    index.set(i, i);
  }
  const auto results = runKernel(workload, {a, floats({3}, {2, 3, 4}), index});
  EXPECT_EQ(results[0].at(0), (0 - 1 + 0.1) * 2);
  EXPECT_EQ(valuesOf(results[1]), (std::vector<double>{0, 2, 4}));
  EXPECT_EQ(valuesOf(results[2]), (std::vector<double>{2, 4, 6}));
  EXPECT_EQ(valuesOf(results[3]), (std::vector<double>{0, 0, 1}));
}

TEST(Lowering, RealConstantsKeepTheirDigitsInDouble) {
  const auto workload = readKernel("def f(double(N) A) -> (B) { B(i) = A(i) + 0.1 }", {{"N", 1}});
  EXPECT_EQ(runKernel(workload, {Tensor::zeros(DataType::Float64, {1})})[0].at(0), 0.1);
}

TEST(Lowering, ConstantsFold) {
  const auto workload =
      readKernel("def f(float(N) A) -> (B) { B(i) = A(i) * (rsqrt(N) + 1.0 / (2 * N)) }", {{"N", 4}});
  EXPECT_EQ(print(workload.program),
            "def f(A: float32[4]) -> (B: float32[4]):\n  for i in range(4):\n    B[i] = A[i] * 0.625  # B\n");
}

TEST(Lowering, EveryReductionOperator) {
  const auto workload = readKernel(
      "def f(float(N) A) -> (S, P, X, M, T) {\n"
      "  S +=! A(i)\n  P *=! A(i)\n  X max=! A(i)\n  M min=! A(i)\n  T += A(i)\n}",
      {{"N", 3}});
  const auto results = runKernel(workload, {floats({3}, {2, -3, 4})}, 100);
  std::vector<double> values;
  for (const auto& result : results) values.push_back(result.at(0));
  EXPECT_EQ(values, (std::vector<double>{3, -24, 4, -3, 103}));
  EXPECT_EQ(workload.program.buffers[5].role, BufferRole::Accumulated);
  EXPECT_EQ(workload.program.buffers[4].role, BufferRole::Output);
}

TEST(Lowering, VersionsThatNothingReadsAreLeftOut) {
  const auto workload =
      readKernel("def f(float(N) A) -> (B) { B(i) = exp(A(i))  B(i) = A(i) + 1 }", {{"N", 2}});
  EXPECT_EQ(workload.program.roots.size(), 1U);
  EXPECT_EQ(workload.program.buffers.size(), 2U);
}

TEST(Lowering, LoopNamesAreUniqueEvenIfTheyLookNumbered) {
  const auto workload = readKernel(
      "def f(float(N,M) A) -> (B, C) { B(i, j) = A(i, j)  C(i, i_1) = A(i, i_1) }", {{"N", 2}, {"M", 3}});
  EXPECT_EQ(workload.program.loops[2].name, "i_1");
  EXPECT_EQ(workload.program.loops[3].name, "i_1_1");
}

TEST(Lowering, OneOfSeveralKernelsIsChosenByName) {
  const std::string text =
      "def one(float(N) A) -> (B) { B(i) = A(i) }\n// another\ndef two(float(N) A) -> (C) { C(i) = 2 * A(i) "
      "}";
  EXPECT_EQ(readKernel(text, {{"N", 2}}, "two").name, "two");
  EXPECT_EQ(readKernel(text, {{"N", 2}}, "one").program.buffers[1].name, "B");
}

TEST(Lowering, WeightsAreConstants) {
  const auto workload =
      readWorkload({"def mm(float(M,K) A, float(K,N) B) -> (C) { C(m, n) +=! A(m, k) * B(k, n) }",
                    "test.tc",
                    "",
                    {{"M", 2}, {"N", 2}, {"K", 2}},
                    {"B"}});
  ASSERT_TRUE(workload);
  EXPECT_EQ(workload->program.buffers[0].role, BufferRole::Input);
  EXPECT_EQ(workload->program.buffers[1].role, BufferRole::Constant);
}

TEST(Lowering, CommentsSemicolonsAndNumbersWithSuffix) {
  const auto workload = readKernel(
      "# first\n// second\n/* third\n */ def f(float32(N) A) -> (B) { /* here */ B(i) = A(i) * 1.5f + 2.e0 - "
      ".5; }",
      {{"N", 1}});
  EXPECT_EQ(runKernel(workload, {floats({1}, {2})})[0].at(0), 4.5);
}

TEST(Lowering, SizesOfOutputsAloneAreInferred) {
  const auto workload = readKernel(
      "def f(float(N) A, float(K) W) -> (float(R) B, C) { B(i) +=! A(i + k) * W(k)  C(i) = B(i) / R }",
      {{"N", 8}, {"K", 3}});
  EXPECT_EQ(workload.sizes.at("R"), 6);
}

}  // namespace
}  // namespace espalier::testing
