// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "program/program.h"
#include "transform/refusal.h"

namespace espalier {

/// Why a chain of loops may not be rearranged from `chain` to `wanted` (the same loops, both outermost
/// first); nothing if it may. Sums and products may be reassociated.
[[nodiscard]] std::optional<Refusal> refusalToReorder(const Program& program,
                                                      const std::vector<LoopId>& chain,
                                                      const std::vector<LoopId>& wanted);

}  // namespace espalier
