// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "peers/layer_tensors.h"

#include <stdexcept>

namespace espalier::bench {

Result<LayerTensors> LayerTensors::create(const Workload& workload) {
  LayerTensors tensors;
  tensors.arguments_ = kernelArguments(workload.program);
  int written = 0;
  std::uint64_t seed = 1;
  for (const KernelArgument& argument : tensors.arguments_) {
    if (argument.type != DataType::Float32)
      return inputError("Tensor " + argument.name + " of " + workload.name + " is not float32.",
                        "Only float32 layers have peers.");
    if (argument.access != Access::Read) {
      ++written;
      continue;
    }
    auto memory = GuardedMemory::allocate(argument.name, static_cast<std::size_t>(argument.bytes()));
    if (!memory)
      return environmentError("There is no memory for tensor " + argument.name + ".",
                              "End other programs, or take a smaller layer.");
    const UniformFill fill{seed++, -1, 1};
    auto* values = static_cast<float*>(memory->data());
    for (std::int64_t i = 0; i < argument.elements(); ++i)
      values[i] = static_cast<float>(filledValue(fill, i));
    tensors.memory_.emplace(argument.name, std::move(*memory));
  }
  if (written != 1)
    return inputError(workload.name + " writes " + std::to_string(written) + " tensors.",
                      "Only layers with one output have peers.");
  return tensors;
}

float* LayerTensors::input(const std::string& name) const {
  return static_cast<float*>(memory_.at(name).data());
}

const KernelArgument& LayerTensors::written() const {
  for (const KernelArgument& argument : arguments_)
    if (argument.access != Access::Read) return argument;
  throw std::logic_error("LayerTensors: nothing is written");
}

}  // namespace espalier::bench
