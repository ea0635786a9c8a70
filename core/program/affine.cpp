// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Affine forms, intervals and simplification of Index expressions.
#include <algorithm>
#include <numeric>

#include "program/analysis.h"

namespace espalier {
namespace {

using Range = std::function<Interval(const Expr& variable)>;
using Terms = std::vector<AffineForm::Term>;

/// A total order of expressions that depends on nothing but their content.
int compare(const Expr& left, const Expr& right) {
  if (left.sameAs(right)) return 0;
  const Expr::Node& a = left.node();
  const Expr::Node& b = right.node();
  const auto order = [](auto x, auto y) { return x < y ? -1 : (y < x ? 1 : 0); };
  if (const int c = order(a.kind, b.kind)) return c;
  if (const int c = order(a.type, b.type)) return c;
  if (const int c = order(a.integer, b.integer)) return c;
  if (const int c = order(a.real, b.real)) return c;
  if (const int c = order(a.loop.index, b.loop.index)) return c;
  if (const int c = order(a.buffer.index, b.buffer.index)) return c;
  if (const int c = order(a.function, b.function)) return c;
  if (const int c = order(a.operands.size(), b.operands.size())) return c;
  for (std::size_t i = 0; i < a.operands.size(); ++i)
    if (const int c = compare(a.operands[i], b.operands[i])) return c;
  return 0;
}

void addTerm(AffineForm& form, const Expr& atom, std::int64_t coefficient) {
  if (coefficient == 0) return;
  const auto position = std::lower_bound(
      form.terms.begin(), form.terms.end(), atom,
      [](const AffineForm::Term& term, const Expr& wanted) { return compare(term.atom, wanted) < 0; });
  if (position != form.terms.end() && compare(position->atom, atom) == 0) {
    position->coefficient += coefficient;
    if (position->coefficient == 0) form.terms.erase(position);
    return;
  }
  form.terms.insert(position, {atom, coefficient});
}

void accumulate(AffineForm& form, const Expr& expr, std::int64_t factor) {
  switch (expr.kind()) {
    case ExprKind::Integer: form.constant += factor * expr.integerValue(); return;
    case ExprKind::Add:
      accumulate(form, expr.operand(0), factor);
      accumulate(form, expr.operand(1), factor);
      return;
    case ExprKind::Sub:
      accumulate(form, expr.operand(0), factor);
      accumulate(form, expr.operand(1), -factor);
      return;
    case ExprKind::Mul:
      if (expr.operand(1).isInteger())
        return accumulate(form, expr.operand(0), factor * expr.operand(1).integerValue());
      if (expr.operand(0).isInteger())
        return accumulate(form, expr.operand(1), factor * expr.operand(0).integerValue());
      break;
    default: break;
  }
  addTerm(form, expr, factor);
}

Interval hull(Interval a, Interval b) { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }

std::int64_t floorDivide(std::int64_t value, std::int64_t divisor) {
  return floorDiv(Expr(value), Expr(divisor)).integerValue();
}

constexpr Interval kAnything{-(std::int64_t{1} << 48), std::int64_t{1} << 48};

Interval intervalOfForm(const AffineForm& form, const Range& range);

Interval intervalOfAtom(const Expr& atom, const Range& range) {
  switch (atom.kind()) {
    case ExprKind::LoopVar:
    case ExprKind::AxisVar: return range(atom);
    case ExprKind::FloorDiv: {
      if (!atom.operand(1).isInteger()) return kAnything;
      const Interval inner = intervalOf(atom.operand(0), range);
      const std::int64_t divisor = atom.operand(1).integerValue();
      return {floorDivide(inner.low, divisor), floorDivide(inner.high, divisor)};
    }
    case ExprKind::FloorMod: {
      if (!atom.operand(1).isInteger()) return kAnything;
      const Interval inner = intervalOf(atom.operand(0), range);
      const std::int64_t divisor = atom.operand(1).integerValue();
      const std::int64_t period = floorDivide(inner.low, divisor);
      if (period == floorDivide(inner.high, divisor))
        return {inner.low - period * divisor, inner.high - period * divisor};
      return {0, divisor - 1};
    }
    case ExprKind::Min: {
      const Interval a = intervalOf(atom.operand(0), range);
      const Interval b = intervalOf(atom.operand(1), range);
      return {std::min(a.low, b.low), std::min(a.high, b.high)};
    }
    case ExprKind::Max: {
      const Interval a = intervalOf(atom.operand(0), range);
      const Interval b = intervalOf(atom.operand(1), range);
      return {std::max(a.low, b.low), std::max(a.high, b.high)};
    }
    case ExprKind::Select:
      return hull(intervalOf(atom.operand(1), range), intervalOf(atom.operand(2), range));
    default: return kAnything;
  }
}

Interval intervalOfForm(const AffineForm& form, const Range& range) {
  Interval total{form.constant, form.constant};
  for (const auto& [atom, coefficient] : form.terms) {
    const Interval inner = intervalOfAtom(atom, range);
    const std::int64_t a = coefficient * inner.low;
    const std::int64_t b = coefficient * inner.high;
    total.low += std::min(a, b);
    total.high += std::max(a, b);
  }
  return total;
}

/// floorDiv(form, divisor) and floorMod(form, divisor) share this split:
/// form = divisor·quotient + scale·(coarse) + fine with 0 ≤ fine < scale and scale | divisor.
struct DivisionSplit {
  AffineForm quotient;
  AffineForm coarse;
  AffineForm fine;
  std::int64_t scale = 1;
};

DivisionSplit splitByDivisor(const AffineForm& form, std::int64_t divisor, const Range& range) {
  DivisionSplit split;
  AffineForm rest;
  for (const auto& [atom, coefficient] : form.terms) {
    if (coefficient % divisor == 0) {
      addTerm(split.quotient, atom, coefficient / divisor);
    } else {
      addTerm(rest, atom, coefficient);
    }
  }
  split.quotient.constant = floorDivide(form.constant, divisor);
  rest.constant = form.constant - split.quotient.constant * divisor;
  if (const Interval whole = intervalOfForm(rest, range); whole.low >= 0 && whole.high < divisor) {
    split.fine = rest;
    split.scale = divisor;
    return split;
  }
  // Move the terms of large coefficients to `coarse` as long as what remains is smaller than their common scale.
  Terms ordered = rest.terms;
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) {
    return std::abs(a.coefficient) > std::abs(b.coefficient);
  });
  for (std::size_t taken = ordered.size(); taken > 0; --taken) {
    std::int64_t scale = divisor;
    for (std::size_t i = 0; i < taken; ++i) scale = std::gcd(scale, ordered[i].coefficient);
    if (scale <= 1) continue;
    AffineForm fine;
    AffineForm coarse;
    for (std::size_t i = 0; i < ordered.size(); ++i)
      addTerm(i < taken ? coarse : fine, ordered[i].atom, ordered[i].coefficient);
    coarse.constant = floorDivide(rest.constant, scale) * scale;
    fine.constant = rest.constant - coarse.constant;
    const Interval remainder = intervalOfForm(fine, range);
    if (remainder.low < 0 || remainder.high >= scale) continue;
    for (auto& term : coarse.terms) term.coefficient /= scale;
    coarse.constant /= scale;
    split.coarse = coarse;
    split.fine = fine;
    split.scale = scale;
    return split;
  }
  split.coarse = rest;
  return split;
}

