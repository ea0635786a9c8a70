// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ctime>

#include <cstdlib>

namespace espalier::fuzz {

/// Ends the fuzzer, which keeps the input, if something does not hold.
inline void require(bool holds) {
  if (!holds) std::abort();
}

/// Processor seconds of this thread: what others do on the machine does not count.
inline double processorSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Runs `act`, and demands that it takes no longer than `seconds`. A slow run is repeated: fresh pages and
/// evicted caches are not the code's fault.
template <class Act>
void requireWithin(double seconds, Act act) {
  constexpr int kTries = 5;
  double taken = 0;
  for (int i = 0; i < kTries; ++i) {
    const double begin = processorSeconds();
    act();
    taken = processorSeconds() - begin;
    if (taken <= seconds) return;
  }
  require(taken <= seconds);
}

/// Bound of the time for one input, sanitizers included.
inline constexpr double kSeconds = 0.010;

}  // namespace espalier::fuzz
