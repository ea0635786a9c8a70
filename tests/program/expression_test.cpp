// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "program/expression.h"

#include <gtest/gtest.h>

namespace espalier {
namespace {

const Expr kI = Expr::loopVar(LoopId{0});
const Expr kJ = Expr::loopVar(LoopId{1});

TEST(Expression, FoldsIndexConstants) {
  EXPECT_TRUE((Expr(6) + Expr(-2)).isInteger(4));
  EXPECT_TRUE(floorDiv(Expr(-7), Expr(2)).isInteger(-4));
  EXPECT_TRUE(floorMod(Expr(-7), Expr(2)).isInteger(1));
  EXPECT_TRUE(minimum(Expr(3), Expr(5)).isInteger(3));
}

TEST(Expression, DropsNeutralElementsOfIndexArithmetic) {
  EXPECT_TRUE((kI + 0).sameAs(kI));
  EXPECT_TRUE((1 * kI).sameAs(kI));
  EXPECT_TRUE((kI * 0).isInteger(0));
  EXPECT_TRUE(floorMod(kI, 1).isInteger(0));
}

TEST(Expression, LeavesFloatsAsWritten) {
  const Expr zero = Expr::real(0);
  const Expr x = Expr::load(BufferId{0}, DataType::Float32, {kI});
  EXPECT_EQ((x + zero).kind(), ExprKind::Add);
  EXPECT_EQ((x * Expr::real(1)).kind(), ExprKind::Mul);
}

TEST(Expression, EqualityIsStructural) {
  EXPECT_TRUE(equal(kI * 2 + kJ, kI * 2 + kJ));
  EXPECT_FALSE(equal(kI * 2 + kJ, kJ + kI * 2));
  EXPECT_FALSE(equal(Expr::real(1, DataType::Float32), Expr::real(1, DataType::Float64)));
  EXPECT_FALSE(equal(Expr::load(BufferId{0}, DataType::Float32, {kI}), Expr::load(BufferId{1}, DataType::Float32, {kI})));
}

TEST(Expression, SubstitutionSharesWhatDoesNotChange) {
  const Expr left = kI * 4;
  const Expr sum = left + kJ;
  const Expr replaced = substituteLoops(sum, [](LoopId loop) { return loop == LoopId{1} ? Expr(7) : Expr(); });
  EXPECT_TRUE(replaced.operand(0).sameAs(left));
  EXPECT_TRUE(replaced.operand(1).isInteger(7));
}

TEST(Expression, SubstitutionReplacesEachVariableOnce) {
  // i becomes j and j becomes i at the same time, also where folding lifts a variable up.
  const auto swap = [](LoopId loop) { return loop == LoopId{0} ? kJ : kI; };
  EXPECT_TRUE(equal(substituteLoops(kI * 3 + kJ, swap), kJ * 3 + kI));
  const Expr lifted = Expr::loopVar(LoopId{2}) + kI;
  EXPECT_TRUE(substituteLoops(lifted, [&](LoopId loop) { return loop == LoopId{2} ? Expr(0) : swap(loop); }).sameAs(kJ));
}

}  // namespace
}  // namespace espalier
