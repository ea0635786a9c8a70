// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codegen/lowered.h"
#include "codegen/target.h"
#include "program/program.h"
#include "support/outcome.h"

namespace espalier {

/// Lowers a program whose initialisations were hoisted. Guards cost nothing where they can be decided: a loop
/// that occurs in guards is cut into the values for which each guard surely holds, surely fails, or depends,
/// and each part is lowered for itself. What stays undecided becomes a branch or a mask. The error: too much
/// code.
[[nodiscard]] Result<LoweredProgram> lower(const Program& program, const Target& target);

}  // namespace espalier
