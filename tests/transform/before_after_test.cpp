// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// What every member of O does to a program, as text.
#include <gtest/gtest.h>

#include "transform/tables.h"

namespace espalier {
namespace {

using testing::after;
using testing::body;
using testing::kernel;
using testing::matmul;

void expectBody(const Program& initial, const std::string& trace, const std::string& expected) {
  SCOPED_TRACE(trace);
  const Program program = after(initial, trace);
  EXPECT_EQ("\n" + body(program), expected);
  EXPECT_TRUE(
      testing::sameContent(testing::outputsOf(program, initial, 3), testing::outputsOf(initial, initial, 3)));
}

TEST(BeforeAfter, Split) {
  expectBody(matmul(4, 6, 10), "Split(loop=k, factors=[5, 2])",
             R"(
for m in range(4):
  for n in range(6):
    for k.0 in range(5):
      for k.1 in range(2):
        C[m, n] += A[m, k.0 * 2 + k.1] * B[k.0 * 2 + k.1, n]  # C, reduces k.0 * 2 + k.1, from 0.0
)");
  expectBody(matmul(4, 6, 10), "Split(loop=k, factors=[0, 4])\nSplit(loop=k.1, factors=[2, 2])",
             R"(
for m in range(4):
  for n in range(6):
    for k.0 in range(3):
      for k.1.0 in range(2):
        for k.1.1 in range(2):
          if k.0 * 4 + k.1.0 * 2 + k.1.1 < 10:
            C[m, n] += A[m, k.0 * 4 + k.1.0 * 2 + k.1.1] * B[k.0 * 4 + k.1.0 * 2 + k.1.1, n]  # C, reduces k.0 * 4 + k.1.0 * 2 + k.1.1, from 0.0
)");
}

TEST(BeforeAfter, ReorderAndFuse) {
  expectBody(matmul(4, 6, 10), "Reorder(loops=[k, m])",
             R"(
for k in range(10):
  for n in range(6):
    for m in range(4):
      C[m, n] += A[m, k] * B[k, n]  # C, reduces k, from 0.0
)");
  expectBody(matmul(4, 6, 10), "Parallel(loops=[m, n])",
             R"(
parallel for m_n in range(24):
  for k in range(10):
    C[m_n // 6, m_n % 6] += A[m_n // 6, k] * B[k, m_n % 6]  # C, reduces k, from 0.0
)");
}

TEST(BeforeAfter, UnrollAndJam) {
  expectBody(matmul(4, 6, 10), "Reorder(loops=[m, k, n])\nVectorize(loop=n)\nUnrollAndJam(loop=m, factor=2)",
             R"(
for m.0 in range(2):
  for k in range(10):
    unrolled for m.1 in range(2):
      vectorized for n in range(6):
        C[m.0 * 2 + m.1, n] += A[m.0 * 2 + m.1, k] * B[k, n]  # C, reduces k, from 0.0
)");
}

TEST(BeforeAfter, Prefetch) {
  expectBody(matmul(8, 32, 64),
             "TileSize(block=C, loop=m, factors=[2, 4])\nTileSize(block=C, loop=k, factors=[8, 8])\n"
             "Reorder(loops=[k.0, m.0, k.1, m.1, n])\nVectorize(loop=n)\nUnroll(loop=m.1)\n"
             "Prefetch(buffer=B, loop=k.0, ahead=2)",
             R"(
for k.0 in range(8):  # prefetch B, 2 ahead
  for m.0 in range(2):
    for k.1 in range(8):
      unrolled for m.1 in range(4):
        vectorized for n in range(32):
          C[m.0 * 4 + m.1, n] += A[m.0 * 4 + m.1, k.0 * 8 + k.1] * B[k.0 * 8 + k.1, n]  # C, reduces k.0 * 8 + k.1, from 0.0
)");
}

TEST(BeforeAfter, StreamStore) {
  expectBody(kernel("def f(float(M, N) X) -> (Y) { Y(m, n) = X(m, n) * 2.0 }", {{"M", 4}, {"N", 6}}),
             "StreamStore(block=Y)",
             R"(
for m in range(4):
  for n in range(6):
    Y[m, n] = X[m, n] * 2.0  # Y, streams
)");
}

TEST(BeforeAfter, VectorizeTheEndOfAReduction) {
  expectBody(kernel("def f(float(M, K) X) -> (S) { S(m) +=! X(m, k) }", {{"M", 2}, {"K", 32}}),
             "Vectorize(loop=k)",
             R"(
for m in range(2):
  vectorized for k in range(32):
    S[m] += X[m, k]  # S, reduces k, from 0.0
)");
}

TEST(BeforeAfter, CacheWriteWithTheReductionInside) {
  expectBody(matmul(4, 6, 10),
             "TileSize(block=C, loop=n, factors=[0, 4])\nReorder(loops=[n.0, k, n.1])\nCacheWrite(block=C, "
             "loop=n.0)",
             R"(
for m in range(4):
  for n.0 in range(2):
    register C_local: float32[1, 4]
    for k in range(10):
      for n.1 in range(4):
        if n.0 * 4 + n.1 < 6:
          C_local[0, n.1] += A[m, k] * B[k, n.0 * 4 + n.1]  # C, reduces k, from 0.0
    for n.1_w in range(4):
      if n.0 * 4 + n.1_w < 6:
        C[m, n.0 * 4 + n.1_w] = C_local[0, n.1_w]  # C_write
)");
}

TEST(BeforeAfter, CacheWriteOfPartialSums) {
  expectBody(matmul(4, 6, 10),
             "TileSize(block=C, loop=k, factors=[0, 4])\nReorder(loops=[k.0, m, n, "
             "k.1])\nCacheWrite(block=C, loop=m, memory=stack)",
             R"(
for k.0 in range(3):
  for m in range(4):
    stack C_local: float32[1, 6]
    for n in range(6):
      for k.1 in range(4):
        if k.0 * 4 + k.1 < 10:
          C_local[0, n] += A[m, k.0 * 4 + k.1] * B[k.0 * 4 + k.1, n]  # C, reduces k.1, from 0.0
    for n_w in range(6):
      C[m, n_w] += C_local[0, n_w]  # C_write, reduces k.0, from 0.0
)");
}

TEST(BeforeAfter, CacheWriteAccumulates) {
  expectBody(kernel("def f(float(M,K) A, float(K) X) -> (C) { C(m) += A(m,k) * X(k) }", {{"M", 4}, {"K", 3}}),
             "TileSize(block=C, loop=m, factors=[2, 2])\nReorder(loops=[m.0, k, m.1])\nCacheWrite(block=C, "
             "loop=m.0)",
             R"(
for m.0 in range(2):
  register C_local: float32[2]
  for k in range(3):
    for m.1 in range(2):
      C_local[m.1] += A[m.0 * 2 + m.1, k] * X[k]  # C, reduces k, from 0.0
  for m.1_w in range(2):
    C[m.0 * 2 + m.1_w] += C_local[m.1_w]  # C_write
)");
}

TEST(BeforeAfter, CacheReadPacksPanels) {
  expectBody(matmul(4, 11, 10),
             "TileSize(block=C, loop=k, factors=[0, 4])\nReorder(loops=[k.0, m, n, k.1])\n"
             "CacheRead(block=C, buffer=B, loop=k.0, panel=4)",
             R"(
for k.0 in range(3):
  stack B_copy: float32[3, 4, 4]
  for B_1.0 in range(3):
    for B_0 in range(4):
      for B_1.1 in range(4):
        if k.0 * 4 + B_0 < 10 and B_1.0 * 4 + B_1.1 < 11:
          B_copy[B_1.0, B_0, B_1.1] = B[k.0 * 4 + B_0, B_1.0 * 4 + B_1.1]  # B_copy
  for m in range(4):
    for n in range(11):
      for k.1 in range(4):
        if k.0 * 4 + k.1 < 10:
          C[m, n] += A[m, k.0 * 4 + k.1] * B_copy[n // 4, k.1, n % 4]  # C, reduces k.0 * 4 + k.1, k.0 * 4, from 0.0
)");
  expectBody(matmul(4, 6, 10), "CacheRead(block=C, buffer=A, loop=root, order=[1, 0])",
             R"(
stack A_copy: float32[10, 4]
for A_1 in range(10):
  for A_0 in range(4):
    A_copy[A_1, A_0] = A[A_0, A_1]  # A_copy
for m in range(4):
  for n in range(6):
    for k in range(10):
      C[m, n] += A_copy[k, m] * B[k, n]  # C, reduces k, from 0.0
)");
}

TEST(BeforeAfter, TransformLayout) {
  expectBody(matmul(4, 10, 6), "TransformLayout(buffer=B, tiles=[0, 4], order=[1.0, 0, 1.1])",
             R"(
for m in range(4):
  for n in range(10):
    for k in range(6):
      C[m, n] += A[m, k] * B[n // 4, k, n % 4]  # C, reduces k, from 0.0
)");
}

const char* const kNorm =
    "def norm(float(I,J) X) -> (Y) { S(i) +=! X(i,j)\n T(i,j) = X(i,j) - S(i)\n Y(i,j) = fmax(T(i,j), 0) }";

TEST(BeforeAfter, Places) {
  const Program norm = kernel(kNorm, {{"I", 4}, {"J", 6}});
  expectBody(norm, "ComputeInline(block=T)\nSplit(loop=i_2, factors=[2, 2])\nComputeAt(block=S, loop=i_2.0)",
             R"(
for i_2.0 in range(2):
  stack S: float32[2]
  for i_S in range(2):
    for j_S in range(6):
      S[i_S] += X[i_2.0 * 2 + i_S, j_S]  # S, reduces j_S, from 0.0
  for i_2.1 in range(2):
    for j_2 in range(6):
      Y[i_2.0 * 2 + i_2.1, j_2] = max(X[i_2.0 * 2 + i_2.1, j_2] - S[i_2.1], 0.0)  # Y
)");
  expectBody(norm, "ReverseComputeInline(block=Y)",
             R"(
workspace S: float32[4]
for i in range(4):
  for j in range(6):
    S[i] += X[i, j]  # S, reduces j, from 0.0
for i_1 in range(4):
  for j_1 in range(6):
    Y[i_1, j_1] = max(X[i_1, j_1] - S[i_1], 0.0)  # T
)");
  expectBody(norm, "ReverseComputeAt(block=T, loop=i)\nReverseComputeAt(block=Y, loop=i)",
             R"(
for i in range(4):
  stack S: float32[1]
  stack T: float32[1, 6]
  for j in range(6):
    S[0] += X[i, j]  # S, reduces j, from 0.0
  for j_T in range(6):
    T[0, j_T] = X[i, j_T] - S[0]  # T
  for j_T_Y in range(6):
    Y[i, j_T_Y] = max(T[0, j_T_Y], 0.0)  # Y
)");
  expectBody(norm, "ComputeLocation(block=T, loop=inline)\nComputeLocation(block=S, loop=i_2)",
             R"(
for i_2 in range(4):
  stack S: float32[1]
  for i_S in range(1):
    for j_S in range(6):
      S[i_S] += X[i_2 + i_S, j_S]  # S, reduces j_S, from 0.0
  for j_2 in range(6):
    Y[i_2, j_2] = max(X[i_2, j_2] - S[0], 0.0)  # Y
)");
}

TEST(BeforeAfter, Reductions) {
  expectBody(matmul(4, 6, 10), "DecomposeReduction(block=C, loop=n)",
             R"(
for m in range(4):
  for n_init in range(6):
    C[m, n_init] = 0.0  # C_init
  for n in range(6):
    for k in range(10):
      C[m, n] += A[m, k] * B[k, n]  # C, reduces k
)");
  expectBody(matmul(4, 6, 10), "Split(loop=k, factors=[0, 4])\nRFactor(block=C, loop=k.1)",
             R"(
stack C_rf: float32[4, 6, 4]
for m in range(4):
  for n in range(6):
    for k.0 in range(3):
      for k.1 in range(4):
        if k.0 * 4 + k.1 < 10:
          C_rf[m, n, k.1] += A[m, k.0 * 4 + k.1] * B[k.0 * 4 + k.1, n]  # C_rf, reduces k.0 * 4, from 0.0
for m_f in range(4):
  for n_f in range(6):
    for k.1_f in range(4):
      C[m_f, n_f] += C_rf[m_f, n_f, k.1_f]  # C, reduces k.1_f, from 0.0
)");
}

}  // namespace
}  // namespace espalier
