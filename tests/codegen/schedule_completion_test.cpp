// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "codegen/schedule_completion.h"

#include <gtest/gtest.h>

#include "codegen/kernel_runner.h"
#include "codegen/program_tools.h"

namespace espalier::testing {
namespace {

LoopKind kindAfter(const Program& program, const std::string& loop) {
  const Program completed = completeSchedule(program, *targetFor("znver4"));
  return completed.loop(loopNamed(completed, loop)).kind;
}

Elementwise copyKernel(std::int64_t size, const Expr& subscript) {
  Elementwise kernel = elementwise(
      {size}, {Buffer{"A", DataType::Float32, {2 * size + 2}, BufferRole::Input, MemoryKind::Workspace, {}}},
      DataType::Float32);
  kernel.program.block(kernel.block).value = Expr::load(BufferId{0}, DataType::Float32, {subscript});
  return kernel;
}

TEST(ScheduleCompletion, contiguousIndependentLoopsBecomeLanes) {
  EXPECT_EQ(kindAfter(copyKernel(40, Expr::axisVar(0)).program, "i"), LoopKind::Vectorized);
  EXPECT_EQ(kindAfter(copyKernel(40, Expr::axisVar(0) + Expr(1)).program, "i"), LoopKind::Vectorized);
}

TEST(ScheduleCompletion, othersStay) {
  EXPECT_EQ(kindAfter(copyKernel(40, Expr::axisVar(0) * Expr(2)).program, "i"), LoopKind::Serial)
      << "strided";
  EXPECT_EQ(kindAfter(copyKernel(3, Expr::axisVar(0)).program, "i"), LoopKind::Serial) << "too short";
  EXPECT_EQ(kindAfter(matmul(8, 8, 8), "k"), LoopKind::Serial) << "a reduction";
  EXPECT_EQ(kindAfter(matmul(8, 8, 8), "n"), LoopKind::Serial) << "not innermost";
  Program unrolled = copyKernel(40, Expr::axisVar(0)).program;
  setKind(unrolled, loopNamed(unrolled, "i"), LoopKind::Unrolled);
  EXPECT_EQ(kindAfter(unrolled, "i"), LoopKind::Unrolled) << "decided by the schedule";
}

TEST(ScheduleCompletion, aLoopThatReadsWhatItWroteBeforeStays) {
  // T(i) = A(i); out(i) = T(i) + T(i + 1 of the iteration before …): the second block reads another element.
  Elementwise kernel = copyKernel(40, Expr::axisVar(0));
  Program& program = kernel.program;
  Block second = program.block(kernel.block);
  const BufferId first = second.output;
  second.name = "second";
  second.output =
      program.add(Buffer{"second", DataType::Float32, {40}, BufferRole::Output, MemoryKind::Workspace, {}});
  second.value = Expr::load(first, DataType::Float32, {maximum(Expr::axisVar(0) - Expr(1), Expr(0))});
  program.loop(kernel.loops[0]).body.push_back(program.add(second));
  EXPECT_EQ(kindAfter(program, "i"), LoopKind::Serial);
  EXPECT_EQ(differenceFromInterpreter(program), "");
  // The same element is fine.
  program.block(program.findBlock("second").value()).value =
      Expr::load(first, DataType::Float32, {Expr::axisVar(0)});
  EXPECT_EQ(kindAfter(program, "i"), LoopKind::Vectorized);
  EXPECT_EQ(differenceFromInterpreter(program), "");
}

TEST(ScheduleCompletion, writeBackOfARegisterTile) {
  Program program = tiledMatmul(13, 128, 9, {6, 64});
  setKind(program, loopNamed(program, "m.2"), LoopKind::Serial);
  setKind(program, loopNamed(program, "n.2"), LoopKind::Serial);
  EXPECT_EQ(kindAfter(program, "n.2"), LoopKind::Vectorized);
  EXPECT_EQ(kindAfter(program, "m.2"), LoopKind::Unrolled);
  EXPECT_EQ(kindAfter(program, "k"), LoopKind::Serial);
  EXPECT_EQ(differenceFromInterpreter(program), "");
}

}  // namespace
}  // namespace espalier::testing
