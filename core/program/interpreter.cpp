// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "program/interpreter.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "program/analysis.h"

namespace espalier {
namespace {

/// A value of any type while an expression is evaluated.
struct Value {
  DataType type = DataType::Index;
  double real = 0;           ///< Float32 (always rounded to float) and Float64
  std::int64_t integer = 0;  ///< Int32, Index, Bool

  static Value ofReal(DataType type, double value) {
    return {type, type == DataType::Float32 ? static_cast<float>(value) : value, 0};
  }
  static Value ofInteger(DataType type, std::int64_t value) {
    // Int32 wraps around as the machine does.
    return {type, 0, type == DataType::Int32 ? static_cast<std::int32_t>(value) : value};
  }
};

template <class Number>
Number apply(ExprKind kind, Number left, Number right) {
  switch (kind) {
    case ExprKind::Add: return left + right;
    case ExprKind::Sub: return left - right;
    case ExprKind::Mul: return left * right;
    case ExprKind::Min: return left < right ? left : right;
    case ExprKind::Max: return left > right ? left : right;
    default: throw std::logic_error("interpreter: not an arithmetic operation");
  }
}

double callFunction(Function function, const std::vector<Value>& arguments) {
  const double x = arguments.at(0).real;
  switch (function) {
    case Function::Exp: return std::exp(x);
    case Function::Log: return std::log(x);
    case Function::Tanh: return std::tanh(x);
    case Function::Sqrt: return std::sqrt(x);
    case Function::Rsqrt: return 1.0 / std::sqrt(x);
    case Function::Abs: return std::fabs(x);
    case Function::Pow: return std::pow(x, arguments.at(1).real);
    case Function::Sin: return std::sin(x);
    case Function::Cos: return std::cos(x);
    case Function::Erf: return std::erf(x);
    case Function::Sigmoid: return 1.0 / (1.0 + std::exp(-x));
    case Function::Floor: return std::floor(x);
    case Function::Ceil: return std::ceil(x);
  }
  throw std::logic_error("interpreter: unknown function");
}

/// Memory of one buffer in its physical shape, with a mark for every element that holds a value.
struct Memory {
  std::vector<double> reals;
  std::vector<std::int64_t> integers;
  std::vector<bool> written;
};

class Interpreter {
 public:
  Interpreter(const Program& program, std::vector<Tensor>& arguments)
      : program_(program), loopValues_(program.loops.size()), memory_(program.buffers.size()), scoped_(program.loops.size()) {
    const std::vector<BufferId> ids = argumentsOf(program);
    if (ids.size() != arguments.size()) throw std::logic_error("interpreter: wrong number of arguments");
    for (std::uint32_t i = 0; i < program.buffers.size(); ++i) allocate(BufferId{i});
    for (std::size_t i = 0; i < ids.size(); ++i) readArgument(ids[i], arguments[i]);
    run(program.roots);
    for (std::size_t i = 0; i < ids.size(); ++i) writeArgument(ids[i], arguments[i]);
  }

 private:
  Memory& memory(BufferId id) { return memory_[id.index]; }

  void allocate(BufferId id) {
    const Buffer& buffer = program_.buffer(id);
    const auto count = static_cast<std::size_t>(buffer.elements());
    Memory& store = memory(id);
    if (isFloat(buffer.type)) {
      store.reals.resize(count);
    } else {
      store.integers.resize(count);
    }
    store.written.assign(count, false);
    if (buffer.isArgument()) return;
    if (const std::optional<LoopId> scope = allocationScope(program_, id)) scoped_[scope->index].push_back(id);
  }

  void put(BufferId id, std::size_t position, const Value& value) {
    Memory& store = memory(id);
    if (isFloat(program_.buffer(id).type)) {
      store.reals[position] = value.real;
    } else {
      store.integers[position] = value.integer;
    }
    store.written[position] = true;
  }

