// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codegen/target.h"
#include "support/outcome.h"

namespace espalier {

class Worker;

/// Reading so many bytes over and over, in bytes a second.
struct ReadRate {
  std::int64_t bytes = 0;
  double oneThread = 0;
  double allThreads = 0;  ///< the threads together
};

/// A level of the memory of a machine with the read bandwidth measured on it.
struct MemoryLevel {
  std::string name;                ///< "L1", "L2", "L3", "DRAM"
  std::int64_t bytes = 0;          ///< size of one instance; for DRAM the physical memory
  int sharedBy = 1;                ///< cores that share one instance
  double bandwidthOneThread = 0;   ///< bytes a second; for DRAM with data of four times the last cache
  double bandwidthAllThreads = 0;  ///< bytes a second, the threads together
  /// DRAM alone, smallest first: of what is a few times larger than the last cache, a part is still there
  /// when it is read again. Empty in sheets that were written before this was measured.
  std::vector<ReadRate> rates;
};

/// What a worker's machine is and what it was measured to do.
struct HardwareSheet {
  std::string cpu;            ///< as the machine calls itself, for instance `AMD EPYC`
  Target target;              ///< as LLVM calls it
  int cores = 1;              ///< cores that the worker may use
  double clockGigahertz = 0;  ///< under a dependent chain of one-cycle instructions
  double fmaLatencyCycles = 0;
  double peakOneThread = 0;  ///< float32 operations a second, an FMA is two
  double peakAllThreads = 0;
  double launchSeconds = 0;  ///< start and end of a loop that all cores share; 0 = not measured
  std::vector<MemoryLevel> levels;  ///< smallest first, DRAM last
  std::string measuredAt;           ///< UTC, `2026-11-20T09:40:00Z`

  /// float32 operations a second with that many threads (1 … cores).
  [[nodiscard]] double peak(int threads) const;
  /// Bytes a second at which `threads` threads read `bytes` over and over from a level.
  [[nodiscard]] double bandwidth(const MemoryLevel& level, int threads, double bytes) const;
  /// The smallest level that holds that many bytes for the threads in use.
  [[nodiscard]] const MemoryLevel& levelHolding(double bytes, int threads) const;
};

/// For files and `doctor --json`; numbers come back equal up to their last digit.
[[nodiscard]] std::string toJson(const HardwareSheet& sheet);
[[nodiscard]] Result<HardwareSheet> hardwareSheetFromJson(std::string_view text);

/// Measures the worker's machine: a few seconds.
[[nodiscard]] Result<HardwareSheet> measureHardware(Worker& worker);

/// The sheet of the worker's machine from the cache ($XDG_CACHE_HOME/espalier or ~/.cache/espalier), measured
/// first if there is none or `again`; then the better figures of both measurements count. A cache that cannot
/// be written is no error.
[[nodiscard]] Result<HardwareSheet> hardwareSheet(Worker& worker, bool again = false);

/// A fixed, plausible sheet (two AVX-512 cores) for tests and for what must not depend on the machine.
[[nodiscard]] HardwareSheet exampleHardwareSheet();

}  // namespace espalier
