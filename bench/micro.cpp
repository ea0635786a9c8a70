// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// What one step of the search costs, without any measurement of candidates.
#include <benchmark/benchmark.h>

#include <stdexcept>

#include "codegen/compiler.h"
#include "program/printer.h"
#include "program/program_hash.h"
#include "transform/transformation.h"
#include "workload/workload.h"

namespace espalier {
namespace {

constexpr const char* kLayer = "deepseek_r1_moe";

Program layer() {
  auto workload = namedWorkload(kLayer);
  if (!workload) throw std::runtime_error(workload.error().text());
  return std::move(workload->program);
}

/// The layer after some random legal steps: what a search meets.
Program scheduled() {
  Program program = layer();
  Random random(7);
  for (int step = 0; step < 8; ++step)
    if (auto applied = randomTransformation(program, random)) program = std::move(applied->program);
  return program;
}

void copyProgram(benchmark::State& state) {
  const Program program = scheduled();
  for (auto _ : state) {
    Program copy = program;
    benchmark::DoNotOptimize(copy);
  }
}
BENCHMARK(copyProgram);

void hashProgram(benchmark::State& state) {
  const Program program = scheduled();
  for (auto _ : state) benchmark::DoNotOptimize(programHash(program));
}
BENCHMARK(hashProgram);

void printProgram(benchmark::State& state) {
  const Program program = scheduled();
  for (auto _ : state) benchmark::DoNotOptimize(print(program));
}
BENCHMARK(printProgram);

void applyRandomStep(benchmark::State& state) {
  const Program program = layer();
  Random random(7);
  for (auto _ : state) benchmark::DoNotOptimize(randomTransformation(program, random));
}
BENCHMARK(applyRandomStep);

void generateCode(benchmark::State& state, Pipeline pipeline) {
  const Program program = scheduled();
  const Target target = hostTarget();
  for (auto _ : state) {
    const auto kernel = compile(program, target, {.pipeline = pipeline});
    if (!kernel) state.SkipWithError(kernel.error().text().c_str());
    benchmark::DoNotOptimize(kernel);
  }
}
BENCHMARK_CAPTURE(generateCode, schedule, Pipeline::Schedule)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(generateCode, full, Pipeline::Full)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace espalier
