// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/oracle.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>

#include "measure/kernel_arguments.h"
#include "program/analysis.h"

namespace espalier {
namespace {

/// Values that are integers of at most `bound` in magnitude, in units of 2^−scale.
struct Grid {
  int scale = 0;
  double bound = 0;
};

Grid inUnits(const Grid& grid, int scale) { return {scale, std::ldexp(grid.bound, scale - grid.scale)}; }

Grid joined(const Grid& a, const Grid& b) {
  const int scale = std::max(a.scale, b.scale);
  return {scale, std::max(inUnits(a, scale).bound, inUnits(b, scale).bound)};
}

double limitOf(DataType type) {
  switch (type) {
    case DataType::Float32: return 0x1p24;
    case DataType::Float64: return 0x1p53;
    case DataType::Int32: return 0x1p31;
    case DataType::Index: return 0x1p62;
    case DataType::Bool: return 2;
  }
  return 0;
}

/// Follows the grids of values through a program; stops at the first operation that may round.
class ExactnessCheck {
 public:
  ExactnessCheck(const Program& program, int bits) : program_(program) {
    const std::vector<BufferId> ids = argumentsOf(program);
    const std::vector<KernelArgument> arguments = kernelArguments(program);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const auto& argument = arguments[i];
      if (argument.access == Access::Write) continue;
      const double largest =
          static_cast<double>(argument.indexBound > 0 ? argument.indexBound : kLargestFreeInteger);
      grids_[ids[i].index] =
          argument.type == DataType::Int32 ? Grid{0, largest} : Grid{bits, std::ldexp(1.0, bits)};
    }
  }

  /// True if nothing rounds; then largestBits() tells how near it comes.
  bool passes() {
    for (const BlockId id : blocksOf(program_))
      if (!follow(program_.block(id))) return false;
    return true;
  }

  [[nodiscard]] const std::string& obstacle() const { return obstacle_; }
  [[nodiscard]] int largestBits() const {
    return static_cast<int>(std::ceil(std::log2(std::max(2.0, largest_))));
  }

 private:
  using Found = std::optional<Grid>;

  Found stop(std::string why) {
    obstacle_ = std::move(why);
    return std::nullopt;
  }

  Found checked(const Grid& grid, DataType type) {
    if (type == DataType::Float32) largest_ = std::max(largest_, grid.bound);
    if (grid.bound < limitOf(type)) return grid;
    return stop("values need more bits than " + std::string(nameOf(type)) + " has");
  }

  bool follow(const Block& block) {
    const Buffer& output = program_.buffer(block.output);
    auto value = evaluate(block, block.value);
    if (!value) return false;
    double terms = 1;
    for (const Axis& axis : block.axes)
      if (axis.kind == AxisKind::Reduction) terms *= static_cast<double>(axis.extent);
    Grid result = *value;
    const auto before = grids_.find(block.output.index);
    switch (block.combiner) {
      case Combiner::None:
      case Combiner::Max:
      case Combiner::Min: break;
      case Combiner::Sum: result.bound *= terms; break;
      case Combiner::Product: return stop("a product over a loop rounds").has_value();
    }
    if (block.combiner == Combiner::Sum && !block.initialises && before != grids_.end()) {
      const int scale = std::max(result.scale, before->second.scale);
      result = {scale, inUnits(result, scale).bound + inUnits(before->second, scale).bound};
    }
    // Another block may have written other elements.
    if (before != grids_.end()) result = joined(result, before->second);
    const auto fitting = checked(result, output.type);
    if (fitting) grids_[block.output.index] = *fitting;
    return fitting.has_value();
  }

  Found evaluate(const Block& block, const Expr& expr) {
    const auto found = evaluateUnchecked(block, expr);
    return found ? checked(*found, expr.type()) : found;
  }

