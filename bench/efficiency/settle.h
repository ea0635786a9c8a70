// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "efficiency/layer.h"
#include "efficiency/study.h"

namespace espalier::bench {

/// Times the programs that led the runs once more, all of them in turns, and puts these times into the runs,
/// and the best of them into what is best known.
///
/// A run's best is the smallest of hundreds of times, so it is lucky, the more so the longer the run; and
/// runs are minutes apart, in which the clock of the machine moves. Turns take both away. Leaders that were
/// much slower than the fastest keep their time: no conclusion hangs on them. What was recorded in the store
/// stays as it is.
void settle(Layer& layer, Study::LayerRuns& runs);

}  // namespace espalier::bench
