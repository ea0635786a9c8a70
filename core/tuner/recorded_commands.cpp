// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tuner/recorded_commands.h"

#include <variant>

namespace espalier {
namespace {

template <class... Kinds>
bool isOneOf(const EventBody& body) {
  return (std::holds_alternative<Kinds>(body) || ...);
}

class Script {
 public:
  void add(const Event& event) {
    if (std::holds_alternative<RunStarted>(event.body)) {
      if (!commands_.empty() && std::holds_alternative<StopCommand>(commands_.back().command))
        commands_.pop_back();
      endPause();
    } else if (std::holds_alternative<RunPaused>(event.body)) {
      paused_ = true;
      ++progress_;
    } else if (std::holds_alternative<RunContinued>(event.body)) {
      paused_ = false;
    } else if (const auto* received = std::get_if<CommandReceived>(&event.body)) {
      if (!received->accepted) return;
      // The pause itself stands before the command.
      if (std::holds_alternative<PauseCommand>(received->command)) --progress_;
      commands_.push_back({progress_, received->command});
    } else if (tellsProgress(event.body)) {
      ++progress_;
    }
  }
  [[nodiscard]] std::deque<RecordedCommand> finish() {
    if (commands_.empty() || !std::holds_alternative<StopCommand>(commands_.back().command)) endPause();
    return std::move(commands_);
  }

 private:
  void endPause() {
    if (paused_) commands_.push_back({progress_, ResumeCommand{}});
    paused_ = false;
  }

  std::deque<RecordedCommand> commands_;
  std::size_t progress_ = 0;
  bool paused_ = false;
};

}  // namespace

bool tellsProgress(const EventBody& body) {
  return !isOneOf<RunStarted, ReplyDelta, CommandReceived, RunPaused, RunContinued, Notice, BestConfirmed,
                  RunFinished>(body);
}

std::deque<RecordedCommand> recordedCommands(std::span<const Event> events) {
  Script script;
  for (const Event& event : events)
    if (event.sequence != 0) script.add(event);
  return script.finish();
}

}  // namespace espalier
