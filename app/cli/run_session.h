// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/console.h"
#include "cli/options.h"
#include "session/session_fold.h"
#include "support/outcome.h"
#include "tuner/tuner.h"

namespace espalier::cli {

/// Options of a run: `base` with what the command line says. The error names what is out of range.
[[nodiscard]] Result<TuneOptions> tunerOptions(TuneOptions base, const SearchOptions& options);

/// Runs to the end or to Ctrl-C with a line of progress for every sample, prints the result and answers the
/// exit status. `before` is what the session holds already.
[[nodiscard]] Result<ExitStatus> runSession(TunerSetup setup, const SessionFold& before, Console& console);

}  // namespace espalier::cli