Expr divideAtom(const AffineForm& coarse, std::int64_t divisor, const Range& range) {
  const Interval inner = intervalOfForm(coarse, range);
  const std::int64_t low = floorDivide(inner.low, divisor);
  if (low == floorDivide(inner.high, divisor)) return low;
  const Expr dividend = fromAffine(coarse);
  if (dividend.kind() == ExprKind::FloorDiv && dividend.operand(1).isInteger())
    return floorDiv(dividend.operand(0), dividend.operand(1).integerValue() * divisor);
  return floorDiv(dividend, divisor);
}

Expr moduloAtom(const AffineForm& coarse, std::int64_t divisor, const Range& range) {
  const Interval inner = intervalOfForm(coarse, range);
  const std::int64_t low = floorDivide(inner.low, divisor);
  const Expr dividend = fromAffine(coarse);
  if (low == floorDivide(inner.high, divisor)) return dividend - Expr(low * divisor);
  if (dividend.kind() == ExprKind::FloorMod && dividend.operand(1).isInteger() &&
      dividend.operand(1).integerValue() % divisor == 0)
    return floorMod(dividend.operand(0), divisor);
  return floorMod(dividend, divisor);
}

AffineForm plus(const AffineForm& form, const Expr& expr, std::int64_t factor) {
  AffineForm sum = form;
  accumulate(sum, expr, factor);
  return sum;
}

