// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "exporting/tvm_script.h"

#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <stdexcept>
#include <vector>

#include "exporting/c_names.h"
#include "program/analysis.h"
#include "program/interpreter.h"

namespace espalier {
namespace {

constexpr std::array<std::string_view, 25> kPythonWords{
    "False", "None",   "True",     "T",      "and",     "as",   "assert", "async",  "await",
    "def",   "del",    "elif",     "except", "finally", "from", "global", "import", "in",
    "is",    "lambda", "nonlocal", "not",    "or",      "pass", "range"};

std::string tuple(const std::vector<std::int64_t>& values) {
  std::string text;
  for (const std::int64_t value : values) text += std::to_string(value) + ", ";
  if (values.size() > 1) text.resize(text.size() - 2);
  if (values.size() == 1) text.pop_back();
  return "(" + text + ")";
}

const char* tvmType(DataType type) {
  switch (type) {
    case DataType::Float32: return "float32";
    case DataType::Float64: return "float64";
    case DataType::Int32: return "int32";
    case DataType::Index: return "int64";
    case DataType::Bool: return "bool";
  }
  throw std::logic_error("tvmType: unknown type");
}

std::string realText(double value, DataType type) {
  std::array<char, 40> text{};
  const auto end = type == DataType::Float32
                       ? std::to_chars(text.data(), text.data() + text.size(), static_cast<float>(value))
                       : std::to_chars(text.data(), text.data() + text.size(), value);
  std::string digits(text.data(), end.ptr);
  if (!std::isfinite(value)) digits = "\"" + digits + "\"";
  return std::string("T.") + tvmType(type) + "(" + digits + ")";
}

class ScriptWriter {
 public:
  explicit ScriptWriter(const Program& program) : program_(program) {
    for (const auto word : kPythonWords) names_.reserve(word);
    for (const auto& buffer : program.buffers) buffers_.push_back(names_.fresh(buffer.name));
    loops_.resize(program.loops.size());
    for (const LoopId loop : loopsOf(program)) loops_[loop.index] = names_.fresh(program.loop(loop).name);
    for (std::uint32_t i = 0; i < program.buffers.size(); ++i) {
      const BufferId id{i};
      if (program.buffer(id).isArgument() ||
          (writersOf(program, id).empty() && readersOf(program, id).empty()))
        continue;
      const auto scope = allocationScope(program, id);
      scoped_[scope ? std::optional<std::uint32_t>(scope->index) : std::nullopt].push_back(id);
    }
  }

  std::string run() {
    text_ = "# from tvm.script import tir as T\n@T.prim_func\ndef " + names_.fresh(program_.name) + "(";
    std::string list;
    for (const BufferId id : argumentsOf(program_))
      list += (list.empty() ? "" : ", ") + buffers_[id.index] + ": T.Buffer(" +
              shapeAndType(program_.buffer(id)) + ")";
    text_ += list + "):\n";
    depth_ = 1;
    line("T.func_attr({\"global_symbol\": \"" + cIdentifier(program_.name) + "\", \"tir.noalias\": True})");
    for (const BufferId id : argumentsOf(program_))
      if (const auto& buffer = program_.buffer(id); buffer.packing)
        line("# " + buffers_[id.index] + " is packed from " + tuple(buffer.packing->logicalShape));
    body(std::nullopt, program_.roots);
    return text_;
  }

 private:
  void line(const std::string& content) { text_ += std::string(4 * depth_, ' ') + content + "\n"; }

  static std::string shapeAndType(const Buffer& buffer) {
    return tuple(buffer.shape) + ", \"" + tvmType(buffer.type) + "\"";
  }

  void body(std::optional<LoopId> loop, const std::vector<NodeRef>& nodes) {
    const auto found = scoped_.find(loop ? std::optional<std::uint32_t>(loop->index) : std::nullopt);
    const bool opens = found != scoped_.end() && loop;
    if (opens) line("with T.block(\"" + loops_[loop->index] + "_scope\"):");
    if (opens) ++depth_;
    if (found != scoped_.end())
      for (const BufferId id : found->second) {
        const auto& buffer = program_.buffer(id);
        line(buffers_[id.index] + " = T.alloc_buffer(" + shapeAndType(buffer) +
             (buffer.memory == MemoryKind::Register ? ", scope=\"local\"" : "") + ")");
      }
    for (const auto& node : nodes) {
      if (const auto* inner = std::get_if<LoopId>(&node))
        loopNode(*inner);
      else
        blockNode(program_.block(std::get<BlockId>(node)));
    }
    if (opens) --depth_;
  }

  void loopNode(LoopId id) {
    const auto& loop = program_.loop(id);
    const char* kind = "range";
    if (loop.kind == LoopKind::Parallel) kind = "T.parallel";
    if (loop.kind == LoopKind::Vectorized) kind = "T.vectorized";
    if (loop.kind == LoopKind::Unrolled) kind = "T.unroll";
    for (const Prefetch& prefetch : loop.prefetches)
      line("# Espalier prefetches " + program_.buffer(prefetch.buffer).name + " here, " +
           std::to_string(prefetch.ahead) + " iterations ahead; TVM has no word for it.");
    line("for " + loops_[id.index] + " in " + kind + "(" + std::to_string(loop.extent) + "):");
    ++depth_;
    body(id, loop.body);
    --depth_;
  }

