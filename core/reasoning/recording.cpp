// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/recording.h"

#include <charconv>
#include <system_error>

#include <nlohmann/json.hpp>

#include "reasoning/chat_json.h"
#include "reasoning/chat_text.h"
#include "support/hash.h"

namespace espalier {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;
constexpr std::uintmax_t kLargestFile = std::uintmax_t{1} << 30;

std::uint64_t hashFrom(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return error == std::errc() && end == text.data() + text.size() ? value : 0;
}

double numberOf(const json& object, const char* name) {
  const json& member = memberOf(object, name);
  return member.is_number() ? member.get<double>() : 0;
}

json toJson(const RecordedExchange& recorded) {
  const Exchange& exchange = recorded.exchange;
  return {{"prompt_hash", hexadecimal(exchange.promptHash)},
          {"state_hash", hexadecimal(recorded.stateHash)},
          {"model", exchange.model},
          {"prompt", exchange.prompt},
          {"reply", exchange.reply},
          {"thinking", exchange.thinking},
          {"usage",
           {{"prompt_tokens", exchange.usage.prompt},
            {"cached_tokens", exchange.usage.cached},
            {"completion_tokens", exchange.usage.completion},
            {"reasoning_tokens", exchange.usage.reasoning},
            {"estimated", exchange.usage.estimated}}},
          {"cost_usd", exchange.costUsd},
          {"latency_seconds", exchange.latencySeconds}};
}

RecordedExchange fromJson(const json& object) {
  RecordedExchange recorded;
  Exchange& exchange = recorded.exchange;
  exchange.promptHash = hashFrom(textOf(object, "prompt_hash"));
  recorded.stateHash = hashFrom(textOf(object, "state_hash"));
  exchange.model = cleanLine(textOf(object, "model"));
  exchange.prompt = cleanText(textOf(object, "prompt"));
  exchange.reply = cleanText(textOf(object, "reply"));
  exchange.thinking = cleanText(textOf(object, "thinking"));
  const json& usage = memberOf(object, "usage");
  exchange.usage.prompt = countOf(usage, "prompt_tokens");
  exchange.usage.cached = countOf(usage, "cached_tokens");
  exchange.usage.completion = countOf(usage, "completion_tokens");
  exchange.usage.reasoning = countOf(usage, "reasoning_tokens");
  exchange.usage.estimated = memberOf(usage, "estimated") == true;
  exchange.costUsd = numberOf(object, "cost_usd");
  exchange.latencySeconds = numberOf(object, "latency_seconds");
  exchange.recorded = true;
  return recorded;
}

/// What a crash left of the last line would spoil the next one.
void dropUnfinishedLine(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::uintmax_t finished = 0;
  std::string line;
  while (std::getline(file, line) && !file.eof()) finished += line.size() + 1;
  std::error_code ignored;
  std::filesystem::resize_file(path, finished, ignored);
}

}  // namespace

Result<std::unique_ptr<RecordingWriter>> RecordingWriter::open(const std::filesystem::path& path,
                                                               const std::string& writer) {
  std::error_code ignored;
  const bool goesOn = std::filesystem::exists(path, ignored) && std::filesystem::file_size(path, ignored) > 0;
  if (goesOn) {
    if (const Result<Recording> existing = readRecording(path); !existing)
      return tl::unexpected<Error>(existing.error());
    dropUnfinishedLine(path);
  }
  std::ofstream file(path, std::ios::binary | std::ios::app);
  if (!goesOn)
    file << writeJson(json{{"espalier_recording", kVersion}, {"writer", writer}}) << "\n" << std::flush;
  if (!file)
    return environmentError("The recording " + path.string() + " cannot be written.",
                            "Choose a directory that exists and can be written to.");
  return std::unique_ptr<RecordingWriter>(new RecordingWriter(std::move(file)));
}

