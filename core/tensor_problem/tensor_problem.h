// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "measure/hardware.h"
#include "measure/roofline.h"
#include "program/program.h"
#include "search/problem.h"
#include "support/outcome.h"
#include "surrogate/machine_model.h"
#include "surrogate/residual_model.h"
#include "tensor_problem/program_cache.h"
#include "workload/workload.h"

namespace espalier {

class Compiler;
class Measurer;
struct CompiledKernel;
struct CompileOptions;
struct Design;

/// Whether weights may be stored in another layout once, outside the timed region.
enum class Prepack : std::uint8_t { Off, On, Auto };  ///< Auto = on where the workload names its weights

struct TensorProblemOptions {
  int threads = 1;
  std::uint64_t seed = 1;  ///< of inputs and of the model
  Prepack prepack = Prepack::Auto;
  std::string targetCpu;                   ///< LLVM's name; empty = what the worker reports
  std::vector<std::string> workerCommand;  ///< empty = espalier-worker beside the program
  /// The machine's sheet, if it is known already; otherwise the worker's is taken from the cache or measured.
  std::optional<HardwareSheet> sheet;
  /// No worker is started: everything but measuring works (reading sessions, exporting). Without `sheet` the
  /// roofline stays unknown.
  bool offline = false;
};

/// A tensor program to be made fast: search/problem.h over transform, surrogate, codegen and measure.
class TensorProblem final : public Problem {
 public:
  TensorProblem(Workload workload, TensorProblemOptions options, HardwareSheet sheet,
                std::unique_ptr<Measurer> measurer);
  ~TensorProblem() override;

  [[nodiscard]] const ProblemInfo& info() const override { return info_; }
  [[nodiscard]] State initial() const override;
  [[nodiscard]] Result<State> stateOf(const std::vector<std::string>& trace) const override;
  [[nodiscard]] Application apply(const State& from, std::span<const std::string> items,
                                  Random& random) const override;
  [[nodiscard]] std::optional<Application> randomStep(const State& from, Random& random) const override;
  [[nodiscard]] State sampleDesign(Random& random) const override;
  [[nodiscard]] std::optional<State> mutate(const State& from, Random& random) const override;
  [[nodiscard]] std::vector<LegalAction> legalActions(const State& state) const override;
  [[nodiscard]] std::vector<Section> describe(const State& state) const override;
  [[nodiscard]] std::vector<Prediction> predict(std::span<const State> states) const override;
  bool learn(std::span<const Observation> observations) override;
  [[nodiscard]] std::unique_ptr<BuiltCandidate> build(const State& state) override;
  [[nodiscard]] Measurement measure(BuiltCandidate& candidate, const MeasureRequest& request) override;
  [[nodiscard]] Measurement measureBaseline() override;
  [[nodiscard]] Measurement confirm(const State& state) override;

  /// The program that a state stands for.
  [[nodiscard]] Program programOf(const State& state) const;
  [[nodiscard]] const Program& initialProgram() const { return workload_.program; }
  [[nodiscard]] const Workload& workload() const { return workload_; }
  [[nodiscard]] const HardwareSheet& sheet() const { return sheet_; }
  [[nodiscard]] const MachineModel& machine() const { return machine_; }
  [[nodiscard]] const Roofline& roofline() const { return roofline_; }
  [[nodiscard]] const TensorProblemOptions& options() const { return options_; }
  /// What code is generated for.
  [[nodiscard]] const Target& target() const { return target_; }
  /// The machine that times are measured on: equal words on equal machines.
  [[nodiscard]] std::string machineName() const;
  /// Measures with so many threads from now on; roofline, machine model and sections follow, what was learnt is forgotten.
  /// While nothing runs. The error says how many the machine has.
  [[nodiscard]] Result<void> setThreads(int threads);
  /// Whether predictions begin with the prior; without it they know nothing before something was measured.
  /// For comparisons: while nothing runs.
  void usePrior(bool use);
  /// What observations of this problem teach a surrogate.
  [[nodiscard]] std::vector<TrainingSample> trainingSamples(std::span<const Observation> observations) const;
  /// Trains with what an earlier search taught from now on; what is learned here counts beside it.
  void teach(std::vector<TrainingSample> samples);
  /// Drops all that learn() was told, so that another run begins with the prior alone.
  void forget();
  /// The trained correction, for storage; nothing before there is one.
  [[nodiscard]] std::optional<std::string> savedModel() const;

 private:
  void adoptThreads();
  [[nodiscard]] std::shared_ptr<const CachedProgram> cached(const State& state) const;
  [[nodiscard]] State stateOf(Design design) const;
  struct Judgement {
    double seconds = 0;
    std::vector<float> features;
  };
  /// What the surrogate builds on.
  [[nodiscard]] Judgement judge(const CachedProgram& program) const;
  [[nodiscard]] Measurement measureProgram(const Program& program, const CompiledKernel& kernel,
                                           const MeasureRequest& request);

  Workload workload_;  ///< its program is p0, with the roles that prepack allows
  TensorProblemOptions options_;
  HardwareSheet sheet_;
  MachineModel machine_;
  Target target_;
  Roofline roofline_;
  ProblemInfo info_;
  mutable ProgramCache cache_;
  std::mutex compilerMutex_;
  std::unique_ptr<Compiler> compiler_;
  std::unique_ptr<Measurer> measurer_;

  /// Trees of an earlier model go on unless what was learnt is of another kind.
  bool train(bool keepTrees);
  std::vector<TrainingSample> taught_;  ///< elsewhere
  bool priorInUse_ = true;
  mutable std::mutex modelMutex_;
  std::shared_ptr<const ResidualModel> model_;  ///< replaced, never changed
  std::vector<std::uint64_t> learned_;         ///< state hash of each sample
  std::vector<TrainingSample> samples_;
  std::size_t trainedAt_ = 0;  ///< number of samples when model_ was trained
};

/// What the program that a trace leads to is compiled with. A schedule has decided all that matters; the
/// unscheduled program is left to LLVM's own vectorisers.
[[nodiscard]] CompileOptions compileOptionsOf(const std::vector<std::string>& trace);

/// Starts the worker (unless offline), reads or measures the machine's sheet.
[[nodiscard]] Result<std::unique_ptr<TensorProblem>> makeTensorProblem(Workload workload,
                                                                       TensorProblemOptions options = {});

/// Rebuilds the problem of a session from ProblemInfo::identity. `options` gives what does not belong to the
/// problem's identity: worker command, sheet, offline; the rest comes from the identity.
[[nodiscard]] Result<std::unique_ptr<TensorProblem>> tensorProblemFromIdentity(
    std::string_view identity, TensorProblemOptions options = {});

}  // namespace espalier
