// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "codegen/kernel_emitter.h"

namespace espalier {

/// Adds `void symbol(const void* logical, void* packed)` for a constant with a Packing.
void emitPacking(llvm::Module& module, const Buffer& constant, const Target& target,
                 const std::string& symbol, const EmissionOptions& options);

}  // namespace espalier
