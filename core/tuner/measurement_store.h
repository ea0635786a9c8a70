// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>

#include "search/problem.h"
#include "session/event.h"
#include "support/outcome.h"
#include "tuner/measurement_file.h"

namespace espalier {

/// Measurements of earlier runs by state, so that a run can be repeated exactly and without the hardware. A
/// state that is not in it is measured as usual, and added to the file if there is one.
class MeasurementStore {
 public:
  /// Adds the measurements of a session, the first one of a state and problem, and asks for those of one
  /// problem (equal ProblemInfo::hash) from here on. False if the session has none of it.
  bool add(std::span<const Event> events, std::uint64_t problemHash);
  /// Reads a session file and adds it; another problem's is an error.
  [[nodiscard]] Result<void> addSession(const std::filesystem::path& path, std::uint64_t problemHash);

  /// Looks into this file as well, and adds to it what is measured.
  void attach(std::shared_ptr<MeasurementFile> file) { file_ = std::move(file); }
  /// What the file left aside, in words; empty if nothing.
  [[nodiscard]] std::string remark() const { return file_ ? file_->remark() : std::string(); }

  /// Marked as recorded.
  [[nodiscard]] std::optional<Measurement> find(std::uint64_t stateHash) const;
  [[nodiscard]] std::optional<Measurement> baseline(std::uint64_t initialHash) const;
  /// For the file: what was measured just now. A fault of the environment says nothing about a program and is
  /// not kept.
  [[nodiscard]] Result<void> remember(const State& state, const Measurement& measurement);
  [[nodiscard]] Result<void> rememberBaseline(std::uint64_t initialHash, const Measurement& measurement);
  /// Of the problem that is asked for.
  [[nodiscard]] std::size_t size() const;

  /// The problem is another one (other conditions) from here on: what was added of it is found, the file is
  /// left aside.
  void changeTo(std::uint64_t problemHash);

 private:
  struct Known {
    std::unordered_map<std::uint64_t, Measurement> measurements;
    std::optional<Measurement> baseline;
  };
  std::unordered_map<std::uint64_t, Known> known_;  ///< by problem
  std::uint64_t problemHash_ = 0;
  std::shared_ptr<MeasurementFile> file_;
};

}  // namespace espalier
