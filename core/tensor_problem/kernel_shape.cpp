// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tensor_problem/kernel_shape.h"

#include <algorithm>

#include "program/analysis.h"
#include "surrogate/nest_facts.h"

namespace espalier {

namespace {

/// Loops that hold other blocks as well stand still for this one: only loops of its own count.
bool followsOneLoop(const Program& program, const Expr& binding) {
  int own = 0;
  int loops = 0;
  for (const auto& term : affineForm(binding).terms) {
    if (term.atom.kind() != ExprKind::LoopVar) return false;
    if (program.loop(term.atom.loop()).extent == 1) continue;
    ++loops;
    if (blocksBelow(program, term.atom.loop()).size() == 1) ++own;
  }
  return loops > 0 && own <= 1;
}

/// Axes of extent 1 matter to nobody; each of the others must follow at most one loop of the block's own. A
/// block that was moved has axes for its place in the tile as well, which follow the same loops.
bool readAxes(const Program& program, const Block& block, const BlockFacts& facts, BlockShape& shape) {
  for (std::size_t depth = 0; depth < facts.loops.size(); ++depth) {
    const LoopFacts& loop = facts.loops[depth];
    if (loop.extent == 1) continue;
    const std::vector<std::size_t> axes = axesUsing(block, loop.loop);
    const auto follows = [&](std::size_t axis) { return followsOneLoop(program, block.bindings[axis]); };
    if (axes.empty() || !std::all_of(axes.begin(), axes.end(), follows)) return false;
    AxisShape axis{axes.front(),
                   loop.loop,
                   program.loop(loop.loop).name,
                   loop.extent,
                   loop.reduction,
                   blocksBelow(program, loop.loop).size() > 1,
                   {}};
    for (const AccessFacts& access : facts.accesses) axis.strides.push_back(access.strides[depth]);
    shape.axes.push_back(std::move(axis));
  }
  return true;
}

void readOperands(const Program& program, const BlockFacts& facts, BlockShape& shape) {
  for (std::size_t a = 1; a < facts.accesses.size(); ++a) {
    const AccessFacts& access = facts.accesses[a];
    const Buffer& buffer = program.buffer(access.buffer);
    OperandShape operand{access.buffer,
                         buffer.name,
                         buffer.role == BufferRole::Constant && !buffer.packing,
                         access.dimensions.size(),
                         {}};
    for (const auto& dimension : access.dimensions) {
      std::optional<std::size_t> only;
      int users = 0;
      for (std::size_t i = 0; i < shape.axes.size(); ++i) {
        if (shape.axes[i].shared) continue;
        for (std::size_t depth = 0; depth < facts.loops.size(); ++depth)
          if (facts.loops[depth].loop == shape.axes[i].loop && dimension.depends[depth]) {
            ++users;
            if (dimension.coefficients[depth] == 1) only = i;
          }
      }
      operand.axisOfDimension.push_back(users == 1 ? only : std::nullopt);
    }
    shape.operands.push_back(std::move(operand));
  }
}

/// Lanes run where the output and what is streamed lie side by side; an operand that would have to be
/// gathered costs a copy.
void chooseVectorAxis(BlockShape& shape) {
  double best = 0;
  for (std::size_t i = 0; i < shape.axes.size(); ++i) {
    const AxisShape& axis = shape.axes[i];
    if (axis.reduction || axis.shared) continue;
    double score = axis.strides[0] == 1 ? 4 : axis.strides[0] == 0 ? 1 : -4;
    for (std::size_t o = 1; o < axis.strides.size(); ++o) {
      if (axis.strides[o] == 1) score += 2;
      if (axis.strides[o] != 0 && axis.strides[o] != 1) score -= shape.operands[o - 1].constant ? 0.25 : 1.5;
    }
    if (axis.extent < 8) score -= 3;
    if (!shape.vectorAxis || score > best) {
      best = score;
      shape.vectorAxis = i;
    }
  }
  if (!shape.vectorAxis) return;
  const AxisShape& axis = shape.axes[*shape.vectorAxis];
  for (std::size_t o = 1; o < axis.strides.size(); ++o)
    if (axis.strides[o] != 0 && axis.strides[o] != 1) shape.transposedOperands.push_back(o - 1);
}

/// The other side of the register tile: what is loaded as vectors stays the same along it. Of equal axes the
/// one whose steps through the inputs are shorter, as pixels of a line before lines.
void chooseRowAxis(BlockShape& shape) {
  if (!shape.vectorAxis) return;
  const AxisShape& lanes = shape.axes[*shape.vectorAxis];
  double best = 0;
  std::int64_t bestStep = 0;
  for (std::size_t i = 0; i < shape.axes.size(); ++i) {
    const AxisShape& axis = shape.axes[i];
    if (axis.reduction || axis.shared || i == *shape.vectorAxis) continue;
    double score = 0;
    for (std::size_t o = 1; o < axis.strides.size(); ++o) {
      if (axis.strides[o] != 0) continue;
      score += lanes.strides[o] != 0 ? 4 : 1;
    }
    if (score == 0) continue;
    const std::int64_t step = axis.inputStep();
    score += std::min<double>(static_cast<double>(axis.extent), 32) / 16;
    if (!shape.rowAxis || score > best || (score == best && step < bestStep)) {
      best = score;
      bestStep = step;
      shape.rowAxis = i;
    }
  }
}

void chooseSecondRowAxis(BlockShape& shape) {
  if (!shape.rowAxis) return;
  for (std::size_t i = 0; i < shape.axes.size(); ++i) {
    const AxisShape& axis = shape.axes[i];
    if (axis.reduction || axis.shared || i == *shape.vectorAxis || i == *shape.rowAxis) continue;
    for (std::size_t o = 1; o < axis.strides.size(); ++o) {
      const bool broadcast = shape.axes[*shape.vectorAxis].strides[o] == 0;
      if (!broadcast || axis.strides[o] != 0) continue;
      if (!shape.secondRowAxis || axis.extent > shape.axes[*shape.secondRowAxis].extent)
        shape.secondRowAxis = i;
    }
  }
}

void classify(BlockShape& shape) {
  std::int64_t deepest = 0;
  for (std::size_t i = 0; i < shape.axes.size(); ++i)
    if (shape.axes[i].reduction && !shape.axes[i].shared && shape.axes[i].extent > deepest) {
      deepest = shape.axes[i].extent;
      shape.depthAxis = i;
    }
  chooseVectorAxis(shape);
  if (!shape.depthAxis) {
    shape.kind = BlockKind::Elementwise;
    return;
  }
  chooseRowAxis(shape);
  chooseSecondRowAxis(shape);
  // An output that is stored lane by lane, or lanes that only gather, leave the reduction axis as the one to
  // vectorise.
  const bool wideOutput = shape.vectorAxis && shape.axes[*shape.vectorAxis].strides[0] == 1;
  bool gathersAll = wideOutput && !shape.operands.empty();
  if (wideOutput)
    for (std::size_t o = 1; o < shape.axes[*shape.vectorAxis].strides.size(); ++o) {
      const std::int64_t stride = shape.axes[*shape.vectorAxis].strides[o];
      if (stride == 0 || stride == 1) gathersAll = false;
      if (stride == 1) shape.streamedOperand = o - 1;
    }
  bool reused = false;
  if (wideOutput && shape.rowAxis)
    for (std::size_t o = 1; o < shape.axes[*shape.rowAxis].strides.size(); ++o)
      reused = reused || (shape.axes[*shape.rowAxis].strides[o] == 0 && shape.operands.size() > 1);
  // A vector operand to be packed counts as reused only where rows share the copy.
  const bool worthwhile = wideOutput && !gathersAll && (shape.transposedOperands.empty() || reused);
  shape.kind = worthwhile ? BlockKind::Contraction : BlockKind::RowReduction;
  if (!shape.streamedOperand && !shape.transposedOperands.empty())
    shape.streamedOperand = shape.transposedOperands.front();
}

}  // namespace

std::int64_t AxisShape::inputStep() const {
  std::int64_t step = 0;
  for (std::size_t operand = 1; operand < strides.size(); ++operand) step += std::abs(strides[operand]);
  return step;
}

std::optional<BlockShape> shapeOf(const Program& program, BlockId block) {
  for (BlockShape& shape : kernelShapes(program))
    if (shape.block == block) return std::move(shape);
  return std::nullopt;
}

std::vector<BlockShape> kernelShapes(const Program& program) {
  std::vector<BlockShape> shapes;
  const NestFacts nest = nestFacts(program);
  for (const BlockFacts& facts : nest.blocks) {
    const Block& block = program.block(facts.block);
    BlockShape shape;
    shape.block = facts.block;
    shape.name = block.name;
    shape.output = program.buffer(block.output).name;
    shape.writesArgument = program.buffer(block.output).isArgument();
    shape.functionWork = facts.floats.functionWork;
    shape.readers = static_cast<int>(readersOf(program, block.output).size());
    if (!readAxes(program, block, facts, shape)) continue;
    readOperands(program, facts, shape);
    classify(shape);
    if (block.combiner == Combiner::Max) shape.row = shape.extentOf(shape.depthAxis);
    shapes.push_back(std::move(shape));
  }
  return shapes;
}

}  // namespace espalier
