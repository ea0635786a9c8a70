// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/assembler.h"

#include <memory>

#include <llvm/ADT/SmallVector.h>
#include <llvm/AsmParser/Parser.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Module.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Target/TargetOptions.h>

#include "codegen/llvm_targets.h"

namespace espalier {

Result<std::vector<char>> assemble(const std::string& llvmIr, const Target& target) {
  initialiseLlvmTargets();
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  const auto module = llvm::parseAssemblyString(llvmIr, diagnostic, context);
  if (!module)
    return inputError("LLVM IR, line " + std::to_string(diagnostic.getLineNo()) + ": " +
                      diagnostic.getMessage().str() + ".");

  std::string trouble;
  const llvm::Target* backend = llvm::TargetRegistry::lookupTarget(target.triple, trouble);
  if (backend == nullptr)
    return environmentError("This LLVM has no code generator for " + target.triple + ": " + trouble);
  const std::unique_ptr<llvm::TargetMachine> machine(
      backend->createTargetMachine(target.triple, target.cpu, target.features, llvm::TargetOptions(),
                                   llvm::Reloc::PIC_, std::nullopt, llvm::CodeGenOptLevel::Default));
  module->setTargetTriple(target.triple);
  module->setDataLayout(machine->createDataLayout());

  llvm::SmallVector<char, 0> object;
  llvm::raw_svector_ostream stream(object);
  llvm::legacy::PassManager passes;
  if (machine->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile))
    return environmentError("This LLVM writes no object files for " + target.triple + ".");
  passes.run(*module);
  return std::vector<char>(object.begin(), object.end());
}

}  // namespace espalier
