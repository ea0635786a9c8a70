// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <unordered_map>

#include "search/problem.h"
#include "session/event.h"
#include "support/outcome.h"

namespace espalier {

/// Measurements of earlier sessions by state, so that a run can be repeated exactly and without the hardware. A state that is not in it
/// is measured as usual.
class MeasurementStore {
 public:
  /// Adds a session's measurements if it is of the same problem (equal ProblemInfo::hash); the first one of a state counts.
  /// False if it is of another problem.
  bool add(std::span<const Event> events, std::uint64_t problemHash);
  /// Reads a session file and adds it; another problem's is an error.
  [[nodiscard]] Result<void> addSession(const std::filesystem::path& path, std::uint64_t problemHash);

  /// Marked as recorded.
  [[nodiscard]] std::optional<Measurement> find(std::uint64_t stateHash) const;
  [[nodiscard]] const std::optional<Measurement>& baseline() const { return baseline_; }
  [[nodiscard]] std::size_t size() const { return measurements_.size(); }

 private:
  std::unordered_map<std::uint64_t, Measurement> measurements_;
  std::optional<Measurement> baseline_;
};

}  // namespace espalier
