// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "session/event.h"

namespace espalier {

/// How asking, building and measuring overlapped in a session: all its runs together, pauses left out. In
/// seconds.
struct Timeline {
  double search =
      0;  ///< from the first proposal asked for, or candidate built, to the last measurement of a run
  double asking = 0;     ///< of all calls of models together; more than `search` where several were in flight
  double working = 0;    ///< something was built or measured
  double measuring = 0;  ///< of that, something was measured
  double candidates =
      0;  ///< a candidate was there: proposed (as soon as the answer was complete) and not yet measured
  double idle = 0;  ///< of that, nothing was built or measured
  /// Share of the time with candidates in which the hardware did nothing.
  [[nodiscard]] double idleShare() const { return candidates > 0 ? idle / candidates : 0; }
  [[nodiscard]] double callsInFlight() const { return search > 0 ? asking / search : 0; }
};

/// Nothing is measured in a replay that takes all measurements from a recording; `working` is 0 then.
[[nodiscard]] Timeline timelineOf(std::span<const Event> events);

}  // namespace espalier
