// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include "codegen/compiler.h"
#include "codegen/math.h"

namespace espalier {

/// LLVM's code generator for one target.
class Machine {
 public:
  explicit Machine(const Target& target);

  /// Sets what a module must know before it is filled.
  void prepare(llvm::Module& module) const;
  void optimise(llvm::Module& module, Pipeline pipeline);
  [[nodiscard]] std::vector<char> object(llvm::Module& module, Pipeline pipeline);
  [[nodiscard]] std::string assembly(llvm::Module& module, Pipeline pipeline);
  [[nodiscard]] MathStyle fastMath() const;

 private:
  llvm::SmallVector<char, 0> emit(llvm::Module& module, Pipeline pipeline, llvm::CodeGenFileType type);

  std::unique_ptr<llvm::TargetMachine> machine_;
};

}  // namespace espalier
