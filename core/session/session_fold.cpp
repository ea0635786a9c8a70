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
  const EventBody& body = event.body;
  runs_.at(event.milliseconds, std::holds_alternative<RunStarted>(body));
  runs_.apply(body);
  if (std::holds_alternative<RunStarted>(body)) {
    forgetWhatWasInFlight();
  } else if (const auto* arrived = std::get_if<ProposalArrived>(&body)) {
    runs_.proposal(arrived->fallback);
  } else if (const auto* added = std::get_if<NodeAdded>(&body)) {
    addToRecord(records_.emplace_back(), event);
    if (added->request != kNoRequest) runs_.expansion(added->fallback, false);
  } else if (const auto* rejected = std::get_if<ProposalRejected>(&body)) {
    addToRecord(records_[rejected->node], event);
    runs_.expansion(rejected->fallback, rejected->cause == "duplicate");
  } else if (const auto* measured = std::get_if<SampleMeasured>(&body)) {
    addToRecord(records_[measured->node], event);
    runs_.sample({.number = measured->sample,
                  .node = measured->node,
                  .measuredSeconds = measured->measurement.valid ? measured->measurement.seconds : 0,
                  .predictedSeconds = measured->predictedSeconds,
                  .bestSeconds = tree_.bestSeconds(),
                  .baselineSeconds = tree_.baselineSeconds()});
  } else if (const auto* reply = std::get_if<ReplyFinished>(&body)) {
    runs_.call(reply->exchange.usage, reply->exchange.costUsd);
  }
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

/// What was in flight when the last run ended never arrived.
void SessionFold::forgetWhatWasInFlight() {
  for (NodeId node = 0; node < tree_.size(); ++node)
    if (tree_[node].chosen && tree_[node].sample == 0) tree_.forgetChosen(node);
}

void addToRecord(NodeRecord& record, const Event& event) {
  if (const auto* added = std::get_if<NodeAdded>(&event.body)) {
    record.sequence = event.sequence;
    record.milliseconds = event.milliseconds;
    record.request = added->request;
    record.items = added->items;
    record.source = added->source;
    record.reasoning = added->reasoning;
    record.fallback = added->fallback;
    record.prediction = added->prediction;
  } else if (const auto* rejected = std::get_if<ProposalRejected>(&event.body)) {
    record.rejections.push_back(*rejected);
  } else if (const auto* measured = std::get_if<SampleMeasured>(&event.body)) {
    record.samples.push_back({measured->sample, measured->predictedSeconds, measured->measurement});
  }
}

std::vector<std::string> SessionFold::hintsFor(NodeId node) const {
  std::vector<NodeId> way;
  for (; node != kNoNode; node = tree_[node].parent) way.push_back(node);
  std::vector<std::string> hints;
  for (auto above = way.rbegin(); above != way.rend(); ++above) {
    const std::vector<std::string>& own = runs_.hintsOf(*above);
    hints.insert(hints.end(), own.begin(), own.end());
  }
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
    for (const auto& hint : fold.hintsOf(node)) text += "  hint " + hint + "\n";
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
