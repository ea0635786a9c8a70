// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "workload/tc_expressions.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "workload/near_names.h"
#include "workload/tc_functions.h"
#include "workload/tc_parser.h"

namespace espalier {
namespace {

constexpr int kMostNodes = 20000;

bool isReal(const Expr& expr) { return expr.kind() == ExprKind::Real; }

Expr realConstant(double value, DataType type) {
  return Expr::real(type == DataType::Float32 ? static_cast<double>(static_cast<float>(value)) : value, type);
}

std::int64_t floorQuotient(std::int64_t left, std::int64_t right) {
  return left / right - (left % right != 0 && (left < 0) != (right < 0) ? 1 : 0);
}

bool isComparison(TokenKind sign) {
  return sign == TokenKind::Less || sign == TokenKind::LessEqual || sign == TokenKind::Greater ||
         sign == TokenKind::GreaterEqual || sign == TokenKind::Equal || sign == TokenKind::NotEqual;
}

}  // namespace

Expr TcExpressions::fail(SourceSpan span, const std::string& what, const std::string& hint) {
  diagnostics_.fail(span, what, hint);
  return Expr::integer(0);
}

std::size_t TcExpressions::declare(const std::string& name, SourceSpan span) {
  for (std::size_t i = 0; i < variables_.size(); ++i)
    if (variables_[i].name == name) return i;
  variables_.push_back({name, span});
  return variables_.size() - 1;
}

void TcExpressions::bind(const TcBinding& binding) {
  if (tensors_.count(binding.name) != 0 || sizes_.count(binding.name) != 0 ||
      bound_.count(binding.name) != 0) {
    diagnostics_.fail(binding.span, "`" + binding.name + "` is already the name of something else.",
                      "Choose another name.");
    return;
  }
  const int before = std::exchange(nodes_, 0);
  const int deepest = std::exchange(deepest_, 0);
  Bound bound{lower(binding.value, 1), 0, 0};
  bound.nodes = nodes_;
  bound.depth = deepest_;
  nodes_ += before;
  deepest_ = deepest;
  bound_.emplace(binding.name, std::move(bound));
}

Expr TcExpressions::value(const TcExpression& expression, DataType type) {
  return convert(lower(expression, 1), type, expression.span);
}

void TcExpressions::exists(const TcExpression& expression) {
  static_cast<void>(lower(expression, 1));  // for the accesses that it notes
}

std::int64_t TcExpressions::size(const TcExpression& expression) {
  const std::size_t variablesBefore = variables_.size();
  const auto outer = std::exchange(context_, Context::Subscript);
  const Expr expr = lower(expression, 1);
  context_ = outer;
  if (expr.isInteger() && variables_.size() == variablesBefore) return expr.integerValue();
  if (!diagnostics_.failed() && variables_.size() > variablesBefore) {
    const std::string name = variables_.back().name;
    diagnostics_.fail(variables_.back().span, "`" + name + "` is not a size, so it cannot bound a range.",
                      "If it is one, give it a value with --size " + name + "=VALUE.");
  }
  diagnostics_.fail(expression.span, "the bounds of a range must be integers made of sizes and numbers.");
  return 0;
}

Expr TcExpressions::lower(const TcExpression& expression, int level) {
  using Kind = TcExpression::Kind;
  deepest_ = std::max(deepest_, level);
  if (++nodes_ > kMostNodes || level > 2 * kDeepestExpression)
    return fail(expression.span, "this statement is too large.",
                "Compute parts of it in statements of their own.");
  if (diagnostics_.failed()) return Expr::integer(0);
  switch (expression.kind) {
    case Kind::Integer: return Expr::integer(expression.integer);
    case Kind::Real: return Expr::real(expression.real, DataType::Float32);
    case Kind::Boolean: return Expr::boolean(expression.integer != 0);
    case Kind::Name: return lowerName(expression, level);
    case Kind::Placeholder: {
      const auto size = sizes_.find(expression.name);
      if (size != sizes_.end()) return Expr::integer(size->second);
      return fail(expression.span, "the placeholder `{" + expression.name + "}` has no value.",
                  "Give it with --size " + expression.name + "=VALUE, or write the number into the text.");
    }
    case Kind::Apply: return lowerApplication(expression, level);
    case Kind::Dimension: return lowerDimension(expression);
    case Kind::Unary: return lowerUnary(expression, level);
    case Kind::Binary: return lowerBinary(expression, level);
    case Kind::Conditional: {
      const Expr condition =
          convert(lower(expression.operands[0], level + 1), DataType::Bool, expression.operands[0].span);
      const Expr ifTrue = lowerGuarded(expression.operands[1], level + 1);
      const Expr ifFalse = lowerGuarded(expression.operands[2], level + 1);
      const DataType type = widest(ifTrue.type(), ifFalse.type());
      return Expr::select(condition, convert(ifTrue, type, expression.span),
                          convert(ifFalse, type, expression.span));
    }
    case Kind::Cast: {
      const Expr operand = lower(expression.operands[0], level + 1);
      if (isFloat(operand.type()) && !isFloat(expression.type)) {
        if (!isReal(operand)) return Expr::cast(expression.type, operand);
        if (operand.realValue() > -2147483649.0 && operand.realValue() < 2147483648.0)
          return Expr::integer(static_cast<std::int64_t>(operand.realValue()), expression.type);
      }
      return convert(operand, expression.type, expression.span);
    }
  }
  return Expr::integer(0);
}

Expr TcExpressions::lowerName(const TcExpression& expression, int level) {
  const std::string& name = expression.name;
  if (const auto bound = bound_.find(name); bound != bound_.end()) {
    deepest_ = std::max(deepest_, level + bound->second.depth);
    nodes_ += bound->second.nodes;
    if (deepest_ > 2 * kDeepestExpression || nodes_ > kMostNodes)
      return fail(expression.span, "this statement is too large.",
                  "Compute parts of it in statements of their own.");
    return bound->second.value;
  }
  if (const auto size = sizes_.find(name); size != sizes_.end()) return Expr::integer(size->second);
  if (const auto tensor = tensors_.find(name); tensor != tensors_.end())
    return lowerAccess(expression, tensor->second, level);
  return Expr::axisVar(declare(name, expression.span));
}

Expr TcExpressions::lowerDimension(const TcExpression& expression) {
  const auto tensor = tensors_.find(expression.name);
  if (tensor == tensors_.end())
    return fail(expression.span, "`" + expression.name + "` is not a tensor, so it has no extents.",
                didYouMean(expression.name, tensorNames()));
  if (!tensor->second.shape)
    return fail(expression.span, "the shape of `" + expression.name + "` is not known here.",
                "Use extents of inputs or of tensors that an earlier statement computes.");
  const auto& shape = *tensor->second.shape;
  if (expression.integer < 0 || expression.integer >= static_cast<std::int64_t>(shape.size()))
    return fail(expression.span, "`" + expression.name + "` has " + std::to_string(shape.size()) +
                                     " dimensions, counted from 0.");
  return Expr::integer(shape[static_cast<std::size_t>(expression.integer)]);
}

Expr TcExpressions::lowerApplication(const TcExpression& expression, int level) {
  if (const auto tensor = tensors_.find(expression.name); tensor != tensors_.end())
    return lowerAccess(expression, tensor->second, level);
  if (findFunction(expression.name) != nullptr) return lowerFunction(expression, level);
  auto known = tensorNames();
  for (auto& name : functionNames()) known.push_back(std::move(name));
  return fail(
      {expression.span.begin, expression.span.begin + expression.name.size()},
      "`" + expression.name + "` is neither a tensor nor a function.",
      didYouMean(expression.name, known, "Declare it as an input, or compute it in an earlier statement."));
}

Expr TcExpressions::lowerGuarded(const TcExpression& expression, int level) {
  const bool outer = std::exchange(conditional_, true);
  Expr result = lower(expression, level);
  conditional_ = outer;
  return result;
}

Expr TcExpressions::lowerAccess(const TcExpression& expression, const TcTensor& tensor, int level) {
  TcAccess access{expression.name, {}, {}, expression.span, conditional_};
  const auto outer = std::exchange(context_, Context::Subscript);
  for (const auto& operand : expression.operands) {
    Expr subscript = lower(operand, level + 1);
    if (isFloat(subscript.type()))
      subscript =
          fail(operand.span,
               "a subscript must be an integer, this is " + std::string(nameOf(subscript.type())) + ".",
               "Convert it with int32(…), or declare the index tensor as int32.");
    access.subscripts.push_back(convert(subscript, DataType::Index, operand.span));
    access.spans.push_back(operand.span);
  }
  context_ = outer;
  if (tensor.shape && tensor.shape->size() != access.subscripts.size())
    return fail(expression.span, "`" + expression.name + "` has " + std::to_string(tensor.shape->size()) +
                                     " dimension" + (tensor.shape->size() == 1 ? "" : "s") + " but " +
                                     std::to_string(access.subscripts.size()) + " subscript" +
                                     (access.subscripts.size() == 1 ? "" : "s") + ".");
  Expr load = Expr::load(tensor.buffer, tensor.type, access.subscripts);
  accesses_.push_back(std::move(access));
  return load;
}

Expr TcExpressions::lowerFunction(const TcExpression& expression, int level) {
  const auto& function = *findFunction(expression.name);
  if (expression.operands.size() != function.arity)
    return fail(expression.span, "`" + expression.name + "` takes " + std::to_string(function.arity) +
                                     " argument" + (function.arity == 1 ? "" : "s") + ", not " +
                                     std::to_string(expression.operands.size()) + ".");
  std::vector<Expr> arguments;
  DataType type = function.floats ? DataType::Float32 : DataType::Index;
  if (function.meaning == TcFunction::Meaning::Call) type = DataType::Float32;
  for (const auto& operand : expression.operands) {
    arguments.push_back(lower(operand, level + 1));
    type = widest(type, arguments.back().type());
  }
  for (auto& argument : arguments) argument = convert(argument, type, expression.span);
  const bool constant = std::all_of(arguments.begin(), arguments.end(), isReal);
  switch (function.meaning) {
    case TcFunction::Meaning::Call:
      if (constant)
        return realConstant(evaluate(function.function, arguments[0].realValue(),
                                     arguments.size() > 1 ? arguments[1].realValue() : 0),
                            type);
      return Expr::call(function.function, std::move(arguments));
    case TcFunction::Meaning::Maximum:
      if (constant) return Expr::real(std::max(arguments[0].realValue(), arguments[1].realValue()), type);
      return maximum(arguments[0], arguments[1]);
    case TcFunction::Meaning::Minimum:
      if (constant) return Expr::real(std::min(arguments[0].realValue(), arguments[1].realValue()), type);
      return minimum(arguments[0], arguments[1]);
    case TcFunction::Meaning::Absolute:
      if (isFloat(type)) return Expr::call(Function::Abs, std::move(arguments));
      return maximum(arguments[0],
                     arithmetic(TokenKind::Minus, Expr::integer(0, type), arguments[0], expression.span));
  }
  return Expr::integer(0);
}

Expr TcExpressions::lowerUnary(const TcExpression& expression, int level) {
  const Expr operand = lower(expression.operands[0], level + 1);
  if (expression.sign == TokenKind::Not)
    return Expr::logicalNot(convert(operand, DataType::Bool, expression.operands[0].span));
  if (isReal(operand)) return Expr::real(-operand.realValue(), operand.type());
  const DataType type = widest(DataType::Index, operand.type());
  const Expr zero = isFloat(type) ? Expr::real(0, type) : Expr::integer(0, type);
  return arithmetic(TokenKind::Minus, zero, convert(operand, type, expression.span), expression.span);
}

Expr TcExpressions::lowerBinary(const TcExpression& expression, int level) {
  const TokenKind sign = expression.sign;
  Expr left = lower(expression.operands[0], level + 1);
  Expr right = sign == TokenKind::And || sign == TokenKind::Or
                   ? lowerGuarded(expression.operands[1], level + 1)
                   : lower(expression.operands[1], level + 1);
  if (sign == TokenKind::And || sign == TokenKind::Or)
    return Expr::binary(sign == TokenKind::And ? ExprKind::And : ExprKind::Or,
                        convert(left, DataType::Bool, expression.operands[0].span),
                        convert(right, DataType::Bool, expression.operands[1].span));
  const DataType type = widest(DataType::Index, widest(left.type(), right.type()));
  left = convert(left, type, expression.operands[0].span);
  right = convert(right, type, expression.operands[1].span);
  if (isComparison(sign)) return compare(sign, std::move(left), std::move(right));
  return arithmetic(sign, left, right, expression.span);
}

Expr TcExpressions::compare(TokenKind sign, Expr left, Expr right) {
  switch (sign) {
    case TokenKind::Less: return Expr::binary(ExprKind::Less, left, right);
    case TokenKind::LessEqual: return Expr::binary(ExprKind::LessEqual, left, right);
    case TokenKind::Greater: return Expr::binary(ExprKind::Less, right, left);
    case TokenKind::GreaterEqual: return Expr::binary(ExprKind::LessEqual, right, left);
    case TokenKind::Equal: return Expr::binary(ExprKind::Equal, left, right);
    default: return Expr::binary(ExprKind::NotEqual, left, right);
  }
}

Expr TcExpressions::arithmetic(TokenKind sign, const Expr& left, const Expr& right, SourceSpan span) {
  if (sign == TokenKind::Slash) return divide(left, right, span);
  if (sign == TokenKind::Percent) return remainder(left, right, span);
  const ExprKind kind = sign == TokenKind::Plus    ? ExprKind::Add
                        : sign == TokenKind::Minus ? ExprKind::Sub
                                                   : ExprKind::Mul;
  if (left.isInteger() && right.isInteger()) {
    std::int64_t result = 0;
    const std::int64_t l = left.integerValue();
    const std::int64_t r = right.integerValue();
    const bool overflow = kind == ExprKind::Add   ? __builtin_add_overflow(l, r, &result)
                          : kind == ExprKind::Sub ? __builtin_sub_overflow(l, r, &result)
                                                  : __builtin_mul_overflow(l, r, &result);
    if (overflow) return fail(span, "this integer does not fit into 64 bits.");
    return convert(Expr::integer(result), left.type(), span);
  }
  if (isReal(left) && isReal(right)) {
    const double l = left.realValue();
    const double r = right.realValue();
    return realConstant(kind == ExprKind::Add ? l + r : kind == ExprKind::Sub ? l - r : l * r, left.type());
  }
  return Expr::binary(kind, left, right);
}

Expr TcExpressions::divide(const Expr& left, const Expr& right, SourceSpan span) {
  if (isFloat(left.type())) {
    if (isReal(left) && isReal(right) && right.realValue() != 0)
      return realConstant(left.realValue() / right.realValue(), left.type());
    return Expr::binary(ExprKind::Divide, left, right);
  }
  if (right.isInteger(0)) return fail(span, "this divides by zero.");
  if (left.isInteger() && right.isInteger() &&
      left.integerValue() != std::numeric_limits<std::int64_t>::min()) {
    const std::int64_t quotient = floorQuotient(left.integerValue(), right.integerValue());
    if (context_ == Context::Value && quotient == 0 && !left.isInteger(0))
      return fail(span, "this divides two integers, and the result is 0.",
                  "Write a real number, for instance 1.0, to divide as real numbers.");
    return Expr::integer(quotient, left.type());
  }
  if (left.type() == DataType::Int32) return Expr::binary(ExprKind::Divide, left, right);
  if (!right.isInteger() || right.integerValue() < 0)
    return fail(span, "an index can be divided by a positive constant only.");
  return floorDiv(left, right);
}

Expr TcExpressions::remainder(const Expr& left, const Expr& right, SourceSpan span) {
  if (isFloat(left.type()))
    return fail(span, "`%` needs integers, these are " + std::string(nameOf(left.type())) + ".");
  if (right.isInteger(0)) return fail(span, "this divides by zero.");
  if (left.type() == DataType::Int32)
    return Expr::binary(ExprKind::Sub, left,
                        Expr::binary(ExprKind::Mul, Expr::binary(ExprKind::Divide, left, right), right));
  if (!right.isInteger() || right.integerValue() < 0)
    return fail(span, "the remainder of an index needs a positive constant.");
  return floorMod(left, right);
}

Expr TcExpressions::convert(const Expr& expr, DataType type, SourceSpan span) {
  if (expr.type() == type) return expr;
  if (type == DataType::Bool)
    return Expr::binary(ExprKind::NotEqual, expr,
                        isFloat(expr.type()) ? Expr::real(0, expr.type()) : Expr::integer(0, expr.type()));
  if (expr.type() == DataType::Bool)
    return Expr::select(expr, convert(Expr::integer(1), type, span), convert(Expr::integer(0), type, span));
  if (isReal(expr) && isFloat(type)) return realConstant(expr.realValue(), type);
  if (expr.isInteger()) {
    if (isFloat(type)) return realConstant(static_cast<double>(expr.integerValue()), type);
    const std::int64_t value = expr.integerValue();
    if (type == DataType::Int32 && (value < std::numeric_limits<std::int32_t>::min() ||
                                    value > std::numeric_limits<std::int32_t>::max()))
      return fail(span, "the integer " + std::to_string(value) + " does not fit into int32.");
    return Expr::integer(value, type);
  }
  return Expr::cast(type, expr);
}

std::vector<std::string> TcExpressions::tensorNames() const {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : tensors_) names.push_back(name);
  return names;
}

}  // namespace espalier
