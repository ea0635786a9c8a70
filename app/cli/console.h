// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "cli/exit_status.h"
#include "support/outcome.h"

namespace espalier::cli {

/// Where a verb speaks: results on standard output, progress and errors on standard error. All text passes
/// harmless().
class Console {
 public:
  Console(std::ostream& out, std::ostream& err) : out_(out), err_(err) {}

  bool json = false;   ///< results are one JSON object
  bool quiet = false;  ///< no progress

  /// A result for people.
  void print(std::string_view text);
  /// The one JSON object of a run.
  void printJson(const nlohmann::json& object);
  /// A line of progress; the newline is added.
  void progress(std::string_view line);
  /// A remark that --quiet does not silence.
  void warn(std::string_view line);
  /// Says what went wrong and what to do; with --json also as `{"error": …, "hint": …}` on standard output.
  ExitStatus fail(const Error& error);
  /// False if something printed could not be written.
  [[nodiscard]] bool flush();

 private:
  std::ostream& out_;
  std::ostream& err_;
};

}  // namespace espalier::cli
