// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "support/outcome.h"
#include "tensor_problem/tensor_problem.h"

namespace espalier {

/// Everything that rebuilds a problem, as JSON: the kernel's text, its sizes and weights, and the options
/// that change what is tuned. Nothing of the machine.
[[nodiscard]] std::string identityText(const Workload& workload, const TensorProblemOptions& options);

struct Identity {
  Workload workload;
  TensorProblemOptions options;
};
[[nodiscard]] Result<Identity> readIdentity(std::string_view text);

}  // namespace espalier
