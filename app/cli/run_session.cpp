// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "cli/run_session.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "cli/asking.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "cli/session_view.h"
#include "cli/summary.h"

namespace espalier::cli {
namespace {

constexpr std::chrono::milliseconds kLookForInterrupt{20};

/// Waits for the end of the run; a signal asks it to end early.
Result<TuneResult> waitFor(Tuner& tuner) {
  bool asked = false;
  while (tuner.running()) {
    if (InterruptGuard::requested() && !asked) {
      tuner.requestStop();
      asked = true;
    }
    std::this_thread::sleep_for(kLookForInterrupt);
  }
  return tuner.wait();
}

}  // namespace

Result<TuneOptions> tunerOptions(TuneOptions base, const SearchOptions& options) {
  const auto take = [](auto& to, const auto& from) {
    if (from) to = static_cast<std::remove_reference_t<decltype(to)>>(*from);
  };
  take(base.samples, options.samples);
  take(base.seed, options.seed);
  take(base.strategy, options.strategy);
  take(base.preset, options.preset);
  take(base.timeLimitSeconds, options.timeLimit);
  take(base.historyDepth, options.historyDepth);
  take(base.selection, options.selection);
  take(base.branching, options.branching);
  take(base.exploration, options.exploration);
  base.asking = askingText(options);
  base.software = "espalier-cli " ESPALIER_VERSION;
  if (auto checked = check(base); !checked) return tl::unexpected(checked.error());
  return base;
}

Result<ExitStatus> runSession(TunerSetup setup, const SessionFold& before, Console& console) {
  const std::string path = setup.session->path().string();
  ProgressPrinter progress(console, setup.problem->info().operations, before);
  setup.sink = [&](std::span<const Event> events) {
    for (const Event& event : events) progress.tell(event);
  };
  const InterruptGuard guard;
  Tuner tuner(std::move(setup));
  tuner.start();
  const auto result = waitFor(tuner);
  if (!result) return tl::unexpected(result.error());

  const auto session = readSessionView(path);
  if (!session) return tl::unexpected(session.error());
  const Summary summary = summaryOf(*session);
  if (console.json) {
    console.printJson(asJson(summary));
  } else {
    console.print(inWords(summary));
  }
  if (InterruptGuard::requested()) return ExitStatus::Interrupted;
  return summary.result.bestNode == kNoNode ? ExitStatus::NothingValid : ExitStatus::Done;
}

}  // namespace espalier::cli
