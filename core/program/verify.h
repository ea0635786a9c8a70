// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "program/program.h"

namespace espalier {

/// The first broken invariant of the program in words, or nothing. A broken program is a bug of ours, never of a
/// user: tests and debug builds call this after every transformation.
[[nodiscard]] std::optional<std::string> brokenInvariant(const Program& program);

}  // namespace espalier
