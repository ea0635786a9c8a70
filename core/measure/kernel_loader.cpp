// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/kernel_loader.h"

#include <cstdlib>
#include <string>

#include <llvm/ExecutionEngine/Orc/ExecutionUtils.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>
#include <llvm/Support/MemoryBuffer.h>

#include "codegen/llvm_targets.h"
#include "measure/crash_report.h"
#include "measure/parallel_runtime.h"

namespace espalier {
namespace {

[[noreturn]] void outOfMemory(std::size_t bytes) {
  const std::string detail =
      "The kernel asked for " + std::to_string(bytes) + " bytes more than the worker's memory limit allows.";
  reportAndEnd("memory", detail.c_str());
}

extern "C" void* espalierMalloc(std::size_t bytes) {
  void* memory = std::malloc(bytes);
  if (memory == nullptr && bytes > 0) outOfMemory(bytes);
  return memory;
}
extern "C" void* espalierCalloc(std::size_t count, std::size_t bytes) {
  void* memory = std::calloc(count, bytes);
  if (memory == nullptr && count > 0 && bytes > 0) outOfMemory(count * bytes);
  return memory;
}
extern "C" void* espalierRealloc(void* old, std::size_t bytes) {
  void* memory = std::realloc(old, bytes);
  if (memory == nullptr && bytes > 0) outOfMemory(bytes);
  return memory;
}
extern "C" void* espalierAlignedAlloc(std::size_t alignment, std::size_t bytes) {
  void* memory = std::aligned_alloc(alignment, bytes);
  if (memory == nullptr && bytes > 0) outOfMemory(bytes);
  return memory;
}

std::string wordsOf(llvm::Error error) { return llvm::toString(std::move(error)); }

}  // namespace

struct KernelLoader::Engine {
  std::unique_ptr<llvm::orc::LLJIT> jit;
  int loaded = 0;
  std::string reports;  ///< what the linker said beside the errors that it returned

  llvm::Error defineRuntime(llvm::orc::JITDylib& library) {
    llvm::orc::SymbolMap symbols;
    const auto define = [&](const char* name, auto* function) {
      symbols[jit->mangleAndIntern(name)] = {llvm::orc::ExecutorAddr::fromPtr(function),
                                             llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
    };
    define("espalier_parallel_for", &espalier_parallel_for);
    define("malloc", &espalierMalloc);
    define("calloc", &espalierCalloc);
    define("realloc", &espalierRealloc);
    define("aligned_alloc", &espalierAlignedAlloc);
    return library.define(llvm::orc::absoluteSymbols(std::move(symbols)));
  }
};

namespace {

class LinkedCode final : public LoadedCode {
 public:
  LinkedCode(llvm::orc::LLJIT& jit, llvm::orc::JITDylib& library) : jit_(jit), library_(library) {}
  LinkedCode(const LinkedCode&) = delete;
  LinkedCode& operator=(const LinkedCode&) = delete;
  ~LinkedCode() override { llvm::consumeError(jit_.getExecutionSession().removeJITDylib(library_)); }
  void add(void* address) { addresses_.push_back(address); }

 private:
  llvm::orc::LLJIT& jit_;
  llvm::orc::JITDylib& library_;
};

}  // namespace

KernelLoader::KernelLoader(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
KernelLoader::~KernelLoader() = default;

Attempt<std::unique_ptr<KernelLoader>> KernelLoader::create() {
  initialiseLlvmTargets();
  auto engine = std::make_unique<Engine>();
  auto jit = llvm::orc::LLJITBuilder()
                 .setObjectLinkingLayerCreator([](llvm::orc::ExecutionSession& session, const llvm::Triple&) {
                   return std::make_unique<llvm::orc::ObjectLinkingLayer>(session);
                 })
                 .setPlatformSetUp(llvm::orc::setUpInactivePlatform)
                 .create();
  if (!jit) return failed("worker", "The linker could not be set up: " + wordsOf(jit.takeError()));
  engine->jit = std::move(*jit);
  engine->jit->getExecutionSession().setErrorReporter([reports = &engine->reports](llvm::Error error) {
    *reports += (reports->empty() ? "" : " ") + wordsOf(std::move(error));
  });
  return std::unique_ptr<KernelLoader>(new KernelLoader(std::move(engine)));
}

Attempt<std::unique_ptr<LoadedCode>> KernelLoader::load(std::span<const char> object,
                                                        const std::vector<std::string>& symbols) {
  llvm::orc::LLJIT& jit = *engine_->jit;
  auto library = jit.createJITDylib("kernel" + std::to_string(engine_->loaded++));
  if (!library) return failed("load", wordsOf(library.takeError()));
  auto code = std::make_unique<LinkedCode>(jit, *library);

  if (auto error = engine_->defineRuntime(*library)) return failed("load", wordsOf(std::move(error)));
  auto process =
      llvm::orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(jit.getDataLayout().getGlobalPrefix());
  if (!process) return failed("worker", wordsOf(process.takeError()));
  library->addGenerator(std::move(*process));

  auto buffer =
      llvm::MemoryBuffer::getMemBufferCopy(llvm::StringRef(object.data(), object.size()), "kernel.o");
  if (auto error = jit.addObjectFile(*library, std::move(buffer)))
    return failed("load", "The object file cannot be loaded: " + wordsOf(std::move(error)));
  engine_->reports.clear();
  for (const std::string& symbol : symbols) {
    auto address = jit.lookup(*library, symbol);
    if (!address) {
      const std::string words = wordsOf(address.takeError());
      return failed("load", "The object file cannot be linked: " +
                                (engine_->reports.empty() ? words : engine_->reports));
    }
    code->add(address->toPtr<void*>());
  }
  return code;
}

}  // namespace espalier
