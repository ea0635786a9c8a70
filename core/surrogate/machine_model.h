// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <string>
#include <vector>

namespace espalier {

struct HardwareSheet;

/// What the prior knows of a machine. The defaults are a plausible AVX2 core, so that a prior without host
/// facts still ranks programs.
struct MachineModel {
  /// A place that data can come from. Levels stand from the fastest (L1) to main memory, which has no size.
  struct Level {
    std::string name;
    double bytes = std::numeric_limits<double>::infinity();  ///< one instance of it
    double bytesPerSecondOne = 1e10;                         ///< read by one thread
    double bytesPerSecondAll = 1e10;                         ///< read by all threads in use together
    bool shared = false;                                     ///< one instance serves all threads
    double wayBytes = 0;  ///< addresses this far apart compete for the same lines; 0 = not known
  };

  int threads = 1;  ///< that parallel loops may use
  int vectorBits = 256;
  int vectorRegisters = 16;
  double cycleSeconds = 1.0 / 3.5e9;
  double multiplyAddsPerCycle = 2;  ///< vector instructions
  double multiplyAddLatency = 4;    ///< cycles
  double addLatency = 2;            ///< cycles from one addition or comparison to the next that waits for it
  double loadsPerCycle = 2;
  double broadcastsPerCycle = 1.9;  ///< loads of a scalar into all lanes; as fast as others on Zen 5
  double storesPerCycle = 1;
  double scalarFactor = 2;  ///< loads and stores of single elements issue that much faster than whole vectors
  double instructionsPerCycle = 5;
  double codeBytes = 32 * 1024;         ///< instruction cache
  double parallelLaunchSeconds = 6e-7;  ///< start and end of one parallel loop
  double reorderInstructions = 450;     ///< how far the core looks ahead
  double streamStartBytes =
      1.5 * 1024;             ///< what main memory could have sent until the prefetchers follow a new stream
  double conflictCycles = 9;  ///< for each line that competing rows evict before it is written back
  double prefetchStreams = 12;  ///< that the hardware prefetchers follow at a time
  std::vector<Level> levels = {
      {"L1", 32.0 * 1024, 2e11, 2e11, false, 4096},
      {"L2", 512.0 * 1024, 8e10, 8e10, false, 65536},
      {"L3", 16.0 * 1024 * 1024, 3e10, 3e10, true, 0},
      {"memory", std::numeric_limits<double>::infinity(), 1.2e10, 1.2e10, true, 0},
  };

  [[nodiscard]] int lanes(int bytesPerElement) const { return vectorBits / 8 / bytesPerElement; }
};

/// What a measured sheet says, with `threads` threads in use on tensors of `bytes` together. Facts that the
/// sheet lacks (zero) keep their defaults.
[[nodiscard]] MachineModel machineModelOf(const HardwareSheet& sheet, int threads, double bytes);

}  // namespace espalier
