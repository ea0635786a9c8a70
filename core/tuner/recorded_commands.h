// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <span>

#include "session/event.h"

namespace espalier {

/// What a person asked of a run that is replayed, and when.
struct RecordedCommand {
  std::size_t after = 0;  ///< so many events of progress had happened
  Command command;
};

/// Whether an event tells how far a search has come. Not what comes from outside it: commands, pauses,
/// notices, and the beginnings and ends of runs.
[[nodiscard]] bool tellsProgress(const EventBody& body);

/// The commands that a session's runs obeyed, in order. A pause after a step counts as progress, one that was
/// asked for does not. What ended a run that was gone on with later is left out, and no pause lasts beyond a
/// run's events, so that a replay without anybody at it never waits.
[[nodiscard]] std::deque<RecordedCommand> recordedCommands(std::span<const Event> events);

}  // namespace espalier
