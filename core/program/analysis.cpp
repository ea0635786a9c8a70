// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "program/analysis.h"

#include <algorithm>
#include <stdexcept>

namespace espalier {
namespace {

void walkBody(const Program& program, const std::vector<NodeRef>& body, std::vector<LoopId>& around,
              const std::function<void(const NodeRef&, const std::vector<LoopId>&)>& visit) {
  for (const NodeRef& node : body) {
    visit(node, around);
    if (const LoopId* loop = std::get_if<LoopId>(&node)) {
      around.push_back(*loop);
      walkBody(program, program.loop(*loop).body, around, visit);
      around.pop_back();
    }
  }
}

/// Appends what hangs in `body`, in order; either list may be null.
void collect(const Program& program, const std::vector<NodeRef>& body, std::vector<LoopId>* loops,
             std::vector<BlockId>* blocks) {
  for (const NodeRef& node : body) {
    if (const LoopId* loop = std::get_if<LoopId>(&node)) {
      if (loops != nullptr) loops->push_back(*loop);
      collect(program, program.loop(*loop).body, loops, blocks);
    } else if (blocks != nullptr) {
      blocks->push_back(std::get<BlockId>(node));
    }
  }
}

bool findPath(const Program& program, const std::vector<NodeRef>& body, const NodeRef& target,
              std::vector<LoopId>& path) {
  for (const NodeRef& node : body) {
    if (node == target) return true;
    if (const LoopId* loop = std::get_if<LoopId>(&node)) {
      path.push_back(*loop);
      if (findPath(program, program.loop(*loop).body, target, path)) return true;
      path.pop_back();
    }
  }
  return false;
}

std::vector<LoopId> pathTo(const Program& program, const NodeRef& node) {
  std::vector<LoopId> path;
  if (!findPath(program, program.roots, node, path))
    throw std::logic_error("pathTo: the node does not hang in the tree");
  return path;
}

bool reads(const Block& block, BufferId buffer) {
  const auto loads = [&](const Expr& expr) {
    return any(expr, [&](const Expr& part) {
      return part.kind() == ExprKind::Load && part.buffer() == buffer;
    });
  };
  return loads(block.value) || std::any_of(block.subscripts.begin(), block.subscripts.end(), loads);
}

double operationsIn(const Expr& expr) {
  double count = 0;
  switch (expr.kind()) {
    case ExprKind::Add:
    case ExprKind::Sub:
    case ExprKind::Mul:
    case ExprKind::Divide:
    case ExprKind::Min:
    case ExprKind::Max:
      count = expr.type() == DataType::Index ? 0 : 1;
      break;
    case ExprKind::Call: count = 1; break;
    default: break;
  }
  if (expr.kind() == ExprKind::Load) return count;
  for (const Expr& operand : expr.operands()) count += operationsIn(operand);
  return count;
}

}  // namespace

void walk(const Program& program,
          const std::function<void(const NodeRef&, const std::vector<LoopId>&)>& visit) {
  std::vector<LoopId> around;
  walkBody(program, program.roots, around, visit);
}

std::vector<BlockId> blocksOf(const Program& program) {
  std::vector<BlockId> blocks;
  collect(program, program.roots, nullptr, &blocks);
  return blocks;
}

std::vector<LoopId> loopsOf(const Program& program) {
  std::vector<LoopId> loops;
  collect(program, program.roots, &loops, nullptr);
  return loops;
}

std::vector<BlockId> blocksBelow(const Program& program, LoopId loop) {
  std::vector<BlockId> blocks;
  collect(program, program.loop(loop).body, nullptr, &blocks);
  return blocks;
}

std::vector<LoopId> loopsBelow(const Program& program, LoopId loop) {
  std::vector<LoopId> loops;
  collect(program, program.loop(loop).body, &loops, nullptr);
  return loops;
}

std::vector<LoopId> loopsAround(const Program& program, BlockId block) { return pathTo(program, block); }
std::vector<LoopId> loopsAround(const Program& program, LoopId loop) { return pathTo(program, loop); }

std::optional<LoopId> parentOf(const Program& program, NodeRef node) {
  const std::vector<LoopId> path = pathTo(program, node);
  return path.empty() ? std::nullopt : std::optional(path.back());
}

std::vector<NodeRef>& siblingsOf(Program& program, NodeRef node) {
  const std::optional<LoopId> parent = parentOf(program, node);
  return parent ? program.loop(*parent).body : program.roots;
}

std::size_t indexIn(const std::vector<NodeRef>& siblings, NodeRef node) {
  const auto found = std::find(siblings.begin(), siblings.end(), node);
  if (found == siblings.end()) throw std::logic_error("indexIn: the node is not among its siblings");
  return static_cast<std::size_t>(found - siblings.begin());
}

bool usesLoop(const Expr& expr, LoopId loop) {
  if (expr.kind() == ExprKind::LoopVar) return expr.loop() == loop;
  const std::vector<Expr>& operands = expr.operands();
  return std::any_of(operands.begin(), operands.end(),
                     [&](const Expr& operand) { return usesLoop(operand, loop); });
}

std::vector<std::size_t> axesUsing(const Block& block, LoopId loop) {
  std::vector<std::size_t> axes;
  for (std::size_t i = 0; i < block.bindings.size(); ++i)
    if (usesLoop(block.bindings[i], loop)) axes.push_back(i);
  return axes;
}

bool carriesReduction(const Block& block, LoopId loop) {
  for (const std::size_t axis : axesUsing(block, loop))
    if (block.axes[axis].kind == AxisKind::Reduction) return true;
  return false;
}

std::vector<BlockId> writersOf(const Program& program, BufferId buffer) {
  std::vector<BlockId> writers;
  for (const BlockId id : blocksOf(program))
    if (program.block(id).output == buffer) writers.push_back(id);
  return writers;
}

std::vector<BlockId> readersOf(const Program& program, BufferId buffer) {
  std::vector<BlockId> readers;
  for (const BlockId id : blocksOf(program))
    if (reads(program.block(id), buffer)) readers.push_back(id);
  return readers;
}

std::vector<BufferId> buffersReadBy(const Block& block) {
  std::vector<BufferId> buffers;
  const auto gather = [&](const Expr& expr) {
    forEach(expr, [&](const Expr& part) {
      if (part.kind() == ExprKind::Load &&
          std::find(buffers.begin(), buffers.end(), part.buffer()) == buffers.end())
        buffers.push_back(part.buffer());
    });
  };
  gather(block.value);
  for (const Expr& subscript : block.subscripts) gather(subscript);
  return buffers;
}

std::optional<LoopId> allocationScope(const Program& program, BufferId buffer) {
  bool first = true;
  std::vector<LoopId> common;
  for (const BlockId id : blocksOf(program)) {
    const Block& block = program.block(id);
    if (block.output != buffer && !reads(block, buffer)) continue;
    const std::vector<LoopId> path = loopsAround(program, id);
    if (first) {
      common = path;
      first = false;
      continue;
    }
    std::size_t shared = 0;
    while (shared < common.size() && shared < path.size() && common[shared] == path[shared]) ++shared;
    common.resize(shared);
  }
  return common.empty() ? std::nullopt : std::optional(common.back());
}

Expr overLoops(const Block& block, const Expr& expr) { return substituteAxes(expr, block.bindings); }

double operationCount(const Program& program) {
  double total = 0;
  for (const BlockId id : blocksOf(program)) {
    const Block& block = program.block(id);
    double points = 1;
    for (const Axis& axis : block.axes) points *= static_cast<double>(axis.extent);
    const bool floating = program.buffer(block.output).type != DataType::Index;
    total += points * (operationsIn(block.value) + (block.combiner != Combiner::None && floating ? 1 : 0));
  }
  return total;
}

double compulsoryBytes(const Program& program) {
  double total = 0;
  for (const Buffer& buffer : program.buffers) {
    if (!buffer.isArgument()) continue;
    double elements = 1;
    const auto& shape = buffer.packing ? buffer.packing->logicalShape : buffer.shape;
    for (const std::int64_t extent : shape) elements *= static_cast<double>(extent);
    total += elements * bytesOf(buffer.type) * (buffer.role == BufferRole::Accumulated ? 2 : 1);
  }
  return total;
}

}  // namespace espalier
