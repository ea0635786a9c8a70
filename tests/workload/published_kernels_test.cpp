// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Kernels as they are commonly written in the notation must read unchanged.
#include <gmock/gmock.h>

#include <cmath>

#include "kernels.h"

namespace espalier::testing {
namespace {

struct PublishedKernel {
  std::string name;
  std::string text;
  Sizes sizes;
  std::string summary;  ///< up to the semicolon: arguments in order
};

void PrintTo(const PublishedKernel& kernel, std::ostream* out) { *out << kernel.name; }

class PublishedKernels : public ::testing::TestWithParam<PublishedKernel> {};

TEST_P(PublishedKernels, ReadWithTheExpectedArguments) {
  const auto workload = readKernel(GetParam().text, GetParam().sizes);
  EXPECT_EQ(workload.summary.substr(0, workload.summary.find(';')), GetParam().summary);
}

const std::vector<PublishedKernel> kKernels{
    {"matmul",
     "def matmul(float(M,N) A, float(N,K) B) -> (output) { output(i, j) +=! A(i, kk) * B(kk, j) }",
     {{"M", 3}, {"N", 4}, {"K", 5}},
     "A float32(3, 4), B float32(4, 5) -> output float32(3, 5)"},
    {"transposedMatmul",
     "def tmm(float(M,K) A, float(N,K) B) -> (C) { C(m, n) +=! A(m, kk) * B(n, kk) }",
     {{"M", 3}, {"N", 4}, {"K", 5}},
     "A float32(3, 5), B float32(4, 5) -> C float32(3, 4)"},
    {"matvec",
     "def mv(float(R,C) A, float(C) B) -> (o) {\n  o(i) +=! A(i,j) * B(j)\n}",
     {{"R", 3}, {"C", 4}},
     "A float32(3, 4), B float32(4) -> o float32(3)"},
    {"matvecFromZero",
     "def mv(float(M,K) A, float(K) x) -> (C) {\nC(i) = 0\nC(i) += A(i,k) * x(k)\n}",
     {{"M", 3}, {"K", 4}},
     "A float32(3, 4), x float32(4) -> C float32(3)"},
    {"sgemm",
     "def sgemm(float a, float b, float(N,M) A, float(M,K) B) -> (C) {\n"
     "  C(i,j) = b * C(i,j) where exists A(i, k0) * B(k1, j), k0 in 0:1, k1 in 0:1\n  C(i,j) += a * A(i,k) * "
     "B(k,j)\n}",
     {{"N", 3}, {"M", 4}, {"K", 5}},
     ""},
    {"batchMatmul",
     "def bmm(float(B,N,M) X, float(B,M,K) Y) -> (Z) { Z(b, n, k) +=! X(b, n, mm) * Y(b, mm, k) }",
     {{"B", 2}, {"N", 3}, {"M", 4}, {"K", 5}},
     "X float32(2, 3, 4), Y float32(2, 4, 5) -> Z float32(2, 3, 5)"},
    {"mlp1",
     "def mlp1(float(B,M) I, float(N, M) W1, float(N) B1) -> (O1) {\n"
     "  O1(b, n) +=! I(b, m) * W1(n, m)\n  O1(b, n) = O1(b, n) + B1(n)\n  O1(b, n) = fmax(O1(b, n), 0)\n}",
     {{"B", 2}, {"M", 3}, {"N", 4}},
     "I float32(2, 3), W1 float32(4, 3), B1 float32(4) -> O1 float32(2, 4)"},
    {"mlp3",
     "def mlp3(float(B,N) I, float(O,N) W2, float(O) B2, float(P,O) W3, float(P) B3, float(Q,P) W4, float(Q) "
     "B4)\n"
     "-> (O2, O3, O4) {\n"
     "  O2(b, o) +=! I(b, n) * W2(o, n)\n  O2(b, o) = O2(b, o) + B2(o)\n  O2(b, o) = fmax(O2(b, o), 0)\n"
     "  O3(b, p) +=! O2(b, o) * W3(p, o)\n  O3(b, p) = O3(b, p) + B3(p)\n  O3(b, p) = fmax(O3(b, p), 0)\n"
     "  O4(b, q) +=! O3(b, p) * W4(q, p)\n  O4(b, q) = O4(b, q) + B4(q)\n  O4(b, q) = fmax(O4(b, q), 0)\n}",
     {{"B", 2}, {"N", 3}, {"O", 4}, {"P", 5}, {"Q", 6}},
     "I float32(2, 3), W2 float32(4, 3), B2 float32(4), W3 float32(5, 4), B3 float32(5), W4 float32(6, 5), "
     "B4 float32(6) "
     "-> O2 float32(2, 4), O3 float32(2, 5), O4 float32(2, 6)"},
    {"biasFirst",
     "def fc(float(B,N) I, float(O,N) W, float(O) B2) -> (O2) {\n"
     "  O2(b, o) = B2(o) where b in 0:B\n  O2(b, o) += I(b, n) * W(o, n)\n  O2(b, o) = fmax(O2(b, o), 0)\n}",
     {{"B", 2}, {"N", 3}, {"O", 4}},
     "I float32(2, 3), W float32(4, 3), B2 float32(4) -> O2 float32(2, 4)"},
    {"convolution",
     "def convolution(float(N,C,H,W) I, float(M,C,KH,KW) W1, float(M) B) -> (O) {\n"
     "  O(n, m, h, w) +=! I(n, c, h + kh, w + kw) * W1(m, c, kh, kw)\n  O(n, m, h, w) = O(n, m, h, w) + "
     "B(m)\n}",
     {{"N", 1}, {"C", 2}, {"H", 5}, {"W", 6}, {"M", 3}, {"KH", 3}, {"KW", 2}},
     "I float32(1, 2, 5, 6), W1 float32(3, 2, 3, 2), B float32(3) -> O float32(1, 3, 3, 5)"},
    {"stridedConvolution",
     "def convolution_strided(float(N,C,H,W) I, float(M,C,KH,KW) W1, float(M) B) -> (O) {\n"
     "  O(n, m, h, w) +=! I(n, c, sh * h + kh, sw * w + kw) * W1(m, c, kh, kw)\n"
     "  O(n, m, h, w) = O(n, m, h, w) + B(m)\n}",
     {{"N", 1}, {"C", 2}, {"H", 9}, {"W", 8}, {"M", 3}, {"KH", 3}, {"KW", 3}, {"sh", 2}, {"sw", 3}},
     "I float32(1, 2, 9, 8), W1 float32(3, 2, 3, 3), B float32(3) -> O float32(1, 3, 4, 2)"},
    {"templateWithPlaceholders",
     "def convolution_strided(float(N,C,H,W) I, float(M,C,KH,KW) W1) -> (O) {{\n"
     "  O(n, m, h, w) +=! I(n, c, {sh} * h + kh, {sw} * w + kw) * W1(m, c, kh, kw)\n}}",
     {{"N", 1}, {"C", 2}, {"H", 9}, {"W", 8}, {"M", 3}, {"KH", 3}, {"KW", 3}, {"sh", 2}, {"sw", 3}},
     "I float32(1, 2, 9, 8), W1 float32(3, 2, 3, 3) -> O float32(1, 3, 4, 2)"},
    {"groupConvolution",
     "def group_convolution(float(N,G,C,H,W) I, float(G,F,C,KH,KW) W1, float(G,F) B) -> (O) {\n"
     "  O(n, g, f, h, w) +=! I(n, g, c, h + kh, w + kw) * W1(g, f, c, kh, kw)\n"
     "  O(n, g, f, h, w) = O(n, g, f, h, w) + B(g, f)\n}",
     {{"N", 1}, {"G", 2}, {"C", 2}, {"F", 3}, {"H", 4}, {"W", 5}, {"KH", 3}, {"KW", 3}},
     "I float32(1, 2, 2, 4, 5), W1 float32(2, 3, 2, 3, 3), B float32(2, 3) -> O float32(1, 2, 3, 2, 3)"},
    {"convolution1d",
     "def conv1d(float(B,C,L) I, float(O,C,K) W) -> (R) { R(b, o, l) +=! I(b, c, l + k) * W(o, c, k) }",
     {{"B", 2}, {"C", 3}, {"L", 10}, {"O", 4}, {"K", 3}},
     "I float32(2, 3, 10), W float32(4, 3, 3) -> R float32(2, 4, 8)"},
    {"maxPool",
     "def maxpool(float(B,C,H,W) input) -> (output) {\n"
     "  output(b, c, h, w) max= input(b, c, h * 2 + kh, w * 2 + kw) where kh in 0:2, kw in 0:2\n}",
     {{"B", 1}, {"C", 2}, {"H", 6}, {"W", 7}},
     "input float32(1, 2, 6, 7) -> output float32(1, 2, 3, 3)"},
    {"averagePool",
     "def avgpool(float(B,C,H,W) input) -> (output) {\n"
     "  output(b, c, h, w) +=! input(b, c, h * 3 + kh, w * 3 + kw) / (3 * 3) where kh in 0:3, kw in 0:3\n}",
     {{"B", 1}, {"C", 2}, {"H", 6}, {"W", 9}},
     "input float32(1, 2, 6, 9) -> output float32(1, 2, 2, 3)"},
    {"batchNorm",
     "def batchnorm(float(N,C,H,W) I, float(C) rMeanIn, float(C) rVarIn)\n"
     "-> (O, rMeanOut, rVarOut, mean, centered, variance, expectedVariance, normalizedOut)\n{\n"
     "  mean(c) +=! I(nn, c, hh, ww)\n  mean(c)  = mean(c) / (N * H * W)\n"
     "  rMeanOut(c) = (1 - 0.1) * rMeanIn(c) + 0.1 * mean(c)\n"
     "  centered(n, c, h, w) = I(n, c, h, w) - rMeanOut(c)\n"
     "  variance(n, c, h, w) = centered(n, c, h, w) * centered(n, c, h, w)\n"
     "  expectedVariance(c) +=! (variance(n, c, h, w) + 1e-5) / (N * H * W)\n"
     "  rVarOut(c) = rsqrt((1 - 0.1) * rVarIn(c) + 0.1 * expectedVariance(c))\n"
     "  O(n, c, h, w) = centered(n, c, h, w) * rVarOut(c)\n  normalizedOut(n, c, h, w) = O(n, c, h, w)\n}",
     {{"N", 2}, {"C", 3}, {"H", 4}, {"W", 5}},
     "I float32(2, 3, 4, 5), rMeanIn float32(3), rVarIn float32(3) -> O float32(2, 3, 4, 5), rMeanOut "
     "float32(3), "
     "rVarOut float32(3), mean float32(3), centered float32(2, 3, 4, 5), variance float32(2, 3, 4, 5), "
     "expectedVariance float32(3), normalizedOut float32(2, 3, 4, 5)"},
    {"softmax",
     "def softmax(float(N,D) I) -> (O, expsum, maxVal) {\n"
     "  maxVal(n) max= I(n, d)\n  expsum(n) +=! exp(I(n, d) - maxVal(n))\n"
     "  O(n, d) = exp(I(n, d) - maxVal(n)) / expsum(n)\n}",
     {{"N", 3}, {"D", 4}},
     "I float32(3, 4) -> O float32(3, 4), expsum float32(3), maxVal float32(3)"},
    {"lookupTable",
     "def lut(float(E, D) LUT, int32(B, L) I) -> (O) { O(b, d) +=! LUT(I(b, l), d) }",
     {{"E", 7}, {"D", 3}, {"B", 2}, {"L", 4}},
     "LUT float32(7, 3), I int32(2, 4) -> O float32(2, 3)"},
    {"twoLookupTables",
     "def _2LUT(float(E1, D) LUT1, int32(B, L1) I1, float(E2, D) LUT2, int32(B, L2) I2) -> (O1, O2) {\n"
     "  O1(b, d) +=! LUT1(I1(b, r_l1), d)\n  O2(b, d) +=! LUT2(I2(b, r_l2), d)\n}",
     {{"E1", 7}, {"E2", 5}, {"D", 3}, {"B", 2}, {"L1", 4}, {"L2", 6}},
     "LUT1 float32(7, 3), I1 int32(2, 4), LUT2 float32(5, 3), I2 int32(2, 6) -> O1 float32(2, 3), O2 "
     "float32(2, 3)"},
    {"indexing",
     "def indexing(float(H, W) input, int32(L) index) -> (output) { output(l, w) = input(index(l), w) where "
     "l in 0:L }",
     {{"H", 4}, {"W", 3}, {"L", 2}},
     "input float32(4, 3), index int32(2) -> output float32(2, 3)"},
    {"c3",
     "def C3(float(B,WX) I, float(WY, WX) W) -> (C3) { C3(b, wy) +=! I(b, wxx) * W(wy, wxx) }",
     {{"B", 2}, {"WX", 3}, {"WY", 4}},
     "I float32(2, 3), W float32(4, 3) -> C3 float32(2, 4)"},
    {"tensorDot",
     "def tensordot(float(N,C1,C2,H,W) I0, float(N,C2,C3,H,W) I1) -> (O) {\n"
     "  O(n, c1, c3, h, w) +=! I0(n, c1, r_c2, h, w) * I1(n, r_c2, c3, h, w)\n}",
     {{"N", 2}, {"C1", 2}, {"C2", 3}, {"C3", 4}, {"H", 3}, {"W", 2}},
     "I0 float32(2, 2, 3, 3, 2), I1 float32(2, 3, 4, 3, 2) -> O float32(2, 2, 4, 3, 2)"},
    {"moments",
     "def moments(float(N, K) I) -> (mean, var) {\n"
     "  # the mean first\n  mean(n) +=! I(n, r_k)\n  mean(n) = mean(n) / (K)\n"
     "  var(n) +=! I(n, r_k) * I(n, r_k)\n  var(n) = var(n) / (K) - mean(n) * mean(n)\n}",
     {{"N", 3}, {"K", 4}},
     "I float32(3, 4) -> mean float32(3), var float32(3)"},
    {"layerNorm",
     "def layernorm(float(T,B,C) I) -> (O, mean, centered, var) {\n"
     "  mean(t, b) +=! I(t, b, c) / C\n  centered(t, b, c) = I(t, b, c) - mean(t, b)\n"
     "  var(t, b) +=! centered(t, b, c) * centered(t, b, c)\n  var(t, b) = (var(t, b) + 0.001) / C\n"
     "  O(t, b, c) = centered(t, b, c) / rsqrt(var(t, b))\n}",
     {{"T", 2}, {"B", 3}, {"C", 4}},
     "I float32(2, 3, 4) -> O float32(2, 3, 4), mean float32(2, 3), centered float32(2, 3, 4), var "
     "float32(2, 3)"},
    {"concat",
     "def concat(float(M,N) A, float(M,N) B) -> (O1) { O1(n, i, m) = i == 0 ? A(m, n) : B(m, n) where i in "
     "0:2 }",
     {{"M", 3}, {"N", 4}},
     "A float32(3, 4), B float32(3, 4) -> O1 float32(4, 2, 3)"},
    {"cast",
     "def cast(float(M,N) A) -> (int32(M,N) O1) { O1(m, n) = int32(A(m, n) + 3) }",
     {{"M", 3}, {"N", 4}},
     "A float32(3, 4) -> O1 int32(3, 4)"},
    {"cosineSimilarity",
     "def cosine_similarity(float(M,N) I1, float(M,N) I2) -> (O, sumI1, sumI2) {\n"
     "  sumI1(m) +=! I1(m, n) * I1(m, n)\n  sumI2(m) +=! I2(m, n) * I2(m, n)\n"
     "  O(m) +=! (I1(m, n) * I2(m, n)) / fmax(sqrt(sumI1(m)) * sqrt(sumI2(m)), 1e-8)\n}",
     {{"M", 3}, {"N", 4}},
     "I1 float32(3, 4), I2 float32(3, 4) -> O float32(3), sumI1 float32(3), sumI2 float32(3)"},
    {"sigmoid",
     "def sigmoid(float(N,C,H,W) I) -> (O) { O(n, c, h, w) = 1 / (1 + exp(-I(n, c, h, w))) }",
     {{"N", 1}, {"C", 2}, {"H", 3}, {"W", 4}},
     "I float32(1, 2, 3, 4) -> O float32(1, 2, 3, 4)"},
    {"mobilenet",
     "def small_mobilenet(float(C1,H,W) I, float(C1,KH1,KW1) W1, float(C1) B1, float(C2,C1) W2, float(C2) "
     "B2)\n"
     "-> (O1, O2) {\n"
     "  O1(c1, h, w) +=! I(c1, h + kh, w + kw) * W1(c1, kh, kw)\n  O1(c1, h, w)  = O1(c1, h, w) + B1(c1)\n"
     "  O1(c1, h, w)  = fmax(O1(c1, h, w), 0)\n  O2(c2, h, w) +=! O1(c1, h, w) * W2(c2, c1)\n"
     "  O2(c2, h, w)  = O2(c2, h, w) + B2(c2)\n  O2(c2, h, w)  = fmax(O2(c2, h, w), 0)\n}",
     {{"C1", 2}, {"H", 5}, {"W", 6}, {"KH1", 3}, {"KW1", 3}, {"C2", 4}},
     "I float32(2, 5, 6), W1 float32(2, 3, 3), B1 float32(2), W2 float32(4, 2), B2 float32(4) "
     "-> O1 float32(2, 3, 4), O2 float32(4, 3, 4)"},
    {"constantFill",
     "def constant_fill(float(N) A, float c) -> B { B(i) = c where exists A(i) }",
     {{"N", 4}},
     "A float32(4), c float32 -> B float32(4)"},
    {"stencilInShape",
     "def blur(float(N) B) -> (A) { A(i) = (B(i) + B(i + 1) + B(i + 2)) / 3 }",
     {{"N", 8}},
     "B float32(8) -> A float32(6)"},
    {"subsample",
     "def subsample_2(float(I) B) -> A { A(i) = B(2*i) }",
     {{"I", 7}},
     "B float32(7) -> A float32(4)"},
};

std::string nameOfKernel(const ::testing::TestParamInfo<PublishedKernel>& info) { return info.param.name; }

std::vector<PublishedKernel> withExpectedArguments() {
  std::vector<PublishedKernel> kernels;
  for (const auto& kernel : kKernels)
    if (!kernel.summary.empty()) kernels.push_back(kernel);
  return kernels;
}
INSTANTIATE_TEST_SUITE_P(Notation, PublishedKernels, ::testing::ValuesIn(withExpectedArguments()),
                         nameOfKernel);

const PublishedKernel& published(const std::string& name) {
  for (const auto& kernel : kKernels)
    if (kernel.name == name) return kernel;
  throw std::logic_error("no kernel " + name);
}

TEST(PublishedKernelValues, MlpAddsBiasAndCutsAtZero) {
  const auto& kernel = published("mlp1");
  const auto results =
      runKernel(readKernel(kernel.text, kernel.sizes),
                {floats({2, 3}, {1, 2, 3, -1, 0, 1}), floats({4, 3}, {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1}),
                 floats({4}, {0.5, -3, 0, 1})},
                std::nan(""));
  EXPECT_EQ(valuesOf(results[0]), (std::vector<double>{1.5, 0, 3, 7, 0, 0, 1, 1}));
}

TEST(PublishedKernelValues, BiasFirstEqualsBiasLast) {
  const auto& first = published("biasFirst");
  const auto& last = published("mlp1");
  const auto i = pattern({2, 3});
  const auto w = pattern({4, 3}, 2);
  const auto b = pattern({4}, 3);
  EXPECT_EQ(valuesOf(runKernel(readKernel(first.text, first.sizes), {i, w, b}, std::nan(""))[0]),
            valuesOf(runKernel(readKernel(last.text, last.sizes), {i, w, b}, std::nan(""))[0]));
}

TEST(PublishedKernelValues, StridedConvolutionReadsEveryStrideThElement) {
  const auto& kernel = published("stridedConvolution");
  const auto image = pattern({1, 2, 9, 8});
  const auto weights = pattern({3, 2, 3, 3}, 4);
  const auto bias = pattern({3}, 5);
  const auto result =
      runKernel(readKernel(kernel.text, kernel.sizes), {image, weights, bias}, std::nan(""))[0];
  ASSERT_EQ(result.shape, (std::vector<std::int64_t>{1, 3, 4, 2}));
  for (int m = 0; m < 3; ++m)
    for (int h = 0; h < 4; ++h)
      for (int w = 0; w < 2; ++w) {
        double sum = bias.at(m);
        for (int c = 0; c < 2; ++c)
          for (int kh = 0; kh < 3; ++kh)
            for (int kw = 0; kw < 3; ++kw)
              sum += image.at((c * 9 + 2 * h + kh) * 8 + 3 * w + kw) *
                     weights.at(((m * 2 + c) * 3 + kh) * 3 + kw);
        EXPECT_EQ(result.at((m * 4 + h) * 2 + w), sum);
      }
}

TEST(PublishedKernelValues, MaxPoolLooksAtWhatIsThere) {
  const auto& kernel = published("maxPool");
  const auto workload = readKernel(kernel.text, {{"B", 1}, {"C", 1}, {"H", 2}, {"W", 4}});
  EXPECT_EQ(workload.program.buffers[1].role, BufferRole::Accumulated);
  const auto image = floats({1, 1, 2, 4}, {1, 2, -5, -6, 3, 4, -7, -8});
  EXPECT_EQ(valuesOf(runKernel(workload, {image}, -1)[0]), (std::vector<double>{4, -1}));
}

TEST(PublishedKernelValues, LookupTableReadsThroughTheIndex) {
  const auto& kernel = published("lookupTable");
  Tensor index = Tensor::zeros(DataType::Int32, {2, 4});
  const int rows[] = {0, 6, 6, 2, 1, 1, 1, 1};
  for (int i = 0; i < 8; ++i) index.set(i, rows[i]);
  const auto table = pattern({7, 3});
  const auto result = runKernel(readKernel(kernel.text, kernel.sizes), {table, index}, std::nan(""))[0];
  for (int b = 0; b < 2; ++b)
    for (int d = 0; d < 3; ++d) {
      double sum = 0;
      for (int l = 0; l < 4; ++l) sum += table.at(rows[b * 4 + l] * 3 + d);
      EXPECT_EQ(result.at(b * 3 + d), sum);
    }
}

TEST(PublishedKernelValues, SoftmaxRowsSumToOne) {
  const auto& kernel = published("softmax");
  const auto results = runKernel(readKernel(kernel.text, kernel.sizes), {pattern({3, 4})},
                                 -std::numeric_limits<double>::infinity());
  for (int n = 0; n < 3; ++n) {
    double sum = 0;
    for (int d = 0; d < 4; ++d) sum += results[0].at(n * 4 + d);
    EXPECT_NEAR(sum, 1, 1e-6);
  }
}

TEST(PublishedKernelValues, MomentsAreMeanAndVariance) {
  const auto& kernel = published("moments");
  const auto results =
      runKernel(readKernel(kernel.text, {{"N", 1}, {"K", 4}}), {floats({1, 4}, {1, 2, 3, 6})}, std::nan(""));
  EXPECT_EQ(results[0].at(0), 3);
  EXPECT_EQ(results[1].at(0), 3.5);
}

TEST(PublishedKernelValues, ConcatChoosesByTheConditional) {
  const auto& kernel = published("concat");
  const auto result = runKernel(readKernel(kernel.text, {{"M", 1}, {"N", 2}}),
                                {floats({1, 2}, {1, 2}), floats({1, 2}, {3, 4})}, std::nan(""))[0];
  EXPECT_EQ(valuesOf(result), (std::vector<double>{1, 3, 2, 4}));
}

TEST(PublishedKernelValues, CastCutsTowardsZero) {
  const auto& kernel = published("cast");
  const auto result =
      runKernel(readKernel(kernel.text, {{"M", 1}, {"N", 3}}), {floats({1, 3}, {0.75, -3.5, -4.75})})[0];
  EXPECT_EQ(valuesOf(result), (std::vector<double>{3, 0, -1}));
}

TEST(PublishedKernelValues, SgemmScalesWhatTheCallerPassesIn) {
  const auto workload = readKernel(
      "def sgemm(float a, float b, float(N,M) A, float(M,K) B) -> (C) {\n"
      "  C(i,j) = b * C(i,j)\n  C(i,j) += a * A(i,k) * B(k,j)\n}",
      {{"N", 1}, {"M", 2}, {"K", 2}});
  const auto result = runKernel(
      workload, {floats({}, {2}), floats({}, {-1}), floats({1, 2}, {1, 3}), floats({2, 2}, {1, 2, 3, 4})},
      5)[0];
  EXPECT_EQ(valuesOf(result), (std::vector<double>{15, 23}));
}

}  // namespace
}  // namespace espalier::testing
