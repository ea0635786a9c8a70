// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <llvm/IR/Module.h>

#include "codegen/compiler.h"
#include "codegen/lowered.h"
#include "codegen/math.h"

namespace espalier {

struct EmissionOptions {
  Pipeline pipeline = Pipeline::Schedule;
  MathStyle math = MathStyle::Fused;
  std::int64_t argumentAlignment = 64;  ///< bytes
};

/// Adds `void entry(void* const* arguments, void* workspace, std::int64_t threads)` to the module.
void emitKernel(llvm::Module& module, const Program& program, const LoweredProgram& lowered,
                const Target& target, const std::string& entry, const EmissionOptions& options);

}  // namespace espalier
