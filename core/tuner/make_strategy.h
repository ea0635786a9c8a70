// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "reasoning/proposer.h"
#include "search/problem.h"
#include "search/strategy.h"
#include "tuner/tune_options.h"

namespace espalier {

/// The options with what depends on the proposer decided; these are stored, so that a replay decides alike.
[[nodiscard]] TuneOptions resolved(TuneOptions options, const Proposer& proposer);
/// The strategy that checked and resolved options name.
[[nodiscard]] std::unique_ptr<SearchStrategy> makeStrategy(Problem& problem, const TuneOptions& options);

}  // namespace espalier
