// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "workload/tc_functions.h"
#include "workload/tc_tensors.h"

namespace espalier {
namespace {

int rankOf(DataType type) {
  switch (type) {
    case DataType::Bool: return 0;
    case DataType::Index: return 1;
    case DataType::Int32: return 2;
    case DataType::Float32: return 3;
    case DataType::Float64: return 4;
  }
  return 0;
}

/// Types of the expressions of one statement. Names that are neither tensors nor bindings are sizes or
/// indices.
class TypeFinder {
 public:
  explicit TypeFinder(const TcTensors& tensors) : tensors_(tensors) {}

  void bind(const TcBinding& binding) {
    const DataType type = typeOf(binding.value);
    bindings_.emplace_back(&binding, type);
  }

  [[nodiscard]] DataType typeOf(const TcExpression& expression) const {
    using Kind = TcExpression::Kind;
    switch (expression.kind) {
      case Kind::Integer:
      case Kind::Placeholder:
      case Kind::Dimension: return DataType::Index;
      case Kind::Real: return DataType::Float32;
      case Kind::Boolean: return DataType::Bool;
      case Kind::Name: return typeOfName(expression.name);
      case Kind::Apply: return typeOfApplication(expression);
      case Kind::Unary:
        return expression.sign == TokenKind::Not ? DataType::Bool
                                                 : widest(DataType::Index, typeOf(expression.operands[0]));
      case Kind::Binary: return typeOfBinary(expression);
      case Kind::Conditional: return widest(typeOf(expression.operands[1]), typeOf(expression.operands[2]));
      case Kind::Cast: return expression.type;
    }
    return DataType::Float32;
  }

 private:
  [[nodiscard]] DataType typeOfName(const std::string& name) const {
    for (const auto& [binding, type] : bindings_)
      if (binding->name == name) return type;
    const auto tensor = tensors_.find(name);
    return tensor == tensors_.end() ? DataType::Index : tensor->second.type;
  }

  [[nodiscard]] DataType typeOfApplication(const TcExpression& expression) const {
    if (const auto tensor = tensors_.find(expression.name); tensor != tensors_.end())
      return tensor->second.type;
    const auto* function = findFunction(expression.name);
    DataType type = function != nullptr && function->floats ? DataType::Float32 : DataType::Index;
    for (const auto& operand : expression.operands) type = widest(type, typeOf(operand));
    return type;
  }

  [[nodiscard]] DataType typeOfBinary(const TcExpression& expression) const {
    switch (expression.sign) {
      case TokenKind::Plus:
      case TokenKind::Minus:
      case TokenKind::Star:
      case TokenKind::Slash:
      case TokenKind::Percent:
        return widest(DataType::Index,
                      widest(typeOf(expression.operands[0]), typeOf(expression.operands[1])));
      default: return DataType::Bool;
    }
  }

  const TcTensors& tensors_;
  std::vector<std::pair<const TcBinding*, DataType>> bindings_;
};

}  // namespace

DataType widest(DataType left, DataType right) { return rankOf(left) < rankOf(right) ? right : left; }

void inferTypes(const TcKernel& kernel, TcTensors& tensors) {
  std::vector<std::string> declared;
  for (const auto* parameters : {&kernel.inputs, &kernel.outputs})
    for (const auto& parameter : *parameters)
      if (parameter.type) declared.push_back(parameter.name);
  const auto open = [&](const std::string& name) {
    return std::find(declared.begin(), declared.end(), name) == declared.end();
  };
  for (auto& [name, tensor] : tensors)
    if (open(name)) tensor.type = DataType::Bool;

  // Types only grow, so this ends.
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& statement : kernel.statements) {
      const auto target = tensors.find(statement.target);
      if (target == tensors.end() || !open(statement.target)) continue;
      TypeFinder finder(tensors);
      for (const auto& binding : statement.bindings) finder.bind(binding);
      const DataType type = widest(target->second.type, finder.typeOf(statement.value));
      changed = changed || type != target->second.type;
      target->second.type = type;
    }
  }
  for (auto& [name, tensor] : tensors)
    if (tensor.type == DataType::Bool || tensor.type == DataType::Index) tensor.type = DataType::Int32;
}

}  // namespace espalier
