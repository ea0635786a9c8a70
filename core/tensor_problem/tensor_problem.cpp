// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tensor_problem/tensor_problem.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "codegen/compiler.h"
#include "measure/measurer.h"
#include "program/analysis.h"
#include "program/program_hash.h"
#include "support/hash.h"
#include "surrogate/features.h"
#include "tensor_problem/identity.h"
#include "tensor_problem/items.h"
#include "tensor_problem/sections.h"
#include "transform/design_space.h"
#include "transform/transformation.h"

namespace espalier {

namespace {

constexpr std::size_t kCachedPrograms = 4096;
constexpr double kNeverMind =
    20;  ///< a candidate that many times slower than the best is slow on any machine
constexpr int kFirstLookRepeats = 5;
constexpr double kFirstLookSeconds = 0.02;
constexpr double kContender = 1.05;  ///< times the best: worth a longer look
constexpr double kSteady = 0.02;     ///< spread of a first look above which the machine is disturbed
constexpr int kSteadyRepeats = 6;    ///< beyond a first look that was not disturbed
constexpr double kPriorUncertainty =
    0.6;  ///< standard deviation of ln(measured / prior), before any measurement

class BuiltProgram final : public BuiltCandidate {
 public:
  explicit BuiltProgram(std::shared_ptr<const CachedProgram> program) : program_(std::move(program)) {}
  [[nodiscard]] const Program& program() const { return program_->program(); }
  CompiledKernel kernel;

