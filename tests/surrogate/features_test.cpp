// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "surrogate/features.h"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "surrogate/nests.h"

namespace espalier {
namespace {

std::vector<float> rowOf(const Program& program) {
  const MachineModel machine;
  const NestFacts facts = nestFacts(program);
  return featureRow(program, facts, estimate(program, facts, machine), machine);
}

float featureOf(const Program& program, const std::string& name) {
  const std::vector<std::string> names = featureNames();
  const auto at = std::find(names.begin(), names.end(), name);
  EXPECT_NE(at, names.end()) << name;
  return rowOf(program)[static_cast<std::size_t>(at - names.begin())];
}

TEST(Features, AreNamedOnceAndFinite) {
  const std::vector<std::string> names = featureNames();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  const std::vector<float> row = rowOf(testing::tiledMatmul(64, 64, 64, 4, 16));
  ASSERT_EQ(row.size(), names.size());
  for (std::size_t i = 0; i < row.size(); ++i) EXPECT_TRUE(std::isfinite(row[i])) << names[i];
}

TEST(Features, CountMultiplyAddsAndTellPositionsApart) {
  const Program program = testing::tiledMatmul(64, 64, 64, 4, 16);
  EXPECT_FLOAT_EQ(featureOf(program, "float multiply-add"), std::log2(64.0F * 64 * 64 + 1));
  EXPECT_FLOAT_EQ(featureOf(program, "float multiply"), 0);
  EXPECT_FLOAT_EQ(featureOf(program, "vectorized at inner spatial"), 1);
  EXPECT_FLOAT_EQ(featureOf(program, "unrolled at middle spatial"), 1);
  EXPECT_FLOAT_EQ(featureOf(program, "parallel at none"), 1);
  EXPECT_FLOAT_EQ(featureOf(program, "loops"), std::log2(6.0F));
}

TEST(Features, DescribeReuseByBytesTouchedBetweenUses) {
  // m inside k inside n: A(m,k) moves with every loop but n, so it is used again after one whole iteration of
  // n.
  const Program program = testing::matmulNest(16, 8, 32,
                                              {{"n", 8, LoopKind::Serial, 1, 1},
                                               {"k", 32, LoopKind::Serial, 2, 1},
                                               {"m", 16, LoopKind::Serial, 0, 1}});
  const auto stores = storeFeatures();
  EXPECT_GT(stores.size(), 140U);
  // B does not move with the innermost loop: its uses are one iteration apart.
  bool found = false;
  for (int b = 0; b < 3; ++b) {
    const std::string prefix = "buffer " + std::to_string(b) + " ";
    if (featureOf(program, prefix + "is read") == 1 &&
        std::abs(featureOf(program, prefix + "reuse distance") - std::log2(16.0F * 32 + 1)) < 1e-4F) {
      found = true;
      EXPECT_FLOAT_EQ(featureOf(program, prefix + "reuse count"), std::log2(9.0F));
      EXPECT_FLOAT_EQ(featureOf(program, prefix + "reuse distance in bytes"),
                      std::log2(4.0F * (16 * 32 + 32 + 16) + 1));
    }
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace espalier
