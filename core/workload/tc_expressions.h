// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "program/expression.h"
#include "workload/tc_ast.h"
#include "workload/tc_tensors.h"

namespace espalier {

/// An element of a tensor that a statement reads (or, as its target, writes).
struct TcAccess {
  std::string tensor;
  std::vector<Expr> subscripts;
  std::vector<SourceSpan> spans;  ///< of the subscripts
  SourceSpan span;
  bool conditional = false;  ///< happens only if some condition holds, which may keep it inside the tensor
};

/// Turns the expressions of one statement into Expr: resolves names, checks and converts types, folds
/// constants. Index variables become AxisVar(position in variables()); the value of such an AxisVar is the
/// index itself, not yet counted from the start of its range. After an error (diagnostics.failed()) results
/// are placeholders.
class TcExpressions {
 public:
  struct Variable {
    std::string name;
    SourceSpan span;  ///< first use
  };

  TcExpressions(TcDiagnostics& diagnostics, const TcSizes& sizes, const TcTensors& tensors)
      : diagnostics_(diagnostics), sizes_(sizes), tensors_(tensors) {}

  /// Makes `name` an index variable; its position.
  std::size_t declare(const std::string& name, SourceSpan span);
  /// Makes `binding` known to what is lowered after it.
  void bind(const TcBinding& binding);
  /// The value in the wanted type.
  [[nodiscard]] Expr value(const TcExpression& expression, DataType type);
  /// An expression that takes part in range inference only.
  void exists(const TcExpression& expression);
  /// A size expression: constants and sizes alone.
  [[nodiscard]] std::int64_t size(const TcExpression& expression);

  [[nodiscard]] const std::vector<Variable>& variables() const { return variables_; }
  [[nodiscard]] const std::vector<TcAccess>& accesses() const { return accesses_; }

 private:
  enum class Context : std::uint8_t { Value, Subscript };

  [[nodiscard]] Expr lower(const TcExpression& expression, int level);
  [[nodiscard]] Expr lowerName(const TcExpression& expression, int level);
  [[nodiscard]] Expr lowerDimension(const TcExpression& expression);
  [[nodiscard]] Expr lowerApplication(const TcExpression& expression, int level);
  [[nodiscard]] Expr lowerGuarded(const TcExpression& expression, int level);
  [[nodiscard]] Expr lowerAccess(const TcExpression& expression, const TcTensor& tensor, int level);
  [[nodiscard]] Expr lowerFunction(const TcExpression& expression, int level);
  [[nodiscard]] Expr lowerUnary(const TcExpression& expression, int level);
  [[nodiscard]] Expr lowerBinary(const TcExpression& expression, int level);
  [[nodiscard]] Expr arithmetic(TokenKind sign, const Expr& left, const Expr& right, SourceSpan span);
  [[nodiscard]] Expr divide(const Expr& left, const Expr& right, SourceSpan span);
  [[nodiscard]] Expr remainder(const Expr& left, const Expr& right, SourceSpan span);
  [[nodiscard]] Expr compare(TokenKind sign, Expr left, Expr right);
  [[nodiscard]] Expr convert(const Expr& expr, DataType type, SourceSpan span);
  [[nodiscard]] Expr fail(SourceSpan span, const std::string& what, const std::string& hint = {});
  [[nodiscard]] std::vector<std::string> tensorNames() const;

  struct Bound {
    Expr value;
    int depth = 0;
    int nodes = 0;
  };

  TcDiagnostics& diagnostics_;
  const TcSizes& sizes_;
  const TcTensors& tensors_;
  std::map<std::string, Bound, std::less<>> bound_;
  std::vector<Variable> variables_;
  std::vector<TcAccess> accesses_;
  Context context_ = Context::Value;
  bool conditional_ = false;
  int nodes_ = 0;    ///< lowered so far, bindings counted at each use
  int deepest_ = 0;  ///< level reached
};

}  // namespace espalier
