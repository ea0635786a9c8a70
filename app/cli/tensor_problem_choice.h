// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "cli/options.h"
#include "measure/hardware.h"
#include "support/outcome.h"
#include "tensor_problem/tensor_problem.h"

namespace espalier::cli {

/// The problem that the options ask for, ready to measure on this machine, of which the sheet may be known
/// already.
[[nodiscard]] Result<std::unique_ptr<TensorProblem>> openTensorProblem(
    Workload workload, const KernelOptions& options, std::uint64_t seed,
    std::optional<HardwareSheet> sheet = std::nullopt);

/// Cores that this process may use.
[[nodiscard]] int usableCores();

}  // namespace espalier::cli
