// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "program/analysis.h"
#include "program/printer.h"
#include "support/random.h"

namespace espalier {
namespace {

/// Loops a, b, c of extents 4, 8, 16.
class Simplify : public ::testing::Test {
 protected:
  Simplify() {
    for (const auto& [name, extent] : {std::pair{"a", 4}, {"b", 8}, {"c", 16}})
      loops_.push_back(Expr::loopVar(program_.add(Loop{name, extent, LoopKind::Serial, {}})));
  }
  [[nodiscard]] std::string simple(const Expr& expr) const { return print(program_, simplify(program_, expr)); }

  Program program_;
  std::vector<Expr> loops_;
};

TEST_F(Simplify, ResolvesDivisionsOfSplitLoops) {
  const Expr a = loops_[0];
  const Expr b = loops_[1];
  const Expr c = loops_[2];
  const Expr whole = (a * 8 + b) * 16 + c;
  EXPECT_EQ(simple(floorDiv(whole, 16)), "a * 8 + b");
  EXPECT_EQ(simple(floorMod(whole, 16)), "c");
  EXPECT_EQ(simple(floorDiv(whole, 128)), "a");
  EXPECT_EQ(simple(floorMod(floorDiv(whole, 16), 8)), "b");
  EXPECT_EQ(simple(floorDiv(a * 16 + c, 32)), "a // 2");
  EXPECT_EQ(simple(floorMod(a * 16 + c, 32)), "c + a % 2 * 16");
}

TEST_F(Simplify, JoinsQuotientAndRemainder) {
  const Expr b = loops_[1];
  EXPECT_EQ(simple(floorDiv(b, 3) * 3 + floorMod(b, 3)), "b");
  EXPECT_EQ(simple((floorDiv(b, 3) * 3 + floorMod(b, 3)) * 5 + 2), "b * 5 + 2");
}

TEST_F(Simplify, DecidesComparisonsByRange) {
  EXPECT_EQ(simple(Expr::binary(ExprKind::Less, loops_[0] * 8 + loops_[1], Expr(32))), "True");
  EXPECT_EQ(simple(Expr::binary(ExprKind::Less, loops_[0] * 8 + loops_[1], Expr(31))), "a * 8 + b < 31");
  EXPECT_EQ(simple(minimum(loops_[0], Expr(9))), "a");
}

std::int64_t valueOf(const Expr& expr, const std::vector<std::int64_t>& values) {
  const Expr constant = substituteLoops(expr, [&](LoopId loop) { return Expr(values[loop.index]); });
  EXPECT_TRUE(constant.isInteger());
  return constant.integerValue();
}

/// A random Index expression over the three loops.
Expr randomIndex(const std::vector<Expr>& loops, Random& random, int depth) {
  if (depth == 0) return random.chance(0.3) ? Expr(random.between(-9, 40)) : loops[random.below(loops.size())];
  const Expr left = randomIndex(loops, random, depth - 1);
  switch (random.below(6)) {
    case 0: return left + randomIndex(loops, random, depth - 1);
    case 1: return left - randomIndex(loops, random, depth - 1);
    case 2: return left * Expr(random.between(-4, 16));
    case 3: return floorDiv(left, random.between(1, 32));
    case 4: return floorMod(left, random.between(1, 32));
    default: return minimum(left, randomIndex(loops, random, depth - 1));
  }
}

TEST_F(Simplify, KeepsTheValueOfRandomExpressionsWithinTheirInterval) {
  constexpr std::uint64_t kSeed = 20261120;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  Random random(kSeed);
  for (int round = 0; round < 3000; ++round) {
    const Expr expr = randomIndex(loops_, random, 4);
    const Expr simpler = simplify(program_, expr);
    const Interval range = intervalOf(program_, expr);
    for (int point = 0; point < 12; ++point) {
      const std::vector<std::int64_t> values{random.between(0, 3), random.between(0, 7), random.between(0, 15)};
      const std::int64_t value = valueOf(expr, values);
      ASSERT_EQ(value, valueOf(simpler, values)) << print(program_, expr) << "  =>  " << print(program_, simpler);
      ASSERT_LE(range.low, value) << print(program_, expr);
      ASSERT_GE(range.high, value) << print(program_, expr);
    }
  }
}

}  // namespace
}  // namespace espalier
