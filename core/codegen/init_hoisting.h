// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "program/program.h"

namespace espalier {

/// The same program with the initialisation of reductions as blocks of their own, each just before the
/// outermost loop that carries the reduction, so that an accumulator is set once and then lives in a
/// register. A block keeps `initialises` where that is not possible: another block below that loop touches
/// its output, or one loop carries both a spatial and a reduction axis.
[[nodiscard]] Program hoistInitialisations(Program program);

}  // namespace espalier
