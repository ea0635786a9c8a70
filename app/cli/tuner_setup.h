// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "cli/options.h"
#include "cli/proposer_choice.h"
#include "session/session_store.h"
#include "support/outcome.h"
#include "tensor_problem/tensor_problem.h"
#include "tuner/tuner.h"

namespace espalier::cli {

using SessionOpener = std::function<Result<std::unique_ptr<SessionStore>>()>;

/// What a search needs, of its problem and what was chosen for it; the machine's sheet goes into the options.
/// Opens the session last, so that a search that cannot begin leaves no file behind.
[[nodiscard]] Result<TunerSetup> tunerSetup(std::unique_ptr<TensorProblem> problem,
                                            const SearchOptions& search, ChosenProposer chosen,
                                            TuneOptions options, const SessionOpener& open);

}  // namespace espalier::cli
