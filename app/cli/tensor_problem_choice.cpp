// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "cli/tensor_problem_choice.h"

#include <sched.h>

namespace espalier::cli {

int usableCores() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  return sched_getaffinity(0, sizeof(cores), &cores) == 0 ? CPU_COUNT(&cores) : 1;
}

Result<std::unique_ptr<TensorProblem>> openTensorProblem(Workload workload, const KernelOptions& options,
                                                         std::uint64_t seed,
                                                         std::optional<HardwareSheet> sheet) {
  TensorProblemOptions problem;
  problem.sheet = std::move(sheet);
  problem.threads = options.threads.value_or(usableCores());
  problem.seed = seed;
  if (options.prepack)
    problem.prepack = *options.prepack == "off"  ? Prepack::Off
                      : *options.prepack == "on" ? Prepack::On
                                                 : Prepack::Auto;
  problem.targetCpu = options.targetCpu;
  return makeTensorProblem(std::move(workload), std::move(problem));
}

}  // namespace espalier::cli
