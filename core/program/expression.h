// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace espalier {

/// Types of values. Index is the 64-bit integer of loop variables and subscripts; it never lies in a buffer.
enum class DataType : std::uint8_t { Float32, Float64, Int32, Index, Bool };

[[nodiscard]] int bytesOf(DataType type);          ///< storage size in bytes
[[nodiscard]] const char* nameOf(DataType type);   ///< "float32", "float64", "int32", "index", "bool"
[[nodiscard]] inline bool isFloat(DataType type) {
  return type == DataType::Float32 || type == DataType::Float64;
}

/// Handles into a Program. They stay valid while the program grows and along a whole trace.
struct LoopId {
  std::uint32_t index = ~0U;
  auto operator<=>(const LoopId&) const = default;
};
struct BlockId {
  std::uint32_t index = ~0U;
  auto operator<=>(const BlockId&) const = default;
};
struct BufferId {
  std::uint32_t index = ~0U;
  auto operator<=>(const BufferId&) const = default;
};

enum class ExprKind : std::uint8_t {
  Integer,   ///< constant of type Index, Int32 or Bool
  Real,      ///< constant of type Float32 or Float64
  LoopVar,   ///< value of a loop (Index)
  AxisVar,   ///< value of an axis of the enclosing block (Index)
  Add, Sub, Mul,
  Divide,    ///< true division of floats; C division (towards zero) of Int32
  FloorDiv, FloorMod,  ///< of Index; the divisor is positive
  Min, Max,
  Less, LessEqual, Equal, NotEqual,  ///< Bool results; > and >= are built by swapping
  And, Or, Not,
  Select,    ///< operands: condition, value if true, value if false (both are evaluated)
  Load,      ///< element of a buffer; operands are the subscripts (Index), one a dimension
  Call,      ///< one of Function, operands are the arguments
  Cast,      ///< to `type`
};

enum class Function : std::uint8_t {
  Exp, Log, Tanh, Sqrt, Rsqrt, Abs, Pow, Sin, Cos, Erf, Sigmoid, Floor, Ceil
};
[[nodiscard]] const char* nameOf(Function function);  ///< "exp", "log", …

/// An immutable expression tree with value semantics. Copying shares; nothing ever changes in place,
/// so expressions may be read from several threads.
class Expr {
 public:
  struct Node {
    ExprKind kind = ExprKind::Integer;
    DataType type = DataType::Index;
    Function function = Function::Exp;    ///< Call
    std::int64_t integer = 0;             ///< Integer: the value; AxisVar: position of the axis
    double real = 0;                      ///< Real: the value
    LoopId loop{};                        ///< LoopVar
    BufferId buffer{};                    ///< Load
    std::vector<Expr> operands;
  };

  Expr() = default;  ///< the empty expression: valid() is false
  explicit Expr(Node node) : node_(std::make_shared<const Node>(std::move(node))) {}
  Expr(std::int64_t value) : Expr(integer(value)) {}  // NOLINT: subscripts read like arithmetic
  Expr(int value) : Expr(integer(value)) {}           // NOLINT

  [[nodiscard]] bool valid() const { return node_ != nullptr; }
  [[nodiscard]] ExprKind kind() const { return node_->kind; }
  [[nodiscard]] DataType type() const { return node_->type; }
  [[nodiscard]] const std::vector<Expr>& operands() const { return node_->operands; }
  [[nodiscard]] const Expr& operand(std::size_t i) const { return node_->operands[i]; }
  [[nodiscard]] std::int64_t integerValue() const { return node_->integer; }
  [[nodiscard]] double realValue() const { return node_->real; }
  [[nodiscard]] LoopId loop() const { return node_->loop; }
  [[nodiscard]] std::size_t axis() const { return static_cast<std::size_t>(node_->integer); }
  [[nodiscard]] BufferId buffer() const { return node_->buffer; }
  [[nodiscard]] Function function() const { return node_->function; }
  [[nodiscard]] const Node& node() const { return *node_; }
  /// Same shared node (a cheap "did it change?").
  [[nodiscard]] bool sameAs(const Expr& other) const { return node_ == other.node_; }

  [[nodiscard]] bool isInteger() const { return valid() && kind() == ExprKind::Integer; }
  [[nodiscard]] bool isInteger(std::int64_t value) const { return isInteger() && integerValue() == value; }

  static Expr integer(std::int64_t value, DataType type = DataType::Index);
  static Expr real(double value, DataType type = DataType::Float32);
  static Expr boolean(bool value);
  static Expr loopVar(LoopId loop);
  static Expr axisVar(std::size_t position);
  static Expr load(BufferId buffer, DataType type, std::vector<Expr> subscripts);
  static Expr call(Function function, std::vector<Expr> arguments);
  static Expr cast(DataType type, Expr value);
  static Expr select(Expr condition, Expr ifTrue, Expr ifFalse);
  /// Add … NotEqual, And, Or: both operands of one type. Folds constants and the neutral elements of Index
  /// arithmetic; leaves floats as they are written.
  static Expr binary(ExprKind kind, Expr left, Expr right);
  static Expr logicalNot(Expr value);
  /// The same node with other operands.
  [[nodiscard]] Expr withOperands(std::vector<Expr> operands) const;

 private:
  std::shared_ptr<const Node> node_;
};

Expr operator+(const Expr& left, const Expr& right);
Expr operator-(const Expr& left, const Expr& right);
Expr operator*(const Expr& left, const Expr& right);
Expr floorDiv(const Expr& left, const Expr& right);
Expr floorMod(const Expr& left, const Expr& right);
Expr minimum(const Expr& left, const Expr& right);
Expr maximum(const Expr& left, const Expr& right);

/// Structural equality: same kinds, constants, handles and operands in the same order.
[[nodiscard]] bool equal(const Expr& left, const Expr& right);

/// Visits the expression and all below it, parents first.
void forEach(const Expr& expr, const std::function<void(const Expr&)>& visit);
/// True if `test` holds for the expression or anything below it.
[[nodiscard]] bool any(const Expr& expr, const std::function<bool(const Expr&)>& test);
/// Rebuilds bottom-up: `change` sees every node with its operands already rewritten and answers the
/// replacement, or the node itself. Shares what did not change.
[[nodiscard]] Expr rewrite(const Expr& expr, const std::function<Expr(const Expr&)>& change);
/// Replaces loop variables; `with` answers an empty Expr to keep one.
[[nodiscard]] Expr substituteLoops(const Expr& expr, const std::function<Expr(LoopId)>& with);
/// Replaces axis variables by position; an empty Expr in `with` keeps one.
[[nodiscard]] Expr substituteAxes(const Expr& expr, const std::vector<Expr>& with);

}  // namespace espalier
