// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace espalier {

/// One measured program.
struct TrainingSample {
  std::vector<float> features;  ///< of featureRow
  double priorSeconds = 0;
  double seconds = 0;   ///< measured; of a failed candidate ignored
  bool failed = false;  ///< taught as several times slower than the slowest success
};

/// A failed candidate counts as this much slower than the slowest success.
inline constexpr double kFailureFactor = 4;

/// A correction of the prior, with how sure it is.
struct Correction {
  double logRatio = 0;     ///< ln(seconds / prior seconds)
  double uncertainty = 0;  ///< standard deviation of logRatio
};

}  // namespace espalier
