// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "support/outcome.h"

namespace espalier {

/// A machine to generate code for.
struct Target {
  std::string triple;    ///< for instance x86_64-pc-linux-gnu
  std::string cpu;       ///< LLVM's name, for instance znver4
  std::string features;  ///< LLVM's feature string, `+avx2,+fma,…`; empty = what the CPU name implies
  int vectorBits = 256;  ///< width of the preferred vector registers
  int vectorRegisters = 16;

  [[nodiscard]] int lanes(int bytesPerElement) const { return vectorBits / 8 / bytesPerElement; }
};

/// This machine, asked of LLVM: CPU name and features together, falling back to a known CPU with explicit
/// features where this LLVM does not know the name.
[[nodiscard]] Target hostTarget();
/// Another machine by its CPU name; an error lists near names.
[[nodiscard]] Result<Target> targetFor(const std::string& cpu, const std::string& triple = {});

}  // namespace espalier
