// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "program/interpreter.h"
#include "program/program.h"

namespace espalier::testing {

/// A folder of its own that is removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

void writeText(const std::filesystem::path& path, const std::string& text);
[[nodiscard]] std::string readText(const std::filesystem::path& path);

/// Runs a command; its output, which is empty if all went well. Fails the test if the command fails.
std::string runCommand(const std::string& command);

/// A shared library that the C compiler made.
class CLibrary {
 public:
  explicit CLibrary(const std::filesystem::path& path);
  ~CLibrary();
  CLibrary(const CLibrary&) = delete;
  CLibrary& operator=(const CLibrary&) = delete;

  /// Calls NAME(argument pointers…) on copies in logical shape; packed constants go through NAME_pack_B
  /// first.
  void run(const std::string& name, const Program& program, std::vector<Tensor>& arguments) const;

 private:
  [[nodiscard]] void* symbol(const std::string& name) const;
  void* handle_ = nullptr;
};

/// One tensor an argument: multiples of 1/8 in [−1, 1]; integers 0 … 3; outputs NaN.
[[nodiscard]] std::vector<Tensor> exampleArguments(const Program& program, std::uint64_t seed);

/// The first element that differs by more than `tolerance` (relative to 1 + |expected|), in words, or an
/// empty text.
[[nodiscard]] std::string difference(const std::vector<Tensor>& found, const std::vector<Tensor>& expected,
                                     double tolerance);

}  // namespace espalier::testing
