// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "efficiency/layer.h"

#include <algorithm>
#include <iostream>
#include <unordered_map>

#include "reasoning/llm_setup.h"
#include "reasoning/random_proposer.h"
#include "tensor_problem/rules_proposer.h"
#include "tuner/tuner.h"
#include "workload/workload.h"

namespace espalier::bench {
namespace {

double secondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Result<std::unique_ptr<Proposer>> proposerFor(const Way& way, const TensorProblem& problem) {
  if (way.proposer == "rules") return std::make_unique<RulesProposer>(problem);
  if (way.proposer == "recorded")
    return makeRecordedLlmProposer(way.recording, {}, std::make_unique<RulesProposer>(problem));
  return std::make_unique<RandomProposer>();
}

}  // namespace

double Run::speedupAt(int sample, double baseline) const {
  if (best.empty()) return 1;
  const auto index = static_cast<std::size_t>(std::clamp<int>(sample, 1, static_cast<int>(best.size())) - 1);
  return baseline / best[index];
}

int Run::samplesTo(double seconds) const {
  for (std::size_t i = 0; i < best.size(); ++i)
    if (best[i] <= seconds) return static_cast<int>(i) + 1;
  return 0;
}

Layer::Layer(std::shared_ptr<TensorProblem> problem, const Settings& settings)
    : problem_(std::move(problem)), settings_(settings) {}

Result<std::unique_ptr<Layer>> Layer::open(const std::string& name, const Settings& settings) {
  auto workload = namedWorkload(name);
  if (!workload) return tl::unexpected(workload.error());
  TensorProblemOptions options;
  options.threads = settings.threads;
  auto problem = makeTensorProblem(std::move(*workload), std::move(options));
  if (!problem) return tl::unexpected(problem.error());
  std::unique_ptr<Layer> layer(new Layer(std::move(*problem), settings));
  if (settings.store.empty()) return layer;
  auto file = MeasurementFile::open(settings.store, {layer->problem_->machineName(), settings.threads});
  if (!file) {
    std::cerr << file.error().text() << " Every sample is measured.\n";
    return layer;
  }
  layer->file_ = *file;
  return layer;
}

bool Layer::timeOver() const {
  return settings_.seconds > 0 && secondsSince(settings_.started) > settings_.seconds;
}

Result<double> Layer::baselineSeconds() {
  const std::uint64_t hash = problem_->initial().hash;
  if (file_)
    if (const auto known = file_->baseline(hash)) return known->seconds;
  const Measurement baseline = problem_->measureBaseline();
  if (!baseline.valid) return environmentError("p0 could not be measured: " + baseline.detail);
  if (file_)
    if (auto added = file_->addBaseline(hash, baseline); !added) return tl::unexpected(added.error());
  return baseline.seconds;
}

Measurement Layer::measured(const State& state) {
  if (file_)
    if (auto known = file_->find(state.hash)) {
      if (known->valid && (bestKnown_ == 0 || known->seconds < bestKnown_)) bestKnown_ = known->seconds;
      return *known;
    }
  if (settings_.replayOnly || timeOver()) throw TimeOver{};
  const auto built = problem_->build(state);
  MeasureRequest request;
  // As if something had reached the roofline: slow programs are stopped early and none is a new best to
  // verify.
  request.incumbentSeconds = problem_->info().rooflineSeconds;
  Measurement measurement = built->failure ? *built->failure : problem_->measure(*built, request);
  measurement.buildSeconds = built->buildSeconds;
  ++measuredHere_;
  if (measurement.valid && (bestKnown_ == 0 || measurement.seconds < bestKnown_))
    bestKnown_ = measurement.seconds;
  if (file_) (void)file_->add(state, measurement);
  return measurement;
}

Result<Run> Layer::run(const Way& way, std::uint64_t seed, int samples) {
  if (settings_.replayOnly ? false : timeOver()) throw TimeOver{};
  const auto baseline = baselineSeconds();
  if (!baseline) return tl::unexpected(baseline.error());
  problem_->forget();
  problem_->usePrior(way.prior);
  auto proposer = proposerFor(way, *problem_);
  if (!proposer) return tl::unexpected(proposer.error());
  Run run;
  std::size_t fresh = 0;
  TunerSetup setup;
  setup.problem = problem_;
  setup.proposer = std::move(*proposer);
  setup.options = way.options;
  setup.options.strategy = way.strategy;
  setup.options.seed = seed;
  setup.options.samples = samples;
  setup.options.confirm = false;
  if (settings_.seconds > 0)
    setup.options.timeLimitSeconds = std::max(0.1, settings_.seconds - secondsSince(settings_.started));
  if (file_) setup.measurements.attach(file_);
  double measuringHere = 0;
  std::int64_t busyUntil = 0;
  bool unfinished = false;
  const auto start = std::chrono::steady_clock::now();
  std::unordered_map<NodeId, State> states;
  setup.sink = [&](std::span<const Event> events) {
    for (const Event& event : events) {
      if (const auto* added = std::get_if<NodeAdded>(&event.body)) {
        states[added->node] = added->state;
      } else if (const auto* built = std::get_if<BuildFinished>(&event.body)) {
        if (built->measureEndedMilliseconds == 0) continue;
        const std::int64_t began = std::max(built->buildBeganMilliseconds, busyUntil);
        measuringHere +=
            1e-3 * static_cast<double>(std::max<std::int64_t>(0, built->measureEndedMilliseconds - began));
        busyUntil = built->measureEndedMilliseconds;
      } else if (const auto* sample = std::get_if<SampleMeasured>(&event.body)) {
        const Measurement& measured = sample->measurement;
        if (!measured.recorded) ++fresh;
        run.failed += measured.valid ? 0 : 1;
        double best = run.best.empty() ? *baseline : run.best.back();
        if (measured.valid && measured.seconds < best) {
          best = measured.seconds;
          run.leaders.push_back({static_cast<int>(run.best.size()) + 1, states.at(sample->node), best});
        }
        run.best.push_back(best);
        run.when.push_back(secondsSince(start));
        if (measured.valid && (bestKnown_ == 0 || measured.seconds < bestKnown_))
          bestKnown_ = measured.seconds;
      } else if (const auto* finished = std::get_if<RunFinished>(&event.body)) {
        unfinished = finished->reason == "time";
      }
    }
  };
  const auto result = tune(std::move(setup));
  if (!result) return tl::unexpected(result.error());
  run.wallSeconds = secondsSince(start);
  run.searchSeconds = run.wallSeconds - measuringHere;
  measuredHere_ += fresh;
  if (settings_.replayOnly && fresh > 0)
    std::cerr << name() << ", " << way.name << ", seed " << seed << ": " << fresh
              << " programs were not in the store.\n";
  if (unfinished) throw TimeOver{};
  return run;
}

}  // namespace espalier::bench