  void readArgument(BufferId id, const Tensor& tensor) {
    const Buffer& buffer = program_.buffer(id);
    if (tensor.shape != logicalShape(buffer) || tensor.type != buffer.type)
      throw std::logic_error("interpreter: argument " + buffer.name + " has another shape or type");
    if (buffer.role == BufferRole::Output) return;
    const auto element = [&](std::int64_t flat) {
      return isFloat(buffer.type) ? Value::ofReal(buffer.type, tensor.at(flat))
                                  : Value::ofInteger(buffer.type, static_cast<std::int64_t>(tensor.at(flat)));
    };
    if (!buffer.packing) {
      for (std::int64_t i = 0; i < tensor.elements(); ++i) put(id, static_cast<std::size_t>(i), element(i));
      return;
    }
    std::vector<std::int64_t> physical(buffer.shape.size(), 0);
    for (std::int64_t position = 0; position < buffer.elements(); ++position) {
      const std::int64_t source = logicalPosition(*buffer.packing, physical);
      put(id, static_cast<std::size_t>(position), source < 0 ? Value{buffer.type, 0, 0} : element(source));
      for (std::size_t dimension = physical.size(); dimension-- > 0;) {
        if (++physical[dimension] < buffer.shape[dimension]) break;
        physical[dimension] = 0;
      }
    }
  }

  /// Flat position in the logical content, or −1 for padding.
  static std::int64_t logicalPosition(const Packing& packing, const std::vector<std::int64_t>& physical) {
    std::vector<Expr> values(physical.begin(), physical.end());
    std::int64_t flat = 0;
    for (std::size_t i = 0; i < packing.logicalShape.size(); ++i) {
      const std::int64_t subscript = substituteAxes(packing.logicalSubscripts[i], values).integerValue();
      if (subscript < 0 || subscript >= packing.logicalShape[i]) return -1;
      flat = flat * packing.logicalShape[i] + subscript;
    }
    return flat;
  }

  void writeArgument(BufferId id, Tensor& tensor) {
    const Buffer& buffer = program_.buffer(id);
    if (buffer.role != BufferRole::Output && buffer.role != BufferRole::Accumulated) return;
    const Memory& store = memory(id);
    for (std::int64_t i = 0; i < tensor.elements(); ++i) {
      const auto position = static_cast<std::size_t>(i);
      if (!store.written[position]) throw std::logic_error("interpreter: " + buffer.name + " was not written in full");
      tensor.set(i, isFloat(buffer.type) ? store.reals[position] : static_cast<double>(store.integers[position]));
    }
  }

  /// What was allocated inside a loop holds nothing at the start of each iteration.
  void forgetScoped(LoopId loop) {
    for (const BufferId id : scoped_[loop.index]) memory(id).written.assign(memory(id).written.size(), false);
  }

  void run(const std::vector<NodeRef>& nodes) {
    for (const NodeRef& node : nodes) {
      if (const LoopId* id = std::get_if<LoopId>(&node)) {
        const Loop& loop = program_.loop(*id);
        for (std::int64_t value = 0; value < loop.extent; ++value) {
          loopValues_[id->index] = value;
          forgetScoped(*id);
          run(loop.body);
        }
      } else {
        runInstance(program_.block(std::get<BlockId>(node)));
      }
    }
  }

  void runInstance(const Block& block) {
    axisValues_.clear();
    for (const Guard& guard : block.guards)
      if (evaluate(guard.value).integer >= guard.limit) return;
    std::vector<std::int64_t> values;
    bool first = true;
    for (std::size_t i = 0; i < block.axes.size(); ++i) {
      const std::int64_t value = evaluate(block.bindings[i]).integer;
      if (value < 0 || value >= block.axes[i].extent)
        throw std::out_of_range("interpreter: axis " + block.axes[i].name + " of block " + block.name + " is " +
                                std::to_string(value));
      values.push_back(value);
      first = first && (block.axes[i].kind == AxisKind::Spatial || value == 0);
    }
    axisValues_ = std::move(values);
    const std::size_t position = subscriptPosition(block.output, block.subscripts);
    const DataType type = program_.buffer(block.output).type;
    if (block.initialises && first) put(block.output, position, evaluate(identityOf(block.combiner, type)));
    Value value = evaluate(block.value);
    if (block.combiner != Combiner::None) value = join(block.combiner, read(block.output, position), value);
    put(block.output, position, value);
  }

