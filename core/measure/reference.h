// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "program/program.h"

namespace espalier {

/// The same program with every float32 buffer, constant and operation in float64. Constants keep the value
/// that they have in float32.
[[nodiscard]] Program promoteToDouble(const Program& program);

/// The promoted program that also computes, for each float argument that it writes, how far a float32
/// evaluation in any order of summation may be from it: an argument `NAME_bound` (Output) behind the others,
/// in the order of the written ones.
///
/// The bound is a first-order running error analysis: every operation adds half a unit in the last place of
/// its result (functions a few units) to what its operands bring; a sum over K terms adds 4·(√K +
/// 4)·u·Σ|term|, u = 2⁻²⁴, which is the usual statistical size with a margin; comparisons that the errors of
/// their operands may tip count with the difference of the branches.
[[nodiscard]] Program withErrorBounds(const Program& program);

}  // namespace espalier
