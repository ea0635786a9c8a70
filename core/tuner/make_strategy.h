// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "search/problem.h"
#include "search/strategy.h"
#include "tuner/tune_options.h"

namespace espalier {

/// The strategy that checked options name.
[[nodiscard]] std::unique_ptr<SearchStrategy> makeStrategy(Problem& problem, const TuneOptions& options);

}  // namespace espalier