  void blockNode(const Block& block) {
    line("with T.block(\"" + block.name + "\"):");
    ++depth_;
    CNames local = names_;
    axes_.clear();
    for (const auto& axis : block.axes) axes_.push_back(local.fresh("v_" + axis.name));
    for (std::size_t i = 0; i < block.axes.size(); ++i)
      line(axes_[i] + " = T.axis." + (block.axes[i].kind == AxisKind::Spatial ? "spatial(" : "reduce(") +
           std::to_string(block.axes[i].extent) + ", " + text(block.bindings[i]) + ")");
    std::string condition;
    for (const auto& guard : block.guards)
      condition +=
          (condition.empty() ? "" : " and ") + text(guard.value) + " < " + std::to_string(guard.limit);
    if (!condition.empty()) line("T.where(" + condition + ")");
    const Expr target = Expr::load(block.output, program_.buffer(block.output).type, block.subscripts);
    if (block.initialises) {
      line("with T.init():");
      ++depth_;
      line(text(target) + " = " + text(identityOf(block.combiner, target.type())));
      --depth_;
    }
    line(text(target) + " = " +
         text(block.combiner == Combiner::None ? block.value : combine(block.combiner, target, block.value)));
    --depth_;
  }

  [[nodiscard]] std::string list(const std::vector<Expr>& exprs) const {
    std::string result;
    for (const auto& expr : exprs) result += (result.empty() ? "" : ", ") + text(expr);
    return result;
  }

  /// Sums and products get parentheses around operands that are not atoms; Python's other rules are not
  /// relied on.
  [[nodiscard]] std::string operand(const Expr& expr) const {
    const bool atom = expr.operands().empty() || expr.kind() == ExprKind::Load ||
                      expr.kind() == ExprKind::Call || expr.kind() == ExprKind::Cast ||
                      expr.kind() == ExprKind::Min || expr.kind() == ExprKind::Max ||
                      expr.kind() == ExprKind::Select || expr.kind() == ExprKind::And ||
                      expr.kind() == ExprKind::Or || expr.kind() == ExprKind::Not;
    return atom ? text(expr) : "(" + text(expr) + ")";
  }
  [[nodiscard]] std::string infix(const Expr& expr, const char* sign) const {
    return operand(expr.operand(0)) + " " + sign + " " + operand(expr.operand(1));
  }

  [[nodiscard]] std::string text(const Expr& expr) const {
    switch (expr.kind()) {
      case ExprKind::Integer:
        if (expr.type() == DataType::Bool) return expr.integerValue() != 0 ? "T.bool(True)" : "T.bool(False)";
        return expr.type() == DataType::Index ? std::to_string(expr.integerValue())
                                              : "T.int32(" + std::to_string(expr.integerValue()) + ")";
      case ExprKind::Real: return realText(expr.realValue(), expr.type());
      case ExprKind::LoopVar: return loops_.at(expr.loop().index);
      case ExprKind::AxisVar: return axes_.at(expr.axis());
      case ExprKind::Add: return infix(expr, "+");
      case ExprKind::Sub: return infix(expr, "-");
      case ExprKind::Mul: return infix(expr, "*");
      case ExprKind::Divide:
        return isFloat(expr.type()) ? infix(expr, "/") : "T.truncdiv(" + list(expr.operands()) + ")";
      case ExprKind::FloorDiv: return infix(expr, "//");
      case ExprKind::FloorMod: return infix(expr, "%");
      case ExprKind::Min: return "T.min(" + list(expr.operands()) + ")";
      case ExprKind::Max: return "T.max(" + list(expr.operands()) + ")";
      case ExprKind::Less: return infix(expr, "<");
      case ExprKind::LessEqual: return infix(expr, "<=");
      case ExprKind::Equal: return infix(expr, "==");
      case ExprKind::NotEqual: return infix(expr, "!=");
      case ExprKind::And: return "T.And(" + list(expr.operands()) + ")";
      case ExprKind::Or: return "T.Or(" + list(expr.operands()) + ")";
      case ExprKind::Not: return "T.Not(" + list(expr.operands()) + ")";
      case ExprKind::Select: return "T.Select(" + list(expr.operands()) + ")";
      case ExprKind::Load:
        return buffers_.at(expr.buffer().index) +
               (expr.operands().empty() ? "[()]" : "[" + list(expr.operands()) + "]");
      case ExprKind::Call:
        return std::string("T.") + nameOf(expr.function()) + "(" + list(expr.operands()) + ")";
      case ExprKind::Cast:
        return std::string("T.Cast(\"") + tvmType(expr.type()) + "\", " + text(expr.operand(0)) + ")";
    }
    throw std::logic_error("tvmScript: unknown kind");
  }

  const Program& program_;
  CNames names_;
  std::vector<std::string> buffers_;
  std::vector<std::string> loops_;
  std::vector<std::string> axes_;
  std::map<std::optional<std::uint32_t>, std::vector<BufferId>> scoped_;
  std::string text_;
  std::size_t depth_ = 0;
};

}  // namespace

std::string tvmScript(const Program& program) { return ScriptWriter(program).run(); }

}  // namespace espalier
