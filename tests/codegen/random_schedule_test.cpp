// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Random splits, orders and kinds of loops on matmul of odd sizes: compiled code equals the interpreter's
// answer.
#include <gtest/gtest.h>

#include "codegen/compiler.h"
#include "codegen/kernel_runner.h"
#include "codegen/program_tools.h"
#include "program/analysis.h"
#include "program/printer.h"
#include "program/verify.h"
#include "support/random.h"

namespace espalier::testing {
namespace {

Program randomSchedule(Random& random) {
  const std::vector<DataType> types = {DataType::Float32, DataType::Float32, DataType::Float64,
                                       DataType::Int32};
  const std::vector<Combiner> combiners = {Combiner::Sum, Combiner::Sum, Combiner::Max};
  const bool shared = random.chance(0.3);
  Program program = shared ? tiledMatmul(random.between(1, 20), random.between(1, 70), random.between(1, 12),
                                         {random.between(1, 7), random.between(1, 40)}, random.pick(types))
                           : matmul(random.between(1, 20), random.between(1, 70), random.between(1, 12),
                                    random.pick(types), random.pick(combiners));
  for (std::uint64_t splits = random.below(5); splits > 0; --splits) {
    const std::vector<LoopId> loops = loopsOf(program);
    const LoopId loop = loops[random.below(loops.size())];
    split(program, loop, random.between(1, std::min<std::int64_t>(program.loop(loop).extent, 20)));
  }
  if (!shared) {
    std::vector<LoopId> order = loopsOf(program);
    random.shuffle(order);
    reorder(program, order);
  }
  std::int64_t copies = 1;
  for (const LoopId loop : loopsOf(program)) {
    const std::vector<LoopKind> kinds = {LoopKind::Serial, LoopKind::Parallel, LoopKind::Vectorized,
                                         LoopKind::Unrolled};
    LoopKind kind = random.pick(kinds);
    for (const BlockId block : blocksBelow(program, loop))
      if (kind == LoopKind::Parallel && carriesReduction(program.block(block), loop)) kind = LoopKind::Serial;
    if (kind == LoopKind::Unrolled && copies * program.loop(loop).extent > 200) kind = LoopKind::Serial;
    if (kind == LoopKind::Unrolled) copies *= program.loop(loop).extent;
    setKind(program, loop, kind);
  }
  return program;
}

TEST(RandomSchedule, compiledCodeEqualsTheInterpreter) {
  const Target targets[] = {hostTarget(), *targetFor("haswell")};
  int tooLarge = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    const Program program = randomSchedule(random);
    ASSERT_EQ(brokenInvariant(program), std::nullopt) << "seed " << seed;
    const auto threads = static_cast<std::int64_t>(1 + random.below(3));
    const std::string difference = differenceFromInterpreter(program, {}, threads, targets[seed % 2]);
    if (difference.find("too large to compile") != std::string::npos) {
      ++tooLarge;
      continue;
    }
    ASSERT_EQ(difference, "") << "seed " << seed << "\n" << print(program);
  }
  EXPECT_LE(tooLarge, 10);
}

}  // namespace
}  // namespace espalier::testing
