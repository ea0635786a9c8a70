// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/options.h"
#include "support/outcome.h"
#include "workload/workload.h"

namespace espalier::cli {

/// The named layer, or the kernel of the file: what has a `/` or ends in `.tc` is a file.
[[nodiscard]] Result<Workload> loadWorkload(const WorkloadOptions& options);

/// `M=64` entries; an error for what is no name, no number, or given twice.
[[nodiscard]] Result<std::map<std::string, std::int64_t>> parseSizes(const std::vector<std::string>& sizes);

}  // namespace espalier::cli
