// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "codegen/target.h"
#include "measure/failure.h"
#include "measure/machine_probe.h"
#include "measure/protocol.h"
#include "support/outcome.h"

namespace espalier {

/// What a worker says about itself when it starts.
struct Handshake {
  int protocol = 0;
  std::string cpu;  ///< as the machine calls itself
  Target target;    ///< what to generate code for
  int cores = 1;    ///< cores the worker may use
  std::int64_t memoryBytes = 0;
  std::vector<CacheDescription> caches;  ///< data and unified ones, smallest level first
};

struct WorkerOptions {
  /// Program and arguments; empty = `espalier-worker` beside this executable. Anything that carries standard
  /// input and output to a worker will do (`ssh host espalier-worker`).
  std::vector<std::string> command;
  /// Address space of the worker; 0 = three quarters of the memory. A command of one's own gets it only by
  /// its arguments (`--memory-limit BYTES`), for the memory may be another machine's.
  std::int64_t memoryLimitBytes = 0;
  double startTimeoutSeconds = 20;
};

/// A worker process and the conversation with it. When a request fails by crash, timeout or broken pipe the
/// process (with its whole process group) is killed; restart() brings a fresh one, which knows nothing of the
/// one before. Not for several threads at once.
class Worker {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Worker>> start(WorkerOptions options = {});
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  [[nodiscard]] const Handshake& handshake() const { return handshake_; }
  [[nodiscard]] bool alive() const;
  /// How many processes were started so far; a change tells that everything must be sent again.
  [[nodiscard]] int generation() const { return generation_; }
  [[nodiscard]] Result<void> restart();

  /// Sends a request and waits for the answer. The failure is the worker's own report, or what its end tells.
  [[nodiscard]] Attempt<Message> request(const Message& message, double timeoutSeconds);

 private:
  explicit Worker(WorkerOptions options);
  Attempt<Message> exchange(const Message* message, double timeoutSeconds);
  Failure failureOfEnd();
  void kill();
  void closeDescriptors();

  WorkerOptions options_;
  Handshake handshake_;
  int generation_ = 0;
  int process_ = -1;
  int toWorker_ = -1;
  int fromWorker_ = -1;
  int errors_ = -1;
  std::string errorText_;  ///< the last of what the worker wrote to standard error
};

/// `espalier-worker` beside the running executable.
[[nodiscard]] std::vector<std::string> defaultWorkerCommand();

}  // namespace espalier
