// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/kernel_arguments.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>

#include "program/analysis.h"

namespace espalier {
namespace {

/// Bits of element `index` of the stream `seed`: splitmix64 at a position, so that threads can fill shares of
/// a tensor.
std::uint64_t bitsAt(std::uint64_t seed, std::int64_t index) {
  std::uint64_t state =
      seed * 0xd1342543de82ef95ULL + (static_cast<std::uint64_t>(index) + 1) * 0x9e3779b97f4a7c15ULL;
  state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9ULL;
  state = (state ^ (state >> 27)) * 0x94d049bb133111ebULL;
  return state ^ (state >> 31);
}

/// Range of a subscript when the index buffer holds 0 … bound − 1; nothing where it depends on more than axes
/// and that buffer.
std::optional<Interval> subscriptRange(const Block& block, const Expr& expr, BufferId index,
                                       std::int64_t bound) {
  const auto operandRange = [&](std::size_t i) {
    return subscriptRange(block, expr.operand(i), index, bound);
  };
  switch (expr.kind()) {
    case ExprKind::Integer: return Interval{expr.integerValue(), expr.integerValue()};
    case ExprKind::AxisVar: return Interval{0, block.axes[expr.axis()].extent - 1};
    case ExprKind::Load:
      if (expr.buffer() != index) return std::nullopt;
      return Interval{0, bound - 1};
    case ExprKind::Cast: return operandRange(0);
    case ExprKind::Select: {
      const auto yes = operandRange(1);
      const auto no = operandRange(2);
      if (!yes || !no) return std::nullopt;
      return Interval{std::min(yes->low, no->low), std::max(yes->high, no->high)};
    }
    default: break;
  }
  if (expr.operands().size() != 2) return std::nullopt;
  const auto a = operandRange(0);
  const auto b = operandRange(1);
  if (!a || !b) return std::nullopt;
  switch (expr.kind()) {
    case ExprKind::Add: return Interval{a->low + b->low, a->high + b->high};
    case ExprKind::Sub: return Interval{a->low - b->high, a->high - b->low};
    case ExprKind::Mul: {
      const auto [low, high] =
          std::minmax({a->low * b->low, a->low * b->high, a->high * b->low, a->high * b->high});
      return Interval{low, high};
    }
    case ExprKind::FloorDiv:
      if (b->low != b->high || b->low <= 0 || a->low < 0) return std::nullopt;
      return Interval{a->low / b->low, a->high / b->low};
    case ExprKind::FloorMod:
      if (b->low != b->high || b->low <= 0) return std::nullopt;
      return Interval{0, b->low - 1};
    case ExprKind::Min: return Interval{std::min(a->low, b->low), std::min(a->high, b->high)};
    case ExprKind::Max: return Interval{std::max(a->low, b->low), std::max(a->high, b->high)};
    default: return std::nullopt;
  }
}

bool loadsBuffer(const Expr& expr, BufferId buffer) {
  return any(expr,
             [&](const Expr& part) { return part.kind() == ExprKind::Load && part.buffer() == buffer; });
}

/// Largest bound with which every subscript made from the buffer stays in range; 0 if no subscript is made
/// from it.
std::int64_t indexBoundOf(const Program& program, BufferId index) {
  struct Use {
    const Block* block;
    Expr subscript;
    std::int64_t extent;
  };
  std::vector<Use> uses;
  for (const BlockId id : blocksOf(program)) {
    const Block& block = program.block(id);
    forEach(block.value, [&](const Expr& expr) {
      if (expr.kind() != ExprKind::Load) return;
      for (std::size_t d = 0; d < expr.operands().size(); ++d)
        if (loadsBuffer(expr.operand(d), index))
          uses.push_back({&block, expr.operand(d), program.buffer(expr.buffer()).shape[d]});
    });
  }
  if (uses.empty()) return 0;
  const auto fits = [&](std::int64_t bound) {
    return std::all_of(uses.begin(), uses.end(), [&](const Use& use) {
      const auto range = subscriptRange(*use.block, use.subscript, index, bound);
      return range && range->low >= 0 && range->high < use.extent;
    });
  };
  std::int64_t low = 1;
  std::int64_t high = std::int64_t{1} << 31;
  while (low + 1 < high) {
    const std::int64_t middle = low + (high - low) / 2;
    (fits(middle) ? low : high) = middle;
  }
  return low;
}

}  // namespace

std::int64_t KernelArgument::elements() const {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) count *= extent;
  return count;
}

std::vector<KernelArgument> kernelArguments(const Program& program) {
  std::vector<KernelArgument> arguments;
  for (const BufferId id : argumentsOf(program)) {
    const Buffer& buffer = program.buffer(id);
    KernelArgument argument;
    argument.name = buffer.name;
    argument.type = buffer.type;
    argument.shape = logicalShape(buffer);
    argument.access = buffer.role == BufferRole::Output        ? Access::Write
                      : buffer.role == BufferRole::Accumulated ? Access::Update
                                                               : Access::Read;
    if (buffer.type == DataType::Int32 && argument.access == Access::Read)
      argument.indexBound = indexBoundOf(program, id);
    arguments.push_back(std::move(argument));
  }
  return arguments;
}

double filledValue(const ExactFill& fill, std::int64_t index) {
  const std::int64_t steps = std::int64_t{1} << fill.bits;
  const auto drawn =
      static_cast<std::int64_t>((bitsAt(fill.seed, index) >> 33) % static_cast<std::uint64_t>(2 * steps + 1));
  return static_cast<double>(drawn - steps) / static_cast<double>(steps);
}

double filledValue(const UniformFill& fill, std::int64_t index) {
  const double share = static_cast<double>(bitsAt(fill.seed, index) >> 40) * 0x1p-24;
  return static_cast<double>(static_cast<float>(fill.low + share * (fill.high - fill.low)));
}

std::int64_t filledValue(const IntegerFill& fill, std::int64_t index) {
  return fill.low + static_cast<std::int64_t>(bitsAt(fill.seed, index) %
                                              static_cast<std::uint64_t>(fill.high - fill.low + 1));
}

}  // namespace espalier
