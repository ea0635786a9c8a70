// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "program/verify.h"

#include <algorithm>
#include <set>

#include "program/analysis.h"
#include "program/printer.h"

namespace espalier {
namespace {

using Finding = std::optional<std::string>;

/// Every node hangs once, names are unique, extents positive.
Finding brokenTree(const Program& program) {
  Finding finding;
  std::set<LoopId> loops;
  std::set<BlockId> blocks;
  std::set<std::string> loopNames;
  std::set<std::string> blockNames;
  walk(program, [&](const NodeRef& node, const std::vector<LoopId>&) {
    if (finding) return;
    if (const LoopId* id = std::get_if<LoopId>(&node)) {
      const Loop& loop = program.loop(*id);
      if (!loops.insert(*id).second)
        finding = "loop " + loop.name + " hangs in the tree twice";
      else if (!loopNames.insert(loop.name).second)
        finding = "two loops are named " + loop.name;
      if (loop.extent < 1) finding = "loop " + loop.name + " has extent " + std::to_string(loop.extent);
      if (loop.body.empty()) finding = "loop " + loop.name + " is empty";
    } else {
      const Block& block = program.block(std::get<BlockId>(node));
      if (!blocks.insert(std::get<BlockId>(node)).second)
        finding = "block " + block.name + " hangs in the tree twice";
      else if (!blockNames.insert(block.name).second)
        finding = "two blocks are named " + block.name;
    }
  });
  std::set<std::string> bufferNames;
  for (const Buffer& buffer : program.buffers) {
    if (!bufferNames.insert(buffer.name).second) finding = "two buffers are named " + buffer.name;
    if (std::any_of(buffer.shape.begin(), buffer.shape.end(), [](auto extent) { return extent < 1; }))
      finding = "buffer " + buffer.name + " has an extent below 1";
  }
  return finding;
}

Finding brokenExpression(const Program& program, const Block& block, const Expr& expr,
                         const std::vector<LoopId>& around, bool overAxes) {
  Finding finding;
  forEach(expr, [&](const Expr& part) {
    switch (part.kind()) {
      case ExprKind::LoopVar:
        if (overAxes)
          finding = "block " + block.name + ": its body uses a loop variable";
        else if (std::find(around.begin(), around.end(), part.loop()) == around.end())
          finding = "block " + block.name + ": it uses loop " + program.loop(part.loop()).name +
                    ", which does not surround it";
        break;
      case ExprKind::AxisVar:
        if (!overAxes || part.axis() >= block.axes.size())
          finding = "block " + block.name + ": axis variable out of place";
        break;
      case ExprKind::Load: {
        const Buffer& buffer = program.buffer(part.buffer());
        if (part.operands().size() != buffer.shape.size())
          finding = "block " + block.name + ": " + buffer.name + " is read with " +
                    std::to_string(part.operands().size()) + " subscripts";
        if (part.type() != buffer.type)
          finding = "block " + block.name + ": " + buffer.name + " is read with another type";
        break;
      }
      default: break;
    }
  });
  return finding;
}

Finding brokenBlock(const Program& program, const Block& block, const std::vector<LoopId>& around) {
  const std::string who = "block " + block.name + ": ";
  if (block.bindings.size() != block.axes.size()) return who + "one binding an axis is needed";
  for (const Expr& binding : block.bindings)
    if (Finding finding = brokenExpression(program, block, binding, around, false)) return finding;
  for (const Guard& guard : block.guards)
    if (Finding finding = brokenExpression(program, block, guard.value, around, false)) return finding;
  for (const Expr& subscript : block.subscripts)
    if (Finding finding = brokenExpression(program, block, subscript, around, true)) return finding;
  if (Finding finding = brokenExpression(program, block, block.value, around, true)) return finding;

  const Buffer& output = program.buffer(block.output);
  if (output.role == BufferRole::Input || output.role == BufferRole::Constant)
    return who + "it writes the input " + output.name;
  if (block.subscripts.size() != output.shape.size()) return who + "wrong number of subscripts";
  if (block.value.type() != output.type) return who + "its value has another type than " + output.name;
  if (block.combiner == Combiner::None && (block.initialises || block.isReduction()))
    return who + "it reduces without a combiner";
  for (const Expr& subscript : block.subscripts) {
    const bool reduced = any(subscript, [&](const Expr& part) {
      return part.kind() == ExprKind::AxisVar && block.axes[part.axis()].kind == AxisKind::Reduction;
    });
    if (reduced) return who + "a subscript uses a reduction axis";
  }
  const auto guardedRange = [&](const Expr& variable) {
    return Interval{0, program.loop(variable.loop()).extent - 1};
  };
  for (std::size_t i = 0; i < block.axes.size(); ++i) {
    const Interval range = intervalOf(block.bindings[i], guardedRange);
    if (range.low < 0) return who + "axis " + block.axes[i].name + " can be negative";
    if (range.high >= block.axes[i].extent && block.guards.empty())
      return who + "axis " + block.axes[i].name + " reaches " + std::to_string(range.high) + " of " +
             std::to_string(block.axes[i].extent) + " without a guard";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> brokenInvariant(const Program& program) {
  if (Finding finding = brokenTree(program)) return finding;
  Finding finding;
  walk(program, [&](const NodeRef& node, const std::vector<LoopId>& around) {
    if (const BlockId* id = std::get_if<BlockId>(&node); id != nullptr && !finding)
      finding = brokenBlock(program, program.block(*id), around);
  });
  return finding;
}

}  // namespace espalier
