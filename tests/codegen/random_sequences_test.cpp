// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// 2,000 random legal sequences of up to 12 transformations, compiled and run, against p0 in the interpreter.
#include <gtest/gtest.h>

#include "codegen/kernel_runner.h"
#include "transform/kernels.h"
#include "transform/transformation.h"

namespace espalier {
namespace {

constexpr std::uint64_t kSeed = 20261120;
constexpr int kSequences = 200;  ///< for each of the ten kernels
constexpr int kLongest = 12;

class RandomSequences : public ::testing::TestWithParam<testing::NamedKernel> {};

TEST_P(RandomSequences, CompileToTheSameNumbers) {
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  const Program& initial = GetParam().program;
  const std::vector<Tensor> expected = testing::outputsOf(initial, initial, kSeed);
  Random random(kSeed);
  int tooLarge = 0;
  for (int sequence = 0; sequence < kSequences; ++sequence) {
    Program program = initial;
    Trace trace;
    for (std::uint64_t length = 1 + random.below(kLongest); trace.size() < length;) {
      std::optional<Applied> applied = randomTransformation(program, random);
      if (!applied) break;
      program = std::move(applied->program);
      trace.push_back(applied->step);
    }
    const Result<CompiledKernel> kernel = compile(program, hostTarget(), {});
    if (!kernel) {
      ++tooLarge;  // an answer in words, not a crash
      continue;
    }
    std::vector<Tensor> arguments = testing::exactInputs(initial, kSeed);
    testing::runKernel(program, *kernel, arguments, 2);
    ASSERT_TRUE(testing::sameContent(arguments, expected)) << printTrace(trace);
  }
  EXPECT_LT(tooLarge, kSequences / 10);
}

INSTANTIATE_TEST_SUITE_P(Kernels, RandomSequences, ::testing::ValuesIn(testing::kernels()),
                         [](const auto& named) { return named.param.name; });

}  // namespace
}  // namespace espalier
