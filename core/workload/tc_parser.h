// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "workload/tc_ast.h"

namespace espalier {

/// Deepest nesting of an expression, so that no text can exhaust the stack.
inline constexpr int kDeepestExpression = 400;

/// All kernels of a text. After an error (diagnostics.failed()) the result is incomplete.
[[nodiscard]] std::vector<TcKernel> parseKernels(TcDiagnostics& diagnostics);

}  // namespace espalier
