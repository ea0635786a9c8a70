// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "program/program.h"

namespace espalier {

/// The single block under a chain of loops, if that is all that hangs at a root.
struct PerfectNest {
  std::vector<LoopId> loops;  ///< outermost first
  BlockId block;
};
[[nodiscard]] std::optional<PerfectNest> perfectNestAt(const Program& program, NodeRef node);

/// The same results to the bit, much sooner: references of big programs are computed from p0, which nobody
/// has scheduled. Nests whose loops are plainly free to move (one loop an axis, no guards) get the order
///
///     blocks of the vector axis, other spatial loops, reductions as they stand, a block of reuse, the vector
///     axis
///
/// where the vector axis is the output's last dimension if all loads run along memory with it, and the block
/// of reuse belongs to a spatial axis that the largest operand does not depend on. The outermost spatial loop
/// becomes parallel.
[[nodiscard]] Program inFastOrder(Program program);

}  // namespace espalier