  static Value join(Combiner combiner, const Value& left, const Value& right) {
    ExprKind kind = ExprKind::Add;
    if (combiner == Combiner::Product) kind = ExprKind::Mul;
    if (combiner == Combiner::Max) kind = ExprKind::Max;
    if (combiner == Combiner::Min) kind = ExprKind::Min;
    return arithmetic(kind, left, right);
  }

  static Value arithmetic(ExprKind kind, const Value& left, const Value& right) {
    if (left.type == DataType::Float32)
      return Value::ofReal(left.type, apply(kind, static_cast<float>(left.real), static_cast<float>(right.real)));
    if (left.type == DataType::Float64) return Value::ofReal(left.type, apply(kind, left.real, right.real));
    return Value::ofInteger(left.type, apply(kind, left.integer, right.integer));
  }

  std::size_t subscriptPosition(BufferId id, const std::vector<Expr>& subscripts) {
    const Buffer& buffer = program_.buffer(id);
    std::int64_t flat = 0;
    for (std::size_t i = 0; i < subscripts.size(); ++i) {
      const std::int64_t subscript = evaluate(subscripts[i]).integer;
      if (subscript < 0 || subscript >= buffer.shape[i])
        throw std::out_of_range("interpreter: subscript " + std::to_string(i) + " of " + buffer.name + " is " +
                                std::to_string(subscript));
      flat = flat * buffer.shape[i] + subscript;
    }
    return static_cast<std::size_t>(flat);
  }

  Value read(BufferId id, std::size_t position) {
    const Buffer& buffer = program_.buffer(id);
    const Memory& store = memory(id);
    if (!store.written[position])
      throw std::logic_error("interpreter: " + buffer.name + " is read before it is written");
    return isFloat(buffer.type) ? Value{buffer.type, store.reals[position], 0}
                                : Value{buffer.type, 0, store.integers[position]};
  }

  Value compare(ExprKind kind, const Value& left, const Value& right) {
    const auto answer = [kind](auto a, auto b) {
      switch (kind) {
        case ExprKind::Less: return a < b;
        case ExprKind::LessEqual: return a <= b;
        case ExprKind::Equal: return a == b;
        default: return a != b;
      }
    };
    const bool result = isFloat(left.type) ? answer(left.real, right.real) : answer(left.integer, right.integer);
    return Value::ofInteger(DataType::Bool, result ? 1 : 0);
  }

  static Value convert(DataType type, const Value& value) {
    const double real = isFloat(value.type) ? value.real : static_cast<double>(value.integer);
    if (isFloat(type)) return Value::ofReal(type, real);
    return Value::ofInteger(type, isFloat(value.type) ? static_cast<std::int64_t>(value.real) : value.integer);
  }

  static Value divide(const Value& left, const Value& right) {
    if (left.type == DataType::Float32)
      return Value::ofReal(left.type, static_cast<float>(left.real) / static_cast<float>(right.real));
    if (left.type == DataType::Float64) return Value::ofReal(left.type, left.real / right.real);
    return Value::ofInteger(left.type, left.integer / right.integer);
  }

