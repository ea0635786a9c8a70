// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/console.h"
#include "cli/exit_status.h"
#include "cli/options.h"
#include "support/outcome.h"

namespace espalier::cli {

// The verbs of espalier-cli, one source file each. They print their result and answer the exit status; the
// error is printed by the caller.

[[nodiscard]] Result<ExitStatus> listWorkloads(Console& console);
[[nodiscard]] Result<ExitStatus> tune(const TuneRequest& request, Console& console);
[[nodiscard]] Result<ExitStatus> resume(const ResumeRequest& request, Console& console);
[[nodiscard]] Result<ExitStatus> show(const NodeOptions& options, Console& console);
[[nodiscard]] Result<ExitStatus> exportNode(const ExportOptions& options, Console& console);
[[nodiscard]] Result<ExitStatus> measureTrace(const MeasureOptions& options, Console& console);
[[nodiscard]] Result<ExitStatus> compareSessions(const CompareOptions& options, Console& console);
[[nodiscard]] Result<ExitStatus> doctor(const DoctorOptions& options, Console& console);

}  // namespace espalier::cli
