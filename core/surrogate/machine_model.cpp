// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "surrogate/machine_model.h"

#include <algorithm>

#include "measure/hardware.h"

namespace espalier {

MachineModel machineModelOf(const HardwareSheet& sheet, int threads, double bytes) {
  MachineModel model;
  model.threads = std::max(1, threads);
  model.vectorBits = sheet.target.vectorBits;
  model.vectorRegisters = sheet.target.vectorRegisters;
  if (sheet.fmaLatencyCycles > 0) model.multiplyAddLatency = sheet.fmaLatencyCycles;
  if (sheet.peakOneThread > 0) {
    const double perInstruction = 2.0 * model.lanes(4);
    if (sheet.clockGigahertz > 0)
      model.multiplyAddsPerCycle =
          std::clamp(sheet.peakOneThread / (perInstruction * sheet.clockGigahertz * 1e9), 0.5, 4.0);
    // Cycles are those in which the measured peak comes out, whatever the clock did meanwhile.
    model.cycleSeconds = perInstruction * model.multiplyAddsPerCycle / sheet.peakOneThread;
  }
  if (model.vectorBits < 512) model.broadcastsPerCycle = model.loadsPerCycle;
  if (sheet.launchSeconds > 0) model.parallelLaunchSeconds = sheet.launchSeconds;
  if (!sheet.levels.empty()) {
    model.levels.clear();
    for (const MemoryLevel& level : sheet.levels) {
      MachineModel::Level entry;
      entry.name = level.name;
      const bool last = &level == &sheet.levels.back();
      if (!last) entry.bytes = static_cast<double>(level.bytes);
      entry.shared = last || level.sharedBy > 1;
      // The first level is indexed within a page; the next private ones have about sixteen ways.
      if (!entry.shared) entry.wayBytes = model.levels.empty() ? 4096 : entry.bytes / 16;
      if (level.bandwidthOneThread > 0) entry.bytesPerSecondOne = sheet.bandwidth(level, 1, bytes);
      entry.bytesPerSecondAll =
          std::max(entry.bytesPerSecondOne, sheet.bandwidth(level, model.threads, bytes));
      model.levels.push_back(entry);
    }
  }
  return model;
}

}  // namespace espalier
