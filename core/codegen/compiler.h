// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "codegen/target.h"
#include "program/program.h"
#include "support/outcome.h"

namespace espalier {

/// How much LLVM does.
enum class Pipeline : std::uint8_t {
  /// Short list: the schedule already says what is vectorised and unrolled; where it is silent,
  /// completeSchedule
  /// decides the obvious.
  Schedule,
  Full,    ///< LLVM's -O3 with its vectorisers: the baseline
  Strict,  ///< LLVM's -O2, no contraction of multiply and add: the reference for verification
};

struct CompileOptions {
  Pipeline pipeline = Pipeline::Schedule;
  std::string entry = "espalier_kernel";  ///< symbol of the kernel
  std::int64_t argumentAlignment =
      64;  ///< bytes that every argument is aligned to; at least its element's size
};

/// Calling convention of a compiled kernel:
///
///     void ENTRY(void* const* arguments, void* workspace, std::int64_t threads);
///     void ENTRY_pack_NAME(const void* logical, void* packed);   // one for each buffer with a Packing
///
/// `arguments` holds one pointer an argument buffer in program order, 64-byte aligned; a packed constant is
/// passed packed. `workspace` has workspaceBytes + threads × workspaceBytesPerThread bytes, 64-byte aligned.
/// Parallel loops call
///
///     void espalier_parallel_for(std::int64_t iterations, std::int64_t threads,
///                                void (*body)(std::int64_t begin, std::int64_t end, std::int64_t thread,
///                                void* context), void* context);
///
/// which the object only declares.
struct CompiledKernel {
  std::vector<char> object;  ///< relocatable ELF (or the triple's format)
  std::string entry;
  struct Pack {
    BufferId buffer;
    std::string symbol;
  };
  std::vector<Pack> packs;
  std::int64_t workspaceBytes = 0;
  std::int64_t workspaceBytesPerThread = 0;
  bool parallel = false;
  double seconds = 0;  ///< wall time of generation and LLVM
};

/// A code generator for one target. It is worth keeping: making one takes longer than a small kernel. One
/// thread at a time; each thread may have its own. The error is always about the program being too large to
/// compile in reason (code size after unrolling); anything else that goes wrong is a bug and throws.
class Compiler {
 public:
  explicit Compiler(const Target& target);
  ~Compiler();
  Compiler(Compiler&&) noexcept;
  Compiler& operator=(Compiler&&) noexcept;

  [[nodiscard]] const Target& target() const;
  [[nodiscard]] Result<CompiledKernel> compile(const Program& program, const CompileOptions& options);
  /// The optimised LLVM IR or the assembly, for reading and export.
  [[nodiscard]] Result<std::string> llvmText(const Program& program, const CompileOptions& options);
  [[nodiscard]] Result<std::string> assemblyText(const Program& program, const CompileOptions& options);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The same, with a Compiler made for one call.
[[nodiscard]] Result<CompiledKernel> compile(const Program& program, const Target& target,
                                             const CompileOptions& options);
[[nodiscard]] Result<std::string> llvmText(const Program& program, const Target& target,
                                           const CompileOptions& options);
[[nodiscard]] Result<std::string> assemblyText(const Program& program, const Target& target,
                                               const CompileOptions& options);

}  // namespace espalier
