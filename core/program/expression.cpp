// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "program/expression.h"

#include <stdexcept>
#include <utility>

namespace espalier {
namespace {

std::int64_t floorDivide(std::int64_t left, std::int64_t right) {
  const std::int64_t quotient = left / right;
  return (left % right != 0 && (left < 0) != (right < 0)) ? quotient - 1 : quotient;
}

bool isComparison(ExprKind kind) {
  return kind == ExprKind::Less || kind == ExprKind::LessEqual || kind == ExprKind::Equal ||
         kind == ExprKind::NotEqual;
}

std::int64_t foldIntegers(ExprKind kind, std::int64_t left, std::int64_t right) {
  switch (kind) {
    case ExprKind::Add: return left + right;
    case ExprKind::Sub: return left - right;
    case ExprKind::Mul: return left * right;
    case ExprKind::Divide: return left / right;
    case ExprKind::FloorDiv: return floorDivide(left, right);
    case ExprKind::FloorMod: return left - floorDivide(left, right) * right;
    case ExprKind::Min: return left < right ? left : right;
    case ExprKind::Max: return left > right ? left : right;
    case ExprKind::Less: return left < right;
    case ExprKind::LessEqual: return left <= right;
    case ExprKind::Equal: return left == right;
    case ExprKind::NotEqual: return left != right;
    case ExprKind::And: return left & right;
    case ExprKind::Or: return left | right;
    default: throw std::logic_error("foldIntegers: not a binary kind");
  }
}

/// The operand that the operation leaves unchanged, or an empty expression. Only for Index, where it is exact.
Expr neutralResult(ExprKind kind, const Expr& left, const Expr& right) {
  switch (kind) {
    case ExprKind::Add:
      if (left.isInteger(0)) return right;
      if (right.isInteger(0)) return left;
      break;
    case ExprKind::Sub:
      if (right.isInteger(0)) return left;
      break;
    case ExprKind::Mul:
      if (left.isInteger(1)) return right;
      if (right.isInteger(1)) return left;
      if (left.isInteger(0)) return left;
      if (right.isInteger(0)) return right;
      break;
    case ExprKind::FloorDiv:
      if (right.isInteger(1)) return left;
      break;
    case ExprKind::FloorMod:
      if (right.isInteger(1)) return Expr::integer(0);
      break;
    default: break;
  }
  return {};
}

}  // namespace

int bytesOf(DataType type) {
  switch (type) {
    case DataType::Float32:
    case DataType::Int32: return 4;
    case DataType::Float64:
    case DataType::Index: return 8;
    case DataType::Bool: return 1;
  }
  throw std::logic_error("bytesOf: unknown type");
}

const char* nameOf(DataType type) {
  switch (type) {
    case DataType::Float32: return "float32";
    case DataType::Float64: return "float64";
    case DataType::Int32: return "int32";
    case DataType::Index: return "index";
    case DataType::Bool: return "bool";
  }
  throw std::logic_error("nameOf: unknown type");
}

const char* nameOf(Function function) {
  switch (function) {
    case Function::Exp: return "exp";
    case Function::Log: return "log";
    case Function::Tanh: return "tanh";
    case Function::Sqrt: return "sqrt";
    case Function::Rsqrt: return "rsqrt";
    case Function::Abs: return "abs";
    case Function::Pow: return "pow";
    case Function::Sin: return "sin";
    case Function::Cos: return "cos";
    case Function::Erf: return "erf";
    case Function::Sigmoid: return "sigmoid";
    case Function::Floor: return "floor";
    case Function::Ceil: return "ceil";
  }
  throw std::logic_error("nameOf: unknown function");
}

Expr Expr::integer(std::int64_t value, DataType type) {
  Node node;
  node.kind = ExprKind::Integer;
  node.type = type;
  node.integer = value;
  return Expr(std::move(node));
}

Expr Expr::real(double value, DataType type) {
  Node node;
  node.kind = ExprKind::Real;
  node.type = type;
  node.real = value;
  return Expr(std::move(node));
}

Expr Expr::boolean(bool value) { return integer(value ? 1 : 0, DataType::Bool); }

Expr Expr::loopVar(LoopId loop) {
  Node node;
  node.kind = ExprKind::LoopVar;
  node.loop = loop;
  return Expr(std::move(node));
}

Expr Expr::axisVar(std::size_t position) {
  Node node;
  node.kind = ExprKind::AxisVar;
  node.integer = static_cast<std::int64_t>(position);
  return Expr(std::move(node));
}

Expr Expr::load(BufferId buffer, DataType type, std::vector<Expr> subscripts) {
  Node node;
  node.kind = ExprKind::Load;
  node.type = type;
  node.buffer = buffer;
  node.operands = std::move(subscripts);
  return Expr(std::move(node));
}

Expr Expr::call(Function function, std::vector<Expr> arguments) {
  Node node;
  node.kind = ExprKind::Call;
  node.type = arguments.at(0).type();
  node.function = function;
  node.operands = std::move(arguments);
  return Expr(std::move(node));
}

Expr Expr::cast(DataType type, Expr value) {
  if (value.type() == type) return value;
  Node node;
  node.kind = ExprKind::Cast;
  node.type = type;
  node.operands = {std::move(value)};
  return Expr(std::move(node));
}

Expr Expr::select(Expr condition, Expr ifTrue, Expr ifFalse) {
  Node node;
  node.kind = ExprKind::Select;
  node.type = ifTrue.type();
  node.operands = {std::move(condition), std::move(ifTrue), std::move(ifFalse)};
  return Expr(std::move(node));
}

Expr Expr::binary(ExprKind kind, Expr left, Expr right) {
  if (left.type() == DataType::Index && right.type() == DataType::Index) {
    if (left.isInteger() && right.isInteger()) {
      const std::int64_t value = foldIntegers(kind, left.integerValue(), right.integerValue());
      return integer(value, isComparison(kind) ? DataType::Bool : DataType::Index);
    }
    if (Expr neutral = neutralResult(kind, left, right); neutral.valid()) return neutral;
  }
  Node node;
  node.kind = kind;
  node.type = isComparison(kind) ? DataType::Bool : left.type();
  node.operands = {std::move(left), std::move(right)};
  return Expr(std::move(node));
}

Expr Expr::logicalNot(Expr value) {
  Node node;
  node.kind = ExprKind::Not;
  node.type = DataType::Bool;
  node.operands = {std::move(value)};
  return Expr(std::move(node));
}

Expr Expr::withOperands(std::vector<Expr> operands) const {
  switch (kind()) {
    case ExprKind::Add:
    case ExprKind::Sub:
    case ExprKind::Mul:
    case ExprKind::Divide:
    case ExprKind::FloorDiv:
    case ExprKind::FloorMod:
    case ExprKind::Min:
    case ExprKind::Max:
    case ExprKind::Less:
    case ExprKind::LessEqual:
    case ExprKind::Equal:
    case ExprKind::NotEqual:
    case ExprKind::And:
    case ExprKind::Or: return binary(kind(), std::move(operands.at(0)), std::move(operands.at(1)));
    default: break;
  }
  Node node = *node_;
  node.operands = std::move(operands);
  return Expr(std::move(node));
}

Expr operator+(const Expr& left, const Expr& right) { return Expr::binary(ExprKind::Add, left, right); }
Expr operator-(const Expr& left, const Expr& right) { return Expr::binary(ExprKind::Sub, left, right); }
Expr operator*(const Expr& left, const Expr& right) { return Expr::binary(ExprKind::Mul, left, right); }
Expr floorDiv(const Expr& left, const Expr& right) { return Expr::binary(ExprKind::FloorDiv, left, right); }
Expr floorMod(const Expr& left, const Expr& right) { return Expr::binary(ExprKind::FloorMod, left, right); }
Expr minimum(const Expr& left, const Expr& right) { return Expr::binary(ExprKind::Min, left, right); }
Expr maximum(const Expr& left, const Expr& right) { return Expr::binary(ExprKind::Max, left, right); }

bool equal(const Expr& left, const Expr& right) {
  if (left.sameAs(right)) return true;
  if (!left.valid() || !right.valid()) return false;
  const Expr::Node& a = left.node();
  const Expr::Node& b = right.node();
  if (a.kind != b.kind || a.type != b.type || a.operands.size() != b.operands.size()) return false;
  switch (a.kind) {
    case ExprKind::Integer:
    case ExprKind::AxisVar:
      if (a.integer != b.integer) return false;
      break;
    case ExprKind::Real:
      // NaN equals itself here: the same constant, not the same number.
      if (!(a.real == b.real) && !(a.real != a.real && b.real != b.real)) return false;
      break;
    case ExprKind::LoopVar:
      if (a.loop != b.loop) return false;
      break;
    case ExprKind::Load:
      if (a.buffer != b.buffer) return false;
      break;
    case ExprKind::Call:
      if (a.function != b.function) return false;
      break;
    default: break;
  }
  for (std::size_t i = 0; i < a.operands.size(); ++i)
    if (!equal(a.operands[i], b.operands[i])) return false;
  return true;
}

void forEach(const Expr& expr, const std::function<void(const Expr&)>& visit) {
  visit(expr);
  for (const Expr& operand : expr.operands()) forEach(operand, visit);
}

bool any(const Expr& expr, const std::function<bool(const Expr&)>& test) {
  if (test(expr)) return true;
  for (const Expr& operand : expr.operands())
    if (any(operand, test)) return true;
  return false;
}

Expr rewrite(const Expr& expr, const std::function<Expr(const Expr&)>& change) {
  bool changed = false;
  std::vector<Expr> operands;
  operands.reserve(expr.operands().size());
  for (const Expr& operand : expr.operands()) {
    operands.push_back(rewrite(operand, change));
    changed = changed || !operands.back().sameAs(operand);
  }
  return change(changed ? expr.withOperands(std::move(operands)) : expr);
}

namespace {

/// Replaces leaves once: what a replacement brings in, or what folding lifts up, is not looked at again.
Expr replaceLeaves(const Expr& expr, const std::function<Expr(const Expr&)>& replacement) {
  if (expr.operands().empty()) return replacement(expr);
  bool changed = false;
  std::vector<Expr> operands;
  operands.reserve(expr.operands().size());
  for (const Expr& operand : expr.operands()) {
    operands.push_back(replaceLeaves(operand, replacement));
    changed = changed || !operands.back().sameAs(operand);
  }
  return changed ? expr.withOperands(std::move(operands)) : expr;
}

}  // namespace

Expr substituteLoops(const Expr& expr, const std::function<Expr(LoopId)>& with) {
  return replaceLeaves(expr, [&](const Expr& leaf) {
    if (leaf.kind() != ExprKind::LoopVar) return leaf;
    Expr replacement = with(leaf.loop());
    return replacement.valid() ? replacement : leaf;
  });
}

Expr substituteAxes(const Expr& expr, const std::vector<Expr>& with) {
  return replaceLeaves(expr, [&](const Expr& leaf) {
    if (leaf.kind() != ExprKind::AxisVar || !with.at(leaf.axis()).valid()) return leaf;
    return with[leaf.axis()];
  });
}

}  // namespace espalier
