// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "program/expression.h"

namespace espalier {

/// Who owns a buffer's memory and what it means to the outside.
enum class BufferRole : std::uint8_t {
  Input,         ///< argument, read only
  Constant,      ///< argument, read only, a weight: its layout may be changed once, outside the timed region
  Output,        ///< argument, written; its old content is not looked at
  Accumulated,   ///< argument, read and written (`+=` without `!`)
  Intermediate,  ///< lives inside the kernel
};

/// Where an Intermediate lies. It exists once per iteration of the innermost loop that surrounds all its
/// accesses (allocationScope in analysis.h), so iterations of a parallel loop above never share it.
enum class MemoryKind : std::uint8_t {
  Workspace,  ///< ordinary memory
  Stack,      ///< small and private to its scope: packed panels, tiles
  Register,   ///< meant for SSA registers: every subscript is a constant after unrolling and vectorising
};

/// How a Constant's physical content is made from its row-major logical content.
struct Packing {
  std::vector<std::int64_t> logicalShape;
  /// One expression per logical dimension over AxisVar(0 … physical rank − 1), the physical subscripts. An element
  /// whose logical subscript falls outside logicalShape is padding and holds zero.
  std::vector<Expr> logicalSubscripts;
};

struct Buffer {
  std::string name;                 ///< unique in the program
  DataType type = DataType::Float32;
  std::vector<std::int64_t> shape;  ///< physical, row-major, extents ≥ 1; rank 0 is a scalar
  BufferRole role = BufferRole::Intermediate;
  MemoryKind memory = MemoryKind::Workspace;
  std::optional<Packing> packing;   ///< only for Constant

  [[nodiscard]] std::int64_t elements() const;
  [[nodiscard]] std::int64_t bytes() const { return elements() * bytesOf(type); }
  [[nodiscard]] bool isArgument() const { return role != BufferRole::Intermediate; }
};

enum class LoopKind : std::uint8_t {
  Serial,
  Parallel,    ///< iterations are shared among threads, in no order
  Vectorized,  ///< iterations become lanes
  Unrolled,    ///< replicated at code generation
};

/// A hint of a loop to the caches: while one iteration runs, what the iteration `ahead` later reads of the buffer is
/// fetched. It changes no value.
struct Prefetch {
  BufferId buffer{};
  std::int64_t ahead = 1;  ///< iterations, ≥ 1
};

/// A loop or a block, as it hangs in the tree.
using NodeRef = std::variant<LoopId, BlockId>;

/// `for name in range(extent)`; always starts at 0 with step 1.
struct Loop {
  std::string name;  ///< unique among the loops of the program
  std::int64_t extent = 1;
  LoopKind kind = LoopKind::Serial;
  std::vector<NodeRef> body;  ///< in order of execution
  std::vector<Prefetch> prefetches = {};
};

enum class AxisKind : std::uint8_t { Spatial, Reduction };

struct Axis {
  std::string name;
  std::int64_t extent = 1;  ///< values are 0 … extent − 1
  AxisKind kind = AxisKind::Spatial;
};

/// How a block joins its value with what its output element holds.
enum class Combiner : std::uint8_t { None, Sum, Product, Max, Min };

/// `value < limit` over loop variables; an instance of the block runs only where all its guards hold. Imperfect
/// splits leave them.
struct Guard {
  Expr value;
  std::int64_t limit = 0;
};

/// The unit of computation (a TensorIR block): for one point of its axes it stores one element,
/// `output[subscripts] = value` (Combiner::None) or `output[subscripts] = combine(output[subscripts], value)`.
///
/// Invariants: subscripts use only spatial axes and are injective in them for the block's whole domain, unless
/// `combiner` is None and the block rewrites what it owns; a block has a combiner if and only if it may have reduction axes; the
/// value may read the block's own output element (an in-place update) but no other element of it.
struct Block {
  std::string name;  ///< unique among the blocks of the program
  std::vector<Axis> axes;
  std::vector<Expr> bindings;  ///< one a axis, over LoopVar; within [0, extent) wherever all guards hold
  std::vector<Guard> guards;
  BufferId output{};
  std::vector<Expr> subscripts;  ///< over AxisVar, one a dimension of the output
  Combiner combiner = Combiner::None;
  /// With a combiner: at the point where all reduction axes are 0 the element is first set to the identity, so the
  /// order of reduction loops is free only as long as that point comes first (it does: every loop starts at 0).
  bool initialises = false;
  Expr value;  ///< over AxisVar and Load
  bool streams = false;  ///< stores go to memory around the caches: nobody reads them again soon

  [[nodiscard]] bool isReduction() const;
};

/// A tensor program: buffers and a tree of loops and blocks. A value: copy it, change the copy, publish on
/// success. Handles index the vectors and stay valid; what was taken out of the tree stays in the vectors as an orphan and is
/// skipped by everything that walks from `roots`.
struct Program {
  std::string name;
  std::vector<Buffer> buffers;
  std::vector<Loop> loops;
  std::vector<Block> blocks;
  std::vector<NodeRef> roots;  ///< in order of execution

  [[nodiscard]] const Buffer& buffer(BufferId id) const { return buffers[id.index]; }
  [[nodiscard]] Buffer& buffer(BufferId id) { return buffers[id.index]; }
  [[nodiscard]] const Loop& loop(LoopId id) const { return loops[id.index]; }
  [[nodiscard]] Loop& loop(LoopId id) { return loops[id.index]; }
  [[nodiscard]] const Block& block(BlockId id) const { return blocks[id.index]; }
  [[nodiscard]] Block& block(BlockId id) { return blocks[id.index]; }

  BufferId add(Buffer buffer);
  LoopId add(Loop loop);
  BlockId add(Block block);

  /// By name, among what hangs in the tree (buffers: among all); nothing if there is none.
  [[nodiscard]] std::optional<LoopId> findLoop(std::string_view loopName) const;
  [[nodiscard]] std::optional<BlockId> findBlock(std::string_view blockName) const;
  [[nodiscard]] std::optional<BufferId> findBuffer(std::string_view bufferName) const;

  /// `wish`, or `wish_1`, `wish_2`, … : the first that no loop (block, buffer) has.
  [[nodiscard]] std::string freshLoopName(std::string_view wish) const;
  [[nodiscard]] std::string freshBlockName(std::string_view wish) const;
  [[nodiscard]] std::string freshBufferName(std::string_view wish) const;
};

/// The identity of a combiner in a type (0, 1, −∞ or lowest, +∞ or highest).
[[nodiscard]] Expr identityOf(Combiner combiner, DataType type);
/// combine(left, right) as an expression.
[[nodiscard]] Expr combine(Combiner combiner, const Expr& left, const Expr& right);

}  // namespace espalier
