// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/work_timeline.h"

#include <algorithm>

namespace espalier::ui {
namespace {

constexpr std::size_t kMostLanes = 0xffff;

}  // namespace

void WorkTimeline::take(const SessionDigest& digest, std::size_t to) {
  for (; taken_ < to; ++taken_) note(digest.entry(taken_));
}

void WorkTimeline::note(const DigestEntry& entry) {
  WorkSpan span;
  span.node = entry.node;
  span.entry = static_cast<std::uint32_t>(taken_);
  const DigestSpan times = entry.span();
  switch (entry.kind) {
    case DigestKind::ProposalArrived:
      span.failed = entry.has(kDigestFallback);
      span.began = times.began;
      span.ended = times.ended;
      return add(span);
    case DigestKind::BuildFinished:
      span.kind = WorkSpan::Kind::Build;
      span.failed = !entry.has(kDigestValid);
      span.began = times.began;
      // A candidate that is built may have to wait for the hardware.
      span.ended =
          entry.buildSeconds() > 0
              ? std::min(times.middle, times.began + static_cast<std::int64_t>(entry.buildSeconds() * 1e3F))
              : times.middle;
      add(span);
      span.kind = WorkSpan::Kind::Measure;
      span.failed = false;
      span.began = times.middle;
      span.ended = times.ended;
      return add(span);
    case DigestKind::SampleMeasured:
      // Its build was told just before.
      for (auto last = spans_.rbegin(); last != spans_.rend() && last->entry + 1 == taken_; ++last)
        if (last->node == entry.node) last->sample = entry.sample();
      return;
    default: return;
  }
}

void WorkTimeline::add(WorkSpan span) {
  if (span.began <= 0 || span.ended < span.began) return;
  auto& lanes = lanes_[static_cast<std::size_t>(span.kind)];
  auto free = std::find_if(lanes.begin(), lanes.end(),
                           [&](const auto& lane) { return spans_[lane.back()].ended <= span.began; });
  if (free == lanes.end()) {
    if (lanes.size() == kMostLanes) return;
    free = lanes.emplace(lanes.end());
  }
  span.lane = static_cast<std::uint16_t>(free - lanes.begin());
  free->push_back(static_cast<std::uint32_t>(spans_.size()));
  spans_.push_back(span);
}

std::size_t WorkTimeline::spansUntil(std::size_t entries) const {
  const auto after =
      std::lower_bound(spans_.begin(), spans_.end(), entries,
                       [](const WorkSpan& span, std::size_t entry) { return span.entry < entry; });
  return static_cast<std::size_t>(after - spans_.begin());
}

std::uint32_t WorkTimeline::lanes(WorkSpan::Kind kind) const {
  return std::max<std::uint32_t>(1,
                                 static_cast<std::uint32_t>(lanes_[static_cast<std::size_t>(kind)].size()));
}

std::span<const std::uint32_t> WorkTimeline::lane(WorkSpan::Kind kind, std::uint32_t number) const {
  const auto& lanes = lanes_[static_cast<std::size_t>(kind)];
  return number < lanes.size() ? std::span<const std::uint32_t>(lanes[number])
                               : std::span<const std::uint32_t>();
}

}  // namespace espalier::ui