/// c·d·(x / d) + c·(x mod d) = c·x.
void joinQuotientsAndRemainders(AffineForm& form) {
  for (bool again = true; again;) {
    again = false;
    for (const auto& remainder : form.terms) {
      if (remainder.atom.kind() != ExprKind::FloorMod || !remainder.atom.operand(1).isInteger()) continue;
      const std::int64_t divisor = remainder.atom.operand(1).integerValue();
      const Expr quotient = floorDiv(remainder.atom.operand(0), divisor);
      const std::int64_t factor = remainder.coefficient;
      if (form.coefficientOf(quotient) != factor * divisor) continue;
      const Expr whole = remainder.atom.operand(0);
      const Expr remainderAtom = remainder.atom;
      addTerm(form, quotient, -factor * divisor);
      addTerm(form, remainderAtom, -factor);
      accumulate(form, whole, factor);
      again = true;
      break;
    }
  }
}

Expr decided(bool value) { return Expr::boolean(value); }

Expr simplifyComparison(const Expr& expr, const Range& range) {
  if (expr.operand(0).type() != DataType::Index) return expr;
  const Interval gap = intervalOfForm(affineForm(expr.operand(0) - expr.operand(1)), range);
  switch (expr.kind()) {
    case ExprKind::Less:
      if (gap.high < 0) return decided(true);
      if (gap.low >= 0) return decided(false);
      break;
    case ExprKind::LessEqual:
      if (gap.high <= 0) return decided(true);
      if (gap.low > 0) return decided(false);
      break;
    case ExprKind::Equal:
      if (gap.low == 0 && gap.high == 0) return decided(true);
      if (gap.low > 0 || gap.high < 0) return decided(false);
      break;
    case ExprKind::NotEqual:
      if (gap.low == 0 && gap.high == 0) return decided(false);
      if (gap.low > 0 || gap.high < 0) return decided(true);
      break;
    default: break;
  }
  return expr;
}

