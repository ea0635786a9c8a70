// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <span>

#include "session/event.h"

namespace espalier {

/// A result that a run took up: a proposal or a sample.
struct TakenUp {
  bool sample = false;
  std::uint64_t number = 0;  ///< of the request or the sample
  bool operator==(const TakenUp&) const = default;
};

/// In which order a run took up its results. A replay that keeps to it decides alike, also where the run took
/// answers as they came.
[[nodiscard]] std::deque<TakenUp> takeUpOrder(std::span<const Event> events);

}  // namespace espalier
