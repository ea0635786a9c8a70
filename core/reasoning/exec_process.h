// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>

#include "support/outcome.h"

namespace espalier {

/// A program of the user that speaks in lines on its standard input and output. It runs in a process group of
/// its own, which ends with this object.
class ExecProcess {
 public:
  enum class End { Done, Closed, TimedOut, Cancelled, TooLong };
  using Deadline = std::chrono::steady_clock::time_point;

  /// Runs `command` by /bin/sh.
  [[nodiscard]] static Result<ExecProcess> start(const std::string& command);
  ExecProcess(ExecProcess&& other) noexcept;
  ExecProcess& operator=(ExecProcess&& other) noexcept;
  ~ExecProcess();

  /// Writes a line (the newline is added).
  [[nodiscard]] End writeLine(std::string_view line, Deadline deadline, const std::stop_token& stop);
  /// Reads the next line, without its newline; a longer one than `limit` bytes is TooLong.
  [[nodiscard]] End readLine(std::string& line, std::size_t limit, Deadline deadline,
                             const std::stop_token& stop);

  /// Ends it at once, without the time to end by itself that it has otherwise.
  void abandon();
  /// The last words on its standard error, clean; empty if none.
  [[nodiscard]] std::string complaint();

 private:
  ExecProcess() = default;
  void end();
  void readComplaint();

  pid_t process_ = -1;
  int channel_ = -1;     ///< standard input, a socket so that a dead reader is an error and no signal
  int answers_ = -1;     ///< standard output
  int complaints_ = -1;  ///< standard error
  std::string buffer_;
  std::string complaint_;
};

}  // namespace espalier
