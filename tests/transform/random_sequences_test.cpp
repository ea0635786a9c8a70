// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Random legal sequences of transformations on every kernel: whatever is accepted must keep the numbers.
#include <cstdlib>
#include <exception>
#include <string>

#include <gtest/gtest.h>

#include "program/printer.h"
#include "program/program_hash.h"
#include "program/verify.h"
#include "transform/kernels.h"
#include "transform/transformation.h"

namespace espalier {
namespace {

std::uint64_t seedFromEnvironment() {
  const char* text = std::getenv("ESPALIER_TEST_SEED");
  return text == nullptr ? 20261120 : std::strtoull(text, nullptr, 10);
}

int sequencesPerKernel() {
  const char* text = std::getenv("ESPALIER_TEST_SEQUENCES");
  return text == nullptr ? 60 : std::atoi(text);
}

class RandomSequences : public ::testing::TestWithParam<testing::NamedKernel> {};

/// Why the program does not compute what p0 computes, or nothing.
std::optional<std::string> wrongResult(const Program& initial, const Program& program,
                                       const std::vector<Tensor>& expected, std::uint64_t seed) {
  try {
    if (!testing::sameContent(testing::outputsOf(program, initial, seed), expected))
      return "the outputs differ";
  } catch (const std::exception& error) {
    return std::string("the interpreter stops: ") + error.what();
  }
  return std::nullopt;
}

TEST_P(RandomSequences, KeepTheNumbers) {
  const Program& initial = GetParam().program;
  const std::uint64_t base = seedFromEnvironment();
  ASSERT_EQ(brokenInvariant(initial), std::nullopt);
  for (int round = 0; round < sequencesPerKernel(); ++round) {
    const std::uint64_t seed = base + static_cast<std::uint64_t>(round);
    const std::vector<Tensor> expected = testing::outputsOf(initial, initial, seed);
    Random random(seed);
    Program program = initial;
    Trace trace;
    for (int length = static_cast<int>(random.between(1, 12)); length > 0; --length) {
      const std::uint64_t before = programHash(program);
      std::optional<Applied> applied = randomTransformation(program, random);
      ASSERT_EQ(programHash(program), before) << "the source program changed";
      if (!applied) break;
      trace.push_back(applied->step);
      SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + printTrace(trace) + "\n" + print(program) +
                   "\nbecomes\n" + print(applied->program));
      program = std::move(applied->program);
      ASSERT_EQ(brokenInvariant(program), std::nullopt);
      ASSERT_EQ(wrongResult(initial, program, expected, seed), std::nullopt);
    }
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + printTrace(trace));
    const Result<Trace> read = parseTrace(printTrace(trace));
    ASSERT_TRUE(read) << read.error().text();
    ASSERT_EQ(*read, trace);
    const Outcome<Program> again = replay(initial, *read);
    ASSERT_TRUE(again) << again.error().sentence;
    ASSERT_EQ(programHash(*again), programHash(program));
  }
}

INSTANTIATE_TEST_SUITE_P(Kernels, RandomSequences, ::testing::ValuesIn(testing::kernels()),
                         [](const auto& instance) { return instance.param.name; });

/// A refused step changes nothing, and what may be chosen can be applied.
TEST_P(RandomSequences, ChoicesApplyAndRefusalsSpeak) {
  const Program& initial = GetParam().program;
  Random random(seedFromEnvironment());
  Program program = initial;
  for (int depth = 0; depth < 4; ++depth) {
    for (const Transformation& member : transformations()) {
      for (const Step& step : member.choices(program)) {
        const Outcome<Program> outcome = member.apply(program, step);
        ASSERT_TRUE(outcome) << print(step) << " " << outcome.error().sentence;
        EXPECT_EQ(brokenInvariant(*outcome), std::nullopt) << print(step);
        EXPECT_EQ(parseStep(print(step)), step);
      }
      const Outcome<Step> drawn = member.complete(program, Step{std::string(member.name), {}}, random);
      if (drawn) continue;
      EXPECT_FALSE(drawn.error().code.empty());
      EXPECT_GT(drawn.error().sentence.size(), 20U) << member.name;
      EXPECT_EQ(drawn.error().sentence.back(), '.') << drawn.error().sentence;
    }
    std::optional<Applied> applied = randomTransformation(program, random);
    if (!applied) break;
    program = std::move(applied->program);
  }
}

}  // namespace
}  // namespace espalier