bool RecordingWriter::append(const RecordedExchange& recorded) {
  const std::string line = writeJson(toJson(recorded)) + "\n";
  const std::lock_guard lock(mutex_);
  file_ << line << std::flush;
  return static_cast<bool>(file_);
}

Result<Recording> readRecording(const std::filesystem::path& path) {
  std::error_code missing;
  const std::uintmax_t size = std::filesystem::file_size(path, missing);
  std::ifstream file(path, std::ios::binary);
  if (missing || !file)
    return inputError("The recording " + path.string() + " cannot be read.",
                      "Check its path and permissions.");
  if (size > kLargestFile) return inputError("The recording " + path.string() + " is larger than 1 GiB.");
  Recording recording;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty()) continue;
    const std::optional<json> object = parseForeignJson(line);
    if (number == 1) {
      const std::int64_t version = object ? countOf(*object, "espalier_recording") : 0;
      if (version != kVersion) {
        return inputError(
            path.string() + ":1: This is no recording of LLM exchanges that this program can read.",
            "Recordings are written by `tune --recording FILE`.");
      }
      recording.writer = cleanLine(textOf(*object, "writer"));
      continue;
    }
    if (!object) {
      if (file.peek() == std::ifstream::traits_type::eof()) break;
      return inputError(path.string() + ":" + std::to_string(number) + ": The line is no JSON object.");
    }
    recording.exchanges.push_back(fromJson(*object));
  }
  return recording;
}

RecordedModel::RecordedModel(Recording recording)
    : recording_(std::move(recording)), used_(recording_.exchanges.size()) {
  for (std::size_t i = 0; i < recording_.exchanges.size(); ++i) {
    const RecordedExchange& recorded = recording_.exchanges[i];
    if (recorded.exchange.promptHash != 0) byPrompt_[recorded.exchange.promptHash].push_back(i);
    if (recorded.stateHash != 0) byState_[recorded.stateHash].push_back(i);
  }
}

std::string RecordedModel::name() const {
  return recording_.writer.empty() ? "recording" : recording_.writer;
}

ChatOutcome RecordedModel::ask(const ChatRequest& request, const std::stop_token&, const DeltaSink& sink) {
  const RecordedExchange* found = nullptr;
  bool otherPrompt = false;
  {
    const std::lock_guard lock(mutex_);
    const auto take = [&](const std::map<std::uint64_t, std::vector<std::size_t>>& answers,
                          std::uint64_t key) {
      const auto entry = answers.find(key);
      if (entry == answers.end()) return;
      for (const std::size_t index : entry->second) {
        if (used_[index]) continue;
        used_[index] = true;
        found = &recording_.exchanges[index];
        return;
      }
    };
    take(byPrompt_, request.promptHash);
    if (found == nullptr) {
      take(byState_, request.stateHash);
      otherPrompt = found != nullptr;
    }
    if (found == nullptr) missed_.push_back(request.promptHash);
  }
  if (found == nullptr) {
    ChatFault fault;
    fault.kind = ChatFaultKind::Unusable;
    fault.code = "not-recorded";
    fault.message = "The recording has no answer to the prompt " + hexadecimal(request.promptHash) + ".";
    return tl::unexpected<ChatFault>(std::move(fault));
  }
  const Exchange& exchange = found->exchange;
  if (sink && !exchange.thinking.empty()) sink(exchange.thinking, true);
  if (sink && !exchange.reply.empty()) sink(exchange.reply, false);
  ChatReply reply;
  reply.text = exchange.reply;
  reply.reasoning = exchange.thinking;
  reply.model = exchange.model;
  reply.finish = "stop";
  reply.usage.tokens = exchange.usage;
  reply.usage.costUsd = 0;  // was paid when it was recorded
  reply.seconds = exchange.latencySeconds;
  if (otherPrompt) reply.notes.emplace_back("Recorded for the same program with another prompt.");
  return reply;
}

std::vector<std::uint64_t> RecordedModel::missed() const {
  const std::lock_guard lock(mutex_);
  return missed_;
}

}  // namespace espalier
