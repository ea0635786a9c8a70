// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "exporting/object_export.h"

#include <memory>
#include <stdexcept>

#include <llvm/AsmParser/Parser.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Linker/Linker.h>
#include <llvm/Support/SourceMgr.h>

#include "codegen/compiler.h"
#include "codegen/machine.h"
#include "exporting/c_names.h"
#include "exporting/c_source.h"
#include "program/interpreter.h"

namespace espalier {
namespace {

/// Serial loops for programs that are linked without the runtime.
constexpr const char* kWeakRuntime = R"(
define weak i64 @espalier_parallel_threads() {
  ret i64 1
}
define weak void @espalier_parallel_for(i64 %iterations, i64 %threads, ptr %body, ptr %context) {
  %some = icmp sgt i64 %iterations, 0
  br i1 %some, label %run, label %done
run:
  call void %body(i64 0, i64 %iterations, i64 0, ptr %context)
  br label %done
done:
  ret void
}
)";

constexpr const char* kOpenMpRuntime = R"(// Runs the parallel loops of objects that Espalier exported.
// Build with: cc -std=c11 -O2 -fopenmp -c espalier_runtime.c   (link with -fopenmp)
#include <omp.h>
#include <stdint.h>

int64_t espalier_parallel_threads(void) { return omp_get_max_threads(); }

void espalier_parallel_for(int64_t iterations, int64_t threads,
                           void (*body)(int64_t begin, int64_t end, int64_t thread, void* context), void* context) {
  if (threads <= 1 || iterations <= 1) {
    if (iterations > 0) body(0, iterations, 0, context);
    return;
  }
#pragma omp parallel num_threads((int)threads)
  {
    const int64_t team = omp_get_num_threads();
    const int64_t thread = omp_get_thread_num();
    const int64_t begin = iterations * thread / team;
    const int64_t end = iterations * (thread + 1) / team;
    if (begin < end) body(begin, end, thread, context);
  }
}
)";

/// LLVM IR of the two functions that people call.
std::string wrapperText(const std::string& symbol, const CompiledKernel& kernel, std::size_t arguments) {
  std::string parameters;
  std::string table;
  std::string passed;
  for (std::size_t i = 0; i < arguments; ++i) {
    const std::string number = std::to_string(i);
    parameters += (i == 0 ? "ptr %a" : ", ptr %a") + number;
    passed += "ptr %a" + number + ", ";
    table += "  %slot" + number + " = getelementptr ptr, ptr %table, i64 " + number + "\n  store ptr %a" +
             number + ", ptr %slot" + number + "\n";
  }
  const std::string comma = arguments == 0 ? "" : ", ";
  std::string text = "declare void @" + kernel.entry +
                     "(ptr, ptr, i64)\ndeclare ptr @aligned_alloc(i64, i64)\n" + "declare void @free(ptr)\n";
  text += "define void @" + symbol + "_with_workspace(" + parameters + comma +
          "ptr %workspace, i64 %threads) {\n" + "  %table = alloca ptr, i64 " +
          std::to_string(std::max<std::size_t>(arguments, 1)) + "\n" + table + "  call void @" +
          kernel.entry + "(ptr %table, ptr %workspace, i64 %threads)\n  ret void\n}\n";
  text += "define i32 @" + symbol + "(" + parameters + ") {\n";
  text += kernel.parallel ? "  %threads = call i64 @espalier_parallel_threads()\n"
                          : "  %threads = add i64 0, 1\n";
  const bool workspace = kernel.workspaceBytes + kernel.workspaceBytesPerThread > 0;
  if (workspace) {
    text += "  %private = mul i64 %threads, " + std::to_string(kernel.workspaceBytesPerThread) +
            "\n  %bytes = add i64 %private, " + std::to_string(kernel.workspaceBytes) +
            "\n  %padded = add i64 %bytes, 63\n  %rounded = and i64 %padded, -64\n"
            "  %memory = call ptr @aligned_alloc(i64 64, i64 %rounded)\n  %none = icmp eq ptr %memory, null\n"
            "  br i1 %none, label %failed, label %run\nfailed:\n  ret i32 1\nrun:\n";
  }
  text += "  call void @" + symbol + "_with_workspace(" + passed + "ptr " + (workspace ? "%memory" : "null") +
          ", i64 %threads)\n";
  if (workspace) text += "  call void @free(ptr %memory)\n";
  return text + "  ret i32 0\n}\n" + (kernel.parallel ? kWeakRuntime : "");
}

