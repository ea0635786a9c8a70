// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "program/program.h"
#include "transform/refusal.h"
#include "transform/step.h"

namespace espalier {

/// The argument `factors` of Split and TileSize, checked against the loop, with a factor 0 replaced by what
/// is left over.
[[nodiscard]] Outcome<std::vector<std::int64_t>> factorsArgument(const Program& program, const Step& step,
                                                                 LoopId loop);
/// Refuses a loop that is already Parallel, Vectorized or Unrolled.
[[nodiscard]] Outcome<LoopId> serialLoop(const Program& program, const Step& step, LoopId loop);

}  // namespace espalier
