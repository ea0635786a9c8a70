// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "codegen/storage.h"
#include "program/analysis.h"
#include "program/program.h"

namespace espalier {

/// The form between a Program and LLVM IR. Loops have been cut where guards change, vectorised loops
/// stripped into groups of lanes, subscripts flattened. Expressions are over *lowered variables*: LoopVar
/// whose ids are unrelated to the Program's loops and whose ranges are in LoweredProgram::ranges. Each Load
/// has one operand, the offset in elements.
struct LoweredNode;

/// Stores one element, or one a lane.
struct LoweredBlock {
  std::string name;
  std::vector<Guard> guards;  ///< only those that could not be decided
  BufferId output{};
  Expr offset;
  Combiner combiner = Combiner::None;
  /// Set to the identity first where all of these are 0. Only with `initialises`.
  std::vector<Expr> firstPoint;
  bool initialises = false;
  Expr value;
  bool streams = false;
  bool wholeRows = false;  ///< lanes that are off may write: nobody uses those elements (tail_padding.h)
};

/// `for variable in range(begin, end)`, not empty.
struct LoweredLoop {
  LoopId variable{};
  std::int64_t begin = 0;
  std::int64_t end = 1;
  bool unrolled = false;
  std::vector<LoweredNode> body;
};

/// The iterations of a parallel loop: consecutive pieces, each with a body of its own.
struct LoweredParallel {
  std::int64_t iterations = 1;
  std::vector<LoweredLoop> pieces;
};

/// The body with `variable` standing for 0 … width − 1 at once; lanes from `active` on do nothing.
struct LoweredLanes {
  LoopId variable{};
  int width = 1;  ///< a power of two
  int active = 1;
  std::vector<LoweredNode> body;
};

/// The body with fresh stack memory for `buffers`.
struct LoweredScope {
  std::vector<BufferId> buffers;
  std::vector<LoweredNode> body;
};

/// The body of the one piece whose range begin … end − 1 the value falls into; each piece has a variable of
/// its own that stands for the value. Pieces are consecutive; past the last nothing is done.
struct LoweredChoice {
  Expr value;
  std::vector<LoweredLoop> pieces;
};

/// Asks for the cache lines at these offsets (elements), which may lie past the end of the buffer.
struct LoweredPrefetch {
  BufferId buffer{};
  std::vector<Expr> offsets;
};

struct LoweredNode {
  std::variant<LoweredBlock, LoweredLoop, LoweredParallel, LoweredLanes, LoweredScope, LoweredChoice,
               LoweredPrefetch>
      node;
};

struct LoweredProgram {
  std::vector<Interval> ranges;  ///< by the index of a lowered variable
  std::vector<LoweredNode> body;
  StoragePlan storage;
  bool parallel = false;  ///< it has a parallel loop
  /// Blocks that code generation will emit, after unrolling; each lane that is gathered or scattered counts
  /// as one more.
  std::int64_t blockInstances = 0;
  std::int64_t loopInstances = 0;  ///< loops, likewise
};

/// Buffers that the nodes (the bodies of the pieces) touch but do not own, in order.
[[nodiscard]] std::vector<BufferId> buffersTouched(const std::vector<LoweredNode>& nodes);
[[nodiscard]] std::vector<BufferId> buffersTouched(const std::vector<LoweredLoop>& pieces);

}  // namespace espalier
