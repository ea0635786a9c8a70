// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/worker_loop.h"

#include <chrono>
#include <cstring>
#include <functional>
#include <map>
#include <new>
#include <optional>
#include <string>
#include <thread>

#include <poll.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include "codegen/target.h"
#include "measure/argument_set.h"
#include "measure/crash_report.h"
#include "measure/kernel_loader.h"
#include "measure/machine_probe.h"
#include "measure/parallel_runtime.h"
#include "measure/protocol.h"
#include "measure/timing.h"

namespace espalier {
namespace {

using nlohmann::json;

using KernelFunction = void(void* const* arguments, void* workspace, std::int64_t threads);
using PackFunction = void(const void* logical, void* packed);

constexpr int kPoison = 0xFF;  // NaN in every format of floats

double monotonicSeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Pack {
  std::size_t argument = 0;
  PackFunction* function = nullptr;
  std::size_t bytes = 0;
};

struct Kernel {
  std::unique_ptr<LoadedCode> code;
  KernelFunction* function = nullptr;
  std::vector<Pack> packs;
  std::size_t workspaceBytes = 0;
  std::size_t workspaceBytesPerThread = 0;
  std::optional<GuardedMemory> workspace;
  std::map<std::string, std::vector<GuardedMemory>> packed;  ///< by input set, parallel to `packs`
};

/// A kernel with all that one call of it needs.
struct Call {
  KernelFunction* function = nullptr;
  std::vector<void*> arguments;
  void* workspace = nullptr;
  std::int64_t threads = 1;

  void operator()() const { function(arguments.data(), workspace, threads); }
};

class WorkerSession {
 public:
  explicit WorkerSession(std::unique_ptr<KernelLoader> loader) : loader_(std::move(loader)) {}

  Attempt<Message> answer(const Message& request, const json& header) {
    const std::string kind = header.at("request");
    if (kind == "inputs") return inputs(header, request.payload);
    if (kind == "drop") return drop(header.at("set"));
    if (kind == "load") return load(header, request.payload);
    if (kind == "unload") return unload(header.at("kernel"));
    if (kind == "run") return run(header);
    if (kind == "time") return time(header);
    return failed("worker", "The worker does not know the request " + kind + ".");
  }

 private:
  static Attempt<Message> done(json header = json::object(), std::vector<char> payload = {}) {
    header["ok"] = true;
    return Message{header.dump(), std::move(payload)};
  }

  Attempt<Message> inputs(const json& header, const std::vector<char>& payload) {
    (void)drop(header.at("set"));
    auto set = ArgumentSet::create(header.at("tensors"), payload);
    if (!set) return tl::unexpected(set.error());
    sets_.insert_or_assign(header.at("set").get<std::string>(), std::move(*set));
    return done();
  }

  Attempt<Message> drop(const std::string& set) {
    sets_.erase(set);
    for (auto& [name, kernel] : kernels_) kernel.packed.erase(set);
    return done();
  }

  Attempt<Message> load(const json& header, const std::vector<char>& object) {
    const std::string name = header.at("kernel");
    kernels_.erase(name);
    std::vector<std::string> symbols = {header.at("entry")};
    for (const json& pack : header.at("packs")) symbols.push_back(pack.at("symbol"));
    auto code = loader_->load(object, symbols);
    if (!code) return tl::unexpected(code.error());

    Kernel kernel;
    const std::vector<void*>& addresses = (*code)->addresses();
    kernel.function = reinterpret_cast<KernelFunction*>(addresses[0]);
    for (const json& pack : header.at("packs")) {
      auto* function = reinterpret_cast<PackFunction*>(addresses[kernel.packs.size() + 1]);
      kernel.packs.push_back({pack.at("argument"), function, pack.at("bytes")});
    }
    kernel.workspaceBytes = header.at("workspace");
    kernel.workspaceBytesPerThread = header.at("workspace_per_thread");
    kernel.code = std::move(*code);
    kernels_.insert_or_assign(name, std::move(kernel));
    return done();
  }

  Attempt<Message> unload(const std::string& name) {
    kernels_.erase(name);
    return done();
  }

  Attempt<Message> run(const json& header) {
    auto call = prepare(header, header.at("kernel"));
    if (!call) return tl::unexpected(call.error());
    ArgumentSet& set = sets_.at(header.at("set"));
    set.prepare();
    const Kernel& kernel = kernels_.at(header.at("kernel"));
    if (kernel.workspace) std::memset(kernel.workspace->data(), kPoison, kernel.workspace->bytes());
    const double start = monotonicSeconds();
    (*call)();
    const double seconds = monotonicSeconds() - start;
    endIfOutOfBounds(set, kernel);
    return done({{"seconds", seconds}}, set.written());
  }

  Attempt<Message> time(const json& header) {
    const auto call = prepare(header, header.at("kernel"));
    if (!call) return tl::unexpected(call.error());
    std::function<void()> beside;
    if (const std::string other = header.value("beside", ""); !other.empty()) {
      auto besideCall = prepare(header, other);
      if (!besideCall) return tl::unexpected(besideCall.error());
      beside = std::move(*besideCall);
    }
    ArgumentSet& set = sets_.at(header.at("set"));
    set.prepare();
    TimingOptions options;
    options.repeats = header.at("repeats");
    options.minimumRepeatSeconds = header.at("minimum_repeat");
    options.budgetSeconds = header.at("budget");
    options.stopAboveSeconds = header.at("stop_above");
    const Timing timing = timeKernel(options, *call, beside, monotonicSeconds);
    endIfOutOfBounds(set, kernels_.at(header.at("kernel")));
    return done({{"repeats", timing.repeats},
                 {"beside", timing.beside},
                 {"inner", timing.inner},
                 {"stopped_early", timing.stoppedEarly}});
  }

