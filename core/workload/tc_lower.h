// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "program/program.h"
#include "workload/tc_ast.h"
#include "workload/tc_tensors.h"

namespace espalier {

/// Makes p0 of a kernel: one loop nest a statement, indices of the target outermost in their order, then
/// those of the reduction as they appear. `sizes` gains the symbols that only outputs have. Nothing if the
/// kernel is wrong (diagnostics.failed()).
///
/// A statement that computes a tensor anew which an earlier one computed gets a buffer of its own: the
/// earlier version becomes an intermediate (`O_1`, `O_2`, …). Versions that nothing reads are left out.
[[nodiscard]] std::optional<Program> lowerKernel(const TcKernel& kernel, TcSizes& sizes,
                                                 const std::vector<std::string>& constants,
                                                 TcDiagnostics& diagnostics);

}  // namespace espalier
