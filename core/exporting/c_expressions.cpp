// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "exporting/c_expressions.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

#include "program/analysis.h"

namespace espalier {
namespace {

constexpr std::array<std::pair<const char*, const char*>, 10> kHelpers{{
    {"espalier_floor_div",
     "static inline int64_t espalier_floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }\n"},
    {"espalier_floor_mod",
     "static inline int64_t espalier_floor_mod(int64_t a, int64_t b) { return a % b < 0 ? a % b + b : a % b; "
     "}\n"},
    {"espalier_max_double",
     "static inline double espalier_max_double(double a, double b) { return a > b ? a : b; }\n"},
    {"espalier_max_float",
     "static inline float espalier_max_float(float a, float b) { return a > b ? a : b; }\n"},
    {"espalier_max_int32_t",
     "static inline int32_t espalier_max_int32_t(int32_t a, int32_t b) { return a > b ? a : b; }\n"},
    {"espalier_max_int64_t",
     "static inline int64_t espalier_max_int64_t(int64_t a, int64_t b) { return a > b ? a : b; }\n"},
    {"espalier_min_double",
     "static inline double espalier_min_double(double a, double b) { return a < b ? a : b; }\n"},
    {"espalier_min_float",
     "static inline float espalier_min_float(float a, float b) { return a < b ? a : b; }\n"},
    {"espalier_min_int32_t",
     "static inline int32_t espalier_min_int32_t(int32_t a, int32_t b) { return a < b ? a : b; }\n"},
    {"espalier_min_int64_t",
     "static inline int64_t espalier_min_int64_t(int64_t a, int64_t b) { return a < b ? a : b; }\n"},
}};

std::string realText(double value, DataType type) {
  const char* const suffix = type == DataType::Float32 ? "f" : "";
  if (std::isnan(value)) return type == DataType::Float32 ? "(float)NAN" : "(double)NAN";
  if (std::isinf(value)) return value > 0 ? "INFINITY" : "-INFINITY";
  std::array<char, 40> buffer{};
  const auto end =
      type == DataType::Float32
          ? std::to_chars(buffer.data(), buffer.data() + buffer.size(), static_cast<float>(value))
          : std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  std::string text(buffer.data(), end.ptr);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text + suffix;
}

std::string integerText(std::int64_t value, DataType type) {
  if (type == DataType::Int32 && value == std::numeric_limits<std::int32_t>::min()) return "INT32_MIN";
  if (value == std::numeric_limits<std::int64_t>::min()) return "INT64_MIN";
  const bool large =
      value > std::numeric_limits<std::int32_t>::max() || value < -std::numeric_limits<std::int32_t>::max();
  return large ? "INT64_C(" + std::to_string(value) + ")" : std::to_string(value);
}

}  // namespace

const char* cType(DataType type) {
  switch (type) {
    case DataType::Float32: return "float";
    case DataType::Float64: return "double";
    case DataType::Int32: return "int32_t";
    case DataType::Index: return "int64_t";
    case DataType::Bool: return "int";
  }
  throw std::logic_error("cType: unknown type");
}

std::string CHelpers::definitions() const {
  std::string text;
  for (const auto& [name, definition] : kHelpers)
    if (used_.count(name) != 0) text += definition;
  return text;
}

std::string CExpressions::text(const Expr& expr) const { return at(expr, Strength::Ternary); }

std::string CExpressions::at(const Expr& expr, Strength place) const {
  Piece part = piece(expr);
  return part.strength < place ? "(" + part.text + ")" : part.text;
}

CExpressions::Piece CExpressions::infix(const Expr& expr, const char* sign, Strength strength) const {
  const auto tighter = static_cast<Strength>(static_cast<int>(strength) + 1);
  return {at(expr.operand(0), strength) + " " + sign + " " + at(expr.operand(1), tighter), strength};
}

CExpressions::Piece CExpressions::piece(const Expr& expr) const {
  switch (expr.kind()) {
    case ExprKind::Integer:
      return {integerText(expr.integerValue(), expr.type()),
              expr.integerValue() < 0 ? Strength::Unary : Strength::Atom};
    case ExprKind::Real: {
      std::string text = realText(expr.realValue(), expr.type());
      return {text, text.front() == '-' || text.front() == '(' ? Strength::Unary : Strength::Atom};
    }
    case ExprKind::LoopVar: return {scope_.loops.at(expr.loop().index)};
    case ExprKind::AxisVar: throw std::logic_error("CExpressions: axis variable outside its block");
    case ExprKind::Add: return infix(expr, "+", Strength::Sum);
    case ExprKind::Sub:
      // `0 - x` is how a sign change is written; -x differs from it at zero only in the sign of the result.
      return infix(expr, "-", Strength::Sum);
    case ExprKind::Mul: return infix(expr, "*", Strength::Product);
    case ExprKind::Divide: return infix(expr, "/", Strength::Product);
    case ExprKind::FloorDiv:
    case ExprKind::FloorMod: return floorOperation(expr);
    case ExprKind::Min:
    case ExprKind::Max:
      return {maximumOrMinimum(expr.kind() == ExprKind::Max, expr.type(),
                               at(expr.operand(0), Strength::Ternary),
                               at(expr.operand(1), Strength::Ternary))};
    case ExprKind::Less: return infix(expr, "<", Strength::Relation);
    case ExprKind::LessEqual: return infix(expr, "<=", Strength::Relation);
    case ExprKind::Equal: return infix(expr, "==", Strength::Equality);
    case ExprKind::NotEqual: return infix(expr, "!=", Strength::Equality);
    case ExprKind::And: return infix(expr, "&&", Strength::And);
    case ExprKind::Or:
      // Compilers warn of && inside || without parentheses.
      return {
          at(expr.operand(0), expr.operand(0).kind() == ExprKind::And ? Strength::Equality : Strength::Or) +
              " || " + at(expr.operand(1), Strength::Equality),
          Strength::Or};
    case ExprKind::Not: return {"!" + at(expr.operand(0), Strength::Unary), Strength::Unary};
    case ExprKind::Select:
      return {at(expr.operand(0), Strength::Or) + " ? " + at(expr.operand(1), Strength::Ternary) + " : " +
                  at(expr.operand(2), Strength::Ternary),
              Strength::Ternary};
    case ExprKind::Load: return {element(expr.buffer(), expr.operands())};
    case ExprKind::Call: return call(expr);
    case ExprKind::Cast:
      return {std::string("(") + cType(expr.type()) + ")" + at(expr.operand(0), Strength::Unary),
              Strength::Unary};
  }
  throw std::logic_error("CExpressions: unknown kind");
}

CExpressions::Piece CExpressions::call(const Expr& expr) const {
  const bool single = expr.type() == DataType::Float32;
  const std::string one = single ? "1.0f" : "1.0";
  const auto library = [&](const char* name) {
    std::string text = std::string(name) + (single ? "f(" : "(");
    for (std::size_t i = 0; i < expr.operands().size(); ++i)
      text += (i == 0 ? "" : ", ") + at(expr.operand(i), Strength::Ternary);
    return text + ")";
  };
  switch (expr.function()) {
    case Function::Exp: return {library("exp")};
    case Function::Log: return {library("log")};
    case Function::Tanh: return {library("tanh")};
    case Function::Sqrt: return {library("sqrt")};
    case Function::Rsqrt: return {one + " / " + library("sqrt"), Strength::Product};
    case Function::Abs: return {library("fabs")};
    case Function::Pow: return {library("pow")};
    case Function::Sin: return {library("sin")};
    case Function::Cos: return {library("cos")};
    case Function::Erf: return {library("erf")};
    case Function::Sigmoid:
      return {one + " / (" + one + " + " + (single ? "expf(-" : "exp(-") +
                  at(expr.operand(0), Strength::Unary) + "))",
              Strength::Product};
    case Function::Floor: return {library("floor")};
    case Function::Ceil: return {library("ceil")};
  }
  throw std::logic_error("CExpressions: unknown function");
}

bool CExpressions::neverNegative(const Expr& expr) const {
  return !any(expr, [](const Expr& part) { return part.kind() == ExprKind::Load; }) &&
         intervalOf(program_, expr).low >= 0;
}

CExpressions::Piece CExpressions::floorOperation(const Expr& expr) const {
  const bool division = expr.kind() == ExprKind::FloorDiv;
  if (neverNegative(expr.operand(0))) return infix(expr, division ? "/" : "%", Strength::Product);
  return {helpers_.need(division ? "espalier_floor_div" : "espalier_floor_mod") + "(" +
          at(expr.operand(0), Strength::Ternary) + ", " + at(expr.operand(1), Strength::Ternary) + ")"};
}

std::string CExpressions::maximumOrMinimum(bool maximum, DataType type, const std::string& left,
                                           const std::string& right) const {
  return helpers_.need(std::string(maximum ? "espalier_max_" : "espalier_min_") + cType(type)) + "(" + left +
         ", " + right + ")";
}

std::string CExpressions::element(BufferId id, const std::vector<Expr>& subscripts) const {
  const auto& buffer = program_.buffer(id);
  const auto& known = scope_.buffers.at(id.index);
  if (subscripts.empty()) return known.name + "[0]";
  if (known.array) {
    std::string text = known.name;
    for (const auto& subscript : subscripts) text += "[" + at(subscript, Strength::Ternary) + "]";
    return text;
  }
  std::string position;
  Strength strength = Strength::Atom;
  for (std::size_t d = 0; d < subscripts.size(); ++d) {
    if (subscripts[d].isInteger(0) && d + 1 < subscripts.size() && position.empty()) continue;
    if (position.empty()) {
      Piece first = piece(subscripts[d]);
      position = std::move(first.text);
      strength = first.strength;
      continue;
    }
    if (strength < Strength::Product) position = "(" + position + ")";
    position += " * " + integerText(buffer.shape[d], DataType::Index);
    strength = Strength::Product;
    if (subscripts[d].isInteger(0)) continue;
    position += " + " + at(subscripts[d], Strength::Product);
    strength = Strength::Sum;
  }
  return known.name + "[" + position + "]";
}

}  // namespace espalier
