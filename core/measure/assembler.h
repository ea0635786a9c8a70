// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "codegen/target.h"
#include "support/outcome.h"

namespace espalier {

/// Object code of hand-written LLVM IR, as it stands: no optimisation but that of the code generator.
[[nodiscard]] Result<std::vector<char>> assemble(const std::string& llvmIr, const Target& target);

}  // namespace espalier
