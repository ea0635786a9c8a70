// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/exec_dialogue.h"

#include <nlohmann/json.hpp>

#include "reasoning/chat_json.h"
#include "reasoning/chat_text.h"

namespace espalier {
namespace {

using nlohmann::json;

constexpr int kMostSkippedLines = 10'000;

}  // namespace

std::optional<std::string> ExecDialogue::ask(const std::string& line, std::uint64_t id,
                                             const std::stop_token& stop, std::string& why,
                                             std::string& outcome) {
  const auto failed = [&](const char* code, std::string words) {
    const std::string complaint = process_ ? process_->complaint() : std::string();
    outcome = code;
    why = std::move(words) + (complaint.empty() ? "" : " It said: " + complaint);
    const bool cancelled = outcome == "cancelled";
    if (cancelled && process_) process_->abandon();
    process_.reset();
    if (!cancelled) ++failures_;
    return std::nullopt;
  };
  if (!process_) {
    Result<ExecProcess> started = ExecProcess::start(options_.command);
    if (!started) return failed("not-started", started.error().text());
    process_ = std::move(*started);
  }
  const auto deadline = std::chrono::steady_clock::now() + options_.patience;
  using End = ExecProcess::End;
  End end = process_->writeLine(line, deadline, stop);
  std::string answer;
  for (int skipped = 0; end == End::Done && skipped < kMostSkippedLines; ++skipped) {
    end = process_->readLine(answer, options_.lineBytes, deadline, stop);
    const std::size_t first = answer.find_first_not_of(" \t");
    if (end != End::Done || first == std::string::npos || answer[first] != '{') continue;
    const std::optional<json> object = parseForeignJson(answer);
    if (object && object->contains("id") && memberOf(*object, "id") != json(id)) continue;
    if (object && !textOf(*object, "error").empty()) {
      outcome = "declined";
      why = "The program `" + shortened(cleanLine(options_.command), 100) +
            "` declined: " + shortened(cleanLine(textOf(*object, "error")), 300);
      return std::nullopt;
    }
    failures_ = 0;
    return answer;
  }
  const std::string program = "The program `" + shortened(cleanLine(options_.command), 100) + "`";
  switch (end) {
    case End::Done: return failed("unreadable", program + " wrote ten thousand lines without an answer.");
    case End::Closed: return failed("ended", program + " ended.");
    case End::TimedOut:
      return failed("timeout",
                    program + " did not answer within " + std::to_string(options_.patience.count()) + " ms.");
    case End::Cancelled: return failed("cancelled", "The proposal was cancelled.");
    case End::TooLong:
      return failed("too-large", program + " wrote a line of more than " +
                                     std::to_string(options_.lineBytes >> 10) + " KiB.");
  }
  return std::nullopt;
}

}  // namespace espalier