  Value evaluate(const Expr& expr) {
    const auto operand = [&](std::size_t i) { return evaluate(expr.operand(i)); };
    switch (expr.kind()) {
      case ExprKind::Integer: return Value::ofInteger(expr.type(), expr.integerValue());
      case ExprKind::Real: return Value::ofReal(expr.type(), expr.realValue());
      case ExprKind::LoopVar: return Value::ofInteger(DataType::Index, loopValues_[expr.loop().index]);
      case ExprKind::AxisVar: return Value::ofInteger(DataType::Index, axisValues_.at(expr.axis()));
      case ExprKind::Add:
      case ExprKind::Sub:
      case ExprKind::Mul:
      case ExprKind::Min:
      case ExprKind::Max: return arithmetic(expr.kind(), operand(0), operand(1));
      case ExprKind::Divide: return divide(operand(0), operand(1));
      case ExprKind::FloorDiv:
        return Value::ofInteger(expr.type(), floorDiv(Expr(operand(0).integer), Expr(operand(1).integer)).integerValue());
      case ExprKind::FloorMod:
        return Value::ofInteger(expr.type(), floorMod(Expr(operand(0).integer), Expr(operand(1).integer)).integerValue());
      case ExprKind::Less:
      case ExprKind::LessEqual:
      case ExprKind::Equal:
      case ExprKind::NotEqual: return compare(expr.kind(), operand(0), operand(1));
      case ExprKind::And: return Value::ofInteger(DataType::Bool, operand(0).integer & operand(1).integer);
      case ExprKind::Or: return Value::ofInteger(DataType::Bool, operand(0).integer | operand(1).integer);
      case ExprKind::Not: return Value::ofInteger(DataType::Bool, operand(0).integer == 0 ? 1 : 0);
      // Both sides are evaluated, as compiled code does: subscripts must be in range on both.
      case ExprKind::Select: {
        const Value ifTrue = operand(1);
        const Value ifFalse = operand(2);
        return operand(0).integer != 0 ? ifTrue : ifFalse;
      }
      case ExprKind::Load: return read(expr.buffer(), subscriptPosition(expr.buffer(), expr.operands()));
      case ExprKind::Call: {
        std::vector<Value> arguments;
        for (const Expr& argument : expr.operands()) arguments.push_back(evaluate(argument));
        return Value::ofReal(expr.type(), callFunction(expr.function(), arguments));
      }
      case ExprKind::Cast: return convert(expr.type(), operand(0));
    }
    throw std::logic_error("interpreter: unknown expression");
  }

  const Program& program_;
  std::vector<std::int64_t> loopValues_;
  std::vector<std::int64_t> axisValues_;
  std::vector<Memory> memory_;
  std::vector<std::vector<BufferId>> scoped_;  ///< by loop: the intermediates that live for one of its iterations
};

}  // namespace

Tensor Tensor::zeros(DataType type, std::vector<std::int64_t> shape) {
  Tensor tensor;
  tensor.type = type;
  tensor.shape = std::move(shape);
  const auto count = static_cast<std::size_t>(tensor.elements());
  if (type == DataType::Float32) tensor.data = std::vector<float>(count);
  if (type == DataType::Float64) tensor.data = std::vector<double>(count);
  if (type == DataType::Int32) tensor.data = std::vector<std::int32_t>(count);
  return tensor;
}

std::int64_t Tensor::elements() const {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) count *= extent;
  return count;
}

double Tensor::at(std::int64_t flat) const {
  return std::visit([&](const auto& values) { return static_cast<double>(values[static_cast<std::size_t>(flat)]); }, data);
}

void Tensor::set(std::int64_t flat, double value) {
  std::visit(
      [&](auto& values) {
        using Element = typename std::decay_t<decltype(values)>::value_type;
        values[static_cast<std::size_t>(flat)] = static_cast<Element>(value);
      },
      data);
}

const void* Tensor::bytes() const {
  return std::visit([](const auto& values) -> const void* { return values.data(); }, data);
}

void* Tensor::bytes() {
  return std::visit([](auto& values) -> void* { return values.data(); }, data);
}

std::size_t Tensor::byteCount() const {
  return std::visit([](const auto& values) { return values.size() * sizeof(values[0]); }, data);
}

void interpret(const Program& program, std::vector<Tensor>& arguments) { Interpreter(program, arguments); }

std::vector<BufferId> argumentsOf(const Program& program) {
  std::vector<BufferId> ids;
  for (std::uint32_t i = 0; i < program.buffers.size(); ++i)
    if (program.buffers[i].isArgument()) ids.push_back(BufferId{i});
  return ids;
}

const std::vector<std::int64_t>& logicalShape(const Buffer& buffer) {
  return buffer.packing ? buffer.packing->logicalShape : buffer.shape;
}

}  // namespace espalier
