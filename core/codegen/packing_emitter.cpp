// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "codegen/packing_emitter.h"

#include <stdexcept>

#include <llvm/IR/IRBuilder.h>

#include "codegen/lowering.h"
#include "codegen/packing.h"

namespace espalier {

void emitPacking(llvm::Module& module, const Buffer& constant, const Target& target,
                 const std::string& symbol, const EmissionOptions& options) {
  const Program program = packingProgram(constant);
  const Result<LoweredProgram> lowered = lower(program, target);
  if (!lowered) throw std::logic_error("emitPacking: " + lowered.error().text());
  const std::string inner = symbol + ".kernel";
  EmissionOptions unaligned = options;
  unaligned.argumentAlignment = bytesOf(constant.type);
  emitKernel(module, program, *lowered, target, inner, unaligned);

  // The kernel takes a table of pointers; this symbol takes them one by one.
  llvm::IRBuilder<> builder(module.getContext());
  llvm::Function* kernel = module.getFunction(inner);
  kernel->setLinkage(llvm::GlobalValue::InternalLinkage);
  llvm::Type* pointer = builder.getPtrTy();
  llvm::Function* function =
      llvm::Function::Create(llvm::FunctionType::get(builder.getVoidTy(), {pointer, pointer}, false),
                             llvm::Function::ExternalLinkage, symbol, module);
  builder.SetInsertPoint(llvm::BasicBlock::Create(module.getContext(), "entry", function));
  llvm::Type* table = llvm::ArrayType::get(pointer, 2);
  llvm::Value* memory = builder.CreateAlloca(table);
  for (unsigned i = 0; i < 2; ++i)
    builder.CreateStore(function->getArg(i), builder.CreateConstInBoundsGEP2_64(table, memory, 0, i));
  builder.CreateCall(kernel,
                     {memory, llvm::ConstantPointerNull::get(builder.getPtrTy()), builder.getInt64(1)});
  builder.CreateRetVoid();
}

}  // namespace espalier
