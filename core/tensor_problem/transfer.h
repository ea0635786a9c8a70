// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "search/problem.h"
#include "surrogate/xgboost_model.h"

namespace espalier {

class TensorProblem;

/// What an earlier search on another problem, for instance the same kernel of another size, can tell a new
/// one.
struct Transfer {
  /// Corrections of the prior, on the time scale of the new problem's roofline.
  std::vector<TrainingSample> samples;
  /// Whole schedules of the new problem's p0 in the steps of the earlier one's best, best first, each with
  /// what it stems from.
  struct Schedule {
    std::vector<std::string> items;
    std::string reasoning;
  };
  std::vector<Schedule> schedules;
};

/// `observations` were made on `earlier`. Tiles keep their inner factors, the outermost follows the new size;
/// steps that are not legal any more are left out. At most `schedules` of them, no two that lead to the same
/// program.
[[nodiscard]] Transfer transferFrom(const TensorProblem& earlier, std::span<const Observation> observations,
                                    const TensorProblem& problem, std::size_t schedules);

}  // namespace espalier
