// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace espalier::cli {

/// espalier-cli: parses, runs the verb, answers the exit status.
[[nodiscard]] int runCommandLine(int argc, char** argv);

}  // namespace espalier::cli
