// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codegen/compiler.h"
#include "measure/failure.h"
#include "measure/kernel_arguments.h"
#include "measure/oracle.h"
#include "measure/timing.h"
#include "measure/verification.h"
#include "measure/worker.h"

namespace espalier {

struct MeasurerOptions {
  WorkerOptions worker;
  int threads = 1;
  std::uint64_t seed = 1;  ///< of the inputs
  double referenceTimeoutSeconds = 120;
};

struct SampleOptions {
  TimingOptions timing;
  bool verify = false;
  double timeoutSeconds = 10;  ///< for one request to the worker (a run, or all repeats)
  int threads = 0;             ///< 0 = MeasurerOptions::threads
  bool loaded = false;  ///< it was measured just now: what was loaded and packed for that is used again
};

/// What became of one candidate. Either `failure` is set or the repeats are there.
struct Sample {
  std::optional<Failure> failure;
  Timing timing;
  double seconds = 0;  ///< rankingSeconds(timing.repeats)
  bool verified = false;
  std::string verification;  ///< the verdict's words
};

/// Runs, times and verifies candidates of one program p0 in a worker process, which it replaces after every
/// crash. Not for several threads at once.
class Measurer {
 public:
  /// Starts the worker. The error says what the environment lacks.
  [[nodiscard]] static Result<std::unique_ptr<Measurer>> start(Program initial, MeasurerOptions options = {});
  ~Measurer();

  [[nodiscard]] const Handshake& handshake() const { return worker_->handshake(); }
  [[nodiscard]] const Oracle& oracle() const { return oracle_; }
  [[nodiscard]] Worker& worker() { return *worker_; }

  /// Loads, verifies if asked, times. `kernel` is `program` compiled for handshake().target.
  [[nodiscard]] Sample measure(const Program& program, const CompiledKernel& kernel,
                               const SampleOptions& options = {});

  /// The best so far: kept loaded and timed beside every candidate in turn, until it is replaced or cleared.
  void setIncumbent(const Program& program, const CompiledKernel& kernel);
  void clearIncumbent();

  /// Compares with the reference on two input sets; the first call computes the reference (p0 in double).
  [[nodiscard]] Attempt<Verdict> verify(const Program& program, const CompiledKernel& kernel,
                                        double timeoutSeconds = 10);
  /// On the user's own inputs. One tensor an argument in order (outputs are ignored).
  [[nodiscard]] Attempt<Verdict> verifyOn(const Program& program, const CompiledKernel& kernel,
                                          const std::vector<Tensor>& arguments, double timeoutSeconds = 10);
  /// Runs once on the given arguments; answers the written ones (outputs and accumulated) in order.
  [[nodiscard]] Attempt<std::vector<Tensor>> run(const Program& program, const CompiledKernel& kernel,
                                                 const std::vector<Tensor>& arguments,
                                                 double timeoutSeconds = 10);

  /// Threads of every kernel that is run from now on.
  void setThreads(int threads) { options_.threads = threads; }

  /// A fresh process for what comes next.
  [[nodiscard]] Result<void> restart() { return worker_->restart(); }

 private:
  struct Loaded;
  struct Incumbent;
  Measurer(Program initial, MeasurerOptions options, std::unique_ptr<Worker> worker);

  Attempt<void> ensureWorker();
  Attempt<void> prepareVerification();
  Attempt<void> provide(const InputSet& set);
  Attempt<void> drop(const std::string& set);
  Attempt<void> load(const std::string& name, const Program& program, const CompiledKernel& kernel);
  Attempt<std::vector<Tensor>> runLoaded(const std::string& kernel, const std::string& set,
                                         const std::vector<KernelArgument>& arguments, int threads,
                                         double timeoutSeconds);
  Attempt<Reference> computeReference(const InputSet& set);
  Attempt<const Reference*> referenceFor(InputSet& set);
  Attempt<Verdict> verifyLoaded(int threads, double timeoutSeconds);
  [[nodiscard]] InputSet givenSet(const std::vector<Tensor>& arguments) const;

  Program initial_;
  MeasurerOptions options_;
  std::unique_ptr<Worker> worker_;
  std::vector<KernelArgument> arguments_;
  Oracle oracle_;
  std::vector<InputSet> sets_;  ///< two, with different seeds; the first one is timed
  bool positiveInputs_ = false;
  std::map<std::string, Reference> references_;  ///< by the name of the input set
  std::unique_ptr<Incumbent> incumbent_;
  std::unique_ptr<Loaded> loaded_;  ///< what the present worker process holds
};

}  // namespace espalier
