// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "program/program.h"

namespace espalier {

/// Where the error bound of a buffer's elements stands.
using BoundBuffers = std::map<BufferId, BufferId>;

/// 2⁻²⁴ for float32. For float64 2⁻⁵²: there the reference rounds as much as what it is compared with.
[[nodiscard]] double roundingUnit(DataType type);

/// Rounding units of Σ|term| that a sum of the block's terms in any order may be off: 4·(√K + 4).
[[nodiscard]] double summationFactor(const Block& block);

/// The expression in float64.
[[nodiscard]] Expr promoteToDouble(const Expr& expr);

/// First-order error of an expression over float buffers, as a float64 expression ≥ 0 (withErrorBounds in
/// reference.h).
class ErrorTerms {
 public:
  explicit ErrorTerms(const BoundBuffers& bounds) : bounds_(bounds) {}

  /// Bound on |computed − true| of the expression plus `moreUnits` rounding units of its magnitude.
  [[nodiscard]] Expr errorOf(const Expr& expr, double moreUnits = 0) const;

 private:
  /// error ≤ rest + units · u · |value|; an invalid `rest` is zero.
  struct Term {
    Expr rest;
    double units = 0;
    [[nodiscard]] bool isZero() const { return !rest.valid() && units == 0; }
  };
  [[nodiscard]] Term termOf(const Expr& expr) const;
  [[nodiscard]] Term functionTerm(const Expr& expr) const;
  [[nodiscard]] Expr total(const Expr& expr, const Term& term) const;
  /// A condition that errors of its operands may change, as a Bool; invalid if none can.
  [[nodiscard]] Expr mayTip(const Expr& condition) const;

  const BoundBuffers& bounds_;
};

}  // namespace espalier
