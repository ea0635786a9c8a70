// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "peers/contender.h"
#include "peers/layer_tensors.h"
#include "tensor_problem/tensor_problem.h"

namespace espalier::bench {

/// A state of the problem, compiled and linked into this process. `tensors` outlive it.
[[nodiscard]] Result<Contender> ownKernel(const TensorProblem& problem, const State& state,
                                          const LayerTensors& tensors);

}  // namespace espalier::bench
