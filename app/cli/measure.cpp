// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/files.h"
#include "cli/summary.h"
#include "cli/tensor_problem_choice.h"
#include "cli/verbs.h"
#include "cli/workload_choice.h"
#include "codegen/compiler.h"
#include "measure/measurer.h"
#include "measure/npy.h"
#include "transform/step.h"

namespace espalier::cli {
namespace {

namespace fs = std::filesystem;

/// A run of an unscheduled layer on the inputs of a person may take minutes.
constexpr double kPatienceSeconds = 300;

/// The reader of traces says `trace:LINE:COLUMN`, since it knows no file.
std::string withPath(const std::string& path, const std::string& message) {
  constexpr std::string_view kPlace = "trace:";
  return message.starts_with(kPlace) ? path + ":" + message.substr(kPlace.size()) : path + ": " + message;
}

/// Carries out the trace of a file; arguments that a person left out are drawn from a fixed seed.
Result<State> applyTraceFile(const TensorProblem& problem, const std::string& path) {
  auto text = readTextFile(path, "a trace");
  if (!text) return tl::unexpected(text.error());
  auto trace = parseTrace(*text);
  if (!trace) return inputError(withPath(path, trace.error().message), trace.error().hint);
  Random random(1);
  State state = problem.initial();
  for (std::size_t i = 0; i < trace->size(); ++i) {
    const std::vector<std::string> step{print((*trace)[i])};
    Application application = problem.apply(state, step, random);
    for (const AppliedItem& item : application.items)
      if (!item.accepted)
        return inputError(path + ": step " + std::to_string(i + 1) + ": " + item.reason, item.hint);
    state = std::move(application.state);
  }
  return state;
}

/// One tensor an argument in order: what is read comes from FOLDER/NAME.npy.
Result<std::vector<Tensor>> readInputs(const Program& program, const fs::path& folder) {
  std::vector<Tensor> tensors;
  for (const KernelArgument& argument : kernelArguments(program)) {
    if (argument.access == Access::Write) {
      tensors.push_back(Tensor::zeros(argument.type, argument.shape));
      continue;
    }
    auto tensor = readNpyAs(folder / (argument.name + ".npy"), argument.type, argument.shape);
    if (!tensor) return tl::unexpected(tensor.error());
    tensors.push_back(std::move(*tensor));
  }
  return tensors;
}

Result<void> writeOutputs(const Program& program, const std::vector<Tensor>& outputs,
                          const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return environmentError("The folder " + folder.string() + " cannot be made: " + error.message() + ".",
                            "Choose another place for --outputs.");
  std::size_t next = 0;
  for (const KernelArgument& argument : kernelArguments(program)) {
    if (argument.access == Access::Read) continue;
    if (auto written = writeNpy(folder / (argument.name + ".npy"), outputs.at(next++)); !written)
      return written;
  }
  return {};
}

/// Runs a program on the inputs of a person, compares with the reference and writes what comes out. A wrong
/// or failed candidate is a measurement, not an error.
Result<Measurement> runOnInputs(const TensorProblem& problem, const Program& program,
                                const MeasureOptions& options) {
  const Program& initial = problem.initialProgram();
  const auto inputs = readInputs(initial, *options.inputs);
  if (!inputs) return tl::unexpected(inputs.error());
  MeasurerOptions measurerOptions;
  measurerOptions.threads = problem.options().threads;
  const auto measurer = Measurer::start(initial, measurerOptions);
  if (!measurer) return tl::unexpected(measurer.error());
  const auto kernel = compile(program, problem.target(), {});
  if (!kernel) return tl::unexpected(kernel.error());
  Measurement measurement;
  const auto fail = [&](const Failure& failure) {
    measurement.failure = failure.code;
    measurement.detail = failure.detail;
    return measurement;
  };
  const auto verdict = (*measurer)->verifyOn(program, *kernel, *inputs, kPatienceSeconds);
  if (!verdict) return fail(verdict.error());
  if (!verdict->correct) return fail({"wrong-output", verdict->words});
  measurement.valid = true;
  measurement.verified = true;
  measurement.verification = verdict->words + " (on your inputs)";
  if (!options.outputs) return measurement;
  const auto outputs = (*measurer)->run(program, *kernel, *inputs, kPatienceSeconds);
  if (!outputs) return fail(outputs.error());
  if (auto written = writeOutputs(initial, *outputs, *options.outputs); !written)
    return tl::unexpected(written.error());
  return measurement;
}

}  // namespace

Result<ExitStatus> measureTrace(const MeasureOptions& options, Console& console) {
  const auto start = std::chrono::steady_clock::now();
  if (options.outputs && !options.inputs)
    return usageError("--outputs needs --inputs.", "Give the folder with the inputs as NumPy files too.");
  auto workload = loadWorkload(options.workload);
  if (!workload) return tl::unexpected(workload.error());
  const auto opened = openTensorProblem(std::move(*workload), options.kernel, 1);
  if (!opened) return tl::unexpected(opened.error());
  TensorProblem& problem = **opened;
  Result<State> state = options.trace ? applyTraceFile(problem, *options.trace) : problem.initial();
  if (!state) return tl::unexpected(state.error());

  Summary summary;
  summary.rooflineSeconds = problem.info().rooflineSeconds;
  TuneResult& result = summary.result;
  result.workload = problem.info().name;
  result.strategy = "trace";
  result.proposer = "none";
  result.seed = problem.options().seed;
  result.threads = problem.info().threads;
  result.samples = 1;
  result.totals.samples = 1;
  result.bestTrace = state->trace;
  Measurement measurement;
  if (options.inputs) {
    console.progress("running on the inputs in " + *options.inputs);
    auto ran = runOnInputs(problem, problem.programOf(*state), options);
    if (!ran) return tl::unexpected(ran.error());
    measurement = std::move(*ran);
  }
  console.progress("timing the unscheduled program");
  const Measurement baseline = problem.measureBaseline();
  if (!baseline.valid)
    return environmentError("The unscheduled program could not be timed (" + baseline.failure +
                            "): " + baseline.detail);
  result.baselineSeconds = baseline.seconds;

  if (!options.inputs || measurement.valid) {
    console.progress("verifying and timing the scheduled program");
    const auto candidate = problem.build(*state);
    Measurement timed = candidate->failure
                            ? *candidate->failure
                            : problem.measure(*candidate, {.verify = true, .extraRepeats = 20});
    if (options.inputs && timed.verified) timed.verification = measurement.verification;
    measurement = std::move(timed);
  }
  summary.verification = measurement.verification;
  if (measurement.valid) summary.conditions = measurement.detail;
  result.correct = measurement.verified;
  if (measurement.valid) {
    result.bestSeconds = measurement.seconds;
    result.speedup = baseline.seconds / measurement.seconds;
    result.bestGflops = problem.info().operations / measurement.seconds * 1e-9;
    result.percentOfRoofline = 100 * summary.rooflineSeconds / measurement.seconds;
  } else {
    result.failedSamples = 1;
    result.totals.failedSamples = 1;
    result.stopReason = measurement.failure;
    result.stopWords = "The scheduled program failed (" + measurement.failure + "): " + measurement.detail;
  }
  result.curve = {{1, result.speedup}};
  result.wallSeconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (console.json) {
    console.printJson(asJson(summary));
  } else {
    console.print(inWords(summary));
  }
  return measurement.valid ? ExitStatus::Done : ExitStatus::NothingValid;
}

}  // namespace espalier::cli
