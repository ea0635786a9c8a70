// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/files.h"
#include "cli/summary.h"
#include "cli/verbs.h"
#include "cli/workload_choice.h"
#include "codegen/compiler.h"
#include "measure/hardware.h"
#include "measure/measurer.h"
#include "measure/npy.h"
#include "measure/roofline.h"
#include "transform/transformation.h"

namespace espalier {
namespace {

namespace fs = std::filesystem;

/// An unscheduled layer may take minutes.
constexpr double kPatienceSeconds = 300;

struct Scheduled {
  Program program;
  Trace trace;
};

/// Carries out the trace of a file; arguments that a person left out are drawn from a fixed seed.
Result<Scheduled> applyTraceFile(const Program& initial, const std::optional<std::string>& path) {
  Scheduled scheduled{initial, {}};
  if (!path) return scheduled;
  auto text = readTextFile(*path, "a trace");
  if (!text) return tl::unexpected(text.error());
  auto trace = parseTrace(*text);
  if (!trace) return inputError(*path + ": " + trace.error().message, trace.error().hint);
  Random random(1);
  for (std::size_t i = 0; i < trace->size(); ++i) {
    auto applied = applyStep(scheduled.program, (*trace)[i], random);
    if (!applied)
      return inputError(*path + ": step " + std::to_string(i + 1) + ", " + print((*trace)[i]) + ": " +
                            applied.error().sentence,
                        applied.error().hint);
    scheduled.program = std::move(applied->program);
    scheduled.trace.push_back(std::move(applied->step));
  }
  return scheduled;
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

Error asError(const Failure& failure) {
  return {ErrorKind::Environment, "The kernel could not be run (" + failure.code + "): " + failure.detail,
          ""};
}

/// p0 as the ordinary compiler builds it, a few times, on one thread.
Result<double> baselineSeconds(Measurer& measurer, const Program& initial) {
  const auto kernel = compile(initial, measurer.handshake().target, {.pipeline = Pipeline::Full});
  if (!kernel) return tl::unexpected(kernel.error());
  SampleOptions options;
  options.timing = {.repeats = 5, .minimumRepeatSeconds = 1.5e-3, .budgetSeconds = 2};
  options.timeoutSeconds = kPatienceSeconds;
  options.threads = 1;
  const Sample sample = measurer.measure(initial, *kernel, options);
  if (sample.failure) return tl::unexpected(asError(*sample.failure));
  return sample.seconds;
}

}  // namespace

Result<ExitStatus> measureTrace(const MeasureOptions& options, Console& console) {
  const auto start = std::chrono::steady_clock::now();
  if (options.outputs && !options.inputs)
    return usageError("--outputs needs --inputs.", "Give the folder with the inputs as NumPy files too.");
  auto workload = loadWorkload(options.workload);
  if (!workload) return tl::unexpected(workload.error());
  const Program& initial = workload->program;
  auto scheduled = applyTraceFile(initial, options.trace);
  if (!scheduled) return tl::unexpected(scheduled.error());
  std::vector<Tensor> inputs;
  if (options.inputs) {
    auto read = readInputs(initial, *options.inputs);
    if (!read) return tl::unexpected(read.error());
    inputs = std::move(*read);
  }

  auto measurer = Measurer::start(initial);
  if (!measurer) return tl::unexpected(measurer.error());
  const int threads = options.threads.value_or((*measurer)->handshake().cores);
  const auto sheet = hardwareSheet((*measurer)->worker());
  if (!sheet) return tl::unexpected(sheet.error());
  const auto kernel = compile(scheduled->program, (*measurer)->handshake().target, {});
  if (!kernel) return tl::unexpected(kernel.error());

  RunSummary summary;
  summary.workload = workload->name;
  summary.strategy = "trace";
  summary.proposer = "none";
  summary.threads = threads;
  summary.samples = 1;
  summary.operations = workload->operations;
  summary.rooflineSeconds = roofline(initial, *sheet, threads).seconds;
  for (const Step& step : scheduled->trace) summary.bestTrace.push_back(print(step));
  console.progress("timing the unscheduled program");
  const auto baseline = baselineSeconds(**measurer, initial);
  if (!baseline) return tl::unexpected(baseline.error());
  summary.baselineSeconds = *baseline;

  console.progress("verifying and timing the scheduled program");
  SampleOptions sampleOptions;
  sampleOptions.verify = inputs.empty();
  sampleOptions.timing.budgetSeconds = 1;
  sampleOptions.timeoutSeconds = kPatienceSeconds;
  sampleOptions.threads = threads;
  const Sample sample = (*measurer)->measure(scheduled->program, *kernel, sampleOptions);
  std::optional<Failure> failure = sample.failure;
  summary.correct = sample.verified;
  summary.verification = sample.verification;
  if (!failure && !inputs.empty()) {
    const auto verdict = (*measurer)->verifyOn(scheduled->program, *kernel, inputs, kPatienceSeconds);
    if (!verdict) {
      failure = verdict.error();
    } else {
      summary.correct = verdict->correct;
      summary.verification = verdict->words;
      if (!verdict->correct) failure = Failure{"wrong-output", verdict->words};
    }
  }
  if (failure) {
    summary.failedSamples = 1;
    summary.verification = failure->code + ": " + failure->detail;
    summary.stopReason = "The scheduled program failed (" + summary.verification + ").";
  } else {
    summary.bestSeconds = sample.seconds;
    if (options.outputs) {
      const auto outputs = (*measurer)->run(scheduled->program, *kernel, inputs, kPatienceSeconds);
      if (!outputs) return tl::unexpected(asError(outputs.error()));
      if (auto written = writeOutputs(initial, *outputs, *options.outputs); !written)
        return tl::unexpected(written.error());
    }
  }
  summary.curve = {{1, summary.speedup()}};
  summary.wallSeconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (console.json) {
    console.printJson(toJson(summary));
  } else {
    console.print(inWords(summary));
  }
  return failure ? ExitStatus::NothingValid : ExitStatus::Done;
}

}  // namespace espalier
