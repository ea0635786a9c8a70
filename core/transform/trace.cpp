// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Traces as text and as JSON.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "transform/step.h"
#include "transform/step_reader.h"

namespace espalier {
namespace {

constexpr std::string_view kHeader = "# espalier trace ";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

tl::unexpected<Error> wrongVersion(int line, std::string_view found) {
  return inputError("trace:" + std::to_string(line) + ":1: this trace has version `" + std::string(found) +
                        "`, and only version " + std::to_string(kTraceVersion) + " is known.",
                    "Read it with the version of Espalier that wrote it.");
}

Result<Trace> parseJson(std::string_view text) {
  nlohmann::json document;
  try {
    document = nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    const std::string_view before =
        text.substr(0, std::min<std::size_t>(error.byte > 0 ? error.byte - 1 : 0, text.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t start = before.rfind('\n');
    const std::size_t column = before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1;
    return inputError(
        "trace:" + std::to_string(line) + ":" + std::to_string(column) + ": this is not valid JSON.",
        "A trace is text with one step a line, or {\"version\": 1, \"steps\": [\"...\"]}.");
  }
  if (!document.is_object() || !document.contains("steps") || !document["steps"].is_array())
    return inputError(
        "trace:1:1: the JSON of a trace needs the list `steps`.",
        "Write {\"version\": 1, \"steps\": [\"TileSize(block=C, loop=n, factors=[64, 32])\"]}.");
  if (const auto version = document.find("version"); version != document.end() && *version != kTraceVersion)
    return wrongVersion(1, version->dump());
  Trace trace;
  for (std::size_t i = 0; i < document["steps"].size(); ++i) {
    const auto& entry = document["steps"][i];
    const std::string where = "trace: steps[" + std::to_string(i) + "]";
    if (!entry.is_string()) return inputError(where + " is not a string.", "Write every step as a string.");
    const std::string line = entry.get<std::string>();
    Result<Step> step = StepReader(line, where, 1).read();
    if (!step) return tl::unexpected(step.error());
    trace.push_back(*std::move(step));
  }
  return trace;
}

}  // namespace

std::string printTrace(const Trace& trace) {
  std::string text = std::string(kHeader) + std::to_string(kTraceVersion) + "\n";
  for (const Step& step : trace) text += print(step) + "\n";
  return text;
}

Result<Trace> parseTrace(std::string_view text) {
  if (const std::string_view content = trimmed(text); !content.empty() && content.front() == '{')
    return parseJson(text);
  Trace trace;
  int number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (line.starts_with(kHeader)) {
      const std::string_view version = trimmed(line.substr(kHeader.size()));
      if (version != std::to_string(kTraceVersion)) return wrongVersion(number, version);
      continue;
    }
    line = line.substr(0, line.find('#'));
    if (trimmed(line).empty()) continue;
    Result<Step> step = StepReader(line, "trace", number).read();
    if (!step) return tl::unexpected(step.error());
    trace.push_back(*std::move(step));
  }
  return trace;
}

}  // namespace espalier
