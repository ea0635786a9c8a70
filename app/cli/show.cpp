// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "cli/figures.h"
#include "cli/session_view.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "program/printer.h"
#include "tensor_problem/tensor_problem.h"

namespace espalier::cli {
namespace {

using nlohmann::json;

json asJson(const AppliedItem& item) {
  json result{{"proposed", item.proposed}, {"accepted", item.accepted}};
  if (item.accepted) result["applied"] = item.applied;
  if (!item.refusalCode.empty()) result["refusal"] = item.refusalCode;
  if (!item.reason.empty()) result["reason"] = item.reason;
  if (!item.hint.empty()) result["hint"] = item.hint;
  return result;
}

json asJson(const std::vector<AppliedItem>& items) {
  json result = json::array();
  for (const AppliedItem& item : items) result.push_back(asJson(item));
  return result;
}

json asJson(const Measurement& measurement) {
  json repeats = json::array();
  for (const double seconds : measurement.repeats) repeats.push_back(seconds * 1e3);
  json result{{"valid", measurement.valid},
              {"repeats_ms", repeats},
              {"build_ms", measurement.buildSeconds * 1e3},
              {"verified", measurement.verified},
              {"verification", measurement.verification},
              {"detail", measurement.detail},
              {"recorded", measurement.recorded}};
  if (measurement.valid)
    result["ms"] = measurement.seconds * 1e3;
  else
    result["failure"] = measurement.failure;
  return result;
}

json asJson(const ReplyFinished& reply) {
  const Exchange& exchange = reply.exchange;
  return {{"model", exchange.model},
          {"reply", exchange.reply},
          {"thinking", exchange.thinking},
          {"outcome", exchange.outcome},
          {"words", exchange.words},
          {"prompt_tokens", exchange.usage.prompt},
          {"completion_tokens", exchange.usage.completion},
          {"cached_tokens", exchange.usage.cached},
          {"estimated", exchange.usage.estimated},
          {"cost_usd", exchange.costUsd},
          {"latency_seconds", exchange.latencySeconds}};
}

json asJson(const Prediction& prediction) {
  return {{"ms", prediction.seconds * 1e3},
          {"uncertainty", prediction.uncertainty},
          {"source", prediction.source},
          {"words", prediction.words}};
}

json asJson(const ProposalRejected& rejected) {
  return {{"cause", rejected.cause},
          {"source", rejected.source},
          {"reasoning", rejected.reasoning},
          {"items", asJson(rejected.items)},
          {"duplicate_of", rejected.duplicateOf == kNoNode ? json() : json(rejected.duplicateOf)}};
}

/// Everything that is known of a node.
struct Shown {
  const SessionView& session;
  NodeId node = kNoNode;
  const NodeRecord& record;
  Conversation conversation;
  State state;
  std::string program;
};

json asJson(const Shown& shown) {
  const Tree& tree = shown.session.fold.tree();
  const TreeNode& place = tree[shown.node];
  json result{{"id", shown.node},
              {"parent", place.parent == kNoNode ? json() : json(place.parent)},
              {"children", tree.childrenOf(shown.node)},
              {"depth", place.depth},
              {"visits", place.visits},
              {"mean_value", tree.meanOf(shown.node)},
              {"score", tree.scoreOf(shown.node)},
              {"speedup", shown.session.fold.speedupOf(shown.node)},
              {"source", shown.record.source},
              {"fallback", shown.record.fallback},
              {"trace", shown.state.trace},
              {"items", asJson(shown.record.items)},
              {"reasoning", shown.record.reasoning},
              {"hints", shown.session.fold.hintsFor(shown.node)},
              {"program", shown.program}};
  if (shown.record.prediction) result["prediction"] = asJson(*shown.record.prediction);
  result["prompts"] = json::array();
  for (const PromptSent& prompt : shown.conversation.prompts)
    result["prompts"].push_back({{"model", prompt.model}, {"prompt", prompt.prompt}});
  result["replies"] = json::array();
  for (const ReplyFinished& reply : shown.conversation.replies) result["replies"].push_back(asJson(reply));
  result["measurements"] = json::array();
  for (const NodeRecord::Sample& sample : shown.record.samples) {
    json measurement = asJson(sample.measurement);
    measurement["sample"] = sample.sample;
    measurement["predicted_ms"] = sample.predictedSeconds * 1e3;
    measurement["threads"] = shown.session.fold.runs().conditionsOf(sample.sample).threads;
    result["measurements"].push_back(measurement);
  }
  if (const auto& confirmed = shown.session.fold.confirmation(); confirmed && confirmed->node == shown.node)
    result["confirmed"] = asJson(confirmed->measurement);
  result["rejected"] = json::array();
  for (const ProposalRejected& rejected : shown.record.rejections)
    result["rejected"].push_back(asJson(rejected));
  return result;
}

std::string heading(const std::string& title) {
  return "\n" + title + "\n" + std::string(title.size(), '-') + "\n";
}

std::string inWords(const AppliedItem& item) {
  if (item.accepted)
    return "  + " + item.applied + (item.reason.empty() ? "" : "   (" + item.reason + ")") + "\n";
  return "  - " + item.proposed + ": " + item.reason + (item.hint.empty() ? "" : " " + item.hint) + "\n";
}

/// `threads`: 0 where all samples of the session had as many.
std::string inWords(const NodeRecord::Sample& sample, int threads) {
  const Measurement& measurement = sample.measurement;
  std::string text = "sample " + std::to_string(sample.sample) +
                     (threads > 0 ? ", threads " + std::to_string(threads) : "") + ": ";
  text += measurement.valid ? duration(measurement.seconds) + " (20 % quantile of the repeats)"
                            : "failed (" + measurement.failure + "): " + measurement.detail;
  if (sample.predictedSeconds > 0) text += ", predicted " + duration(sample.predictedSeconds);
  text += "\nbuild:   " + duration(measurement.buildSeconds) + "\nrepeats:";
  for (const double seconds : measurement.repeats) text += " " + duration(seconds);
  text +=
      "\nverified: " + std::string(measurement.verified ? "yes, " : "no") + measurement.verification + "\n";
  if (measurement.valid && !measurement.detail.empty()) text += "conditions: " + measurement.detail + "\n";
  return text;
}

std::string inWords(const Exchange& exchange) {
  std::string text;
  if (!exchange.thinking.empty()) text += heading("Thinking of " + exchange.model) + exchange.thinking + "\n";
  text += heading("Reply of " + exchange.model) + exchange.reply + (exchange.reply.empty() ? "" : "\n");
  if (exchange.outcome != "ok") text += "failed (" + exchange.outcome + ")\n";
  if (!exchange.words.empty()) text += "(" + exchange.words + ")\n";
  const TokenUsage& usage = exchange.usage;
  return text + "(" + duration(exchange.latencySeconds) + "; " + grouped(usage.prompt) +
         " tokens of prompt, " + grouped(usage.cached) + " of them cached, " + grouped(usage.completion) +
         " of reply" + (usage.estimated ? ", estimated" : "") + "; " + fixed(exchange.costUsd, 4) + " USD)\n";
}

Table placeOf(const Shown& shown) {
  const Tree& tree = shown.session.fold.tree();
  const TreeNode& place = tree[shown.node];
  Table table({{""}, {""}});
  table.add({"node", std::to_string(shown.node) + (shown.node == tree.best() ? " (the best)" : "") +
                         ", depth " + std::to_string(place.depth) + ", visits " +
                         std::to_string(place.visits) + ", mean value " + fixed(tree.meanOf(shown.node), 3)});
  if (place.parent != kNoNode) table.add({"parent", std::to_string(place.parent)});
  std::string children;
  for (const NodeId child : tree.childrenOf(shown.node)) children += " " + std::to_string(child);
  if (!children.empty()) table.add({"children", children.substr(1)});
  table.add({"proposed by", shown.record.source + (shown.record.fallback ? " (fallback)" : "")});
  if (const double speedup = shown.session.fold.speedupOf(shown.node); speedup > 0)
    table.add({"speedup", fixed(speedup, 1) + "x"});
  if (shown.record.prediction)
    table.add({"predicted", duration(shown.record.prediction->seconds) + " by " +
                                shown.record.prediction->source + ": " + shown.record.prediction->words});
  return table;
}

std::string inWords(const Shown& shown) {
  std::string text = placeOf(shown).text();
  if (!shown.record.samples.empty()) text += heading("Measurements");
  const RunFold& runs = shown.session.fold.runs();
  for (const NodeRecord::Sample& sample : shown.record.samples)
    text += inWords(sample, runs.conditions().size() > 1 ? runs.conditionsOf(sample.sample).threads : 0);
  if (const auto& confirmed = shown.session.fold.confirmation();
      confirmed && confirmed->node == shown.node && confirmed->measurement.valid)
    text += "in a fresh process: " + duration(confirmed->measurement.seconds) + "\n";
  if (!shown.record.items.empty()) {
    text += heading("Proposed here");
    for (const AppliedItem& item : shown.record.items) text += inWords(item);
  }
  if (!shown.record.reasoning.empty()) text += heading("Reasoning") + shown.record.reasoning + "\n";
  for (const PromptSent& prompt : shown.conversation.prompts)
    text += heading("Prompt to " + prompt.model) + prompt.prompt + "\n";
  for (const ReplyFinished& reply : shown.conversation.replies) text += inWords(reply.exchange);
  for (const ProposalRejected& rejected : shown.record.rejections) {
    text += heading("Rejected here (" + rejected.cause + "), from " + rejected.source);
    for (const AppliedItem& item : rejected.items) text += inWords(item);
  }
  text += heading("Trace");
  for (const std::string& step : shown.state.trace) text += step + "\n";
  return text + heading("Program") + shown.program;
}

}  // namespace

Result<ExitStatus> show(const NodeOptions& options, Console& console) {
  const auto session = readSessionView(options.session);
  if (!session) return tl::unexpected(session.error());
  const auto node = chooseNode(*session, options);
  if (!node) return tl::unexpected(node.error());
  const auto problem = offlineProblem(*session);
  if (!problem) return tl::unexpected(problem.error());
  const auto state = (*problem)->stateOf(session->fold.tree().stateOf(*node).trace);
  if (!state) return tl::unexpected(state.error());
  const Shown shown{*session,
                    *node,
                    session->fold.record(*node),
                    conversationOf(*session, *node),
                    *state,
                    print((*problem)->programOf(*state))};
  const bool wholeSession = !options.node && !options.best;
  const Summary summary = summaryOf(*session);
  if (console.json) {
    nlohmann::json json{{"nodes", session->fold.tree().size()}, {"node", asJson(shown)}};
    json["result"] = asJson(summary);
    console.printJson(json);
  } else {
    console.print((wholeSession ? inWords(summary) + "\n" : "") + inWords(shown));
  }
  return ExitStatus::Done;
}

}  // namespace espalier::cli
