// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "exporting/exporting.h"
#include "session/session_fold.h"

namespace espalier {

/// One line a sample: sample, node, best_ms, speedup, elapsed_seconds, tokens, cost_usd. RFC 4180, a header
/// line first.
[[nodiscard]] std::string curveCsv(const SessionFold& session);

/// The node: workload with its text and sizes, program before and after, trace, and, with a session,
/// reasoning, measurements with all repeats, and the run's result. One JSON object.
[[nodiscard]] std::string nodeJson(const ExportRequest& request);

}  // namespace espalier
