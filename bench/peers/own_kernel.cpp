// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "peers/own_kernel.h"

#include <memory>

#include "codegen/compiler.h"
#include "measure/kernel_loader.h"
#include "program/interpreter.h"

namespace espalier::bench {
namespace {

using KernelFunction = void(void* const* arguments, void* workspace, std::int64_t threads);
using PackFunction = void(const void* logical, void* packed);

struct Loaded {
  std::unique_ptr<KernelLoader> loader;
  std::unique_ptr<LoadedCode> code;
  KernelFunction* function = nullptr;
  std::vector<void*> arguments;
  std::vector<GuardedMemory> memory;  ///< output, packed weights, workspace
  void* output = nullptr;
  void* workspace = nullptr;
};

Result<void*> allocate(Loaded& loaded, const std::string& name, std::int64_t bytes) {
  auto memory = GuardedMemory::allocate(name, static_cast<std::size_t>(bytes));
  if (!memory)
    return environmentError("There is no memory for " + name + ".",
                            "End other programs, or take a smaller layer.");
  loaded.memory.push_back(std::move(*memory));
  return loaded.memory.back().data();
}

}  // namespace

Result<Contender> ownKernel(const TensorProblem& problem, const State& state, const LayerTensors& tensors) {
  const Program program = problem.programOf(state);
  const auto kernel = compile(program, problem.target(), compileOptionsOf(state.trace));
  if (!kernel) return tl::unexpected(kernel.error());
  std::vector<std::string> symbols{kernel->entry};
  for (const CompiledKernel::Pack& pack : kernel->packs) symbols.push_back(pack.symbol);
  auto loader = KernelLoader::create();
  if (!loader) return environmentError(loader.error().detail);
  auto code = (*loader)->load(kernel->object, symbols);
  if (!code) return environmentError(code.error().detail);

  auto loaded = std::make_shared<Loaded>();
  loaded->loader = std::move(*loader);
  loaded->code = std::move(*code);
  loaded->function = reinterpret_cast<KernelFunction*>(loaded->code->addresses()[0]);
  const std::vector<BufferId> buffers = argumentsOf(program);
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    const KernelArgument& argument = tensors.arguments()[i];
    if (argument.access == Access::Read) {
      loaded->arguments.push_back(tensors.input(argument.name));
      continue;
    }
    const auto output = allocate(*loaded, argument.name, argument.bytes());
    if (!output) return tl::unexpected(output.error());
    loaded->arguments.push_back(loaded->output = *output);
  }
  for (std::size_t p = 0; p < kernel->packs.size(); ++p) {
    const Buffer& buffer = program.buffer(kernel->packs[p].buffer);
    const auto packed = allocate(*loaded, buffer.name + " (packed)", buffer.bytes());
    if (!packed) return tl::unexpected(packed.error());
    auto* function = reinterpret_cast<PackFunction*>(loaded->code->addresses()[p + 1]);
    for (std::size_t i = 0; i < buffers.size(); ++i)
      if (buffers[i] == kernel->packs[p].buffer) {
        function(loaded->arguments[i], *packed);
        loaded->arguments[i] = *packed;
      }
  }
  const std::int64_t threads = problem.options().threads;
  if (const std::int64_t bytes = kernel->workspaceBytes + threads * kernel->workspaceBytesPerThread;
      bytes > 0) {
    const auto workspace = allocate(*loaded, "the workspace", bytes);
    if (!workspace) return tl::unexpected(workspace.error());
    loaded->workspace = *workspace;
  }

  const std::int64_t elements = tensors.written().elements();
  return Contender{
      "espalier", "best trace", kernel->packs.empty() ? LayoutFreedom::Plain : LayoutFreedom::Weights,
      [loaded, threads] { loaded->function(loaded->arguments.data(), loaded->workspace, threads); },
      [loaded, elements] {
        const auto* values = static_cast<const float*>(loaded->output);
        return std::vector<float>(values, values + elements);
      }};
}

}  // namespace espalier::bench
