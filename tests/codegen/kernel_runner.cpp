// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "codegen/kernel_runner.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>

#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/TargetSelect.h>

#include "codegen/llvm_targets.h"
#include "support/random.h"

namespace espalier::testing {
namespace {

using Body = void (*)(std::int64_t begin, std::int64_t end, std::int64_t thread, void* context);

/// Iterations in small chunks, dealt out to the threads backwards: any order must do.
extern "C" void parallelForInTests(std::int64_t iterations, std::int64_t threads, Body body, void* context) {
  const std::int64_t chunk = 3;
  for (std::int64_t end = iterations; end > 0; end -= chunk) {
    body(std::max<std::int64_t>(0, end - chunk), end, (end / chunk) % threads, context);
  }
}

template <class Value>
Value checked(llvm::Expected<Value> value) {
  if (!value) throw std::runtime_error(llvm::toString(value.takeError()));
  return std::move(*value);
}

void check(llvm::Error error) {
  if (error) throw std::runtime_error(llvm::toString(std::move(error)));
}

/// Bytes that end at an inaccessible page; what lies before and between is watched.
class GuardedBytes {
 public:
  explicit GuardedBytes(std::size_t bytes) : bytes_(bytes) {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t rounded = (bytes + 63) / 64 * 64;
    mapped_ = (rounded + 2 * page - 1) / page * page + page;
    base_ = static_cast<char*>(
        mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (base_ == MAP_FAILED) throw std::runtime_error("no memory for a test argument");
    std::memset(base_, 0x5a, mapped_);
    mprotect(base_ + mapped_ - page, page, PROT_NONE);
    end_ = base_ + mapped_ - page;
    start_ = end_ - rounded;
  }
  ~GuardedBytes() { munmap(base_, mapped_); }
  GuardedBytes(const GuardedBytes&) = delete;
  GuardedBytes& operator=(const GuardedBytes&) = delete;

  [[nodiscard]] void* data() const { return start_; }
  void checkSurroundings(const std::string& name) const {
    const auto untouched = [](char byte) { return byte == 0x5a; };
    if (!std::all_of(base_, start_, untouched) || !std::all_of(start_ + bytes_, end_, untouched))
      throw std::runtime_error("the kernel wrote outside of " + name);
  }

 private:
  std::size_t bytes_;
  std::size_t mapped_ = 0;
  char* base_ = nullptr;
  char* start_ = nullptr;
  char* end_ = nullptr;
};

class Linked {
 public:
  explicit Linked(const CompiledKernel& kernel) {
    initialiseLlvmTargets();
    llvm::InitializeNativeTargetAsmParser();
    jit_ = checked(llvm::orc::LLJITBuilder().create());
    llvm::orc::JITDylib& library = jit_->getMainJITDylib();
    library.addGenerator(checked(llvm::orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(
        jit_->getDataLayout().getGlobalPrefix())));
    check(library.define(llvm::orc::absoluteSymbols(
        {{jit_->mangleAndIntern("espalier_parallel_for"),
          {llvm::orc::ExecutorAddr::fromPtr(&parallelForInTests), llvm::JITSymbolFlags::Exported}}})));
    check(jit_->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(
        llvm::StringRef(kernel.object.data(), kernel.object.size()), "kernel")));
  }
  template <class Function>
  Function* find(const std::string& symbol) {
    return checked(jit_->lookup(symbol)).template toPtr<Function*>();
  }

