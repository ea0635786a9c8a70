// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "cli/options.h"
#include "reasoning/proposer.h"
#include "session/session_fold.h"
#include "support/outcome.h"
#include "tensor_problem/tensor_problem.h"
#include "tuner/measurement_store.h"
#include "tuner/recorded_commands.h"
#include "tuner/take_up_order.h"

namespace espalier::cli {

/// The proposer that the options ask for. `auto` is the LLM where a server, a model or a profile is named,
/// else the rules. `problem` outlives it. Replaying a session also gives its measurements, the order in which
/// it took up results, and the commands that it obeyed. What the session spent `earlier` counts against the
/// limits.
struct ChosenProposer {
  std::unique_ptr<Proposer> proposer;
  MeasurementStore measurements;
  std::deque<TakenUp> order;
  std::deque<RecordedCommand> commands;
};
[[nodiscard]] Result<ChosenProposer> chooseProposer(const SearchOptions& options,
                                                    const TensorProblem& problem,
                                                    const RunTotals& earlier = {});

}  // namespace espalier::cli
