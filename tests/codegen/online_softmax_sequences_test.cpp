// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Random legal sequences around OnlineSoftmax, compiled and run, against p0 in the interpreter.
#include <gtest/gtest.h>

#include "codegen/kernel_runner.h"
#include "transform/kernels.h"
#include "transform/transformation.h"

namespace espalier {
namespace {

TEST(OnlineSoftmaxSequences, CompileToNearlyTheSameNumbers) {
  constexpr std::uint64_t kSeed = 20261120;
  const Program initial = testing::softmaxAttention(37);
  const std::vector<Tensor> expected = testing::outputsOf(initial, initial, kSeed);
  Random random(kSeed);
  int compiled = 0;
  for (int sequence = 0; sequence < 120; ++sequence) {
    Program program = initial;
    Trace trace;
    const auto take = [&](std::optional<Applied> applied) {
      if (!applied) return;
      program = std::move(applied->program);
      trace.push_back(applied->step);
    };
    for (std::uint64_t i = random.below(4); i > 0; --i) take(randomTransformation(program, random));
    const Step online = Step{"OnlineSoftmax", {}}
                            .set("block", std::string("Top"))
                            .set("size", static_cast<std::int64_t>(1 + random.below(36)));
    if (auto applied = applyStep(program, online, random)) take(*std::move(applied));
    for (std::uint64_t i = random.below(8); i > 0; --i) take(randomTransformation(program, random));
    const Result<CompiledKernel> kernel = compile(program, hostTarget(), {});
    if (!kernel) continue;
    ++compiled;
    std::vector<Tensor> arguments = testing::exactInputs(initial, kSeed);
    testing::runKernel(program, *kernel, arguments, 2);
    ASSERT_TRUE(testing::nearContent(arguments, expected, 1e-4)) << printTrace(trace);
  }
  EXPECT_GT(compiled, 100);
}

}  // namespace
}  // namespace espalier
