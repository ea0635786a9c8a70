// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "program/printer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "program/analysis.h"
#include "program/prefetch.h"

namespace espalier {
namespace {

/// How tightly an operator binds; parentheses appear where a child binds less than its place asks for.
enum Precedence { kTernary, kOr, kAnd, kNot, kCompare, kSum, kProduct, kUnary, kAtom };

std::string realText(double value, DataType type) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::array<char, 40> text{};
  // Shortest text that reads back the same; a float32 constant is printed as the float it is.
  const auto end = type == DataType::Float32
                       ? std::to_chars(text.data(), text.data() + text.size(), static_cast<float>(value))
                       : std::to_chars(text.data(), text.data() + text.size(), value);
  std::string result(text.data(), end.ptr);
  if (result.find_first_of(".en") == std::string::npos) result += ".0";
  return result;
}

class ExprPrinter {
 public:
  ExprPrinter(const Program& program, const Block* block) : program_(program), block_(block) {}

  std::string operator()(const Expr& expr) const { return at(expr, kTernary); }

 private:
  std::string at(const Expr& expr, Precedence place) const {
    const auto [text, precedence] = render(expr);
    return precedence < place ? "(" + text + ")" : text;
  }

  struct Rendered {
    std::string text;
    Precedence precedence = kAtom;
  };

  Rendered infix(const Expr& expr, const char* sign, Precedence precedence) const {
    const auto tighter = static_cast<Precedence>(precedence + 1);
    return {at(expr.operand(0), precedence) + " " + sign + " " + at(expr.operand(1), tighter), precedence};
  }

  std::string list(const std::vector<Expr>& exprs) const {
    std::string text;
    for (const Expr& expr : exprs) text += (text.empty() ? "" : ", ") + at(expr, kTernary);
    return text;
  }

  Rendered render(const Expr& expr) const {
    switch (expr.kind()) {
      case ExprKind::Integer:
        if (expr.type() == DataType::Bool) return {expr.integerValue() != 0 ? "True" : "False"};
        return {std::to_string(expr.integerValue()), expr.integerValue() < 0 ? kUnary : kAtom};
      case ExprKind::Real: {
        std::string text = realText(expr.realValue(), expr.type());
        return {text, text.front() == '-' ? kUnary : kAtom};
      }
      case ExprKind::LoopVar: return {program_.loop(expr.loop()).name};
      case ExprKind::AxisVar:
        return {block_ != nullptr ? block_->axes.at(expr.axis()).name : "#" + std::to_string(expr.axis())};
      case ExprKind::Add: return infix(expr, "+", kSum);
      case ExprKind::Sub: return infix(expr, "-", kSum);
      case ExprKind::Mul: return infix(expr, "*", kProduct);
      case ExprKind::Divide: return infix(expr, "/", kProduct);
      case ExprKind::FloorDiv: return infix(expr, "//", kProduct);
      case ExprKind::FloorMod: return infix(expr, "%", kProduct);
      case ExprKind::Min: return {"min(" + list(expr.operands()) + ")"};
      case ExprKind::Max: return {"max(" + list(expr.operands()) + ")"};
      case ExprKind::Less: return infix(expr, "<", kCompare);
      case ExprKind::LessEqual: return infix(expr, "<=", kCompare);
      case ExprKind::Equal: return infix(expr, "==", kCompare);
      case ExprKind::NotEqual: return infix(expr, "!=", kCompare);
      case ExprKind::And: return infix(expr, "and", kAnd);
      case ExprKind::Or: return infix(expr, "or", kOr);
      case ExprKind::Not: return {"not " + at(expr.operand(0), kNot), kNot};
      case ExprKind::Select:
        return {at(expr.operand(1), kOr) + " if " + at(expr.operand(0), kOr) + " else " +
                    at(expr.operand(2), kTernary),
                kTernary};
      case ExprKind::Load: return {program_.buffer(expr.buffer()).name + "[" + list(expr.operands()) + "]"};
      case ExprKind::Call: return {std::string(nameOf(expr.function())) + "(" + list(expr.operands()) + ")"};
      case ExprKind::Cast: return {std::string(nameOf(expr.type())) + "(" + list(expr.operands()) + ")"};
    }
    throw std::logic_error("ExprPrinter: unknown kind");
  }

  const Program& program_;
  const Block* block_;
};

std::string shapeText(const std::vector<std::int64_t>& shape) {
  std::string text;
  for (const std::int64_t extent : shape) text += (text.empty() ? "" : ", ") + std::to_string(extent);
  return "[" + text + "]";
}

std::string declaration(const Buffer& buffer) {
  std::string text = buffer.name + ": " + nameOf(buffer.type) + shapeText(buffer.shape);
  if (buffer.packing) text += " packed from " + shapeText(buffer.packing->logicalShape);
  return text;
}

const char* kindText(LoopKind kind) {
  switch (kind) {
    case LoopKind::Serial: return "for ";
    case LoopKind::Parallel: return "parallel for ";
    case LoopKind::Vectorized: return "vectorized for ";
    case LoopKind::Unrolled: return "unrolled for ";
  }
  throw std::logic_error("kindText: unknown kind");
}

const char* memoryText(MemoryKind memory) {
  switch (memory) {
    case MemoryKind::Workspace: return "workspace";
    case MemoryKind::Stack: return "stack";
    case MemoryKind::Register: return "register";
  }
  throw std::logic_error("memoryText: unknown memory");
}

class ProgramPrinter {
 public:
  explicit ProgramPrinter(const Program& program) : program_(program) {
    for (std::uint32_t i = 0; i < program.buffers.size(); ++i) {
      const BufferId id{i};
      if (program.buffer(id).isArgument() || writersOf(program, id).empty()) continue;
      scopes_.emplace_back(id, allocationScope(program, id));
    }
  }