 private:
  std::shared_ptr<const CachedProgram> program_;
};

Measurement failedMeasurement(std::string failure, std::string detail) {
  Measurement measurement;
  measurement.failure = std::move(failure);
  measurement.detail = std::move(detail);
  return measurement;
}

/// Weights that may not be packed are ordinary inputs.
void withoutConstants(Program& program) {
  for (Buffer& buffer : program.buffers)
    if (buffer.role == BufferRole::Constant) buffer.role = BufferRole::Input;
}

Trace stepsOf(const std::vector<std::string>& texts) {
  Trace trace;
  for (const std::string& text : texts)
    if (auto step = parseStep(text)) trace.push_back(*std::move(step));
  return trace;
}

std::vector<std::string> textsOf(const Trace& trace) {
  std::vector<std::string> texts;
  for (const Step& step : trace) texts.push_back(print(step));
  return texts;
}

auto notThatManyThreads(int threads, int cores, const std::string& hint) {
  return usageError("The machine has " + std::to_string(cores) + " cores for the worker, but " +
                        std::to_string(threads) + " threads were asked for.",
                    hint);
}

/// What was done with the weights before the clock started; empty if there are none.
std::string weightsText(const Program& program) {
  std::string packed;
  bool any = false;
  for (const Buffer& buffer : program.buffers) {
    any = any || buffer.role == BufferRole::Constant;
    if (buffer.role == BufferRole::Constant && buffer.packing)
      packed += (packed.empty() ? "" : ", ") + buffer.name;
  }
  if (!any) return "";
  return packed.empty() ? "no weights packed beforehand" : packed + " packed once, outside the timed region";
}

}  // namespace

TensorProblem::TensorProblem(Workload workload, TensorProblemOptions options, HardwareSheet sheet,
                             std::unique_ptr<Measurer> measurer)
    : workload_(std::move(workload)),
      options_(std::move(options)),
      sheet_(std::move(sheet)),
      target_(sheet_.target),
      cache_(workload_.program, kCachedPrograms),
      compiler_(std::make_unique<Compiler>(target_)),
      measurer_(std::move(measurer)) {
  info_.kind = "tensor-program";
  info_.name = workload_.name;
  info_.operations = operationCount(workload_.program);
  info_.compulsoryBytes = compulsoryBytes(workload_.program);
  adoptThreads();
}

void TensorProblem::adoptThreads() {
  machine_ = machineModelOf(sheet_, options_.threads, info_.compulsoryBytes);
  if (sheet_.peakOneThread > 0) roofline_ = espalier::roofline(workload_.program, sheet_, options_.threads);
  info_.identity = identityText(workload_, options_);
  info_.hash = Hasher().add(programHash(workload_.program)).add(info_.identity).value();
  info_.rooflineSeconds = roofline_.seconds;
  info_.threads = options_.threads;
  info_.sections = problemSections(workload_, sheet_, roofline_, options_.threads);
}

Result<void> TensorProblem::setThreads(int threads) {
  if (threads < 1 || threads > sheet_.cores)
    return notThatManyThreads(threads, sheet_.cores,
                              "Ask for 1 to " + std::to_string(sheet_.cores) + " threads.");
  options_.threads = threads;
  adoptThreads();
  if (measurer_) measurer_->setThreads(threads);
  cache_.clear();
  forget();
  return {};
}

TensorProblem::~TensorProblem() = default;

std::shared_ptr<const CachedProgram> TensorProblem::cached(const State& state) const {
  auto program = cache_.at(state.trace);
  // A state comes from this problem, so its trace replays; anything else is a bug or a foreign state.
  if (!program) throw std::logic_error("a state's trace does not replay: " + program.error().sentence);
  return *program;
}

Program TensorProblem::programOf(const State& state) const { return cached(state)->program(); }

State TensorProblem::initial() const { return {{}, programHash(workload_.program)}; }

Result<State> TensorProblem::stateOf(const std::vector<std::string>& trace) const {
  const auto program = cache_.at(trace);
  if (!program) return inputError(program.error().sentence, program.error().hint);
  return State{trace, (*program)->hash()};
}

Application TensorProblem::apply(const State& from, std::span<const std::string> items,
                                 Random& random) const {
  Application application{from, {}};
  for (const std::string& item : items) {
    AppliedItem entry;
    entry.proposed = item;
    auto result = applyItem(cache_, application.state.trace, item, random);
    if (result) {
      entry.accepted = true;
      entry.applied = std::move(result->applied);
      entry.reason = std::move(result->note);
      application.state = {std::move(result->trace), result->program->hash()};
    } else {
      entry.refusalCode = result.error().code;
      entry.reason = result.error().sentence;
      entry.hint = result.error().hint;
    }
    application.items.push_back(std::move(entry));
  }
  return application;
}

std::optional<Application> TensorProblem::randomStep(const State& from, Random& random) const {
  auto applied = randomTransformation(cached(from)->program(), random);
  if (!applied) return std::nullopt;
  Application application{from, {}};
  AppliedItem entry;
  entry.accepted = true;
  entry.proposed = entry.applied = print(applied->step);
  application.state.trace.push_back(entry.applied);
  application.state.hash = cache_.put(application.state.trace, std::move(applied->program))->hash();
  application.items.push_back(std::move(entry));
  return application;
}

State TensorProblem::stateOf(Design design) const {
  std::vector<std::string> trace = textsOf(design.trace);
  const std::uint64_t hash = cache_.put(trace, std::move(design.program))->hash();
  return {std::move(trace), hash};
}

State TensorProblem::sampleDesign(Random& random) const {
  return stateOf(espalier::sampleDesign(workload_.program, options_.threads, random));
}

std::optional<State> TensorProblem::mutate(const State& from, Random& random) const {
  auto mutated = mutateDesign(workload_.program, stepsOf(from.trace), options_.threads, random);
  if (!mutated) return std::nullopt;
  return stateOf(*std::move(mutated));
}

std::vector<LegalAction> TensorProblem::legalActions(const State& state) const {
  return legalActionsOf(cached(state)->program());
}

std::vector<Section> TensorProblem::describe(const State& state) const {
  const auto program = cached(state);
  const std::vector<Prediction> prediction = predict({&state, 1});
  return stateSections(program->program(), state.trace, program->evaluation(machine_, target_).estimate,
                       prediction.front(), roofline_, machine_);
}

TensorProblem::Judgement TensorProblem::judge(const CachedProgram& program) const {
  const auto& evaluation = program.evaluation(machine_, target_);
  if (priorInUse_) return {evaluation.estimate.seconds, evaluation.features};
  constexpr double kNoIdea = 1e-3;
  Judgement judgement{kNoIdea, evaluation.features};
  const std::vector<std::string> names = featureNames();
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i].starts_with("prior") || names[i].starts_with("program:") || names[i].starts_with("second:"))
      judgement.features[i] = 0;
  return judgement;
}

