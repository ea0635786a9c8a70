// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "session/run_fold.h"

#include <algorithm>
#include <iterator>

namespace espalier {

void RunFold::at(std::int64_t milliseconds, bool runStarts) {
  if (!runStarts && lastMilliseconds_ != 0)
    totals_.elapsedSeconds +=
        static_cast<double>(std::max<std::int64_t>(0, milliseconds - lastMilliseconds_)) / 1000;
  lastMilliseconds_ = milliseconds;
}

void RunFold::expansion(bool fallback, bool duplicate) {
  ++totals_.expansions;
  if (fallback || fellBack_) ++totals_.fallbacks;
  fellBack_ = false;
  if (duplicate) ++totals_.duplicates;
}

void RunFold::call(const TokenUsage& usage, double costUsd) {
  ++totals_.calls;
  totals_.usage.prompt += usage.prompt;
  totals_.usage.cached += usage.cached;
  totals_.usage.completion += usage.completion;
  totals_.usage.reasoning += usage.reasoning;
  totals_.usage.estimated = totals_.usage.estimated || usage.estimated;
  totals_.costUsd += costUsd;
}

void RunFold::sample(const Sample& sample) {
  ++totals_.samples;
  if (sample.measuredSeconds <= 0) ++totals_.failedSamples;
  CurvePoint point;
  point.sample = sample.number;
  point.node = sample.node;
  point.measuredSeconds = sample.measuredSeconds;
  point.predictedSeconds = sample.predictedSeconds;
  point.seconds = sample.bestSeconds;
  if (sample.baselineSeconds > 0 && sample.bestSeconds > 0)
    point.speedup = sample.baselineSeconds / sample.bestSeconds;
  // A best that failed later stays in the curve: it is the record of what was known at each moment.
  if (curve_.size() > curveBegin_ &&
      (point.seconds == 0 || (curve_.back().seconds > 0 && curve_.back().seconds < point.seconds))) {
    point.seconds = curve_.back().seconds;
    point.speedup = curve_.back().speedup;
  }
  point.elapsedSeconds = totals_.elapsedSeconds;
  point.tokens = totals_.usage.prompt + totals_.usage.completion;
  point.costUsd = totals_.costUsd;
  curve_.push_back(point);
}

void RunFold::apply(const EventBody& body) {
  if (const auto* started = std::get_if<RunStarted>(&body)) {
    run_ = *started;
    noteConditions();
    state_ = RunState::Running;
    finish_.reset();
    fellBack_ = false;
  } else if (const auto* changed = std::get_if<ConditionsChanged>(&body)) {
    if (!run_) return;
    run_->problem = changed->problem;
    confirmation_.reset();
    noteConditions();
  } else if (const auto* measured = std::get_if<BaselineMeasured>(&body)) {
    baseline_ = measured->measurement;
  } else if (const auto* confirmed = std::get_if<BestConfirmed>(&body)) {
    confirmation_ = *confirmed;
  } else if (std::holds_alternative<RunPaused>(body)) {
    state_ = RunState::Paused;
  } else if (std::holds_alternative<RunContinued>(body)) {
    state_ = RunState::Running;
  } else if (const auto* finished = std::get_if<RunFinished>(&body)) {
    state_ = RunState::Finished;
    finish_ = *finished;
  } else if (const auto* received = std::get_if<CommandReceived>(&body);
             received != nullptr && received->accepted) {
    if (const auto* hint = std::get_if<HintCommand>(&received->command)) {
      if (hint->text.empty())
        hints_.erase(hint->node);
      else
        hints_[hint->node].push_back(hint->text);
    }
    if (const auto* parameter = std::get_if<SetParameterCommand>(&received->command))
      parameters_[parameter->name] = parameter->value;
  }
}

/// A sheet of the machine that was measured anew moves the roofline, but keeps the samples comparable.
void RunFold::noteConditions() {
  const ProblemInfo& problem = run_->problem;
  if (!conditions_.empty() && conditions_.back().threads == problem.threads) {
    conditions_.back().rooflineSeconds = problem.rooflineSeconds;
    return;
  }
  curveBegin_ = curve_.size();
  conditions_.push_back({totals_.samples + 1, problem.threads, problem.rooflineSeconds});
}

Conditions RunFold::conditionsOf(int sample) const {
  const auto after =
      std::upper_bound(conditions_.begin(), conditions_.end(), sample,
                       [](int number, const Conditions& each) { return number < each.firstSample; });
  return after == conditions_.begin() ? Conditions{} : *std::prev(after);
}

const std::vector<std::string>& RunFold::hintsOf(NodeId node) const {
  static const std::vector<std::string> kNone;
  const auto found = hints_.find(node);
  return found == hints_.end() ? kNone : found->second;
}

}  // namespace espalier
