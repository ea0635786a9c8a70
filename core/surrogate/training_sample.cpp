// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "surrogate/training_sample.h"

#include <algorithm>

namespace espalier {

std::vector<double> taughtSeconds(std::span<const TrainingSample> samples) {
  constexpr double kFailureFactor = 4;
  double slowest = 0;
  for (const TrainingSample& sample : samples)
    if (!sample.failed) slowest = std::max(slowest, sample.seconds);
  std::vector<double> seconds;
  if (slowest <= 0) return seconds;
  for (const TrainingSample& sample : samples)
    seconds.push_back(sample.failed ? slowest * kFailureFactor : sample.seconds);
  return seconds;
}

}  // namespace espalier
