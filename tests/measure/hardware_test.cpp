// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/hardware.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "ir_kernels.h"
#include "measure/hardware_kernels.h"
#include "measure/roofline.h"
#include "measure/worker.h"

namespace espalier {
namespace {

using ::testing::HasSubstr;
using namespace espalier::testing;

TEST(HardwareSheet, SurvivesJson) {
  HardwareSheet sheet = exampleHardwareSheet();
  sheet.launchSeconds = 5e-7;
  const auto again = hardwareSheetFromJson(toJson(sheet));
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(toJson(*again), toJson(sheet));
  EXPECT_EQ(again->levels.size(), 4U);
  EXPECT_EQ(again->target.vectorBits, 512);
  EXPECT_DOUBLE_EQ(again->launchSeconds, 5e-7);
}

TEST(HardwareSheet, DamagedTextIsRefused) {
  for (const char* text : {"", "{}", "[1]", "{\"version\": 99}", "{\"version\": 1, \"cpu\": 3}"}) {
    const auto sheet = hardwareSheetFromJson(text);
    ASSERT_FALSE(sheet) << text;
    EXPECT_EQ(sheet.error().kind, ErrorKind::Input);
  }
}

TEST(HardwareSheet, GrowsFromOneThreadToAll) {
  HardwareSheet sheet = exampleHardwareSheet();
  sheet.cores = 4;
  EXPECT_DOUBLE_EQ(sheet.peak(1), 256e9);
  EXPECT_DOUBLE_EQ(sheet.peak(4), 512e9);
  EXPECT_DOUBLE_EQ(sheet.peak(9), 512e9);
  EXPECT_GT(sheet.peak(2), sheet.peak(1));
  EXPECT_LT(sheet.peak(2), sheet.peak(4));
}

TEST(HardwareSheet, MemoryIsSlowerTheLessOfItACacheKeeps) {
  HardwareSheet sheet = exampleHardwareSheet();
  MemoryLevel& memory = sheet.levels.back();
  EXPECT_DOUBLE_EQ(sheet.bandwidth(memory, 2, 1e15), 50e9);
  memory.rates = {{64 << 20, 60e9, 90e9}, {128 << 20, 30e9, 50e9}, {512 << 20, 20e9, 40e9}};
  EXPECT_DOUBLE_EQ(sheet.bandwidth(memory, 1, 1e6), 60e9);
  EXPECT_DOUBLE_EQ(sheet.bandwidth(memory, 2, 128 << 20), 50e9);
  const double between = sheet.bandwidth(memory, 2, 256 << 20);
  EXPECT_LT(between, 50e9);
  EXPECT_GT(between, 40e9);
  EXPECT_DOUBLE_EQ(sheet.bandwidth(memory, 2, 1e15), 40e9);
  const auto again = hardwareSheetFromJson(toJson(sheet));
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_DOUBLE_EQ(again->bandwidth(again->levels.back(), 1, 256 << 20),
                   sheet.bandwidth(memory, 1, 256 << 20));
}

TEST(HardwareSheet, PrivateCachesAddUp) {
  const HardwareSheet sheet = exampleHardwareSheet();
  EXPECT_EQ(sheet.levelHolding(40 << 10, 1).name, "L1");
  EXPECT_EQ(sheet.levelHolding(90 << 10, 1).name, "L2");
  EXPECT_EQ(sheet.levelHolding(90 << 10, 2).name, "L1");
  EXPECT_EQ(sheet.levelHolding(40 << 20, 2).name, "DRAM");
  EXPECT_EQ(sheet.levelHolding(1e15, 2).name, "DRAM");
}

TEST(Roofline, IsTheSmallerOfArithmeticAndMemory) {
  const HardwareSheet sheet = exampleHardwareSheet();
  const char* matmul = "def mm(float(M,K) A, float(K,N) B) -> (C) { C(m,n) +=! A(m,k) * B(k,n) }";
  const Roofline compute = roofline(readProgram(matmul, {{"M", 512}, {"N", 512}, {"K", 512}}), sheet, 1);
  EXPECT_FALSE(compute.memoryBound);
  EXPECT_DOUBLE_EQ(compute.operations, 2.0 * 512 * 512 * 512);
  EXPECT_DOUBLE_EQ(compute.operationsPerSecond, 256e9);
  EXPECT_DOUBLE_EQ(compute.seconds, compute.operations / 256e9);

  const Roofline memory = roofline(readProgram(matmul, {{"M", 1}, {"N", 4096}, {"K", 4096}}), sheet, 1);
  EXPECT_TRUE(memory.memoryBound);
  EXPECT_EQ(memory.level, "DRAM");
  EXPECT_DOUBLE_EQ(memory.bytes, 4.0 * (4096.0 * 4096 + 4096 + 4096));
  EXPECT_DOUBLE_EQ(memory.seconds, memory.bytes / 30e9);
  EXPECT_THAT(memory.words, HasSubstr("memory-bound"));
}

TEST(Roofline, ProgramsWithoutArithmeticHaveOne) {
  const Roofline copy = roofline(readProgram("def c(float(N) A) -> (C) { C(i) = A(i) }", {{"N", 1024}}),
                                 exampleHardwareSheet(), 1);
  EXPECT_TRUE(copy.memoryBound);
  EXPECT_DOUBLE_EQ(copy.seconds, 8192 / 400e9);
}

TEST(ProbeKernels, AssembleForOldAndNewMachines) {
  for (const char* cpu : {"x86-64", "haswell", "znver4", "sapphirerapids"}) {
    const auto target = targetFor(cpu);
    ASSERT_TRUE(target) << target.error().text();
    for (const ProbeKernel& kernel :
         {peakKernel(*target), fmaLatencyKernel(*target), clockKernel(), readKernel(*target)}) {
      const auto object = assemble(kernel.llvmIr, *target);
      EXPECT_TRUE(object) << cpu << ": " << object.error().text() << "\n" << kernel.llvmIr;
    }
  }
}

TEST(Hardware, IsMeasuredOnceAndRemembered) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / "espalier_hardware_cache";
  std::filesystem::remove_all(folder);
  ::setenv("XDG_CACHE_HOME", folder.c_str(), 1);
  auto worker = Worker::start();
  ASSERT_TRUE(worker) << worker.error().text();
  const auto sheet = hardwareSheet(**worker);
  ASSERT_TRUE(sheet) << sheet.error().text();
  // Nothing about speed, which depends on what else runs; only what must hold on any machine.
  EXPECT_GT(sheet->peakOneThread, 1e8);
  EXPECT_GE(sheet->peakAllThreads, sheet->peakOneThread);
  EXPECT_GT(sheet->clockGigahertz, 0.1);
  EXPECT_GT(sheet->fmaLatencyCycles, 0.5);
  EXPECT_EQ(sheet->launchSeconds > 0, sheet->cores > 1);
  EXPECT_EQ(sheet->levels.back().name, "DRAM");
  for (const MemoryLevel& level : sheet->levels) EXPECT_GT(level.bandwidthOneThread, 1e6) << level.name;
  const auto again = hardwareSheet(**worker);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(toJson(*again), toJson(*sheet));
  ::unsetenv("XDG_CACHE_HOME");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace espalier