std::unique_ptr<llvm::Module> parse(const std::string& text, llvm::LLVMContext& context) {
  llvm::SMDiagnostic problem;
  auto module = llvm::parseAssemblyString(text, problem, context);
  if (module == nullptr) throw std::logic_error("exportObject: " + problem.getMessage().str());
  return module;
}

std::string headerText(const Program& program, const std::string& symbol, const CompiledKernel& kernel,
                       const Target& target, const std::vector<std::string>& notes) {
  const auto parameters = cParameters(program);
  std::string list;
  for (const auto& parameter : parameters) list += (list.empty() ? "" : ", ") + parameter.declaration;
  std::string guard = symbol + "_H";
  for (char& character : guard)
    if (character >= 'a' && character <= 'z') character = static_cast<char>(character - 'a' + 'A');

  std::string text;
  for (const auto& note : notes) text += "// " + note + "\n";
  text += "// Compiled for " + target.triple + ", " + target.cpu + ".\n\n#ifndef " + guard + "\n#define " +
          guard + "\n\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
  for (const auto& parameter : parameters) text += "// " + parameter.meaning + "\n";
  text +=
      "// Tensors are dense and row-major, and must not overlap. Answers 0, or 1 if there is no memory for "
      "the workspace.\n";
  if (kernel.parallel)
    text +=
        "// Parallel loops run one after the other unless espalier_runtime.c is linked, which runs them with "
        "OpenMP.\n";
  text += "int " + symbol + "(" + (list.empty() ? "void" : list) + ");\n\n";
  text += "// The same in memory of the caller: " + symbol +
          "_WORKSPACE_BYTES(threads) bytes, aligned to 64; NULL if that is 0.\n#define " + symbol +
          "_WORKSPACE_BYTES(threads) (INT64_C(" + std::to_string(kernel.workspaceBytes) +
          ") + (threads) * INT64_C(" + std::to_string(kernel.workspaceBytesPerThread) + "))\nvoid " + symbol +
          "_with_workspace(" + list + (list.empty() ? "" : ", ") + "void* workspace, int64_t threads);\n";
  for (const auto& pack : kernel.packs) {
    const auto& buffer = program.buffer(pack.buffer);
    const std::string function = symbol + "_pack_" + cIdentifier(buffer.name);
    text += "\n// Brings " + buffer.name + " into the layout that " + symbol +
            " reads; call it once.\n#define " + function + "_ELEMENTS INT64_C(" +
            std::to_string(buffer.elements()) + ")\nvoid " + function +
            "(const void* logical, void* packed);\n";
  }
  return text + "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
}

}  // namespace

Result<std::vector<ExportedFile>> exportObject(const Program& program, const std::string& name,
                                               const Target& target, Pipeline pipeline,
                                               const std::vector<std::string>& notes) {
  const std::string symbol = cIdentifier(name);
  CompileOptions options;
  options.pipeline = pipeline;
  options.entry = symbol + "_kernel";
  options.argumentAlignment = 4;  // callers have arrays of their own
  Compiler compiler(target);
  const auto kernel = compiler.compile(program, options);
  if (!kernel) return tl::unexpected(kernel.error());
  const auto text = compiler.llvmText(program, options);
  if (!text) return tl::unexpected(text.error());

  llvm::LLVMContext context;
  auto module = parse(*text, context);
  module->getFunction(kernel->entry)->setDSOLocal(true);
  for (const auto& pack : kernel->packs)
    module->getFunction(pack.symbol)
        ->setName(symbol + "_pack_" + cIdentifier(program.buffer(pack.buffer).name));
  auto wrapper = parse(wrapperText(symbol, *kernel, argumentsOf(program).size()), context);
  wrapper->setDataLayout(module->getDataLayout());
  wrapper->setTargetTriple(module->getTargetTriple());
  if (llvm::Linker::linkModules(*module, std::move(wrapper)))
    throw std::logic_error("exportObject: cannot link the wrapper");
  module->getFunction(kernel->entry)->setLinkage(llvm::GlobalValue::InternalLinkage);
  const auto object = Machine(target).object(*module, pipeline);

  std::vector<ExportedFile> files{{".o", std::string(object.begin(), object.end())},
                                  {".h", headerText(program, symbol, *kernel, target, notes)}};
  if (kernel->parallel) files.push_back({"espalier_runtime.c", kOpenMpRuntime});
  return files;
}

}  // namespace espalier
