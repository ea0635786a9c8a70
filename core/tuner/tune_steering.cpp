// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
//
// The part of TuneLoop that carries out what a person asks for.
#include <charconv>
#include <cmath>
#include <type_traits>
#include <utility>

#include "tuner/tune_loop.h"

namespace espalier {
namespace {

std::optional<double> numberOf(const std::string& text) {
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace

void TuneLoop::handleCommands() {
  while (commandIsDue()) {
    Command command = std::move(setup_.commands.front().command);
    setup_.commands.pop_front();
    replaySteered_ = true;
    handle(std::move(command));
  }
  for (auto& command : results_.takeCommands()) {
    replaySteered_ = false;
    handle(std::move(command));
  }
}

bool TuneLoop::commandIsDue() const {
  // A step ends in a pause before anything else is asked.
  if (setup_.commands.empty() || pauseAfterStage_ || pauseAfterSample_) return false;
  // Paused for good by a replay that has gone another way: the rest of the commands goes on from here.
  const bool stuck = replaySteered_ && paused_ && outstanding_.empty();
  return stuck || setup_.commands.front().after <= progress_;
}

void TuneLoop::handle(Command command) {
  Answer answer = carryOut(command);
  // What the command did to the search comes after the command itself.
  record(CommandReceived{std::move(command), answer.accepted, std::move(answer.words)});
  recordSearchEvents();
}

TuneLoop::Answer TuneLoop::carryOut(const Command& command) {
  const auto answerTo = [](const Result<void>& result) {
    return result ? Answer{} : Answer{false, result.error().text()};
  };
  return std::visit(
      [&](const auto& asked) -> Answer {
        using Asked = std::decay_t<decltype(asked)>;
        if constexpr (std::is_same_v<Asked, PauseCommand>) {
          if (paused_) return {false, "The run is paused already."};
          pause();
          return {};
        } else if constexpr (std::is_same_v<Asked, ResumeCommand>) {
          if (!paused_) return {false, "The run is not paused."};
          paused_ = pauseAfterStage_ = pauseAfterSample_ = false;
          record(RunContinued{});
          return {};
        } else if constexpr (std::is_same_v<Asked, StopCommand>) {
          stopRequested_ = true;
          return {};
        } else if constexpr (std::is_same_v<Asked, StepCommand>) {
          if (paused_) record(RunContinued{});
          paused_ = false;
          pauseAfterStage_ = asked.stage;
          pauseAfterSample_ = !asked.stage;
          return {};
        } else if constexpr (std::is_same_v<Asked, ExpandCommand>) {
          return answerTo(strategy_->requestExpansion(asked.node));
        } else if constexpr (std::is_same_v<Asked, MeasureCommand>) {
          return answerTo(strategy_->requestSample(asked.node));
        } else if constexpr (std::is_same_v<Asked, PinCommand>) {
          return answerTo(strategy_->mark(asked.node, NodeMark::Pinned));
        } else if constexpr (std::is_same_v<Asked, UnpinCommand>) {
          return answerTo(strategy_->mark(asked.node, NodeMark::Unpinned));
        } else if constexpr (std::is_same_v<Asked, PruneCommand>) {
          return answerTo(strategy_->mark(asked.node, NodeMark::Pruned));
        } else if constexpr (std::is_same_v<Asked, UnpruneCommand>) {
          return answerTo(strategy_->mark(asked.node, NodeMark::Unpruned));
        } else if constexpr (std::is_same_v<Asked, FocusCommand>) {
          return answerTo(
              strategy_->mark(asked.node, asked.node == kRootNode ? NodeMark::Unfocused : NodeMark::Focused));
        } else if constexpr (std::is_same_v<Asked, HintCommand>) {
          if (!strategy_->tree().contains(asked.node))
            return {false, "There is no node " + std::to_string(asked.node) + "."};
          return {};
        } else if constexpr (std::is_same_v<Asked, AddTransformationsCommand>) {
          auto added = strategy_->addByHand(asked.node, asked.items, asked.reasoning);
          if (!added) return {false, added.error().text()};
          return {true, "Added as node " + std::to_string(*added) + "."};
        } else if constexpr (std::is_same_v<Asked, AskAgainCommand>) {
          auto wanted = strategy_->requestExpansion(asked.node);
          if (wanted && !asked.prompt.empty()) editedPrompts_[asked.node] = asked.prompt;
          return answerTo(wanted);
        } else if constexpr (std::is_same_v<Asked, AnswerCommand>) {
          return answerInPlace(asked);
        } else {
          static_assert(std::is_same_v<Asked, SetParameterCommand>);
          return setParameter(asked);
        }
      },
      command);
}

TuneLoop::Answer TuneLoop::setParameter(const SetParameterCommand& command) {
  const auto answerTo = [](const Result<void>& result) {
    return result ? Answer{} : Answer{false, result.error().text()};
  };
  const auto number = numberOf(command.value);
  const bool ours = command.name == "threads" || command.name == "exploration" ||
                    command.name == "branching" || command.name == "samples" ||
                    command.name == "time-limit" || command.name == "history-depth";
  if (!ours) return answerTo(setup_.proposer->setParameter(command.name, command.value));
  if (!number) return {false, "`" + command.value + "` is not a number."};
  if (command.name == "threads") return setThreads(*number);
  if (command.name == "exploration" || command.name == "branching")
    return answerTo(strategy_->setParameter(command.name, *number));

  TuneOptions changed = options_;
  const bool whole = *number == std::floor(*number) && std::abs(*number) < 1e9;
  if (command.name == "time-limit")
    changed.timeLimitSeconds = *number;
  else if (!whole)
    return {false, "`" + command.value + "` is not a whole number."};
  else if (command.name == "samples")
    changed.samples = static_cast<int>(*number);
  else
    changed.historyDepth = static_cast<int>(*number);
  if (auto checked = check(changed); !checked) return answerTo(checked);
  options_ = changed;
  rebuildStoppers();
  return {};
}

TuneLoop::Answer TuneLoop::setThreads(double threads) {
  if (!setup_.changeThreads) return {false, "The threads of this run cannot change on the way."};
  if (threads != std::floor(threads) || std::abs(threads) > 1e6)
    return {false, "The number of threads must be a whole number."};
  const auto wanted = static_cast<int>(threads);
  const int before = problem_.info().threads;
  if (wanted == before) return {};
  Answers answers = suspendWork();
  const auto changed = setup_.changeThreads(wanted);
  if (changed) {
    contexts_.emplace(setup_.problem, setup_.proposer->readsSections());
    setup_.measurements.changeTo(problem_.info().hash);
    strategy_->conditionsChanged();
  }
  resumeWork(std::move(answers));
  if (!changed) return {false, changed.error().text()};
  return {true,
          "Measured with " + std::to_string(wanted) + " instead of " + std::to_string(before) +
              (before == 1 ? " thread" : " threads") +
              " from here on. Earlier measurements are set aside; the best of them is measured anew first."};
}

void TuneLoop::pause() {
  paused_ = true;
  pauseAfterStage_ = pauseAfterSample_ = false;
  RunPaused event;
  for (const auto& each : outstanding_) {
    if (const auto* expansion = std::get_if<ExpansionRequest>(&each))
      event.requestsInFlight.push_back(expansion->request);
    if (const auto* sample = std::get_if<SampleRequest>(&each))
      event.samplesInFlight.push_back(sample->sample);
  }
  record(std::move(event));
}

void TuneLoop::pauseAfterStep() {
  pause();
  ++progress_;
}

TuneLoop::Answer TuneLoop::answerInPlace(const AnswerCommand& command) {
  for (const auto& each : outstanding_) {
    const auto* expansion = std::get_if<ExpansionRequest>(&each);
    if (!expansion || expansion->request != command.request) continue;
    answers_[command.request] = command;
    submitHeld(command.request);
    pool_->cancel(command.request);
    return {};
  }
  return {false, "Request " + std::to_string(command.request) + " is not in flight."};
}

}  // namespace espalier
