// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/work_timeline.h"

#include <algorithm>
#include <utility>

namespace espalier::ui {

void WorkTimeline::append(std::span<const Event> events) {
  for (const Event& event : events) {
    WorkSpan span;
    span.sequence = event.sequence;
    if (const auto* proposal = std::get_if<ProposalArrived>(&event.body)) {
      span.node = proposal->node;
      span.failed = proposal->fallback;
      span.began = proposal->askedMilliseconds;
      span.ended = proposal->answeredMilliseconds;
      add(span);
    }
    if (const auto* built = std::get_if<BuildFinished>(&event.body)) {
      span.node = built->node;
      span.sample = built->sample;
      span.failed = built->failed;
      span.kind = WorkSpan::Kind::Build;
      span.began = built->buildBeganMilliseconds;
      const auto took = static_cast<std::int64_t>(built->seconds * 1e3);
      span.ended = span.began + took;
      add(span);
      span.kind = WorkSpan::Kind::Measure;
      span.failed = false;
      span.began = built->measureBeganMilliseconds;
      span.ended = built->measureEndedMilliseconds;
      add(span);
    }
  }
}

void WorkTimeline::add(WorkSpan span) {
  if (span.began <= 0 || span.ended < span.began) return;
  auto& lanes = busyUntil_[static_cast<std::size_t>(span.kind)];
  const auto free =
      std::find_if(lanes.begin(), lanes.end(), [&](std::int64_t until) { return until <= span.began; });
  span.lane = static_cast<std::uint32_t>(free - lanes.begin());
  if (free == lanes.end())
    lanes.push_back(span.ended);
  else
    *free = span.ended;
  spans_.push_back(span);
}

std::uint32_t WorkTimeline::lanes(WorkSpan::Kind kind) const {
  return std::max<std::uint32_t>(
      1, static_cast<std::uint32_t>(busyUntil_[static_cast<std::size_t>(kind)].size()));
}

void WorkTimeline::prepend(WorkTimeline earlier) {
  const std::vector<WorkSpan> own = std::exchange(spans_, {});
  const std::uint64_t last = earlier.spans_.empty() ? 0 : earlier.spans_.back().sequence;
  *this = std::move(earlier);
  for (const WorkSpan& span : own)
    if (span.sequence > last) add(span);
}

}  // namespace espalier::ui
