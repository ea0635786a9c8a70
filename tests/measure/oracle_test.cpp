// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir_kernels.h"

namespace espalier {
namespace {

using ::testing::HasSubstr;
using namespace espalier::testing;

struct Case {
  const char* text;
  std::int64_t size;
  OracleKind kind;
  int bits;
};

constexpr OracleKind kExact = OracleKind::Exact;
constexpr OracleKind kFloat = OracleKind::Float;

TEST(Oracle, IsExactWhereNothingRounds) {
  const char* dot = "def f(float(N) A, float(N) B) -> (C) { C() +=! A(i) * B(i) }";
  const Case cases[] = {
      {dot, 7168, kExact, 3},
      {dot, (1 << 18) - 1, kExact, 3},
      {dot, 1 << 18, kExact, 2},
      {dot, 1 << 23, kExact, 0},
      {dot, 1 << 24, kFloat, 0},
      {"def f(float(N) A) -> (C) { C(i) = A(i) + 0.5 }", 10, kExact, 3},
      {"def f(float(N) A) -> (C) { C(i) = A(i) * 0.1 }", 10, kFloat, 0},
      {"def f(float(N) A) -> (C) { C(i) = A(i) / 4.0 }", 10, kExact, 3},
      {"def f(float(N) A) -> (C) { C(i) = A(i) / 3.0 }", 10, kFloat, 0},
      {"def f(float(N) A) -> (C) { C(i) = exp(A(i)) }", 10, kFloat, 0},
      {"def f(float(N) A) -> (C) { C(i) = fmax(A(i), 0.0) }", 10, kExact, 3},
      {"def f(float(N) A) -> (C) { C(i) = A(i) > 0.0 ? A(i) : 0.25 * A(i) }", 10, kExact, 3},
      {"def f(float(N) A) -> (C) { C() max=! A(i) }", 10, kExact, 3},
      {"def f(float(N) A) -> (C) { C() *=! A(i) }", 10, kFloat, 0},
      {"def f(double(N) A) -> (C) { C() +=! A(i) * A(i) }", 1 << 24, kExact, 3},
  };
  for (const Case& one : cases) {
    const Oracle oracle = classify(readProgram(one.text, {{"N", one.size}}));
    EXPECT_EQ(oracle.kind, one.kind) << one.text << ", N = " << one.size << ": " << oracle.words;
    EXPECT_EQ(oracle.bits, one.bits) << one.text << ", N = " << one.size << ": " << oracle.words;
  }
}

TEST(Oracle, FollowsValuesThroughIntermediates) {
  const char* two =
      "def f(float(M,K) A, float(K,N) B, float(N,P) W) -> (C, D) {\n"
      "  C(m,n) +=! A(m,k) * B(k,n)\n  D(m,p) +=! C(m,n) * W(n,p) }";
  EXPECT_EQ(classify(readProgram(two, {{"M", 2}, {"K", 64}, {"N", 64}, {"P", 2}})).kind, OracleKind::Exact);
  // Three factors of three bits over 4096 · 4096 terms do not fit with any number of bits.
  EXPECT_EQ(classify(readProgram(two, {{"M", 2}, {"K", 4096}, {"N", 4096}, {"P", 2}})).kind,
            OracleKind::Float);
}

TEST(Oracle, SaysWhy) {
  EXPECT_THAT(classify(readProgram("def f(float(N) A) -> (C) { C(i) = tanh(A(i)) }", {{"N", 3}})).words,
              HasSubstr("tanh rounds"));
}

}  // namespace
}  // namespace espalier
