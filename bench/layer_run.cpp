// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "layer_run.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <iostream>

#include "measure/parallel_runtime.h"
#include "measure/timing.h"
#include "peers/own_kernel.h"
#include "peers/peers.h"
#include "peers/streaming.h"
#include "tensor_problem/rules_proposer.h"
#include "tuner/tuner.h"

namespace espalier::bench {
namespace {

struct LayerSpecification {
  std::string name;
  std::map<std::string, std::int64_t> sizes;
};

Result<LayerSpecification> parseLayer(const std::string& text) {
  const auto colon = text.find(':');
  LayerSpecification specification{text.substr(0, colon), {}};
  for (std::size_t at = colon; at != std::string::npos;) {
    const auto end = text.find(',', at + 1);
    const std::string part = text.substr(at + 1, end == std::string::npos ? end : end - at - 1);
    const auto equals = part.find('=');
    std::int64_t value = 0;
    const char* last = part.data() + part.size();
    if (equals == std::string::npos || equals == 0 ||
        std::from_chars(part.data() + equals + 1, last, value).ptr != last || value < 1)
      return usageError("`" + part + "` in `" + text + "` is no size.",
                        "Write for instance matmul_512:M=510,N=514.");
    specification.sizes[part.substr(0, equals)] = value;
    at = end;
  }
  return specification;
}

Result<Workload> workloadOf(const LayerSpecification& specification) {
  if (specification.sizes.empty()) return namedWorkload(specification.name);
  for (const NamedLayer& named : namedLayers()) {
    if (named.name != specification.name) continue;
    KernelSource source{named.text, named.name + ".tc", named.name, named.sizes, named.constants};
    for (const auto& [name, value] : specification.sizes) source.sizes[name] = value;
    return readWorkload(source);
  }
  return namedWorkload(specification.name);  // its error names the near ones
}

Result<std::unique_ptr<TensorProblem>> problemOf(const LayerSpecification& specification,
                                                 const LayerRunOptions& options, std::uint64_t seed) {
  auto workload = workloadOf(specification);
  if (!workload) return tl::unexpected(workload.error());
  TensorProblemOptions problemOptions;
  problemOptions.threads = options.threads;
  problemOptions.seed = seed;
  problemOptions.prepack = options.prepack;
  return makeTensorProblem(std::move(*workload), std::move(problemOptions));
}

Result<SeedRun> runSeed(const LayerSpecification& specification, const LayerRunOptions& options,
                        std::uint64_t seed) {
  auto problem = problemOf(specification, options, seed);
  if (!problem) return tl::unexpected(problem.error());
  std::vector<double> builds;
  TunerSetup setup;
  setup.options.samples = options.samples;
  setup.options.seed = seed;
  setup.proposer = std::make_unique<RulesProposer>(**problem);
  setup.problem = std::move(*problem);
  setup.sink = [&](std::span<const Event> events) {
    for (const Event& event : events)
      if (const auto* built = std::get_if<BuildFinished>(&event.body)) builds.push_back(built->seconds);
  };
  const auto start = std::chrono::steady_clock::now();
  auto result = tune(std::move(setup));
  if (!result) return tl::unexpected(result.error());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return SeedRun{std::move(*result), quantileOf(builds, 0.5), seconds};
}

/// Own bests and peers in turns.
Result<void> compete(const LayerSpecification& specification, const TensorProblem& problem,
                     const LayerRunOptions& options, LayerRun& run) {
  const auto tensors = LayerTensors::create(problem.workload());
  if (!tensors) return tl::unexpected(tensors.error());
  bindThreads(options.threads);
  for (const SeedRun& seed : run.seeds) {
    const auto state = problem.stateOf(seed.result.bestTrace);
    if (!state) return tl::unexpected(state.error());
    auto own = ownKernel(problem, *state, *tensors);
    if (!own) return tl::unexpected(own.error());
    own->name = "seed " + std::to_string(seed.result.seed);
    run.contenders.push_back(std::move(*own));
  }
  if (const auto form = formOf(specification.name))
    for (Contender& peer : peersOf(*form, problem.workload(), *tensors, options.threads))
      run.contenders.push_back(std::move(peer));
  if (!options.tvm.python.empty()) {
    Result<Contender> tvm = environmentError("TVM takes no part with other sizes than the layer's own.");
    if (specification.sizes.empty())
      tvm = tvmContender(specification.name, *tensors, options.threads, options.tvm);
    if (tvm)
      run.contenders.push_back(std::move(*tvm));
    else
      std::cerr << run.layer << ": " << tvm.error().text() << "\n";
  }
  if (problem.roofline().memoryBound)
    if (Contender memory = streamingContender(*tensors, options.threads); memory.run)
      run.contenders.push_back(std::move(memory));
  run.standings = contest(run.contenders, options.contest);
  bindThreads(1);  // workers that are started later inherit the cores of this thread
  // What the contenders run with ends with this function.
  for (Contender& contender : run.contenders) {
    contender.run = nullptr;
    contender.output = nullptr;
    contender.time = nullptr;
  }
  return {};
}

}  // namespace

std::size_t LayerRun::medianSeed() const {
  std::vector<std::size_t> order(seeds.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto secondsOf = [&](std::size_t i) {
    return standings.empty() ? seeds[i].result.bestSeconds : standings[i].median();
  };
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return secondsOf(a) < secondsOf(b); });
  return order[order.size() / 2];
}

double LayerRun::seconds() const {
  const std::size_t seed = medianSeed();
  return standings.empty() ? seeds[seed].result.bestSeconds : standings[seed].median();
}

const Standing* LayerRun::fastest(const std::string& library, LayoutFreedom allowed) const {
  const Standing* best = nullptr;
  for (std::size_t i = 0; i < standings.size(); ++i)
    if (contenders[i].library == library && contenders[i].freedom <= allowed &&
        (best == nullptr || standings[i].median() < best->median()))
      best = &standings[i];
  return best;
}

Result<LayerRun> runLayer(const std::string& layer, const LayerRunOptions& options) {
  const auto specification = parseLayer(layer);
  if (!specification) return tl::unexpected(specification.error());
  LayerRun run;
  run.layer = layer;
  run.freedom = options.prepack == Prepack::Off ? LayoutFreedom::Plain : LayoutFreedom::Weights;
  for (const std::uint64_t seed : options.seeds) {
    auto result = runSeed(*specification, options, seed);
    if (!result) return tl::unexpected(result.error());
    run.seeds.push_back(std::move(*result));
  }
  const auto problem = problemOf(*specification, options, options.seeds.front());
  if (!problem) return tl::unexpected(problem.error());
  run.roofline = (*problem)->roofline();
  if (options.peers)
    if (const auto done = compete(*specification, **problem, options, run); !done)
      return tl::unexpected(done.error());
  return run;
}

}  // namespace espalier::bench
