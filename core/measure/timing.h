// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

namespace espalier {

/// How a kernel is timed. One repeat is as many executions as last `minimumRepeatSeconds`; a slow kernel is
/// one execution a repeat.
struct TimingOptions {
  int repeats = 20;  ///< at most
  double minimumRepeatSeconds = 1.5e-3;
  double budgetSeconds = 0.1;   ///< for the repeats together; the first one is always made
  double stopAboveSeconds = 0;  ///< stop after the first repeat if it is slower than this; 0 = never
};

struct Timing {
  std::vector<double> repeats;  ///< seconds of one execution, in order
  std::vector<double> beside;   ///< of the kernel beside it, interleaved: A B B A …
  int inner = 1;                ///< executions a repeat
  bool stoppedEarly = false;
};

/// Runs and times; `beside` may be empty. `clock` answers monotonic seconds.
[[nodiscard]] Timing timeKernel(const TimingOptions& options, const std::function<void()>& kernel,
                                const std::function<void()>& beside, const std::function<double()>& clock);

/// Share `quantile` (0 … 1) of the values are at or below the answer; linear between ranks. 0 for no values.
[[nodiscard]] double quantileOf(std::vector<double> values, double quantile);

/// What candidates are ranked by: the 20 % quantile of the repeats.
[[nodiscard]] double rankingSeconds(const std::vector<double>& repeats);

/// Relative spread of repeats around the ranking statistic: (median − 20 % quantile) / 20 % quantile.
[[nodiscard]] double noiseOf(const std::vector<double>& repeats);

}  // namespace espalier
