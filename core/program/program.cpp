// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "program/program.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "program/analysis.h"

namespace espalier {
namespace {

/// The first of wish, wish_1, wish_2, … that is not taken.
std::string fresh(std::string_view wish, const std::vector<std::string_view>& taken) {
  const auto isTaken = [&](std::string_view name) {
    return std::find(taken.begin(), taken.end(), name) != taken.end();
  };
  if (!isTaken(wish)) return std::string(wish);
  for (int suffix = 1;; ++suffix) {
    std::string name = std::string(wish) + "_" + std::to_string(suffix);
    if (!isTaken(name)) return name;
  }
}

}  // namespace

std::int64_t Buffer::elements() const {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) count *= extent;
  return count;
}

bool Block::isReduction() const {
  return std::any_of(axes.begin(), axes.end(),
                     [](const Axis& axis) { return axis.kind == AxisKind::Reduction; });
}

BufferId Program::add(Buffer buffer) {
  buffers.push_back(std::move(buffer));
  return BufferId{static_cast<std::uint32_t>(buffers.size() - 1)};
}

LoopId Program::add(Loop loop) {
  loops.push_back(std::move(loop));
  return LoopId{static_cast<std::uint32_t>(loops.size() - 1)};
}

BlockId Program::add(Block block) {
  blocks.push_back(std::move(block));
  return BlockId{static_cast<std::uint32_t>(blocks.size() - 1)};
}

std::optional<LoopId> Program::findLoop(std::string_view loopName) const {
  for (const LoopId id : loopsOf(*this))
    if (loop(id).name == loopName) return id;
  return std::nullopt;
}

std::optional<BlockId> Program::findBlock(std::string_view blockName) const {
  for (const BlockId id : blocksOf(*this))
    if (block(id).name == blockName) return id;
  return std::nullopt;
}

std::optional<BufferId> Program::findBuffer(std::string_view bufferName) const {
  for (std::uint32_t i = 0; i < buffers.size(); ++i)
    if (buffers[i].name == bufferName) return BufferId{i};
  return std::nullopt;
}

std::string Program::freshLoopName(std::string_view wish) const {
  std::vector<std::string_view> taken;
  for (const LoopId id : loopsOf(*this)) taken.push_back(loop(id).name);
  return fresh(wish, taken);
}

std::string Program::freshBlockName(std::string_view wish) const {
  std::vector<std::string_view> taken;
  for (const BlockId id : blocksOf(*this)) taken.push_back(block(id).name);
  return fresh(wish, taken);
}

std::string Program::freshBufferName(std::string_view wish) const {
  std::vector<std::string_view> taken;
  for (const Buffer& candidate : buffers) taken.push_back(candidate.name);
  return fresh(wish, taken);
}

Expr identityOf(Combiner combiner, DataType type) {
  const bool real = isFloat(type);
  const double infinity = std::numeric_limits<double>::infinity();
  switch (combiner) {
    case Combiner::Sum: return real ? Expr::real(0, type) : Expr::integer(0, type);
    case Combiner::Product: return real ? Expr::real(1, type) : Expr::integer(1, type);
    case Combiner::Max:
      return real ? Expr::real(-infinity, type)
                  : Expr::integer(std::numeric_limits<std::int32_t>::min(), type);
    case Combiner::Min:
      return real ? Expr::real(infinity, type)
                  : Expr::integer(std::numeric_limits<std::int32_t>::max(), type);
    case Combiner::None: break;
  }
  throw std::logic_error("identityOf: no combiner");
}

Expr combine(Combiner combiner, const Expr& left, const Expr& right) {
  switch (combiner) {
    case Combiner::None: return right;
    case Combiner::Sum: return left + right;
    case Combiner::Product: return left * right;
    case Combiner::Max: return maximum(left, right);
    case Combiner::Min: return minimum(left, right);
  }
  throw std::logic_error("combine: unknown combiner");
}

}  // namespace espalier
