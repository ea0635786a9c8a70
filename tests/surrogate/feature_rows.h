// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "surrogate/training_sample.h"

namespace espalier::testing {

/// What a model is asked about: the features of the samples.
inline std::vector<std::vector<float>> rowsOf(const std::vector<TrainingSample>& samples) {
  std::vector<std::vector<float>> rows;
  for (const TrainingSample& sample : samples) rows.push_back(sample.features);
  return rows;
}

}  // namespace espalier::testing
