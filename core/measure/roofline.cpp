// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/roofline.h"

#include <algorithm>
#include <cstdio>

#include "program/analysis.h"

namespace espalier {
namespace {

/// float64 arithmetic fills the units with half as many elements.
double elementFactor(const Program& program) {
  for (const BlockId id : blocksOf(program))
    if (program.buffer(program.block(id).output).type == DataType::Float64) return 0.5;
  return 1;
}

}  // namespace

Roofline roofline(const Program& initial, const HardwareSheet& sheet, int threads) {
  Roofline result;
  result.operations = operationCount(initial);
  result.bytes = compulsoryBytes(initial);
  const MemoryLevel& level = sheet.levelHolding(result.bytes, threads);
  const double peak = sheet.peak(threads) * elementFactor(initial);
  const double bandwidth = sheet.bandwidth(level, threads, result.bytes);
  const double computeSeconds = result.operations / peak;
  const double memorySeconds = result.bytes / bandwidth;
  result.memoryBound = memorySeconds > computeSeconds;
  result.seconds = std::max(memorySeconds, computeSeconds);
  result.operationsPerSecond = result.operations / result.seconds;
  result.level = level.name;

  char text[256];
  std::snprintf(
      text, sizeof text,
      "%s-bound: %.4g GFLOP at %.4g GFLOP/s take %.4g ms, %.4g MB from %s at %.4g GB/s take %.4g ms",
      result.memoryBound ? "memory" : "compute", result.operations / 1e9, peak / 1e9, computeSeconds * 1e3,
      result.bytes / 1e6, level.name.c_str(), bandwidth / 1e9, memorySeconds * 1e3);
  result.words = text;
  return result;
}

}  // namespace espalier
