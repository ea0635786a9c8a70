// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "surrogate/prior.h"

namespace espalier {

/// Fills in `bound` and `words` from the blocks of an estimate.
void explain(const Program& program, const MachineModel& machine, Estimate& result);

}  // namespace espalier
