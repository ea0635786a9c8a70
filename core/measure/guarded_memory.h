// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace espalier {

/// Memory of a kernel's argument between two inaccessible areas. The data starts at a multiple of 64 bytes
/// and ends, rounded up to 64, exactly where the area behind it begins; what lies between page boundaries and
/// data holds a pattern that checkCanaries() looks at. So a write outside is caught at once or after the run.
class GuardedMemory {
 public:
  /// Inaccessible bytes before and behind.
  static constexpr std::size_t kGuardBytes = 1U << 20;

  /// Nothing if the memory is not to be had. `name` appears in reports.
  [[nodiscard]] static std::optional<GuardedMemory> allocate(std::string name, std::size_t bytes);
  GuardedMemory(GuardedMemory&& other) noexcept;
  GuardedMemory& operator=(GuardedMemory&& other) noexcept;
  ~GuardedMemory();

  [[nodiscard]] void* data() const { return data_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] const std::string& name() const { return name_; }

  /// From now on a write ends the process with a report.
  void makeReadOnly();
  void makeWritable();
  /// What was written outside, in words; nothing if all is well.
  [[nodiscard]] std::optional<std::string> checkCanaries() const;

 private:
  GuardedMemory() = default;
  void release();
  void fillCanaries();

  std::string name_;
  unsigned char* mapping_ = nullptr;  ///< guard, pages, guard
  std::size_t mapped_ = 0;
  unsigned char* data_ = nullptr;
  std::size_t bytes_ = 0;
  int slot_ = -1;  ///< in the table that the crash report reads
};

}  // namespace espalier
