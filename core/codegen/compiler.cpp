// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "codegen/compiler.h"

#include <chrono>

#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/raw_ostream.h>

#include "codegen/init_hoisting.h"
#include "codegen/kernel_emitter.h"
#include "codegen/lowering.h"
#include "codegen/machine.h"
#include "codegen/packing_emitter.h"
#include "codegen/schedule_completion.h"

namespace espalier {
struct Compiler::State {
  explicit State(const Target& wanted) : target(wanted), machine(wanted) {}

  /// The module with the optimised kernel; what is known about it goes into `kernel`.
  Result<std::unique_ptr<llvm::Module>> build(const Program& program, const CompileOptions& options,
                                              llvm::LLVMContext& context, CompiledKernel& kernel) {
    Program prepared = hoistInitialisations(program);
    if (options.pipeline == Pipeline::Schedule) prepared = completeSchedule(std::move(prepared), target);
    const Result<LoweredProgram> lowered = lower(prepared, target);
    if (!lowered) return tl::unexpected(lowered.error());
    EmissionOptions emission;
    emission.pipeline = options.pipeline;
    emission.argumentAlignment = options.argumentAlignment;
    emission.math = options.pipeline == Pipeline::Strict ? MathStyle::Library : machine.fastMath();
    auto module = std::make_unique<llvm::Module>(program.name, context);
    machine.prepare(*module);
    emitKernel(*module, prepared, *lowered, target, options.entry, emission);
    for (std::uint32_t i = 0; i < program.buffers.size(); ++i) {
      if (!program.buffers[i].packing) continue;
      const std::string symbol = options.entry + "_pack_" + program.buffers[i].name;
      emitPacking(*module, program.buffers[i], target, symbol, emission);
      kernel.packs.push_back({BufferId{i}, symbol});
    }
    machine.optimise(*module, options.pipeline);
    kernel.entry = options.entry;
    kernel.workspaceBytes = lowered->storage.workspaceBytes;
    kernel.workspaceBytesPerThread = lowered->storage.workspaceBytesPerThread;
    kernel.parallel = lowered->parallel;
    return module;
  }

  Target target;
  Machine machine;
};

Compiler::Compiler(const Target& target) : state_(std::make_unique<State>(target)) {}
Compiler::~Compiler() = default;
Compiler::Compiler(Compiler&&) noexcept = default;
Compiler& Compiler::operator=(Compiler&&) noexcept = default;

const Target& Compiler::target() const { return state_->target; }

Result<CompiledKernel> Compiler::compile(const Program& program, const CompileOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  CompiledKernel kernel;
  llvm::LLVMContext context;
  Result<std::unique_ptr<llvm::Module>> module = state_->build(program, options, context, kernel);
  if (!module) return tl::unexpected(module.error());
  kernel.object = state_->machine.object(**module, options.pipeline);
  kernel.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return kernel;
}

Result<std::string> Compiler::llvmText(const Program& program, const CompileOptions& options) {
  CompiledKernel kernel;
  llvm::LLVMContext context;
  Result<std::unique_ptr<llvm::Module>> module = state_->build(program, options, context, kernel);
  if (!module) return tl::unexpected(module.error());
  std::string text;
  llvm::raw_string_ostream stream(text);
  (*module)->print(stream, nullptr);
  return text;
}

Result<std::string> Compiler::assemblyText(const Program& program, const CompileOptions& options) {
  CompiledKernel kernel;
  llvm::LLVMContext context;
  Result<std::unique_ptr<llvm::Module>> module = state_->build(program, options, context, kernel);
  if (!module) return tl::unexpected(module.error());
  return state_->machine.assembly(**module, options.pipeline);
}

Result<CompiledKernel> compile(const Program& program, const Target& target, const CompileOptions& options) {
  return Compiler(target).compile(program, options);
}

Result<std::string> llvmText(const Program& program, const Target& target, const CompileOptions& options) {
  return Compiler(target).llvmText(program, options);
}

Result<std::string> assemblyText(const Program& program, const Target& target,
                                 const CompileOptions& options) {
  return Compiler(target).assemblyText(program, options);
}

}  // namespace espalier
