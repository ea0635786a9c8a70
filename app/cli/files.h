// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "support/outcome.h"

namespace espalier::cli {

/// The whole content of a text file of the user, at most 64 MB; `what` it should be appears in the error.
[[nodiscard]] Result<std::string> readTextFile(const std::string& path, const std::string& what);

}  // namespace espalier::cli
