// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/error_terms.h"

#include <cmath>

namespace espalier {
namespace {

/// Keeps quotients of bounds defined where everything is 0.
constexpr double kTiny = 1e-300;

/// Units in the last place by which compiled functions may be off.
constexpr double kFunctionUnits = 6;

Expr real(double value) { return Expr::real(value, DataType::Float64); }
Expr magnitude(const Expr& expr) { return Expr::call(Function::Abs, {expr}); }
Expr quotient(const Expr& a, const Expr& b) { return Expr::binary(ExprKind::Divide, a, b); }

Expr sumOf(const Expr& a, const Expr& b) {
  if (!a.valid()) return b;
  return b.valid() ? a + b : a;
}

/// |x| less its error, kept away from 0: what a value is divided by in the worst case.
Expr awayFromZero(const Expr& value, const Expr& error) {
  return maximum(magnitude(value) - error, magnitude(value) * real(1e-3) + real(kTiny));
}

}  // namespace

double roundingUnit(DataType type) { return type == DataType::Float64 ? 0x1p-52 : 0x1p-24; }

double summationFactor(const Block& block) {
  double terms = 1;
  for (const Axis& axis : block.axes)
    if (axis.kind == AxisKind::Reduction) terms *= static_cast<double>(axis.extent);
  return 4 * (std::sqrt(terms) + 4);
}

Expr promoteToDouble(const Expr& expr) {
  return rewrite(expr, [](const Expr& part) {
    if (part.type() != DataType::Float32) return part;
    Expr::Node node = part.node();
    node.type = DataType::Float64;
    if (part.kind() == ExprKind::Real) node.real = static_cast<double>(static_cast<float>(node.real));
    return Expr(std::move(node));
  });
}

Expr ErrorTerms::errorOf(const Expr& expr, double moreUnits) const {
  Term term = termOf(expr);
  term.units += moreUnits;
  return total(expr, term);
}

Expr ErrorTerms::total(const Expr& expr, const Term& term) const {
  const double unit = roundingUnit(expr.type());
  Expr rounding;
  if (term.units > 0) rounding = real(term.units * unit) * magnitude(promoteToDouble(expr));
  const Expr sum = sumOf(term.rest, rounding);
  return sum.valid() ? sum : real(0);
}

ErrorTerms::Term ErrorTerms::termOf(const Expr& expr) const {
  if (!isFloat(expr.type())) return {};
  switch (expr.kind()) {
    case ExprKind::Load: {
      const auto bound = bounds_.find(expr.buffer());
      if (bound == bounds_.end()) return {};
      return {Expr::load(bound->second, DataType::Float64, expr.operands()), 0};
    }
    case ExprKind::Add:
    case ExprKind::Sub: {
      const Term a = termOf(expr.operand(0));
      const Term b = termOf(expr.operand(1));
      Expr rest;
      if (!a.isZero()) rest = total(expr.operand(0), a);
      if (!b.isZero()) rest = sumOf(rest, total(expr.operand(1), b));
      return {rest, 1};
    }
    case ExprKind::Mul: {
      const Term a = termOf(expr.operand(0));
      const Term b = termOf(expr.operand(1));
      if (!a.rest.valid() && !b.rest.valid()) return {{}, a.units + b.units + 1};
      const Expr errorA = total(expr.operand(0), a);
      const Expr errorB = total(expr.operand(1), b);
      const Expr valueA = magnitude(promoteToDouble(expr.operand(0)));
      const Expr valueB = magnitude(promoteToDouble(expr.operand(1)));
      return {valueA * errorB + valueB * errorA + errorA * errorB, 1};
    }
    case ExprKind::Divide: {
      const Term a = termOf(expr.operand(0));
      const Term b = termOf(expr.operand(1));
      constexpr int kUnits = 3;  // it may be a product with the reciprocal
      if (!a.rest.valid() && !b.rest.valid()) return {{}, a.units + b.units + kUnits};
      const Expr errorB = total(expr.operand(1), b);
      const Expr value = magnitude(promoteToDouble(expr));
      return {quotient(total(expr.operand(0), a) + value * errorB,
                       awayFromZero(promoteToDouble(expr.operand(1)), errorB)),
              kUnits};
    }
    case ExprKind::Min:
    case ExprKind::Max: {
      const Term a = termOf(expr.operand(0));
      const Term b = termOf(expr.operand(1));
      if (a.isZero() && b.isZero()) return {};
      return {maximum(total(expr.operand(0), a), total(expr.operand(1), b)), 0};
    }
    case ExprKind::Select: {
      const Term yes = termOf(expr.operand(1));
      const Term no = termOf(expr.operand(2));
      Expr rest;
      if (!yes.isZero() || !no.isZero())
        rest = Expr::select(promoteToDouble(expr.operand(0)), total(expr.operand(1), yes),
                            total(expr.operand(2), no));
      if (const Expr tips = mayTip(expr.operand(0)); tips.valid()) {
        const Expr jump = magnitude(promoteToDouble(expr.operand(1)) - promoteToDouble(expr.operand(2)));
        rest = sumOf(rest, Expr::select(tips, jump, real(0)));
      }
      return {rest, 0};
    }
    case ExprKind::Cast: {
      Term term = termOf(expr.operand(0));
      term.units += 1;
      return term;
    }
    case ExprKind::Call: return functionTerm(expr);
    default: return {};
  }
}

ErrorTerms::Term ErrorTerms::functionTerm(const Expr& expr) const {
  const Expr& argument = expr.operand(0);
  const Term term = termOf(argument);
  const Expr error = total(argument, term);
  const Expr x = promoteToDouble(argument);
  const Expr value = magnitude(promoteToDouble(expr));
  const double unit = roundingUnit(expr.type());
  const auto scaled = [&](double slope) { return term.isZero() ? Expr() : error * real(slope); };
  switch (expr.function()) {
    case Function::Abs: return term;
    case Function::Exp:
      return {term.isZero() ? Expr() : value * (Expr::call(Function::Exp, {error}) - real(1)),
              kFunctionUnits};
    case Function::Log:
      // Near 1 the result is small and only as good as a unit of 1.
      return {sumOf(term.isZero() ? Expr() : quotient(error, awayFromZero(x, error)), real(unit)),
              kFunctionUnits};
    case Function::Tanh: return {scaled(1), kFunctionUnits};
    case Function::Sin:
    case Function::Cos: return {sumOf(scaled(1), real(4 * unit)), kFunctionUnits};
    case Function::Erf: return {scaled(1.13), kFunctionUnits};
    case Function::Sigmoid: return {scaled(0.25), kFunctionUnits};
    case Function::Sqrt: {
      if (term.isZero()) return {{}, 1};
      const Expr rootOfError = Expr::call(Function::Sqrt, {error});
      const Expr root = Expr::call(Function::Sqrt, {magnitude(x)});
      return {quotient(error, maximum(root, rootOfError) + real(kTiny)), 1};
    }
    case Function::Rsqrt:
      return {term.isZero() ? Expr() : quotient(value * error, awayFromZero(x, error)), kFunctionUnits};
    case Function::Pow: {
      const Term exponentTerm = termOf(expr.operand(1));
      const Expr exponent = magnitude(promoteToDouble(expr.operand(1)));
      const Expr logarithm = magnitude(Expr::call(Function::Log, {magnitude(x) + real(kTiny)}));
      Expr rest = value * real(kFunctionUnits * unit) * exponent * logarithm;
      if (!term.isZero()) rest = rest + quotient(value * exponent * error, awayFromZero(x, error));
      if (!exponentTerm.isZero()) rest = rest + value * logarithm * total(expr.operand(1), exponentTerm);
      return {rest, kFunctionUnits};
    }
    case Function::Floor:
    case Function::Ceil: {
      if (term.isZero()) return {};
      const Expr low = Expr::call(expr.function(), {x - error});
      const Expr high = Expr::call(expr.function(), {x + error});
      return {high - low, 0};
    }
  }
  return {};
}

Expr ErrorTerms::mayTip(const Expr& condition) const {
  switch (condition.kind()) {
    case ExprKind::Less:
    case ExprKind::LessEqual:
    case ExprKind::Equal:
    case ExprKind::NotEqual: {
      const Expr& left = condition.operand(0);
      const Expr& right = condition.operand(1);
      const Term a = termOf(left);
      const Term b = termOf(right);
      if (a.isZero() && b.isZero()) return {};
      const Expr distance = magnitude(promoteToDouble(left) - promoteToDouble(right));
      return Expr::binary(ExprKind::LessEqual, distance, total(left, a) + total(right, b));
    }
    case ExprKind::And:
    case ExprKind::Or: {
      const Expr left = mayTip(condition.operand(0));
      const Expr right = mayTip(condition.operand(1));
      if (!left.valid()) return right;
      return right.valid() ? Expr::binary(ExprKind::Or, left, right) : left;
    }
    case ExprKind::Not: return mayTip(condition.operand(0));
    default: return {};
  }
}

}  // namespace espalier