  /// Everything in place for calling a kernel on a set: packed constants, workspace, threads.
  Attempt<Call> prepare(const json& header, const std::string& kernelName) {
    const std::string setName = header.at("set");
    const auto foundKernel = kernels_.find(kernelName);
    const auto foundSet = sets_.find(setName);
    if (foundKernel == kernels_.end()) return failed("worker", "No kernel " + kernelName + " is loaded.");
    if (foundSet == sets_.end()) return failed("worker", "There is no input set " + setName + ".");
    Kernel& kernel = foundKernel->second;
    ArgumentSet& set = foundSet->second;

    Call call;
    call.function = kernel.function;
    call.threads = header.at("threads");
    for (std::size_t i = 0; i < set.size(); ++i) call.arguments.push_back(set.memory(i).data());
    if (!kernel.packs.empty()) {
      auto& packed = kernel.packed[setName];
      if (packed.empty())
        if (auto trouble = pack(kernel, set, packed)) return tl::unexpected(*trouble);
      for (std::size_t i = 0; i < kernel.packs.size(); ++i)
        call.arguments[kernel.packs[i].argument] = packed[i].data();
    }
    const std::size_t workspace =
        kernel.workspaceBytes + kernel.workspaceBytesPerThread * static_cast<std::size_t>(call.threads);
    if (workspace > 0) {
      if (!kernel.workspace || kernel.workspace->bytes() != workspace) {
        kernel.workspace = GuardedMemory::allocate("the workspace", workspace);
        if (!kernel.workspace)
          return failed("memory",
                        "There is no memory for the " + std::to_string(workspace) + " bytes of workspace.");
        std::memset(kernel.workspace->data(), kPoison, workspace);
      }
      call.workspace = kernel.workspace->data();
    }
    if (call.threads != boundThreads_) bindThreads(static_cast<int>(call.threads));
    boundThreads_ = call.threads;
    return call;
  }

  static std::optional<Failure> pack(const Kernel& kernel, ArgumentSet& set,
                                     std::vector<GuardedMemory>& packed) {
    std::vector<GuardedMemory> made;
    for (const Pack& one : kernel.packs) {
      const GuardedMemory& logical = set.memory(one.argument);
      auto memory = GuardedMemory::allocate(logical.name() + " (packed)", one.bytes);
      if (!memory)
        return Failure{"memory", "There is no memory for the " + std::to_string(one.bytes) +
                                     " bytes of packed " + logical.name() + "."};
      one.function(logical.data(), memory->data());
      if (auto words = memory->checkCanaries()) reportAndEnd("out-of-bounds", words->c_str());
      memory->makeReadOnly();
      made.push_back(std::move(*memory));
    }
    packed = std::move(made);
    return std::nullopt;
  }

  /// What wrote there may have written elsewhere, too: the process is no longer to be trusted.
  static void endIfOutOfBounds(const ArgumentSet& set, const Kernel& kernel) {
    auto words = set.checkCanaries();
    if (!words && kernel.workspace) words = kernel.workspace->checkCanaries();
    if (words) reportAndEnd("out-of-bounds", words->c_str());
  }

  std::unique_ptr<KernelLoader> loader_;
  std::map<std::string, ArgumentSet> sets_;
  std::map<std::string, Kernel> kernels_;
  std::int64_t boundThreads_ = 0;
};

Message handshake() {
  const Target target = hostTarget();
  json caches = json::array();
  for (const CacheDescription& cache : dataCaches())
    caches.push_back({{"level", cache.level}, {"bytes", cache.bytes}, {"shared_by", cache.sharedBy}});
  const json header = {{"protocol", kProtocolVersion},
                       {"cpu", processorName()},
                       {"triple", target.triple},
                       {"target_cpu", target.cpu},
                       {"features", target.features},
                       {"vector_bits", target.vectorBits},
                       {"vector_registers", target.vectorRegisters},
                       {"cores", usableCores()},
                       {"memory", physicalMemoryBytes()},
                       {"caches", caches}};
  return {header.dump(), {}};
}

/// Ends the process when the client is gone, even while a kernel runs for ever.
void endWithClient(int in) {
  std::thread([in] {
    pollfd watch{in, POLLRDHUP, 0};
    while (::poll(&watch, 1, -1) <= 0) {
    }
    // A client that closes its end in good order is answered first: the loop sees the end of the pipe and
    // leaves.
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    ::_exit(0);
  }).detach();
}

Message refusal(const Failure& failure) {
  return {json{{"ok", false}, {"failure", failure.code}, {"detail", failure.detail}}.dump(), {}};
}

}  // namespace

int runWorker(int in, int out) {
  installCrashReports(out);
  if (!writeMessage(out, handshake())) return 1;
  auto loader = KernelLoader::create();
  if (!loader) {
    (void)writeMessage(out, refusal(loader.error()));
    return 1;
  }
  endWithClient(in);
  WorkerSession session(std::move(*loader));
  while (auto request = readMessage(in)) {
    const json header = json::parse(request->header, nullptr, false);
    if (header.is_object() && header.value("request", "") == "quit") return 0;
    Message answer;
    try {
      auto attempt = session.answer(*request, header);
      answer = attempt ? std::move(*attempt) : refusal(attempt.error());
    } catch (const json::exception& error) {
      answer = refusal({"worker", std::string("The request is malformed: ") + error.what()});
    } catch (const std::bad_alloc&) {
      answer = refusal({"memory", "The worker's memory limit is reached."});
    }
    if (!writeMessage(out, answer)) return 1;
  }
  return 0;
}

}  // namespace espalier
