// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "reasoning/exec_process.h"

namespace espalier {

struct ExecOptions {
  std::string command;                           ///< run by /bin/sh
  std::chrono::milliseconds patience{120'000};   ///< for one answer
  std::size_t lineBytes = std::size_t{4} << 20;  ///< of an answer
};

/// Questions and answers with a program of the user, one JSON object a line each way. A program that ends,
/// hangs or talks nonsense is started anew for the next question, until it has failed three times in a row.
class ExecDialogue {
 public:
  explicit ExecDialogue(ExecOptions options) : options_(std::move(options)) {}

  [[nodiscard]] const std::string& command() const { return options_.command; }
  [[nodiscard]] std::uint64_t nextId() { return nextId_++; }
  /// It has failed too often to be asked again.
  [[nodiscard]] bool hopeless() const { return failures_ >= kMostFailures; }

  /// The line that answers the question with this id; lines that do not begin with `{` and answers with
  /// another id are skipped. Nothing if there is none: `why` says it in words and `outcome` in short.
  [[nodiscard]] std::optional<std::string> ask(const std::string& line, std::uint64_t id,
                                               const std::stop_token& stop, std::string& why,
                                               std::string& outcome);

 private:
  static constexpr int kMostFailures = 3;

  ExecOptions options_;
  std::optional<ExecProcess> process_;
  int failures_ = 0;  ///< in a row
  std::uint64_t nextId_ = 0;
};

}  // namespace espalier
