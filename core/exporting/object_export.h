// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "codegen/compiler.h"
#include "codegen/target.h"
#include "exporting/exporting.h"
#include "program/program.h"
#include "support/outcome.h"

namespace espalier {

/// A relocatable object that defines
///
///     int NAME(const float* A, …, float* C);                                          // 0, or 1: out of
///     memory void NAME_with_workspace(const float* A, …, float* C, void* workspace, int64_t threads); void
///     NAME_pack_B(const float* logical, float* packed);                          // for each packed constant
///
/// its C header, and, if the program has parallel loops, `espalier_runtime.c`, which runs them with OpenMP.
/// Without that file the object runs them one after the other. Pointers need no alignment beyond their
/// element's.
[[nodiscard]] Result<std::vector<ExportedFile>> exportObject(const Program& program, const std::string& name,
                                                             const Target& target, Pipeline pipeline,
                                                             const std::vector<std::string>& notes);

}  // namespace espalier
