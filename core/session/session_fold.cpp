// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "session/session_fold.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "support/hash.h"

namespace espalier {

Result<void> SessionFold::apply(const Event& event) {
  if (event.sequence == 0) return {};
  const auto damaged = [&] {
    return inputError("Event " + std::to_string(event.sequence) + " (" + std::string(kindOf(event.body)) +
                          ") does not fit those before it.",
                      "The session is damaged; restore it from a copy, or start a new one.");
  };
  if (event.sequence <= lastSequence_) return damaged();
  if (!applyToTree(event.body)) return damaged();
  lastSequence_ = event.sequence;
  // Between two runs nothing runs.
  if (!std::holds_alternative<RunStarted>(event.body) && lastMilliseconds_ != 0)
    totals_.elapsedSeconds +=
        static_cast<double>(std::max<std::int64_t>(0, event.milliseconds - lastMilliseconds_)) / 1000;
  lastMilliseconds_ = event.milliseconds;

  std::visit(
      [&](const auto& body) {
        using Body = std::decay_t<decltype(body)>;
        if constexpr (std::is_same_v<Body, NodeAdded>)
          note(body, event);
        else if constexpr (requires { note(body); })
          note(body);
        else if constexpr (std::is_same_v<Body, BaselineMeasured>)
          baseline_ = body.measurement;
        else if constexpr (std::is_same_v<Body, BestConfirmed>)
          confirmation_ = body;
        else if constexpr (std::is_same_v<Body, RunPaused>)
          state_ = RunState::Paused;
        else if constexpr (std::is_same_v<Body, RunContinued>)
          state_ = RunState::Running;
        else if constexpr (std::is_same_v<Body, RunFinished>) {
          state_ = RunState::Finished;
          finish_ = body;
        }
      },
      event.body);
  return {};
}

bool SessionFold::applyToTree(const EventBody& body) {
  return std::visit(
      [&](const auto& alternative) {
        if constexpr (requires { tree_.apply(alternative); })
          return tree_.apply(alternative);
        else
          return true;
      },
      body);
}

void SessionFold::note(const NodeAdded& body, const Event& event) {
  NodeRecord record;
  record.sequence = event.sequence;
  record.milliseconds = event.milliseconds;
  record.request = body.request;
  record.items = body.items;
  record.source = body.source;
  record.reasoning = body.reasoning;
  record.fallback = body.fallback;
  record.prediction = body.prediction;
  records_.push_back(std::move(record));
  if (body.request != kNoRequest) noteExpansion(body.request, body.fallback);
}

void SessionFold::note(const ProposalRejected& body) {
  records_[body.node].rejections.push_back(body);
  noteExpansion(body.request, body.fallback);
  if (body.cause == "duplicate") ++totals_.duplicates;
}

void SessionFold::note(const ProposalArrived& body) {
  fellBack_ = body.fallback ? body.request : kNoRequest;
}

void SessionFold::noteExpansion(std::uint64_t request, bool fallback) {
  ++totals_.expansions;
  if (fallback || request == fellBack_) ++totals_.fallbacks;
}

void SessionFold::note(const SampleMeasured& body) {
  records_[body.node].samples.push_back({body.sample, body.predictedSeconds, body.measurement});
  totals_.samples = tree_.samples();
  totals_.failedSamples = tree_.failedSamples();
  CurvePoint point;
  point.sample = body.sample;
  point.node = body.node;
  point.seconds = tree_.bestSeconds();
  if (tree_.baselineSeconds() > 0 && point.seconds > 0)
    point.speedup = tree_.baselineSeconds() / point.seconds;
  // A best that failed later stays in the curve: it is the record of what was known at each moment.
  if (!curve_.empty() &&
      (point.seconds == 0 || (curve_.back().seconds > 0 && curve_.back().seconds < point.seconds))) {
    point.seconds = curve_.back().seconds;
    point.speedup = curve_.back().speedup;
  }
  point.elapsedSeconds = totals_.elapsedSeconds;
  point.tokens = totals_.usage.prompt + totals_.usage.completion;
  point.costUsd = totals_.costUsd;
  curve_.push_back(point);
}

void SessionFold::note(const RunStarted& body) {
  run_ = body;
  state_ = RunState::Running;
  finish_.reset();
  // What was in flight when the last run ended never arrived.
  for (NodeId node = 0; node < tree_.size(); ++node)
    if (tree_[node].chosen && tree_[node].sample == 0) tree_.forgetChosen(node);
}

void SessionFold::note(const CommandReceived& body) {
  if (!body.accepted) return;
  if (const auto* hint = std::get_if<HintCommand>(&body.command); hint && hint->node < records_.size()) {
    if (hint->text.empty())
      records_[hint->node].hints.clear();
    else
      records_[hint->node].hints.push_back(hint->text);
  }
  if (const auto* parameter = std::get_if<SetParameterCommand>(&body.command))
    parameters_[parameter->name] = parameter->value;
}

void SessionFold::note(const ReplyFinished& body) {
  ++totals_.calls;
  const TokenUsage& usage = body.exchange.usage;
  totals_.usage.prompt += usage.prompt;
  totals_.usage.cached += usage.cached;
  totals_.usage.completion += usage.completion;
  totals_.usage.reasoning += usage.reasoning;
  totals_.usage.estimated = totals_.usage.estimated || usage.estimated;
  totals_.costUsd += body.exchange.costUsd;
}

std::vector<std::string> SessionFold::hintsFor(NodeId node) const {
  std::vector<NodeId> way;
  for (; node != kNoNode; node = tree_[node].parent) way.push_back(node);
  std::vector<std::string> hints;
  for (auto above = way.rbegin(); above != way.rend(); ++above)
    hints.insert(hints.end(), records_[*above].hints.begin(), records_[*above].hints.end());
  return hints;
}

double SessionFold::speedupOf(NodeId node) const {
  const double seconds = tree_[node].measuredSeconds;
  return seconds > 0 ? tree_.baselineSeconds() / seconds : 0;
}

Result<SessionFold> foldEvents(std::span<const Event> events) {
  SessionFold fold;
  for (const auto& event : events)
    if (auto applied = fold.apply(event); !applied) return tl::unexpected(applied.error());
  return fold;
}

namespace {

std::string number(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

void writeItems(std::string& text, const std::vector<AppliedItem>& items) {
  for (const auto& item : items)
    text += item.accepted ? "    + " + item.applied + "\n"
                          : "    - " + item.proposed + " [" + item.refusalCode + "] " + item.reason + "\n";
}

}  // namespace

std::string foldText(const SessionFold& fold) {
  std::string text;
  if (const RunStarted* run = fold.run())
    text += "run " + run->problem.name + " " + hexadecimal(run->problem.hash) + " seed " +
            std::to_string(run->seed) + " " + run->strategy + " " + run->proposer + " " + run->preset + "\n";
  const Tree& tree = fold.tree();
  text += "baseline " + number(tree.baselineSeconds()) + "\n";
  for (NodeId node = 0; node < tree.size(); ++node) {
    const TreeNode& current = tree[node];
    const NodeRecord& record = fold.record(node);
    text += "node " + std::to_string(node) + " parent " +
            (current.parent == kNoNode ? std::string("-") : std::to_string(current.parent)) + " " +
            hexadecimal(current.hash) + " visits " + std::to_string(current.visits) + " value " +
            number(current.totalValue) + " predicted " + number(current.predictedSeconds) + " measured " +
            number(current.measuredSeconds) + " sample " + std::to_string(current.sample) + " source " +
            record.source + (record.fallback ? " fallback" : "") + (current.failed ? " failed" : "") +
            (current.pruned ? " pruned" : "") + (current.pinned ? " pinned" : "") +
            (current.closed ? " closed" : "") + "\n";
    writeItems(text, record.items);
    for (const auto& rejection : record.rejections) {
      text += "  rejected " + rejection.source + " " + rejection.cause + "\n";
      writeItems(text, rejection.items);
    }
    for (const auto& sample : record.samples) {
      const auto& measurement = sample.measurement;
      text += "  sample " + std::to_string(sample.sample) + " " +
              (measurement.valid ? number(measurement.seconds) : measurement.failure);
      for (const double repeat : measurement.repeats) text += " " + number(repeat);
      text += measurement.verified ? " verified\n" : "\n";
    }
    for (const auto& hint : record.hints) text += "  hint " + hint + "\n";
  }
  for (const auto& point : fold.curve())
    text += "curve " + std::to_string(point.sample) + " " + number(point.speedup) + "\n";
  const RunTotals& totals = fold.totals();
  text += "totals samples " + std::to_string(totals.samples) + " failed " +
          std::to_string(totals.failedSamples) + " expansions " + std::to_string(totals.expansions) +
          " fallbacks " + std::to_string(totals.fallbacks) + " duplicates " +
          std::to_string(totals.duplicates) + " calls " + std::to_string(totals.calls) + " tokens " +
          std::to_string(totals.usage.prompt) + " " + std::to_string(totals.usage.completion) + " cost " +
          number(totals.costUsd) + "\n";
  return text;
}

}  // namespace espalier