  std::string operator()(const PrintOptions& options) {
    int depth = 0;
    if (options.header) {
      header();
      depth = 1;
    }
    allocations(std::nullopt, depth);
    body(program_.roots, depth);
    return text_;
  }

 private:
  void line(int depth, const std::string& content) {
    text_.append(static_cast<std::size_t>(depth) * 2, ' ');
    text_ += content;
    text_ += '\n';
  }

  void header() {
    std::string inputs;
    std::string outputs;
    for (const Buffer& buffer : program_.buffers) {
      if (!buffer.isArgument()) continue;
      const bool written = buffer.role == BufferRole::Output || buffer.role == BufferRole::Accumulated;
      std::string& side = written ? outputs : inputs;
      side += side.empty() ? "" : ", ";
      if (buffer.role == BufferRole::Constant) side += "const ";
      if (buffer.role == BufferRole::Accumulated) side += "accumulated ";
      side += declaration(buffer);
    }
    line(0, "def " + program_.name + "(" + inputs + ") -> (" + outputs + "):");
  }

  void allocations(std::optional<LoopId> scope, int depth) {
    for (const auto& [id, where] : scopes_) {
      if (where != scope) continue;
      const Buffer& buffer = program_.buffer(id);
      line(depth, std::string(memoryText(buffer.memory)) + " " + declaration(buffer));
    }
  }

  void body(const std::vector<NodeRef>& nodes, int depth) {
    for (const NodeRef& node : nodes) {
      if (const LoopId* id = std::get_if<LoopId>(&node)) {
        const Loop& loop = program_.loop(*id);
        std::string text = kindText(loop.kind) + loop.name + " in range(" + std::to_string(loop.extent) + "):";
        for (const Prefetch& prefetch : loop.prefetches) {
          const auto plan = planPrefetch(program_, *id, prefetch);
          text += "  # prefetch " + program_.buffer(prefetch.buffer).name + ", " +
                  std::to_string(prefetch.ahead) + " ahead" +
                  (plan && plan->even ? "" : " (unevenly read: without effect)");
        }
        line(depth, text);
        allocations(*id, depth + 1);
        body(loop.body, depth + 1);
      } else {
        block(program_.block(std::get<BlockId>(node)), depth);
      }
    }
  }

  void block(const Block& block, int depth) {
    const ExprPrinter printer(program_, &block);
    std::string guards;
    for (const Guard& guard : block.guards)
      guards += (guards.empty() ? "" : " and ") + printer(guard.value) + " < " + std::to_string(guard.limit);
    if (!guards.empty()) line(depth++, "if " + guards + ":");
    const auto inLoops = [&](const Expr& expr) { return simplify(program_, overLoops(block, expr)); };
    std::string target = program_.buffer(block.output).name + "[";
    for (std::size_t i = 0; i < block.subscripts.size(); ++i)
      target += (i == 0 ? "" : ", ") + printer(inLoops(block.subscripts[i]));
    target += "]";
    const std::string value = printer(inLoops(block.value));
    line(depth, target + operatorText(block, target, value) + "  # " + comment(block, printer));
  }

  static std::string operatorText(const Block& block, const std::string& target, const std::string& value) {
    switch (block.combiner) {
      case Combiner::None: return " = " + value;
      case Combiner::Sum: return " += " + value;
      case Combiner::Product: return " *= " + value;
      case Combiner::Max: return " = max(" + target + ", " + value + ")";
      case Combiner::Min: return " = min(" + target + ", " + value + ")";
    }
    throw std::logic_error("operatorText: unknown combiner");
  }

  /// `C: init 0.0 when k = 0`, with the bindings of reduction axes that are not plain zero-based loops.
  std::string comment(const Block& block, const ExprPrinter& printer) const {
    std::string text = block.name;
    std::string reductions;
    for (std::size_t i = 0; i < block.axes.size(); ++i) {
      if (block.axes[i].kind != AxisKind::Reduction) continue;
      reductions += (reductions.empty() ? "" : ", ") + printer(block.bindings[i]);
    }
    if (!reductions.empty()) text += ", reduces " + reductions;
    if (block.initialises)
      text += ", from " + printer(identityOf(block.combiner, program_.buffer(block.output).type));
    if (block.streams) text += ", streams";
    return text;
  }

  const Program& program_;
  std::vector<std::pair<BufferId, std::optional<LoopId>>> scopes_;
  std::string text_;
};

}  // namespace

std::string print(const Program& program, const PrintOptions& options) {
  return ProgramPrinter(program)(options);
}

std::string print(const Program& program, const Expr& expr, const Block* block) {
  return ExprPrinter(program, block)(expr);
}

}  // namespace espalier
