// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codegen/target.h"
#include "program/program.h"

namespace espalier {

/// Decides about serial loops on which a schedule is silent, where nothing speaks against it: an innermost
/// loop whose iterations are independent and walk memory contiguously becomes lanes, and a short loop that
/// subscripts a register buffer is unrolled, without which the buffer could not live in registers. So
/// write-backs and copies need no steps of their own. LLVM's -O3 would do the same, later and slower.
[[nodiscard]] Program completeSchedule(Program program, const Target& target);

}  // namespace espalier