 private:
  std::unique_ptr<llvm::orc::LLJIT> jit_;
};

/// The arguments laid out as the kernel wants them, with its workspace.
class Call {
 public:
  Call(const Program& program, const CompiledKernel& kernel, const std::vector<Tensor>& arguments,
       std::int64_t threads)
      : program_(program),
        linked_(kernel),
        threads_(threads),
        workspace_(
            static_cast<std::size_t>(kernel.workspaceBytes + threads * kernel.workspaceBytesPerThread)) {
    const std::vector<BufferId> ids = argumentsOf(program);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const Buffer& buffer = program.buffer(ids[i]);
      memory_.push_back(std::make_unique<GuardedBytes>(static_cast<std::size_t>(buffer.bytes())));
      pointers_.push_back(memory_.back()->data());
      if (!buffer.packing) {
        std::memcpy(pointers_.back(), arguments[i].bytes(), arguments[i].byteCount());
        continue;
      }
      const auto pack = std::find_if(kernel.packs.begin(), kernel.packs.end(),
                                     [&](const auto& entry) { return entry.buffer == ids[i]; });
      linked_.find<void(const void*, void*)>(pack->symbol)(arguments[i].bytes(), pointers_.back());
    }
    entry_ = linked_.find<void(void* const*, void*, std::int64_t)>(kernel.entry);
  }
  void run() { entry_(pointers_.data(), workspace_.data(), threads_); }
  void readBack(std::vector<Tensor>& arguments) {
    const std::vector<BufferId> ids = argumentsOf(program_);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const Buffer& buffer = program_.buffer(ids[i]);
      memory_[i]->checkSurroundings(buffer.name);
      if (!buffer.packing) std::memcpy(arguments[i].bytes(), pointers_[i], arguments[i].byteCount());
    }
    workspace_.checkSurroundings("the workspace");
  }

 private:
  const Program& program_;
  Linked linked_;
  std::int64_t threads_;
  GuardedBytes workspace_;
  std::vector<std::unique_ptr<GuardedBytes>> memory_;
  std::vector<void*> pointers_;
  void (*entry_)(void* const*, void*, std::int64_t) = nullptr;
};

}  // namespace

void runKernel(const Program& program, const CompiledKernel& kernel, std::vector<Tensor>& arguments,
               std::int64_t threads) {
  Call call(program, kernel, arguments, threads);
  call.run();
  call.readBack(arguments);
}

double timeKernel(const Program& program, const CompiledKernel& kernel, std::vector<Tensor>& arguments,
                  int repeats) {
  Call call(program, kernel, arguments, 1);
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < repeats; ++i) {
    const auto start = std::chrono::steady_clock::now();
    call.run();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  call.readBack(arguments);
  return best;
}

std::vector<Tensor> exactArguments(const Program& program, std::uint64_t seed) {
  Random random(seed);
  std::vector<Tensor> arguments;
  for (const BufferId id : argumentsOf(program)) {
    const Buffer& buffer = program.buffer(id);
    Tensor tensor = Tensor::zeros(buffer.type, logicalShape(buffer));
    for (std::int64_t i = 0; i < tensor.elements(); ++i) {
      const auto eighths = static_cast<double>(random.between(-8, 8));
      tensor.set(i, isFloat(buffer.type) ? eighths / 8 : eighths);
    }
    arguments.push_back(std::move(tensor));
  }
  return arguments;
}

std::string differenceFromInterpreter(const Program& program, const CompileOptions& options,
                                      std::int64_t threads, const Target& target) {
  std::vector<Tensor> expected = exactArguments(program, 7);
  std::vector<Tensor> actual = expected;
  const std::vector<BufferId> ids = argumentsOf(program);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const Buffer& buffer = program.buffer(ids[i]);
    if (buffer.role != BufferRole::Output || !isFloat(buffer.type)) continue;
    for (std::int64_t j = 0; j < actual[i].elements(); ++j) actual[i].set(j, std::nan(""));
  }
  interpret(program, expected);
  const Result<CompiledKernel> kernel = compile(program, target, options);
  if (!kernel) return kernel.error().text();
  runKernel(program, *kernel, actual, threads);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    for (std::int64_t j = 0; j < expected[i].elements(); ++j) {
      if (expected[i].at(j) == actual[i].at(j)) continue;
      return program.buffer(ids[i]).name + "[" + std::to_string(j) + "] is " +
             std::to_string(actual[i].at(j)) + " instead of " + std::to_string(expected[i].at(j));
    }
  }
  return {};
}

}  // namespace espalier::testing
