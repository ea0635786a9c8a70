// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "workload/tc_ranges.h"

#include <algorithm>

namespace espalier {
namespace {

/// Wide enough for a product of two 62-bit numbers.
__extension__ typedef __int128 Wide;

constexpr std::int64_t kLargest = std::int64_t{1} << 62;

Wide floorDivide(Wide left, Wide right) {
  const Wide quotient = left / right;
  return left % right != 0 && (left < 0) != (right < 0) ? quotient - 1 : quotient;
}
Wide ceilDivide(Wide left, Wide right) { return -floorDivide(-left, right); }

struct WideInterval {
  Wide low = 0;
  Wide high = 0;
};

std::optional<WideInterval> checked(WideInterval interval) {
  if (interval.low < -Wide{kLargest} || interval.high > Wide{kLargest}) return std::nullopt;
  return interval;
}

std::optional<WideInterval> wideBounds(const Expr& value, const TcRanges& ranges) {
  if (value.isInteger()) return checked({value.integerValue(), value.integerValue()});
  if (value.kind() == ExprKind::AxisVar) {
    const auto& range = ranges[value.axis()];
    if (!range) return std::nullopt;
    return checked({range->low, range->high});
  }
  if (value.kind() == ExprKind::Select) {
    const auto ifTrue = wideBounds(value.operand(1), ranges);
    const auto ifFalse = wideBounds(value.operand(2), ranges);
    if (!ifTrue || !ifFalse) return std::nullopt;
    return WideInterval{std::min(ifTrue->low, ifFalse->low), std::max(ifTrue->high, ifFalse->high)};
  }
  if (value.operands().size() != 2) return std::nullopt;
  const auto left = wideBounds(value.operand(0), ranges);
  const auto right = wideBounds(value.operand(1), ranges);
  if (!left || !right) return std::nullopt;
  switch (value.kind()) {
    case ExprKind::Add: return checked({left->low + right->low, left->high + right->high});
    case ExprKind::Sub: return checked({left->low - right->high, left->high - right->low});
    case ExprKind::Mul: {
      const auto [low, high] = std::minmax({left->low * right->low, left->low * right->high,
                                            left->high * right->low, left->high * right->high});
      return checked({low, high});
    }
    case ExprKind::FloorDiv:
      if (right->low != right->high || right->low <= 0) return std::nullopt;
      return checked({floorDivide(left->low, right->low), floorDivide(left->high, right->low)});
    case ExprKind::FloorMod:
      if (right->low != right->high || right->low <= 0) return std::nullopt;
      if (floorDivide(left->low, right->low) == floorDivide(left->high, right->low))
        return checked({left->low - floorDivide(left->low, right->low) * right->low,
                        left->high - floorDivide(left->high, right->low) * right->low});
      return checked({0, right->low - 1});
    case ExprKind::Min: return checked({std::min(left->low, right->low), std::min(left->high, right->high)});
    case ExprKind::Max: return checked({std::max(left->low, right->low), std::max(left->high, right->high)});
    default: return std::nullopt;
  }
}

/// `coefficient·variable + rest`, the rest without the variable.
struct Linear {
  Wide coefficient = 0;
  WideInterval rest;
};

std::optional<Linear> linearIn(const Expr& value, std::size_t variable, const TcRanges& ranges) {
  const auto mentions = [&](const Expr& expr) {
    return any(expr,
               [&](const Expr& part) { return part.kind() == ExprKind::AxisVar && part.axis() == variable; });
  };
  if (!mentions(value)) {
    const auto bounds = wideBounds(value, ranges);
    if (!bounds) return std::nullopt;
    return Linear{0, *bounds};
  }
  if (value.kind() == ExprKind::AxisVar) return Linear{1, {0, 0}};
  if (value.operands().size() != 2) return std::nullopt;
  const auto left = linearIn(value.operand(0), variable, ranges);
  const auto right = linearIn(value.operand(1), variable, ranges);
  if (!left || !right) return std::nullopt;
  Linear result;
  switch (value.kind()) {
    case ExprKind::Add:
      result = {left->coefficient + right->coefficient,
                {left->rest.low + right->rest.low, left->rest.high + right->rest.high}};
      break;
    case ExprKind::Sub:
      result = {left->coefficient - right->coefficient,
                {left->rest.low - right->rest.high, left->rest.high - right->rest.low}};
      break;
    case ExprKind::Mul: {
      const bool constantLeft = left->coefficient == 0;
      const auto& factor = constantLeft ? *left : *right;
      const auto& other = constantLeft ? *right : *left;
      if (factor.coefficient != 0 || factor.rest.low != factor.rest.high) return std::nullopt;
      const Wide scale = factor.rest.low;
      result = {other.coefficient * scale, {other.rest.low * scale, other.rest.high * scale}};
      if (scale < 0) std::swap(result.rest.low, result.rest.high);
      break;
    }
    default: return std::nullopt;
  }
  if (!checked(result.rest) || !checked({result.coefficient, result.coefficient})) return std::nullopt;
  return result;
}

/// Values of the variable for which `value` lies in `target` whatever the other variables are.
std::optional<WideInterval> solve(const Expr& value, std::size_t variable, WideInterval target,
                                  const TcRanges& ranges) {
  if (!checked(target)) return std::nullopt;
  if (const auto linear = linearIn(value, variable, ranges)) {
    const Wide low = target.low - linear->rest.low;
    const Wide high = target.high - linear->rest.high;
    if (linear->coefficient == 0) return std::nullopt;
    if (linear->coefficient > 0)
      return WideInterval{ceilDivide(low, linear->coefficient), floorDivide(high, linear->coefficient)};
    return WideInterval{ceilDivide(high, linear->coefficient), floorDivide(low, linear->coefficient)};
  }
  // Not linear: go down to a division, through sums with what is known.
  if (value.operands().size() != 2) return std::nullopt;
  const auto left = wideBounds(value.operand(0), ranges);
  const auto right = wideBounds(value.operand(1), ranges);
  if (value.kind() == ExprKind::Add && right)
    return solve(value.operand(0), variable, {target.low - right->low, target.high - right->high}, ranges);
  if (value.kind() == ExprKind::Add && left)
    return solve(value.operand(1), variable, {target.low - left->low, target.high - left->high}, ranges);
  if (value.kind() == ExprKind::Sub && right)
    return solve(value.operand(0), variable, {target.low + right->high, target.high + right->low}, ranges);
  if (value.kind() == ExprKind::FloorDiv && right && right->low == right->high && right->low > 0)
    return solve(value.operand(0), variable,
                 {target.low * right->low, target.high * right->low + right->low - 1}, ranges);
  return std::nullopt;
}

/// The only unknown variable of the expression; nothing if there are none or several.
std::optional<std::size_t> onlyUnknown(const Expr& value, const TcRanges& ranges) {
  std::optional<std::size_t> found;
  bool several = false;
  forEach(value, [&](const Expr& part) {
    if (part.kind() != ExprKind::AxisVar || ranges[part.axis()]) return;
    several = several || (found && *found != part.axis());
    found = part.axis();
  });
  return several ? std::nullopt : found;
}

}  // namespace

void inferRanges(const std::vector<TcSubscript>& subscripts, TcRanges& ranges) {
  for (bool progress = true; progress;) {
    progress = false;
    TcRanges found(ranges.size());
    for (const auto& subscript : subscripts) {
      const auto variable = onlyUnknown(subscript.value, ranges);
      if (!variable) continue;
      const auto solved = solve(subscript.value, *variable, {0, subscript.extent - 1}, ranges);
      if (!solved || !checked({solved->low, solved->low}) || !checked({solved->high, solved->high})) continue;
      auto& range = found[*variable];
      if (!range) range = Interval{-kLargest, kLargest};
      range->low = std::max(range->low, static_cast<std::int64_t>(solved->low));
      range->high = std::min(range->high, static_cast<std::int64_t>(solved->high));
    }
    for (std::size_t variable = 0; variable < ranges.size(); ++variable) {
      if (ranges[variable] || !found[variable]) continue;
      ranges[variable] = found[variable];
      progress = true;
    }
  }
}

std::optional<Interval> boundsOf(const Expr& value, const TcRanges& ranges) {
  const auto bounds = wideBounds(value, ranges);
  if (!bounds) return std::nullopt;
  return Interval{static_cast<std::int64_t>(bounds->low), static_cast<std::int64_t>(bounds->high)};
}

}  // namespace espalier
