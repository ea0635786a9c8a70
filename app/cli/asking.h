// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "cli/options.h"
#include "search/problem.h"
#include "session/session_fold.h"
#include "support/outcome.h"

namespace espalier::cli {

// Whom a run asks: proposer, models, limits and scorer, kept in the session so that it can go on with them.
// Keys are read from the environment each time and never kept.

/// As JSON, for TuneOptions::asking.
[[nodiscard]] std::string askingText(const SearchOptions& options);
/// What the command line says, and else what the session was begun with. A server on the command line
/// replaces server, profiles and model of the session, another proposer all of it.
[[nodiscard]] SearchOptions withAskingOf(const RunStarted& run, SearchOptions options);

/// The problem, scored by the program that the options name.
[[nodiscard]] Result<std::shared_ptr<Problem>> withScorer(std::shared_ptr<Problem> problem,
                                                          const SearchOptions& options);

}  // namespace espalier::cli
