// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/outcome.h"

namespace espalier::cli {

/// What espalier-cli ends with.
enum class ExitStatus {
  Done = 0,
  NothingValid = 1,  ///< it ran, but nothing valid was measured
  Usage = 2,
  Input = 3,
  Environment = 4,
  Bug = 70,           ///< our fault; the message asks for a report
  Interrupted = 130,  ///< Ctrl-C, after everything was closed cleanly
};

[[nodiscard]] constexpr ExitStatus exitStatusOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Usage: return ExitStatus::Usage;
    case ErrorKind::Input: return ExitStatus::Input;
    case ErrorKind::Environment: return ExitStatus::Environment;
  }
  return ExitStatus::Bug;
}

}  // namespace espalier::cli
