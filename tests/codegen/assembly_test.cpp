// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// What the machine code of fixed targets looks like.
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "codegen/compiler.h"
#include "codegen/program_tools.h"

namespace espalier::testing {
namespace {

/// The instructions of the loop with the most fused multiply-adds.
std::vector<std::string> reductionLoop(const std::string& assembly) {
  std::istringstream stream(assembly);
  std::vector<std::string> block;
  std::vector<std::string> best;
  std::size_t bestCount = 0;
  std::string label;
  std::size_t count = 0;
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with(".LBB")) {
      label = line.substr(0, line.find(':'));
      block.clear();
      count = 0;
      continue;
    }
    block.push_back(line);
    if (line.find("vfmadd") != std::string::npos) ++count;
    const bool back = line.find("\tj") != std::string::npos && line.ends_with(label);
    if (back && count > bestCount) {
      bestCount = count;
      best = block;
    }
  }
  return best;
}

std::size_t countOf(const std::vector<std::string>& lines, const std::string& text) {
  std::size_t count = 0;
  for (const std::string& line : lines)
    if (line.find(text) != std::string::npos) ++count;
  return count;
}

void expectRegisterTile(const std::string& cpu, Tile tile, const std::string& registerName,
                        std::size_t registers) {
  for (const auto& [rows, columns] : {std::pair<std::int64_t, std::int64_t>{24, 256}, {25, 250}}) {
    const Program program = tiledMatmul(rows, columns, 64, tile);
    const std::string assembly = assemblyText(program, *targetFor(cpu), {}).value();
    const std::vector<std::string> loop = reductionLoop(assembly);
    EXPECT_EQ(countOf(loop, "vfmadd"), registers) << cpu;
    EXPECT_GE(countOf(loop, registerName), registers) << cpu;
    EXPECT_EQ(countOf(loop, "rsp"), 0U) << cpu << ": accumulators are spilled";
    // One load a vector of B, and no store: the accumulators stay in registers.
    EXPECT_EQ(countOf(loop, "vmovaps") + countOf(loop, "vmovups"),
              registers / static_cast<std::size_t>(tile.rows))
        << cpu;
  }
}

TEST(Assembly, registerTileOnAvx512HasNoSpill) { expectRegisterTile("znver4", {6, 64}, "%zmm", 24); }

TEST(Assembly, registerTileOnAvx2HasNoSpill) { expectRegisterTile("haswell", {6, 16}, "%ymm", 12); }

TEST(Assembly, accumulatorsInPlaceLeaveTheReductionLoop) {
  // No register buffer here: the tile of C itself is the accumulator.
  Program program = matmul(24, 256, 64);
  const auto [m0, m1] = split(program, loopNamed(program, "m"), 6);
  const auto [n0, n1] = split(program, loopNamed(program, "n"), 64);
  reorder(program, {m0, n0, loopNamed(program, "k"), m1, n1});
  setKind(program, m1, LoopKind::Unrolled);
  setKind(program, n1, LoopKind::Vectorized);
  const std::vector<std::string> loop =
      reductionLoop(assemblyText(program, *targetFor("znver4"), {}).value());
  EXPECT_EQ(countOf(loop, "vfmadd"), 24U);
  EXPECT_EQ(countOf(loop, "rsp"), 0U);
  EXPECT_EQ(countOf(loop, "vmovups") + countOf(loop, "vmovaps"), 4U);
}

TEST(Assembly, scalarReductionKeepsItsSumInARegister) {
  const std::vector<std::string> loop =
      reductionLoop(assemblyText(matmul(8, 8, 64), *targetFor("znver4"), {}).value());
  EXPECT_EQ(countOf(loop, "vfmadd"), 1U);
  for (const std::string& line : loop)
    EXPECT_FALSE(line.find("vmovss") != std::string::npos && line.ends_with(")")) << line;
}

/// Requests in the code of a nest whose 16 steps of k read 16 rows of 64 floats, 64 lines, in two passes.
std::size_t requestsOfTwoPasses(LoopKind passes) {
  Program program = matmul(2, 64, 64);
  const auto [k0, k1] = split(program, loopNamed(program, "k"), 16);
  const LoopId m = loopNamed(program, "m");
  const LoopId n = loopNamed(program, "n");
  reorder(program, {k0, m, k1, n});
  setKind(program, m, passes);
  setKind(program, n, LoopKind::Vectorized);
  program.loop(k0).prefetches.push_back({*program.findBuffer("B"), 2});
  const std::string assembly = assemblyText(program, *targetFor("znver4"), {}).value();
  std::size_t requests = 0;
  for (std::size_t at = assembly.find("prefetcht0"); at != std::string::npos;
       at = assembly.find("prefetcht0", at + 1))
    ++requests;
  return requests;
}

TEST(Assembly, prefetchAsksForEveryLineOnce) {
  // 2 x 16 steps ask for two lines each.
  EXPECT_EQ(requestsOfTwoPasses(LoopKind::Serial), 2U);
  // Written out, each pass has its own code and asks for its own half.
  EXPECT_EQ(requestsOfTwoPasses(LoopKind::Unrolled), 4U);
}

TEST(Assembly, strictDoesNotContract) {
  const std::string assembly =
      assemblyText(matmul(8, 8, 64), *targetFor("znver4"), {Pipeline::Strict, "k"}).value();
  EXPECT_EQ(assembly.find("vfmadd"), std::string::npos);
}

TEST(Assembly, otherTriples) {
  const Target arm = *targetFor("neoverse-n1", "aarch64-linux-gnu");
  EXPECT_EQ(arm.vectorBits, 128);
  const std::string assembly = assemblyText(tiledMatmul(24, 64, 16, {4, 16}), arm, {}).value();
  EXPECT_NE(assembly.find("fmla"), std::string::npos);
}

TEST(Target, unknownNamesAreErrorsWithNearNames) {
  const Result<Target> target = targetFor("znver44");
  ASSERT_FALSE(target.has_value());
  EXPECT_NE(target.error().text().find("znver4"), std::string::npos);
  EXPECT_FALSE(targetFor("znver4", "pdp11-unknown-none").has_value());
}

TEST(Target, vectorsOfKnownProcessors) {
  EXPECT_EQ(targetFor("znver4")->vectorBits, 512);
  EXPECT_EQ(targetFor("znver4")->vectorRegisters, 32);
  EXPECT_EQ(targetFor("haswell")->vectorBits, 256);
  EXPECT_EQ(targetFor("haswell")->vectorRegisters, 16);
  EXPECT_EQ(targetFor("x86-64")->vectorBits, 128);
  EXPECT_FALSE(hostTarget().cpu.empty());
}

}  // namespace
}  // namespace espalier::testing
