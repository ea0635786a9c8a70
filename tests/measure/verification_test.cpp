// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/verification.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace espalier {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Tensor tensor(DataType type, std::vector<double> values) {
  Tensor result = Tensor::zeros(type, {1, static_cast<std::int64_t>(values.size())});
  for (std::size_t i = 0; i < values.size(); ++i) result.set(static_cast<std::int64_t>(i), values[i]);
  return result;
}

Verdict compare(OracleKind kind, std::vector<double> wanted, std::vector<double> got, double bound = 0) {
  Reference reference;
  reference.kind = kind;
  reference.names = {"C"};
  const std::vector<double> bounds(wanted.size(), bound);
  reference.values = {tensor(DataType::Float64, std::move(wanted))};
  if (kind == OracleKind::Float) reference.bounds = {tensor(DataType::Float64, bounds)};
  return compareOutputs(reference, {tensor(DataType::Float32, std::move(got))});
}

TEST(Verification, ExactOracleWantsEquality) {
  EXPECT_EQ(compare(OracleKind::Exact, {1, 2, 3}, {1, 2, 3}).words, "exact oracle: 3 elements equal");
  const Verdict verdict = compare(OracleKind::Exact, {1, 2, 3}, {1, 2, std::nextafter(3.0F, 4.0F)});
  EXPECT_FALSE(verdict.correct);
  EXPECT_EQ(verdict.words,
            "exact oracle: 1 of 3 elements are wrong, the first C[0, 2] = 3.00000024 instead of 3");
}

TEST(Verification, FloatOracleAcceptsUpToTheBound) {
  const Verdict good = compare(OracleKind::Float, {1, 2}, {1, 2.0009765625}, 1e-3);
  EXPECT_TRUE(good.correct);
  EXPECT_EQ(good.words, "float oracle: largest error 0.00098 of bound 0.001 at C[0, 1]");
  EXPECT_NEAR(good.largestOfBound, 0.98, 0.01);
  EXPECT_FALSE(compare(OracleKind::Float, {1, 2}, {1, 2.001953125}, 1e-3).correct);
}

TEST(Verification, NotANumberAgreesOnlyWithItself) {
  EXPECT_TRUE(compare(OracleKind::Float, {NAN, 1}, {NAN, 1}, 1e-3).correct);
  EXPECT_FALSE(compare(OracleKind::Float, {1, 1}, {NAN, 1}, 1e-3).correct);
  EXPECT_FALSE(compare(OracleKind::Float, {NAN, 1}, {1, 1}, 1e-3).correct);
  EXPECT_FALSE(compare(OracleKind::Float, {1, 1}, {NAN, 1}, kInfinity).correct);
}

TEST(Verification, InfinityAgreesWithItselfAndWithWhatFloatCannotHold) {
  EXPECT_TRUE(compare(OracleKind::Float, {kInfinity}, {kInfinity}, 1).correct);
  EXPECT_FALSE(compare(OracleKind::Float, {kInfinity}, {-kInfinity}, 1).correct);
  EXPECT_TRUE(compare(OracleKind::Float, {1e39}, {kInfinity}, 1).correct);
  EXPECT_FALSE(compare(OracleKind::Float, {1e30}, {kInfinity}, 1).correct);
  EXPECT_FALSE(compare(OracleKind::Float, {-1e39}, {kInfinity}, 1).correct);
}

TEST(Verification, DenormalResultsMayBeFlushed) {
  EXPECT_TRUE(compare(OracleKind::Float, {1e-40}, {0}, 0).correct);
  EXPECT_FALSE(compare(OracleKind::Exact, {1e-40}, {0}).correct);
}

}  // namespace
}  // namespace espalier
