// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/measurer.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include <nlohmann/json.hpp>

#include "measure/argument_set.h"
#include "measure/reference.h"
#include "measure/reference_order.h"
#include "program/analysis.h"

namespace espalier {

using nlohmann::json;

/// What the worker process holds; gone with the process.
struct Measurer::Loaded {
  int generation = 0;
  std::set<std::string> sets;
  bool incumbent = false;
};

/// The best so far, to be loaded again into a new process.
struct Measurer::Incumbent {
  Program program;
  CompiledKernel kernel;
};

namespace {

constexpr const char* kCandidate = "candidate";
constexpr const char* kIncumbent = "incumbent";
constexpr const char* kReference = "reference";
constexpr double kSetUpTimeoutSeconds = 60;
/// Input sets above this are not kept in the worker beside the one that is timed.
constexpr std::int64_t kLargeSetBytes = 256 << 20;
/// A reference with more of its elements not finite says little; the inputs are then drawn positive.
constexpr double kTolerableNotFinite = 0.25;

Message inputsRequest(const std::vector<KernelArgument>& arguments, const InputSet& set) {
  json header = {{"request", "inputs"}, {"set", set.name}, {"tensors", json::array()}};
  Message message;
  for (std::size_t i = 0; i < arguments.size(); ++i)
    header["tensors"].push_back(tensorRequest(arguments[i], set.fills[i], message.payload));
  message.header = header.dump();
  return message;
}

Message loadRequest(const std::string& name, const Program& program, const CompiledKernel& kernel) {
  json packs = json::array();
  const std::vector<BufferId> ids = argumentsOf(program);
  for (const auto& pack : kernel.packs) {
    const auto position = std::find(ids.begin(), ids.end(), pack.buffer) - ids.begin();
    packs.push_back(
        {{"argument", position}, {"symbol", pack.symbol}, {"bytes", program.buffer(pack.buffer).bytes()}});
  }
  const json header = {{"request", "load"},
                       {"kernel", name},
                       {"entry", kernel.entry},
                       {"workspace", kernel.workspaceBytes},
                       {"workspace_per_thread", kernel.workspaceBytesPerThread},
                       {"packs", packs}};
  return {header.dump(), kernel.object};
}

Message simpleRequest(const char* kind, const char* field, const std::string& name) {
  return {json{{"request", kind}, {field, name}}.dump(), {}};
}

/// The written tensors of a "run" answer.
Attempt<std::vector<Tensor>> tensorsOf(const std::vector<KernelArgument>& arguments,
                                       const std::vector<char>& payload) {
  std::vector<Tensor> tensors;
  std::size_t offset = 0;
  for (const KernelArgument& argument : arguments) {
    if (argument.access == Access::Read) continue;
    Tensor tensor = Tensor::zeros(argument.type, argument.shape);
    if (offset + tensor.byteCount() > payload.size()) return failed("worker", "The outputs are incomplete.");
    std::memcpy(tensor.bytes(), payload.data() + offset, tensor.byteCount());
    offset += tensor.byteCount();
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

std::int64_t bytesOfAll(const std::vector<KernelArgument>& arguments) {
  std::int64_t bytes = 0;
  for (const KernelArgument& argument : arguments) bytes += argument.bytes();
  return bytes;
}

bool dividesIntegers(const Program& program) {
  const auto blocks = blocksOf(program);
  return std::any_of(blocks.begin(), blocks.end(), [&](BlockId id) {
    return any(program.block(id).value, [](const Expr& expr) {
      return expr.kind() == ExprKind::Divide && expr.type() == DataType::Int32;
    });
  });
}

/// The values of float32 tensors in the type of the promoted program.
std::vector<Fill> promotedFills(const std::vector<Fill>& fills) {
  std::vector<Fill> promoted = fills;
  for (Fill& fill : promoted) {
    auto* given = std::get_if<GivenFill>(&fill);
    if (given == nullptr || given->tensor.type != DataType::Float32) continue;
    Tensor wide = Tensor::zeros(DataType::Float64, given->tensor.shape);
    for (std::int64_t i = 0; i < wide.elements(); ++i) wide.set(i, given->tensor.at(i));
    given->tensor = std::move(wide);
  }
  return promoted;
}

double shareNotFinite(const Reference& reference) {
  std::int64_t bad = 0;
  std::int64_t all = 0;
  for (const Tensor& tensor : reference.values)
    for (std::int64_t i = 0; i < tensor.elements(); ++i, ++all) bad += std::isfinite(tensor.at(i)) ? 0 : 1;
  return all == 0 ? 0 : static_cast<double>(bad) / static_cast<double>(all);
}

}  // namespace

Measurer::Measurer(Program initial, MeasurerOptions options, std::unique_ptr<Worker> worker)
    : initial_(std::move(initial)),
      options_(std::move(options)),
      worker_(std::move(worker)),
      arguments_(kernelArguments(initial_)),
      oracle_(classify(initial_)),
      loaded_(std::make_unique<Loaded>()) {
  const bool positive = dividesIntegers(initial_);
  for (int k = 0; k < 2; ++k) {
    InputSet set{k == 0 ? "first" : "second", {}};
    const double reach = k == 0 ? 1 : 4;  // the second one drives exponentials into saturation
    for (std::size_t i = 0; i < arguments_.size(); ++i) {
      const std::uint64_t seed = options_.seed * 1000 + static_cast<std::uint64_t>(k) * 100 + i;
      const KernelArgument& argument = arguments_[i];
      if (argument.type == DataType::Int32) {
        const bool index = argument.indexBound > 0;
        set.fills.emplace_back(IntegerFill{seed,
                                           index      ? 0
                                           : positive ? 1
                                                      : -8,
                                           index ? argument.indexBound - 1 : 8});
      } else if (oracle_.kind == OracleKind::Exact) {
        set.fills.emplace_back(ExactFill{seed, oracle_.bits});
      } else {
        set.fills.emplace_back(UniformFill{seed, -reach, reach});
      }
    }
    sets_.push_back(std::move(set));
  }
}

Measurer::~Measurer() = default;

Result<std::unique_ptr<Measurer>> Measurer::start(Program initial, MeasurerOptions options) {
  auto worker = Worker::start(options.worker);
  if (!worker) return tl::unexpected(worker.error());
  return std::unique_ptr<Measurer>(new Measurer(std::move(initial), std::move(options), std::move(*worker)));
}

Attempt<void> Measurer::ensureWorker() {
  if (!worker_->alive())
    if (auto started = worker_->restart(); !started) return failed("worker", started.error().text());
  if (loaded_->generation != worker_->generation()) {
    *loaded_ = {};
    loaded_->generation = worker_->generation();
  }
  return {};
}

Attempt<void> Measurer::provide(const InputSet& set) {
  if (loaded_->sets.count(set.name) != 0) return {};
  auto answer = worker_->request(inputsRequest(arguments_, set), kSetUpTimeoutSeconds);
  if (!answer) return tl::unexpected(answer.error());
  loaded_->sets.insert(set.name);
  return {};
}

Attempt<void> Measurer::drop(const std::string& set) {
  loaded_->sets.erase(set);
  auto answer = worker_->request(simpleRequest("drop", "set", set), kSetUpTimeoutSeconds);
  if (!answer) return tl::unexpected(answer.error());
  return {};
}

Attempt<void> Measurer::load(const std::string& name, const Program& program, const CompiledKernel& kernel) {
  if (auto ready = ensureWorker(); !ready) return ready;
  auto answer = worker_->request(loadRequest(name, program, kernel), kSetUpTimeoutSeconds);
  if (!answer) return tl::unexpected(answer.error());
  return {};
}

Attempt<std::vector<Tensor>> Measurer::runLoaded(const std::string& kernel, const std::string& set,
                                                 const std::vector<KernelArgument>& arguments, int threads,
                                                 double timeoutSeconds) {
  const json header = {{"request", "run"}, {"kernel", kernel}, {"set", set}, {"threads", threads}};
  auto answer = worker_->request({header.dump(), {}}, timeoutSeconds);
  if (!answer) return tl::unexpected(answer.error());
  return tensorsOf(arguments, answer->payload);
}

Attempt<Reference> Measurer::computeReference(const InputSet& set) {
  const bool exact =
      oracle_.kind == OracleKind::Exact && !std::holds_alternative<GivenFill>(set.fills.front());
  const Program program = inFastOrder(exact ? promoteToDouble(initial_) : withErrorBounds(initial_));
  CompileOptions options;
  options.pipeline = Pipeline::Strict;
  const auto kernel = compile(program, handshake().target, options);
  if (!kernel) return failed("worker", "The reference cannot be compiled: " + kernel.error().text());

  const std::vector<KernelArgument> arguments = kernelArguments(program);
  InputSet promoted{kReference, promotedFills(set.fills)};
  promoted.fills.resize(arguments.size());  // the bounds are only written
  if (auto ready = load(kReference, program, *kernel); !ready) return tl::unexpected(ready.error());
  auto made = worker_->request(inputsRequest(arguments, promoted), kSetUpTimeoutSeconds);
  if (!made) return tl::unexpected(made.error());
  auto tensors =
      runLoaded(kReference, kReference, arguments, handshake().cores, options_.referenceTimeoutSeconds);
  if (!tensors) return failed("worker", "The reference cannot be computed: " + tensors.error().detail);
  (void)worker_->request(simpleRequest("drop", "set", kReference), kSetUpTimeoutSeconds);
  (void)worker_->request(simpleRequest("unload", "kernel", kReference), kSetUpTimeoutSeconds);

  Reference reference;
  reference.kind = exact ? OracleKind::Exact : OracleKind::Float;
  std::size_t written = 0;
  for (const KernelArgument& argument : arguments_) {
    if (argument.access == Access::Read) continue;
    reference.names.push_back(argument.name);
    reference.values.push_back(std::move((*tensors)[written++]));
  }
  if (exact) return reference;
  for (const Tensor& value : reference.values) {
    const bool bounded = value.type == DataType::Float64;
    reference.bounds.push_back(bounded ? std::move((*tensors)[written++]) : Tensor{});
  }
  return reference;
}

Attempt<const Reference*> Measurer::referenceFor(InputSet& set) {
  if (const auto known = references_.find(set.name); known != references_.end()) return &known->second;
  auto reference = computeReference(set);
  if (!reference) return tl::unexpected(reference.error());
  if (reference->kind == OracleKind::Float && !positiveInputs_ &&
      shareNotFinite(*reference) > kTolerableNotFinite) {
    positiveInputs_ = true;
    references_.clear();
    for (InputSet& each : sets_) {
      for (Fill& fill : each.fills)
        if (auto* uniform = std::get_if<UniformFill>(&fill)) *uniform = {uniform->seed, 0.25, uniform->high};
      if (loaded_->sets.count(each.name) != 0)
        if (auto dropped = drop(each.name); !dropped) return tl::unexpected(dropped.error());
    }
    reference = computeReference(set);
    if (!reference) return tl::unexpected(reference.error());
  }
  return &references_.insert_or_assign(set.name, std::move(*reference)).first->second;
}

Attempt<Verdict> Measurer::verifyLoaded(int threads, double timeoutSeconds) {
  Verdict worst;
  for (InputSet& set : sets_) {
    auto reference = referenceFor(set);
    if (!reference) return tl::unexpected(reference.error());
    if (auto ready = provide(set); !ready) return tl::unexpected(ready.error());
    auto outputs = runLoaded(kCandidate, set.name, arguments_, threads, timeoutSeconds);
    if (!outputs) return tl::unexpected(outputs.error());
    Verdict verdict = compareOutputs(**reference, *outputs);
    if (&set != &sets_.front() && bytesOfAll(arguments_) > kLargeSetBytes)
      if (auto dropped = drop(set.name); !dropped) return tl::unexpected(dropped.error());
    if (!verdict.correct) return verdict;
    if (!worst.correct || verdict.largestOfBound > worst.largestOfBound) worst = std::move(verdict);
  }
  worst.words += ", on two input sets";
  return worst;
}

Attempt<void> Measurer::prepareVerification() {
  if (auto ready = ensureWorker(); !ready) return ready;
  for (InputSet& set : sets_)
    if (auto reference = referenceFor(set); !reference) return tl::unexpected(reference.error());
  return {};
}

Attempt<Verdict> Measurer::verify(const Program& program, const CompiledKernel& kernel,
                                  double timeoutSeconds) {
  if (auto ready = prepareVerification(); !ready) return tl::unexpected(ready.error());
  if (auto ready = load(kCandidate, program, kernel); !ready) return tl::unexpected(ready.error());
  return verifyLoaded(options_.threads, timeoutSeconds);
}

Sample Measurer::measure(const Program& program, const CompiledKernel& kernel, const SampleOptions& options) {
  Sample sample;
  const int threads = options.threads > 0 ? options.threads : options_.threads;
  const auto fail = [&](const Failure& failure) {
    sample.failure = failure;
    return sample;
  };
  if (options.verify)
    if (auto ready = prepareVerification(); !ready) return fail(ready.error());
  if (!options.loaded)
    if (auto ready = load(kCandidate, program, kernel); !ready) return fail(ready.error());
  if (options.verify) {
    auto verdict = verifyLoaded(threads, options.timeoutSeconds);
    if (!verdict) return fail(verdict.error());
    sample.verification = verdict->words;
    if (!verdict->correct) return fail({"wrong-output", verdict->words});
    sample.verified = true;
  }
  const InputSet& set = sets_.front();
  if (auto ready = provide(set); !ready) return fail(ready.error());
  if (incumbent_ && !loaded_->incumbent) {
    if (auto ready = load(kIncumbent, incumbent_->program, incumbent_->kernel); !ready)
      return fail(ready.error());
    loaded_->incumbent = true;
  }

  const json header = {{"request", "time"},
                       {"kernel", kCandidate},
                       {"set", set.name},
                       {"threads", threads},
                       {"repeats", options.timing.repeats},
                       {"minimum_repeat", options.timing.minimumRepeatSeconds},
                       {"budget", options.timing.budgetSeconds},
                       {"stop_above", options.timing.stopAboveSeconds},
                       {"beside", incumbent_ ? kIncumbent : ""}};
  auto answer = worker_->request({header.dump(), {}}, options.timeoutSeconds);
  if (!answer) return fail(answer.error());
  const json timed = json::parse(answer->header);
  sample.timing.repeats = timed.at("repeats").get<std::vector<double>>();
  sample.timing.beside = timed.at("beside").get<std::vector<double>>();
  sample.timing.inner = timed.at("inner");
  sample.timing.stoppedEarly = timed.at("stopped_early");
  sample.seconds = rankingSeconds(sample.timing.repeats);
  return sample;
}

void Measurer::setIncumbent(const Program& program, const CompiledKernel& kernel) {
  incumbent_ = std::make_unique<Incumbent>(Incumbent{program, kernel});
  loaded_->incumbent = false;
}

void Measurer::clearIncumbent() {
  incumbent_.reset();
  loaded_->incumbent = false;
}

Attempt<std::vector<Tensor>> Measurer::run(const Program& program, const CompiledKernel& kernel,
                                           const std::vector<Tensor>& arguments, double timeoutSeconds) {
  if (auto ready = load(kCandidate, program, kernel); !ready) return tl::unexpected(ready.error());
  const InputSet set = givenSet(arguments);
  if (auto ready = provide(set); !ready) return tl::unexpected(ready.error());
  auto outputs = runLoaded(kCandidate, set.name, arguments_, options_.threads, timeoutSeconds);
  if (outputs)
    if (auto dropped = drop(set.name); !dropped) return tl::unexpected(dropped.error());
  return outputs;
}

Attempt<Verdict> Measurer::verifyOn(const Program& program, const CompiledKernel& kernel,
                                    const std::vector<Tensor>& arguments, double timeoutSeconds) {
  if (auto ready = ensureWorker(); !ready) return tl::unexpected(ready.error());
  auto reference = computeReference(givenSet(arguments));
  if (!reference) return tl::unexpected(reference.error());
  auto outputs = run(program, kernel, arguments, timeoutSeconds);
  if (!outputs) return tl::unexpected(outputs.error());
  return compareOutputs(*reference, *outputs);
}

InputSet Measurer::givenSet(const std::vector<Tensor>& arguments) const {
  InputSet set{"given", {}};
  for (const Tensor& tensor : arguments) set.fills.emplace_back(GivenFill{tensor});
  return set;
}

}  // namespace espalier
