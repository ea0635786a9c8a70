// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "program/program.h"
#include "support/random.h"
#include "transform/refusal.h"
#include "transform/step.h"

namespace espalier {

/// A trace with what it leads to.
struct Replayed {
  Trace trace;
  Program program;
};

/// Puts another step in one place of a trace and replays it from p0. The refusal names the first step that no
/// longer fits.
[[nodiscard]] Outcome<Replayed> replaceStep(const Program& initial, const Trace& trace, std::size_t place,
                                            const Step& step);

/// Decides again about a loop that the trace has tiled: replaces the factors of the last TileSize of the same
/// block and loop by those of `tile` and replays. Omitted factors are drawn, as many as there were. Another
/// number of factors is refused, since later steps name the parts; so is a loop that the trace has not tiled.
[[nodiscard]] Outcome<Replayed> redecideTile(const Program& initial, const Trace& trace, const Step& tile,
                                             Random& random);

}  // namespace espalier
