// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "reasoning/chat_model.h"
#include "session/exchange.h"
#include "support/outcome.h"

namespace espalier {

/// An exchange in a recording. As a file: one JSON object a line, the first `{"espalier_recording": 1,
/// "writer": "…"}`, then
/// `{"prompt_hash": "16 hex digits", "state_hash": "…", "model": "…", "prompt": "…", "reply": "…",
/// "thinking": "…", "usage": {…}, "cost_usd": 0, "latency_seconds": 0}`. Unknown members are ignored.
struct RecordedExchange {
  std::uint64_t stateHash = 0;  ///< of the state that the prompt is about; 0 = not known
  Exchange exchange;
};

/// Appends exchanges to a file; each is written at once. Threads: append at any time.
class RecordingWriter {
 public:
  /// Goes on in a recording that exists. `writer` says who answers, for instance `deepseek-chat at
  /// https://…`.
  [[nodiscard]] static Result<std::unique_ptr<RecordingWriter>> open(const std::filesystem::path& path,
                                                                     const std::string& writer);

  /// False if the file cannot be written any more.
  bool append(const RecordedExchange& recorded);

 private:
  explicit RecordingWriter(std::ofstream file) : file_(std::move(file)) {}
  std::mutex mutex_;
  std::ofstream file_;
};

struct Recording {
  std::string writer;
  std::vector<RecordedExchange> exchanges;
};
/// Errors name file and line. A last line that was cut off by a crash is left out.
[[nodiscard]] Result<Recording> readRecording(const std::filesystem::path& path);

/// Answers from a recording: by the hash of the prompt, else by that of the state, so that a recording of
/// another machine, whose prompts name other hardware, still answers. The same question again gets the next
/// answer recorded for it.
class RecordedModel : public ChatModel {
 public:
  explicit RecordedModel(Recording recording);

  [[nodiscard]] std::string name() const override;
  [[nodiscard]] ChatOutcome ask(const ChatRequest& request, const std::stop_token& stop,
                                const DeltaSink& sink) override;
  /// Hashes of prompts that it could not answer, in the order of asking.
  [[nodiscard]] std::vector<std::uint64_t> missed() const;

 private:
  Recording recording_;
  mutable std::mutex mutex_;
  std::vector<bool> used_;  ///< exchanges that have answered
  std::map<std::uint64_t, std::vector<std::size_t>> byPrompt_;
  std::map<std::uint64_t, std::vector<std::size_t>> byState_;
  std::vector<std::uint64_t> missed_;
};

}  // namespace espalier
