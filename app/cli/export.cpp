// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "cli/verbs.h"

namespace espalier::cli {

Result<ExitStatus> exportNode(const ExportOptions&, Console&) {
  return environmentError("This verb is not built yet.");
}

}  // namespace espalier::cli
