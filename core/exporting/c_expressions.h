// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "program/program.h"

namespace espalier {

/// How a buffer is reached in C.
struct CBuffer {
  std::string name;
  bool array = false;  ///< declared with its extents, else a pointer to its first element
};

/// Names of a program's things in C. Vectors are indexed by the ids.
struct CScope {
  std::vector<CBuffer> buffers;
  std::vector<std::string> loops;
};

[[nodiscard]] const char* cType(DataType type);

/// Helper functions that the generated expressions call.
class CHelpers {
 public:
  /// The helper's name; remembers that it is needed.
  const std::string& need(const std::string& name) { return *used_.insert(name).first; }
  /// Definitions of all that were needed.
  [[nodiscard]] std::string definitions() const;

 private:
  std::set<std::string> used_;
};

/// Writes expressions of a program as C.
class CExpressions {
 public:
  CExpressions(const Program& program, const CScope& scope, CHelpers& helpers)
      : program_(program), scope_(scope), helpers_(helpers) {}

  /// An expression over loop variables, with parentheses only where C needs them.
  [[nodiscard]] std::string text(const Expr& expr) const;
  /// An element of a buffer, as a value or as what is assigned to.
  [[nodiscard]] std::string element(BufferId buffer, const std::vector<Expr>& subscripts) const;
  /// combine(left, right) of a combiner.
  [[nodiscard]] std::string maximumOrMinimum(bool maximum, DataType type, const std::string& left,
                                             const std::string& right) const;

 private:
  /// How tightly C binds; a child that binds less than its place asks for is put in parentheses.
  enum class Strength : std::uint8_t { Ternary, Or, And, Equality, Relation, Sum, Product, Unary, Atom };
  struct Piece {
    std::string text;
    Strength strength = Strength::Atom;
  };
  [[nodiscard]] Piece piece(const Expr& expr) const;
  [[nodiscard]] std::string at(const Expr& expr, Strength place) const;
  [[nodiscard]] Piece infix(const Expr& expr, const char* sign, Strength strength) const;
  [[nodiscard]] Piece call(const Expr& expr) const;
  [[nodiscard]] Piece floorOperation(const Expr& expr) const;
  [[nodiscard]] bool neverNegative(const Expr& expr) const;

  const Program& program_;
  const CScope& scope_;
  CHelpers& helpers_;
};

}  // namespace espalier
