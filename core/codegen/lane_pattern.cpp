// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "codegen/lane_pattern.h"

#include <algorithm>

namespace espalier {
namespace {

/// left - right if that is a number.
std::optional<std::int64_t> distance(const AffineForm& left, const AffineForm& right) {
  if (left.terms.size() != right.terms.size()) return std::nullopt;
  for (const AffineForm::Term& term : left.terms)
    if (right.coefficientOf(term.atom) != term.coefficient) return std::nullopt;
  return left.constant - right.constant;
}

}  // namespace

std::int64_t LanePattern::lowest() const { return *std::min_element(places.begin(), places.end()); }

std::int64_t LanePattern::span() const {
  return *std::max_element(places.begin(), places.end()) - lowest() + 1;
}

bool LanePattern::consecutive() const {
  for (std::size_t lane = 0; lane < places.size(); ++lane)
    if (places[lane] != static_cast<std::int64_t>(lane)) return false;
  return true;
}

std::optional<LanePattern> lanePattern(const Expr& offset, LoopId lane, int active,
                                       const std::vector<Interval>& ranges) {
  const auto range = [&](const Expr& variable) { return ranges.at(variable.loop().index); };
  LanePattern pattern;
  AffineForm first;
  for (int number = 0; number < active; ++number) {
    const Expr value(number);
    const Expr at =
        simplify(rewrite(offset,
                         [&](const Expr& part) {
                           return part.kind() == ExprKind::LoopVar && part.loop() == lane ? value : part;
                         }),
                 range);
    if (any(at, [](const Expr& part) { return part.kind() == ExprKind::Load; })) return std::nullopt;
    const AffineForm form = affineForm(at);
    if (number == 0) {
      first = form;
      pattern.base = at;
    }
    const auto place = distance(form, first);
    if (!place) return std::nullopt;
    pattern.places.push_back(*place);
  }
  if (pattern.consecutive()) pattern.row = pattern.base + Expr::loopVar(lane);
  return pattern;
}

}  // namespace espalier
