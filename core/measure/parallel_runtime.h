// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// What parallel loops of compiled kernels call (codegen/compiler.h): every thread runs one contiguous share
/// of the iterations.
extern "C" void espalier_parallel_for(std::int64_t iterations, std::int64_t threads,
                                      void (*body)(std::int64_t begin, std::int64_t end, std::int64_t thread,
                                                   void* context),
                                      void* context);

namespace espalier {

/// Cores that this process may use (affinity, and the quota of its control group).
[[nodiscard]] int usableCores();

/// Binds thread i of a team of that size to the i-th allowed core; a team of one is left to the system, which
/// then keeps it away from busy cores.
void bindThreads(int threads);

}  // namespace espalier
