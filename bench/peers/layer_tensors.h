// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "measure/guarded_memory.h"
#include "measure/kernel_arguments.h"
#include "support/outcome.h"
#include "workload/workload.h"

namespace espalier::bench {

/// The tensors of a layer, which all contenders read; each of them writes an output of its own.
class LayerTensors {
 public:
  /// Inputs are uniform in [-1, 1].
  [[nodiscard]] static Result<LayerTensors> create(const Workload& workload);

  [[nodiscard]] float* input(const std::string& name) const;
  [[nodiscard]] const std::vector<KernelArgument>& arguments() const { return arguments_; }
  /// The one tensor that the layer writes.
  [[nodiscard]] const KernelArgument& written() const;

 private:
  std::vector<KernelArgument> arguments_;
  std::map<std::string, GuardedMemory> memory_;  ///< of what is read
};

}  // namespace espalier::bench
