// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "cli/tuner_setup.h"

#include <utility>

#include "cli/asking.h"
#include "measure/hardware.h"

namespace espalier::cli {

Result<TunerSetup> tunerSetup(std::unique_ptr<TensorProblem> problem, const SearchOptions& search,
                              ChosenProposer chosen, TuneOptions options, const SessionOpener& open) {
  TensorProblem& tensor = *problem;
  options.host = toJson(tensor.sheet());
  auto scored = withScorer(std::move(problem), search);
  if (!scored) return tl::unexpected(scored.error());
  auto session = open();
  if (!session) return tl::unexpected(session.error());
  TunerSetup setup;
  setup.problem = *std::move(scored);
  setup.changeThreads = [&tensor](int threads) { return tensor.setThreads(threads); };
  setup.proposer = std::move(chosen.proposer);
  setup.measurements = std::move(chosen.measurements);
  setup.order = std::move(chosen.order);
  setup.commands = std::move(chosen.commands);
  setup.options = std::move(options);
  setup.session = *std::move(session);
  return setup;
}

}  // namespace espalier::cli