void TensorProblem::usePrior(bool use) { priorInUse_ = use; }

std::vector<Prediction> TensorProblem::predict(std::span<const State> states) const {
  std::shared_ptr<const ResidualModel> model;
  {
    const std::lock_guard lock(modelMutex_);
    model = model_;
  }
  std::vector<Prediction> predictions;
  std::vector<std::vector<float>> rows;
  for (const State& state : states) {
    const auto program = cached(state);
    const auto& evaluation = program->evaluation(machine_, target_);
    Judgement judgement = judge(*program);
    predictions.push_back({judgement.seconds, kPriorUncertainty, "prior", evaluation.estimate.words});
    if (model) rows.push_back(std::move(judgement.features));
  }
  if (!model) return predictions;
  const std::vector<Correction> corrections = model->predict(rows);
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    predictions[i].seconds *= std::exp(corrections[i].logRatio);
    predictions[i].uncertainty = corrections[i].uncertainty;
    predictions[i].source = "prior + " + model->name();
  }
  return predictions;
}

std::vector<TrainingSample> TensorProblem::trainingSamples(std::span<const Observation> observations) const {
  std::vector<TrainingSample> samples;
  for (const Observation& observation : observations) {
    const Measurement& measured = observation.measurement;
    if (!measured.valid && measured.failure.empty()) continue;
    const auto program = cache_.at(observation.state.trace);
    if (!program) continue;  // measured elsewhere, on a program that this one cannot become
    Judgement judgement = judge(**program);
    samples.push_back({std::move(judgement.features), judgement.seconds, measured.seconds, !measured.valid});
  }
  return samples;
}

bool TensorProblem::learn(std::span<const Observation> observations) {
  for (const Observation& observation : observations) {
    auto samples = trainingSamples({&observation, 1});
    if (samples.empty()) continue;
    const auto known = std::find(learned_.begin(), learned_.end(), observation.state.hash);
    if (known != learned_.end()) {
      samples_[static_cast<std::size_t>(known - learned_.begin())] = std::move(samples.front());
    } else {
      learned_.push_back(observation.state.hash);
      samples_.push_back(std::move(samples.front()));
    }
  }
  // Training costs milliseconds, the more the more is known, so it waits until there is something new to say.
  constexpr std::size_t kShareOfNews = 16;
  const std::size_t fresh = samples_.size() - trainedAt_;
  if (samples_.size() + taught_.size() < ResidualModel::kFewestSamples ||
      fresh < std::max<std::size_t>(1, trainedAt_ / kShareOfNews))
    return false;
  trainedAt_ = samples_.size();
  return train(true);
}

void TensorProblem::teach(std::vector<TrainingSample> samples) {
  taught_ = std::move(samples);
  (void)train(false);
}

bool TensorProblem::train(bool keepTrees) {
  std::vector<TrainingSample> all = taught_;
  all.insert(all.end(), samples_.begin(), samples_.end());
  auto model = std::make_shared<ResidualModel>(all, options_.seed, keepTrees ? model_.get() : nullptr);
  if (!model->trained()) return false;
  const std::lock_guard lock(modelMutex_);
  model_ = std::move(model);
  return true;
}

std::string TensorProblem::machineName() const {
  std::string name = sheet_.cpu + " (" + target_.cpu;
  for (const MemoryLevel& level : sheet_.levels)
    if (&level != &sheet_.levels.back())
      name += ", " + level.name + " " + std::to_string(level.bytes / 1024) + " KiB";
  return name + ")";
}

void TensorProblem::forget() {
  learned_.clear();
  samples_.clear();
  taught_.clear();
  trainedAt_ = 0;
  const std::lock_guard lock(modelMutex_);
  model_.reset();
}

