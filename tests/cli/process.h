// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace espalier::testing {

/// What a program printed and how it ended.
struct Finished {
  int status = -1;  ///< exit status, or 128 + signal
  std::string out;
  std::string err;
};

struct ProcessOptions {
  std::filesystem::path folder = {};               ///< where it runs; empty = here
  std::map<std::string, std::string> environment;  ///< beside what the test has itself
  std::string outputFile = {};                     ///< standard output goes there instead
};

/// A program that runs while the test goes on. The destructor kills what still runs.
class Process {
 public:
  Process(const std::vector<std::string>& command, const ProcessOptions& options = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Reads standard error until `text` was seen; false if the program ended before.
  [[nodiscard]] bool waitForError(const std::string& text);
  void signal(int number) const;
  /// Waits for the end and collects everything.
  [[nodiscard]] Finished finish();

 private:
  bool readSome();

  pid_t process_ = -1;
  int out_ = -1;
  int err_ = -1;
  Finished finished_;
};

/// build/bin/espalier-cli with arguments.
[[nodiscard]] std::vector<std::string> cli(std::vector<std::string> arguments);
[[nodiscard]] Finished run(const std::vector<std::string>& command, const ProcessOptions& options = {});
[[nodiscard]] Finished runCli(std::vector<std::string> arguments, const ProcessOptions& options = {});

/// A fresh folder that is removed in the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }
  /// Writes a file and answers its path.
  std::string write(const std::string& name, const std::string& content) const;
  /// Names of what is in the folder, sorted.
  [[nodiscard]] std::vector<std::string> content() const;

 private:
  std::filesystem::path path_;
};

[[nodiscard]] std::string readFile(const std::filesystem::path& path);

}  // namespace espalier::testing
