// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "search/problem.h"
#include "support/outcome.h"

namespace espalier {

/// What a time depends on beside the program.
struct MeasurementConditions {
  std::string host;  ///< the machine in words that are equal on equal machines
  int threads = 1;
  bool operator==(const MeasurementConditions&) const = default;
};

/// Measurements that outlast a run: one file for many programs, hosts and thread counts, by canonical program
/// hash. Text, one JSON object a line, appended line by line: a run that is killed loses at most the line it
/// was writing.
class MeasurementFile {
 public:
  /// Reads the measurements made under these conditions; the others stay in the file. A file that does not
  /// exist is begun. The error (another version, no such file format, not readable) says what to do; nothing
  /// was written then.
  [[nodiscard]] static Result<std::shared_ptr<MeasurementFile>> open(const std::filesystem::path& path,
                                                                     MeasurementConditions conditions);

  [[nodiscard]] std::optional<Measurement> find(std::uint64_t stateHash) const;
  /// Of the problem whose initial state has this hash, compiled by the ordinary compiler.
  [[nodiscard]] std::optional<Measurement> baseline(std::uint64_t initialHash) const;
  [[nodiscard]] std::size_t size() const { return measurements_.size(); }
  /// Lines that were left aside, in words (other hosts, damaged lines); empty if there are none.
  [[nodiscard]] const std::string& remark() const { return remark_; }

  /// Appends and remembers; the first measurement of a state counts.
  [[nodiscard]] Result<void> add(const State& state, const Measurement& measurement);
  [[nodiscard]] Result<void> addBaseline(std::uint64_t initialHash, const Measurement& measurement);

 private:
  MeasurementFile(std::filesystem::path path, MeasurementConditions conditions)
      : path_(std::move(path)), conditions_(std::move(conditions)) {}
  [[nodiscard]] Result<void> append(const std::string& line) const;
  [[nodiscard]] Result<void> write(std::string_view kind, std::uint64_t hash,
                                   const std::vector<std::string>& trace,
                                   const Measurement& measurement) const;

  std::filesystem::path path_;
  MeasurementConditions conditions_;
  std::unordered_map<std::uint64_t, Measurement> measurements_;
  std::unordered_map<std::uint64_t, Measurement> baselines_;
  std::string remark_;
};

}  // namespace espalier