std::optional<std::string> TensorProblem::savedModel() const {
  const std::lock_guard lock(modelMutex_);
  if (!model_ || model_->trees() == nullptr) return std::nullopt;
  return model_->trees()->save();
}

std::unique_ptr<BuiltCandidate> TensorProblem::build(const State& state) {
  auto built = std::make_unique<BuiltProgram>(cached(state));
  auto kernel = [&] {
    const std::lock_guard lock(compilerMutex_);
    return compiler_->compile(built->program(), compileOptionsOf(state.trace));
  }();
  if (!kernel) {
    built->failure = failedMeasurement("build", kernel.error().text());
    return built;
  }
  built->kernel = *std::move(kernel);
  built->buildSeconds = built->kernel.seconds;
  return built;
}

Measurement TensorProblem::measureProgram(const Program& program, const CompiledKernel& kernel,
                                          const MeasureRequest& request) {
  if (!measurer_)
    return failedMeasurement("worker", "Nothing can be measured: the problem was opened without a worker.");
  SampleOptions options;
  options.verify = request.verify;
  options.timing.stopAboveSeconds = 3 * request.incumbentSeconds;
  options.timeoutSeconds = request.incumbentSeconds > 0 ? std::max(5.0, 60 * request.incumbentSeconds) : 60;
  TimingOptions longLook = options.timing;
  longLook.repeats += request.extraRepeats;
  longLook.budgetSeconds *= 1 + request.extraRepeats / 10.0;
  const bool shortFirst = request.incumbentSeconds > 0 && request.extraRepeats == 0;
  if (shortFirst) {
    options.timing.repeats = kFirstLookRepeats;
    options.timing.budgetSeconds = kFirstLookSeconds;
  } else {
    options.timing = longLook;
  }
  Sample sample = measurer_->measure(program, kernel, options);
  if (!sample.failure && sample.timing.stoppedEarly && sample.timing.repeats.size() == 1 &&
      sample.seconds < kNeverMind * request.incumbentSeconds) {
    // One slow repeat may be the machine's fault; two more tell.
    options.timing.stopAboveSeconds = 0;
    options.timing.repeats = 3;
    options.loaded = true;
    sample = measurer_->measure(program, kernel, options);
  } else if (shortFirst && !sample.failure && sample.seconds < kContender * request.incumbentSeconds) {
    // Who may become the best, or teach what makes the difference near it, is looked at longer.
    options.timing = longLook;
    if (noiseOf(sample.timing.repeats) < kSteady) options.timing.repeats = kSteadyRepeats;
    options.verify = false;
    options.loaded = true;
    Sample longer = measurer_->measure(program, kernel, options);
    longer.verified = sample.verified;
    longer.verification = std::move(sample.verification);
    if (!longer.failure)
      longer.timing.repeats.insert(longer.timing.repeats.begin(), sample.timing.repeats.begin(),
                                   sample.timing.repeats.end());
    longer.seconds = rankingSeconds(longer.timing.repeats);
    sample = std::move(longer);
  }
  Measurement measurement;
  measurement.repeats = sample.timing.repeats;
  measurement.seconds = sample.seconds;
  measurement.verified = sample.verified;
  measurement.verification = sample.verification;
  measurement.buildSeconds = kernel.seconds;
  if (sample.failure) {
    measurement.failure = sample.failure->code;
    measurement.detail = sample.failure->detail;
    return measurement;
  }
  measurement.valid = true;
  const bool best = request.incumbentSeconds <= 0 || measurement.seconds < request.incumbentSeconds;
  if (best && !measurement.verified) {
    // Nothing becomes the best unless its numbers are right.
    const auto verdict = measurer_->verify(program, kernel, options.timeoutSeconds);
    measurement.verified = verdict.has_value() && verdict->correct;
    measurement.verification = verdict ? verdict->words : verdict.error().detail;
    if (!measurement.verified) {
      measurement.valid = false;
      measurement.failure = verdict ? "wrong-output" : verdict.error().code;
      measurement.detail = measurement.verification;
    }
  }
  return measurement;
}