  Found evaluateUnchecked(const Block& block, const Expr& expr) {
    std::vector<Grid> operands;
    if (expr.kind() != ExprKind::Load) {
      for (const Expr& operand : expr.operands()) {
        const auto found = evaluate(block, operand);
        if (!found) return found;
        operands.push_back(*found);
      }
    }
    switch (expr.kind()) {
      case ExprKind::Integer: return Grid{0, std::abs(static_cast<double>(expr.integerValue()))};
      case ExprKind::Real: return constant(expr.realValue());
      case ExprKind::LoopVar: return Grid{0, static_cast<double>(program_.loop(expr.loop()).extent)};
      case ExprKind::AxisVar: return Grid{0, static_cast<double>(block.axes[expr.axis()].extent)};
      case ExprKind::Load: {
        const auto grid = grids_.find(expr.buffer().index);
        return grid == grids_.end() ? Grid{} : grid->second;
      }
      case ExprKind::Add:
      case ExprKind::Sub: {
        const int scale = std::max(operands[0].scale, operands[1].scale);
        return Grid{scale, inUnits(operands[0], scale).bound + inUnits(operands[1], scale).bound};
      }
      case ExprKind::Mul:
        return Grid{operands[0].scale + operands[1].scale, operands[0].bound * operands[1].bound};
      case ExprKind::Divide: return quotient(expr, operands[0]);
      case ExprKind::FloorDiv: return Grid{0, operands[0].bound};
      case ExprKind::FloorMod: return Grid{0, operands[1].bound};
      case ExprKind::Min:
      case ExprKind::Max: return joined(operands[0], operands[1]);
      case ExprKind::Select: return joined(operands[1], operands[2]);
      case ExprKind::Less:
      case ExprKind::LessEqual:
      case ExprKind::Equal:
      case ExprKind::NotEqual:
      case ExprKind::And:
      case ExprKind::Or:
      case ExprKind::Not: return Grid{0, 1};
      case ExprKind::Cast:
        if (isFloat(expr.type())) return operands[0];
        return Grid{0, std::ceil(std::ldexp(operands[0].bound, -operands[0].scale))};
      case ExprKind::Call:
        if (expr.function() == Function::Abs) return operands[0];
        if (expr.function() == Function::Floor || expr.function() == Function::Ceil)
          return Grid{0, std::ceil(std::ldexp(operands[0].bound, -operands[0].scale)) + 1};
        return stop(std::string(nameOf(expr.function())) + " rounds");
    }
    return stop("an unknown operation");
  }

  Found constant(double value) {
    constexpr int kFinestScale = 20;
    for (int scale = 0; scale <= kFinestScale; ++scale) {
      const double units = std::ldexp(value, scale);
      if (std::isfinite(units) && units == std::floor(units)) return Grid{scale, std::abs(units)};
    }
    return stop("a constant is no small multiple of a power of two");
  }

  Found quotient(const Expr& expr, const Grid& dividend) {
    if (expr.type() == DataType::Int32) return dividend;
    const Expr& divisor = expr.operand(1);
    int exponent = 0;
    if (divisor.kind() != ExprKind::Real || std::abs(std::frexp(divisor.realValue(), &exponent)) != 0.5)
      return stop("a division rounds");
    return Grid{dividend.scale + exponent - 1, dividend.bound};
  }

  static constexpr std::int64_t kLargestFreeInteger = 8;

  const Program& program_;
  std::map<std::uint32_t, Grid> grids_;
  std::string obstacle_;
  double largest_ = 0;
};

}  // namespace

Oracle classify(const Program& initial) {
  std::string obstacle;
  for (int bits = 3; bits >= 0; --bits) {
    ExactnessCheck check(initial, bits);
    if (check.passes())
      return {
          OracleKind::Exact, bits,
          "exact: nothing rounds, every value is below 2^" + std::to_string(check.largestBits()) + " units"};
    obstacle = check.obstacle();
  }
  return {OracleKind::Float, 0, "float: " + obstacle};
}

}  // namespace espalier
