// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tuner/take_up_order.h"

#include <variant>

namespace espalier {

std::deque<TakenUp> takeUpOrder(std::span<const Event> events) {
  std::deque<TakenUp> order;
  for (const Event& event : events) {
    if (event.sequence == 0) continue;
    if (const auto* proposal = std::get_if<ProposalArrived>(&event.body))
      order.push_back({false, proposal->request});
    else if (const auto* sample = std::get_if<BuildFinished>(&event.body))
      order.push_back({true, static_cast<std::uint64_t>(sample->sample)});
  }
  return order;
}

}  // namespace espalier
