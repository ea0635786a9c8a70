// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/console.h"
#include "cli/proposer_choice.h"

namespace espalier::cli {

/// --from: the surrogate learns what the session measured, and its best schedules, fitted to the sizes here,
/// are proposed first. What cannot be used is told; the error is about the file.
[[nodiscard]] Result<void> beginFrom(const std::string& session, TensorProblem& problem,
                                     ChosenProposer& chosen, Console& console);

/// --measurements: what the file holds is not measured again, what it lacks is added. A file that cannot be
/// used is told, and the run goes on without it.
void useMeasurements(const std::string& path, const TensorProblem& problem, ChosenProposer& chosen,
                     Console& console);

}  // namespace espalier::cli