/// One node whose operands are simplified already.
Expr simplifyNode(const Expr& expr, const Range& range) {
  switch (expr.kind()) {
    case ExprKind::Add:
    case ExprKind::Sub:
    case ExprKind::Mul: {
      if (expr.type() != DataType::Index) return expr;
      AffineForm form = affineForm(expr);
      joinQuotientsAndRemainders(form);
      return fromAffine(form);
    }
    case ExprKind::FloorDiv: {
      if (!expr.operand(1).isInteger()) return expr;
      const std::int64_t divisor = expr.operand(1).integerValue();
      const DivisionSplit split = splitByDivisor(affineForm(expr.operand(0)), divisor, range);
      if (split.scale == divisor) return fromAffine(split.quotient);
      return fromAffine(plus(split.quotient, divideAtom(split.coarse, divisor / split.scale, range), 1));
    }
    case ExprKind::FloorMod: {
      if (!expr.operand(1).isInteger()) return expr;
      const std::int64_t divisor = expr.operand(1).integerValue();
      const DivisionSplit split = splitByDivisor(affineForm(expr.operand(0)), divisor, range);
      if (split.scale == divisor) return fromAffine(split.fine);
      return fromAffine(
          plus(split.fine, moduloAtom(split.coarse, divisor / split.scale, range), split.scale));
    }
    case ExprKind::Min:
    case ExprKind::Max: {
      if (expr.type() != DataType::Index) return expr;
      const Interval gap = intervalOfForm(affineForm(expr.operand(0) - expr.operand(1)), range);
      const bool smallest = expr.kind() == ExprKind::Min;
      if (gap.high <= 0) return expr.operand(smallest ? 0 : 1);
      if (gap.low >= 0) return expr.operand(smallest ? 1 : 0);
      return expr;
    }
    case ExprKind::Less:
    case ExprKind::LessEqual:
    case ExprKind::Equal:
    case ExprKind::NotEqual: return simplifyComparison(expr, range);
    case ExprKind::And:
      for (const std::size_t i : {0, 1})
        if (expr.operand(i).isInteger()) return expr.operand(i).integerValue() != 0 ? expr.operand(1 - i) : expr.operand(i);
      return expr;
    case ExprKind::Or:
      for (const std::size_t i : {0, 1})
        if (expr.operand(i).isInteger()) return expr.operand(i).integerValue() != 0 ? expr.operand(i) : expr.operand(1 - i);
      return expr;
    case ExprKind::Not:
      if (expr.operand(0).isInteger()) return decided(expr.operand(0).integerValue() == 0);
      return expr;
    case ExprKind::Select:
      if (expr.operand(0).isInteger()) return expr.operand(expr.operand(0).integerValue() != 0 ? 1 : 2);
      return expr;
    default: return expr;
  }
}

/// A sum of variables and constants with constant factors, whose canonical form is its affine form.
bool isPlainSum(const Expr& expr) {
  switch (expr.kind()) {
    case ExprKind::Integer:
    case ExprKind::LoopVar:
    case ExprKind::AxisVar: return true;
    case ExprKind::Add:
    case ExprKind::Sub: return isPlainSum(expr.operand(0)) && isPlainSum(expr.operand(1));
    case ExprKind::Mul:
      return (expr.operand(0).isInteger() && isPlainSum(expr.operand(1))) ||
             (expr.operand(1).isInteger() && isPlainSum(expr.operand(0)));
    default: return false;
  }
}

Range fullRanges(const Program& program, const Block* block) {
  return [&program, block](const Expr& variable) -> Interval {
    if (variable.kind() == ExprKind::LoopVar) return {0, program.loop(variable.loop()).extent - 1};
    if (block == nullptr) return kAnything;
    return {0, block->axes.at(variable.axis()).extent - 1};
  };
}

}  // namespace

std::int64_t AffineForm::coefficientOf(const Expr& atom) const {
  for (const Term& term : terms)
    if (equal(term.atom, atom)) return term.coefficient;
  return 0;
}

AffineForm affineForm(const Expr& expr) {
  AffineForm form;
  accumulate(form, expr, 1);
  return form;
}

Expr fromAffine(const AffineForm& form) {
  Expr sum;
  for (const auto& [atom, coefficient] : form.terms) {
    const bool subtract = sum.valid() && coefficient < 0;
    const Expr term = atom * Expr(subtract ? -coefficient : coefficient);
    sum = !sum.valid() ? term : (subtract ? sum - term : sum + term);
  }
  if (!sum.valid()) return form.constant;
  if (form.constant < 0) return sum - Expr(-form.constant);
  return sum + Expr(form.constant);
}

Interval intervalOf(const Expr& expr, const Range& range) { return intervalOfForm(affineForm(expr), range); }

Interval intervalOf(const Program& program, const Expr& expr) {
  return intervalOf(expr, fullRanges(program, nullptr));
}

Expr simplify(const Expr& expr, const Range& range) {
  // Most subscripts are plain sums; they take one step in place of one for every part.
  if (expr.type() == DataType::Index && isPlainSum(expr))
    return expr.operands().empty() ? expr : fromAffine(affineForm(expr));
  return rewrite(expr, [&](const Expr& part) { return simplifyNode(part, range); });
}

Expr simplify(const Program& program, const Expr& expr, const Block* block) {
  return simplify(expr, fullRanges(program, block));
}

}  // namespace espalier
