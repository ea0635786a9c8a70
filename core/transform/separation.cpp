// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// When do two instances that touch the same element agree on the value of a loop? Every dimension of the two
// subscript vectors is an equation `left = right`. An equation is decoded like a number in a mixed radix: if
// a coefficient is larger than all the smaller terms together can reach, its variables must agree. Quotients
// and remainders that agree make the number they come from agree, which is an equation again.
#include <algorithm>
#include <set>

#include "program/analysis.h"
#include "transform/legality.h"

namespace espalier {
namespace {

class Decoder {
 public:
  Decoder(const Program& program, const std::vector<LoopId>& candidates, const std::vector<LoopId>& fixed)
      : program_(program), shared_(candidates.begin(), candidates.end()), equal_(fixed.begin(), fixed.end()) {
    for (const LoopId loop : candidates)
      if (program.loop(loop).extent == 1) equal_.insert(loop);
    shared_.insert(fixed.begin(), fixed.end());
  }

  void add(const Expr& left, const Expr& right) {
    equations_.push_back({affineForm(left), affineForm(right)});
  }

  void run() {
    for (bool again = true; again && !impossible_;) {
      again = false;
      for (std::size_t i = 0; i < equations_.size() && !impossible_; ++i) again = decode(i) || again;
    }
  }

  [[nodiscard]] bool agree(LoopId loop) const { return impossible_ || equal_.contains(loop); }

 private:
  struct Equation {
    AffineForm left;
    AffineForm right;
  };
  struct Shared {
    Expr atom;
    std::int64_t coefficient = 0;
    std::int64_t range = 0;
  };

  [[nodiscard]] bool allLoops(const Expr& expr, const std::set<LoopId>& loops) const {
    return !any(expr, [&](const Expr& part) {
      return part.kind() == ExprKind::Load || part.kind() == ExprKind::AxisVar ||
             (part.kind() == ExprKind::LoopVar && !loops.contains(part.loop()));
    });
  }
  [[nodiscard]] bool known(const Expr& expr) const {
    if (allLoops(expr, equal_)) return true;
    return std::any_of(agreeing_.begin(), agreeing_.end(),
                       [&](const Expr& other) { return equal(expr, other); });
  }

  /// Learns what one equation says; true if that was new.
  bool decode(std::size_t index) {
    const Equation equation = equations_[index];
    std::vector<Shared> shared;
    Interval rest{equation.left.constant - equation.right.constant,
                  equation.left.constant - equation.right.constant};
    const auto addRest = [&](const Expr& atom, std::int64_t coefficient) {
      const Interval range = intervalOf(program_, atom);
      rest.low += std::min(coefficient * range.low, coefficient * range.high);
      rest.high += std::max(coefficient * range.low, coefficient * range.high);
    };
    for (const auto& [atom, coefficient] : equation.left.terms) {
      const std::int64_t other = equation.right.coefficientOf(atom);
      const bool both = other == coefficient && allLoops(atom, shared_);
      if (both && known(atom)) continue;
      if (both) {
        const Interval range = intervalOf(program_, atom);
        shared.push_back({atom, coefficient < 0 ? -coefficient : coefficient, range.high - range.low});
      } else {
        addRest(atom, coefficient);
      }
    }
    for (const auto& [atom, coefficient] : equation.right.terms) {
      const bool both = equation.left.coefficientOf(atom) == coefficient && allLoops(atom, shared_);
      if (!both) addRest(atom, -coefficient);
    }
    std::sort(shared.begin(), shared.end(),
              [](const Shared& a, const Shared& b) { return a.coefficient > b.coefficient; });
    std::int64_t smaller = std::max(std::abs(rest.low), std::abs(rest.high));
    for (const Shared& term : shared) smaller += term.coefficient * term.range;
    if (rest.low > smaller - std::max(std::abs(rest.low), std::abs(rest.high)) ||
        -rest.high > smaller - std::max(std::abs(rest.low), std::abs(rest.high))) {
      impossible_ = true;
      return true;
    }
    bool learnt = false;
    for (const Shared& term : shared) {
      smaller -= term.coefficient * term.range;
      if (term.coefficient <= smaller) break;
      learn(term.atom);
      learnt = true;
    }
    return learnt;
  }

  void learn(const Expr& atom) {
    if (known(atom)) return;
    if (atom.kind() == ExprKind::LoopVar) {
      equal_.insert(atom.loop());
      return;
    }
    agreeing_.push_back(atom);
    if (atom.kind() != ExprKind::FloorDiv && atom.kind() != ExprKind::FloorMod) return;
    for (bool again = true; again;) {
      again = false;
      const std::vector<Expr> facts = agreeing_;
      for (const Expr& fact : facts) again = joinRemainder(fact) || again;
    }
  }

  /// x mod m agrees: if x div m agrees as well, or is always 0, then x agrees.
  bool joinRemainder(const Expr& fact) {
    if (fact.kind() != ExprKind::FloorMod || !fact.operand(1).isInteger()) return false;
    const Expr& whole = fact.operand(0);
    if (known(whole)) return false;
    const Expr quotient = simplify(program_, floorDiv(whole, fact.operand(1)));
    if (!quotient.isInteger() && !known(quotient)) return false;
    if (whole.kind() == ExprKind::LoopVar) {
      equal_.insert(whole.loop());
    } else {
      agreeing_.push_back(whole);
      add(whole, whole);
    }
    return true;
  }

  const Program& program_;
  std::set<LoopId> shared_;
  std::set<LoopId> equal_;
  std::vector<Expr> agreeing_;
  std::vector<Equation> equations_;
  bool impossible_ = false;  ///< the two never touch the same element
};

}  // namespace

std::vector<LoopId> decidedLoops(const Program& program, const Access& left, const Access& right,
                                 const std::vector<LoopId>& candidates, const std::vector<LoopId>& fixed) {
  Decoder decoder(program, candidates, fixed);
  for (std::size_t i = 0; i < left.subscripts.size(); ++i)
    decoder.add(left.subscripts[i], right.subscripts[i]);
  decoder.run();
  std::vector<LoopId> decided;
  for (const LoopId loop : candidates)
    if (decoder.agree(loop)) decided.push_back(loop);
  return decided;
}

}  // namespace espalier