Measurement TensorProblem::measure(BuiltCandidate& candidate, const MeasureRequest& request) {
  if (candidate.failure) return *candidate.failure;
  auto& built = dynamic_cast<BuiltProgram&>(candidate);
  Measurement measurement = measureProgram(built.program(), built.kernel, request);
  if (measurement.valid) measurement.detail = weightsText(built.program());
  measurement.buildSeconds = built.buildSeconds;
  return measurement;
}

Measurement TensorProblem::measureBaseline() {
  if (!measurer_)
    return failedMeasurement("worker", "Nothing can be measured: the problem was opened without a worker.");
  const auto kernel = compile(workload_.program, target_, compileOptionsOf({}));
  if (!kernel) return failedMeasurement("build", kernel.error().text());
  SampleOptions sampling;
  sampling.timing.repeats = 5;
  sampling.timing.budgetSeconds = 1.0;
  sampling.timeoutSeconds = 300;
  sampling.threads = 1;
  const Sample sample = measurer_->measure(workload_.program, *kernel, sampling);
  if (sample.failure) return failedMeasurement(sample.failure->code, sample.failure->detail);
  Measurement measurement;
  measurement.valid = true;
  measurement.seconds = sample.seconds;
  measurement.repeats = sample.timing.repeats;
  measurement.buildSeconds = kernel->seconds;
  return measurement;
}

Measurement TensorProblem::confirm(const State& state) {
  if (measurer_)
    if (const auto fresh = measurer_->restart(); !fresh)
      return failedMeasurement("worker", fresh.error().text());
  const auto built = build(state);
  MeasureRequest request;
  request.verify = true;
  request.extraRepeats = 100;
  return measure(*built, request);
}

CompileOptions compileOptionsOf(const std::vector<std::string>& trace) {
  CompileOptions options;
  if (trace.empty()) options.pipeline = Pipeline::Full;
  return options;
}

Result<std::unique_ptr<TensorProblem>> makeTensorProblem(Workload workload, TensorProblemOptions options) {
  if (options.prepack == Prepack::Off) withoutConstants(workload.program);
  std::unique_ptr<Measurer> measurer;
  HardwareSheet sheet = options.sheet.value_or(HardwareSheet{});
  if (options.offline) {
    if (!options.sheet) sheet.target = hostTarget();
  } else {
    MeasurerOptions measuring;
    measuring.worker.command = options.workerCommand;
    measuring.threads = options.threads;
    measuring.seed = options.seed;
    auto started = Measurer::start(workload.program, measuring);
    if (!started) return tl::unexpected<Error>(started.error());
    measurer = *std::move(started);
    if (!options.sheet) {
      auto measured = hardwareSheet(measurer->worker());
      if (!measured) return tl::unexpected<Error>(measured.error());
      sheet = *std::move(measured);
    }
    if (options.threads > sheet.cores)
      return notThatManyThreads(options.threads, sheet.cores,
                                "Give --threads 1 to " + std::to_string(sheet.cores) + ".");
  }
  if (options.threads < 1) return usageError("At least one thread is needed.", "Give --threads 1 or more.");
  if (!options.targetCpu.empty()) {
    auto target = targetFor(options.targetCpu, sheet.target.triple);
    if (!target) return tl::unexpected<Error>(target.error());
    sheet.target = *target;
  }
  return std::make_unique<TensorProblem>(std::move(workload), std::move(options), std::move(sheet),
                                         std::move(measurer));
}

Result<std::unique_ptr<TensorProblem>> tensorProblemFromIdentity(std::string_view identity,
                                                                 TensorProblemOptions options) {
  auto read = readIdentity(identity);
  if (!read) return tl::unexpected<Error>(read.error());
  read->options.workerCommand = std::move(options.workerCommand);
  read->options.sheet = std::move(options.sheet);
  read->options.offline = options.offline;
  return makeTensorProblem(std::move(read->workload), std::move(read->options));
}

}  // namespace espalier
