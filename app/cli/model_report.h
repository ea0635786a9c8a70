// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "cli/options.h"

namespace espalier::cli {

/// Whether there is a key, and whether the server that was named answers.
[[nodiscard]] nlohmann::json modelReport(const DoctorOptions& options);

}  // namespace espalier::cli
