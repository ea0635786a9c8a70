// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "codegen/machine.h"

#include <stdexcept>

#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/TargetParser/Triple.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/DCE.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>

#include "codegen/llvm_targets.h"

namespace espalier {
namespace {

/// The schedule has already decided what matters; this only cleans up what emission leaves behind.
void addSchedulePasses(llvm::FunctionPassManager& passes) {
  passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  passes.addPass(llvm::EarlyCSEPass(true));
  // Moves loads and stores of an accumulator that stays in place out of the reduction loop.
  passes.addPass(llvm::createFunctionToLoopPassAdaptor(
      llvm::LICMPass(llvm::LICMOptions()), /*UseMemorySSA=*/true, /*UseBlockFrequencyInfo=*/false));
  passes.addPass(llvm::EarlyCSEPass(false));
  passes.addPass(llvm::SimplifyCFGPass());
  passes.addPass(llvm::DCEPass());
}

}  // namespace

Machine::Machine(const Target& target) {
  initialiseLlvmTargets();
  std::string problem;
  const llvm::Target* found = llvm::TargetRegistry::lookupTarget(target.triple, problem);
  if (found == nullptr) throw std::runtime_error("LLVM has no target for " + target.triple + ": " + problem);
  machine_.reset(found->createTargetMachine(target.triple, target.cpu, target.features, llvm::TargetOptions(),
                                            llvm::Reloc::PIC_, std::nullopt,
                                            llvm::CodeGenOptLevel::Aggressive));
  if (machine_ == nullptr) throw std::runtime_error("LLVM cannot generate code for " + target.triple);
}

MathStyle Machine::fastMath() const {
  if (!machine_->getTargetTriple().isX86()) return MathStyle::Fused;
  const llvm::MCSubtargetInfo& subtarget = *machine_->getMCSubtargetInfo();
  if (subtarget.checkFeatures("+avx512f,+fma")) return MathStyle::Avx512;
  return subtarget.checkFeatures("+fma") ? MathStyle::Fused : MathStyle::Unfused;
}

void Machine::prepare(llvm::Module& module) const {
  module.setTargetTriple(machine_->getTargetTriple().str());
  module.setDataLayout(machine_->createDataLayout());
}

void Machine::optimise(llvm::Module& module, Pipeline pipeline) {
  // Costs a fraction of a millisecond, and turns a bug of ours into an exception instead of a crash inside
  // LLVM.
  std::string broken;
  llvm::raw_string_ostream stream(broken);
  if (llvm::verifyModule(module, &stream)) throw std::logic_error("invalid LLVM IR: " + broken);
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(machine_.get());
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::ModulePassManager passes;
  switch (pipeline) {
    case Pipeline::Schedule: {
      llvm::FunctionPassManager list;
      addSchedulePasses(list);
      passes.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(list)));
      break;
    }
    case Pipeline::Full: passes = builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3); break;
    case Pipeline::Strict: passes = builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2); break;
  }
  passes.run(module, modules);
}

llvm::SmallVector<char, 0> Machine::emit(llvm::Module& module, Pipeline pipeline,
                                         llvm::CodeGenFileType type) {
  machine_->Options.AllowFPOpFusion =
      pipeline == Pipeline::Strict ? llvm::FPOpFusion::Strict : llvm::FPOpFusion::Standard;
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  if (machine_->addPassesToEmitFile(passes, stream, nullptr, type)) {
    throw std::runtime_error("LLVM cannot write this kind of file for " + machine_->getTargetTriple().str());
  }
  passes.run(module);
  return bytes;
}

std::vector<char> Machine::object(llvm::Module& module, Pipeline pipeline) {
  const llvm::SmallVector<char, 0> bytes = emit(module, pipeline, llvm::CodeGenFileType::ObjectFile);
  return {bytes.begin(), bytes.end()};
}

std::string Machine::assembly(llvm::Module& module, Pipeline pipeline) {
  const llvm::SmallVector<char, 0> bytes = emit(module, pipeline, llvm::CodeGenFileType::AssemblyFile);
  return {bytes.begin(), bytes.end()};
}

}  // namespace espalier
