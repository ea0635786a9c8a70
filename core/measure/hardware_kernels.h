// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "codegen/target.h"

namespace espalier {

/// LLVM IR of a kernel (calling convention of codegen/compiler.h, entry `espalier_kernel`) and what one call
/// of it does on every thread. Its arguments: float32 sink (written), float32 data, int32 parameters {blocks,
/// passes}.
struct ProbeKernel {
  std::string llvmIr;
  double amount = 0;  ///< operations a thread and call
};

inline constexpr std::int64_t kProbeSinkElements = 4096;
/// Data is read in blocks of that size; `blocks` counts them over all threads.
inline constexpr std::int64_t kProbeBlockBytes = 4096;

/// Independent chains of fused multiply-adds, enough to fill the units. amount: floating-point operations.
[[nodiscard]] ProbeKernel peakKernel(const Target& target);
/// One dependent chain. amount: vector FMAs.
[[nodiscard]] ProbeKernel fmaLatencyKernel(const Target& target);
/// A dependent chain of one-cycle integer instructions. amount: cycles.
[[nodiscard]] ProbeKernel clockKernel();
/// Reads `blocks` blocks of the data, shared out among the threads, `passes` times. amount: 0.
[[nodiscard]] ProbeKernel readKernel(const Target& target);

}  // namespace espalier
