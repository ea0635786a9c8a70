// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace espalier {

/// One measured program.
struct TrainingSample {
  std::vector<float> features;  ///< of featureRow
  double priorSeconds = 0;
  double seconds = 0;  ///< measured; of a failed candidate ignored
  bool failed = false;
};

/// Seconds that each sample is learnt with: a failed candidate as several times slower than the slowest
/// success. Empty where nothing succeeded.
[[nodiscard]] std::vector<double> taughtSeconds(std::span<const TrainingSample> samples);

/// A correction of the prior, with how sure it is.
struct Correction {
  double logRatio = 0;     ///< ln(seconds / prior seconds)
  double uncertainty = 0;  ///< standard deviation of logRatio
};

}  // namespace espalier
