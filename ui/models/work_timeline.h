// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "session/session_digest.h"

namespace espalier::ui {

/// A stretch of time in which something was worked on.
struct WorkSpan {
  enum class Kind : std::uint8_t { Propose, Build, Measure };
  std::int64_t began = 0;  ///< milliseconds since 1970
  std::int64_t ended = 0;  ///< not before `began`
  NodeId node = kNoNode;
  std::uint32_t entry = 0;  ///< of the digest, that tells of it
  std::int32_t sample = 0;  ///< 0 for proposals, and as long as its outcome is not known
  std::uint16_t lane = 0;   ///< among those of its kind, so that none overlap
  Kind kind = Kind::Propose;
  bool failed = false;
};

/// When was proposed, built and measured: a fold over a digest.
class WorkTimeline {
 public:
  /// Takes over the entries after those taken before, up to `to`.
  void take(const SessionDigest& digest, std::size_t to);
  /// Entries taken.
  [[nodiscard]] std::size_t taken() const { return taken_; }

  /// In the order of their entries.
  [[nodiscard]] const std::vector<WorkSpan>& spans() const { return spans_; }
  /// How many spans the first entries of the digest tell of.
  [[nodiscard]] std::size_t spansUntil(std::size_t entries) const;
  /// Lanes that a kind needs; at least 1.
  [[nodiscard]] std::uint32_t lanes(WorkSpan::Kind kind) const;
  /// Places of the spans in one lane, earliest first; places grow with time.
  [[nodiscard]] std::span<const std::uint32_t> lane(WorkSpan::Kind kind, std::uint32_t number) const;

 private:
  void note(const DigestEntry& entry);
  void add(WorkSpan span);

  std::vector<WorkSpan> spans_;
  std::vector<std::vector<std::uint32_t>> lanes_[3];  ///< of each kind
  std::size_t taken_ = 0;
};

}  // namespace espalier::ui
