// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "program/program.h"
#include "transform/refusal.h"
#include "transform/step.h"

namespace espalier {

/// The loops, if they may be fused; conditions in fuse.cpp.
[[nodiscard]] Outcome<std::vector<LoopId>> fusibleLoops(const Program& program, const Step& step,
                                                        const std::vector<LoopId>& loops);

}  // namespace espalier
