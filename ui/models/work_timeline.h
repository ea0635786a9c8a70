// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "session/event.h"

namespace espalier::ui {

/// A stretch of time in which something was worked on.
struct WorkSpan {
  enum class Kind : std::uint8_t { Propose, Build, Measure };
  Kind kind = Kind::Propose;
  bool failed = false;
  NodeId node = kNoNode;
  int sample = 0;              ///< 0 for proposals
  std::int64_t began = 0;      ///< milliseconds since 1970
  std::int64_t ended = 0;      ///< not before `began`
  std::uint64_t sequence = 0;  ///< of the event that tells of it
  std::uint32_t lane = 0;      ///< among those of its kind, so that none overlap
};

/// When was proposed, built and measured: a fold over events.
class WorkTimeline {
 public:
  void append(std::span<const Event> events);
  /// Puts what happened before in front: spans of both that come from the same events are counted once.
  void prepend(WorkTimeline earlier);

  /// In the order of their events.
  [[nodiscard]] const std::vector<WorkSpan>& spans() const { return spans_; }
  /// Lanes that a kind needs; at least 1.
  [[nodiscard]] std::uint32_t lanes(WorkSpan::Kind kind) const;

 private:
  void add(WorkSpan span);

  std::vector<WorkSpan> spans_;
  std::vector<std::int64_t> busyUntil_[3];  ///< of each lane of a kind
};

}  // namespace espalier::ui
