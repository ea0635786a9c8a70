// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "cli/asking.h"
#include "cli/earlier_runs.h"
#include "cli/proposer_choice.h"
#include "cli/run_session.h"
#include "cli/session_view.h"
#include "cli/tuner_setup.h"
#include "cli/verbs.h"
#include "session/session_store.h"
#include "tensor_problem/tensor_problem.h"

namespace espalier::cli {
namespace {

/// What a session was begun with cannot change on the way.
template <class Value>
Result<void> keep(const char* option, const std::optional<Value>& wanted, const Value& begun,
                  const std::string& words) {
  if (!wanted || *wanted == begun) return {};
  return usageError(
      "The session was begun with " + std::string(option) + " " + words + ", which cannot change on the way.",
      "Leave the option out, or start a new session with `espalier-cli tune`.");
}

Result<void> checkUnchanged(const ResumeRequest& request, const TuneOptions& begun, int threads) {
  const SearchOptions& search = request.search;
  if (auto kept = keep("--strategy", search.strategy, begun.strategy, begun.strategy); !kept) return kept;
  if (auto kept = keep("--preset", search.preset, begun.preset, begun.preset); !kept) return kept;
  if (auto kept = keep("--selection", search.selection, begun.selection, begun.selection); !kept) return kept;
  if (auto kept = keep("--seed", search.seed, begun.seed, std::to_string(begun.seed)); !kept) return kept;
  return keep("--threads", request.kernel.threads, threads, std::to_string(threads));
}

}  // namespace

Result<ExitStatus> resume(const ResumeRequest& request, Console& console) {
  const auto view = readSessionView(request.session);
  if (!view) return tl::unexpected(view.error());
  auto begun = optionsOf(view->run());
  if (!begun) return tl::unexpected(begun.error());
  if (auto unchanged = checkUnchanged(request, *begun, view->run().problem.threads); !unchanged)
    return tl::unexpected(unchanged.error());
  SearchOptions search = withAskingOf(view->run(), request.search);
  search.preset = begun->preset;
  search.selection = begun->selection;
  auto options = tunerOptions(*begun, search);
  if (!options) return tl::unexpected(options.error());
  auto problem = tensorProblemFromIdentity(view->run().problem.identity);
  if (!problem) return tl::unexpected(problem.error());
  auto chosen = chooseProposer(search, **problem, view->fold.totals());
  if (!chosen) return tl::unexpected(chosen.error());
  if (search.from)
    if (auto taken = beginFrom(*search.from, **problem, *chosen, console); !taken)
      return tl::unexpected(taken.error());
  if (search.measurements) useMeasurements(*search.measurements, **problem, *chosen, console);
  auto setup = tunerSetup(*std::move(problem), search, *std::move(chosen), *std::move(options), [&request] {
    return SessionStore::open(request.session, SessionStore::Access::Write);
  });
  if (!setup) return tl::unexpected(setup.error());
  return runSession(*std::move(setup), view->fold, console);
}

}  // namespace espalier::cli
