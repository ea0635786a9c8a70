// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "cli/earlier_runs.h"
#include "cli/proposer_choice.h"
#include "cli/run_session.h"
#include "cli/session_view.h"
#include "cli/tensor_problem_choice.h"
#include "cli/tuner_setup.h"
#include "cli/verbs.h"
#include "cli/workload_choice.h"
#include "session/session_store.h"

namespace espalier::cli {
namespace {

/// NAME.espalier in this folder, NAME-2.espalier if that exists, and so on.
std::string freeSessionName(const std::string& workload) {
  std::string name = workload + ".espalier";
  for (int number = 2; std::filesystem::exists(name); ++number)
    name = workload + "-" + std::to_string(number) + ".espalier";
  return name;
}

}  // namespace

Result<ExitStatus> tune(const TuneRequest& request, Console& console) {
  const SearchOptions& search = request.search;
  auto start = startingPoint(search);
  if (!start) return tl::unexpected(start.error());
  auto options = tunerOptions(start->options, search);
  if (!options) return tl::unexpected(options.error());
  auto workload = loadWorkload(request.workload);
  if (!workload) return tl::unexpected(workload.error());
  if (search.session && std::filesystem::exists(*search.session))
    return inputError(*search.session + " exists already.",
                      "Go on with it by `espalier-cli resume`, or name another file.");
  KernelOptions kernel = request.kernel;
  if (!kernel.threads) kernel.threads = start->threads;
  auto problem = openTensorProblem(std::move(*workload), kernel, options->seed, std::move(start->sheet));
  if (!problem) return tl::unexpected(problem.error());
  auto chosen = chooseProposer(search, **problem);
  if (!chosen) return tl::unexpected(chosen.error());
  if (search.from)
    if (auto taken = beginFrom(*search.from, **problem, *chosen, console); !taken)
      return tl::unexpected(taken.error());
  if (search.measurements) useMeasurements(*search.measurements, **problem, *chosen, console);
  const std::string path = search.session.value_or(freeSessionName((*problem)->info().name));
  auto setup = tunerSetup(*std::move(problem), search, *std::move(chosen), *std::move(options),
                          [&path] { return SessionStore::create(path); });
  if (!setup) return tl::unexpected(setup.error());
  return runSession(*std::move(setup), SessionFold{}, console);
}

}  // namespace espalier::cli
