// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "program/program.h"

namespace espalier {

/// What a block is from the point of view of a schedule.
enum class BlockKind : std::uint8_t {
  Contraction,   ///< a reduction of which two operands are each used again along some spatial axis: matmul,
                 ///< convolution
  RowReduction,  ///< a reduction that reads every element once, or has nothing to keep in registers: row sum,
                 ///< matvec
  Elementwise,   ///< no reduction
};

/// An axis with its loop and how the block's accesses move along it, in elements.
struct AxisShape {
  std::size_t axis = 0;
  LoopId loop;
  std::string loopName;
  std::int64_t extent = 1;
  bool reduction = false;
  bool shared = false;                ///< other blocks hang below the loop too: it stays where it is
  std::vector<std::int64_t> strides;  ///< by access: the output first, then the operands
  /// Elements that one step along the axis moves through the operands, together.
  [[nodiscard]] std::int64_t inputStep() const;
};

struct OperandShape {
  BufferId buffer;
  std::string name;
  bool constant = false;  ///< its layout may be changed outside the timed region
  std::size_t dimensions = 0;
  /// By dimension: position in `axes` of the one axis that the subscript is, nothing for sums and constants.
  std::vector<std::optional<std::size_t>> axisOfDimension;
};

/// A block that is not tiled yet: one loop an axis.
struct BlockShape {
  BlockId block;
  std::string name;
  BlockKind kind = BlockKind::Elementwise;
  std::vector<AxisShape> axes;         ///< loops with an extent above 1, in loop order
  std::vector<OperandShape> operands;  ///< as in AxisShape::strides without the output
  std::string output;
  bool writesArgument = false;
  double functionWork = 0;  ///< multiply-adds that its function calls cost
  int readers = 0;          ///< blocks that read what it writes
  std::int64_t row = 0;     ///< length of the row whose maximum it takes; 0 for other blocks

  std::optional<std::size_t> vectorAxis;  ///< position in `axes`: becomes lanes
  std::optional<std::size_t> rowAxis;     ///< Contraction: the other side of the register tile
  /// Contraction: a third side of the register tile, along which what is broadcast to the lanes stays the
  /// same: rows of the image under a convolution.
  std::optional<std::size_t> secondRowAxis;
  std::optional<std::size_t> depthAxis;  ///< the largest reduction axis
  /// Operands whose lanes are not neighbours along the vector axis, positions in `operands`.
  std::vector<std::size_t> transposedOperands;
  /// Contraction: the operand that is loaded as vectors.
  std::optional<std::size_t> streamedOperand;

  [[nodiscard]] std::int64_t extentOf(std::optional<std::size_t> axis) const {
    return axis ? axes[*axis].extent : 1;
  }
};

/// The shapes of all blocks in order of execution. Blocks whose axes are not bound to one loop each are left
/// out.
[[nodiscard]] std::vector<BlockShape> kernelShapes(const Program& program);
[[nodiscard]] std::optional<BlockShape> shapeOf(const Program& program, BlockId block);

}  // namespace espalier
