// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/exec_proposer.h"

#include <nlohmann/json.hpp>

#include "reasoning/chat_json.h"
#include "reasoning/chat_text.h"
#include "reasoning/prompt_words.h"
#include "reasoning/reply_reader.h"
#include "support/hash.h"

namespace espalier {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;

json orNull(const std::optional<double>& value) { return value ? json(*value) : json(); }

json toJson(const std::vector<Section>& sections) {
  json list = json::array();
  for (const Section& section : sections)
    list.push_back({{"key", section.key}, {"title", section.title}, {"text", section.text}});
  return list;
}

json toJson(const NodeView& view) {
  const bool valid = view.measurement && view.measurement->valid;
  return {{"depth", view.depth},
          {"trace", view.state.trace},
          {"steps", view.steps},
          {"source", view.source},
          {"predicted_seconds", view.prediction ? json(view.prediction->seconds) : json()},
          {"measured_seconds", valid ? json(view.measurement->seconds) : json()},
          {"failure", view.measurement && !valid ? view.measurement->failure : std::string()},
          {"score", view.score},
          {"sections", toJson(view.sections)}};
}

json toJson(const TriedProposal& attempt) {
  json items = json::array();
  for (const AppliedItem& item : attempt.items) {
    items.push_back({{"proposed", item.proposed},
                     {"accepted", item.accepted},
                     {"applied", item.applied},
                     {"reason", item.reason},
                     {"hint", item.hint}});
  }
  return {{"items", std::move(items)},
          {"duplicate", attempt.duplicate},
          {"predicted_seconds", orNull(attempt.predictedSeconds)},
          {"measured_seconds", orNull(attempt.measuredSeconds)},
          {"failure", attempt.failure}};
}

}  // namespace

std::string execContext(const ProposalContext& context, std::uint64_t id) {
  json ancestors = json::array();
  for (const NodeView& view : context.ancestors) ancestors.push_back(toJson(view));
  json attempts = json::array();
  for (const TriedProposal& attempt : context.attempts) attempts.push_back(toJson(attempt));
  json actions = json::array();
  for (const LegalAction& action : context.legalActions) {
    actions.push_back({{"name", action.name}, {"arguments", action.arguments}, {"example", action.example}});
  }
  const ProblemInfo& problem = *context.problem;
  return writeJson({{"version", kVersion},
                    {"kind", "propose"},
                    {"id", id},
                    {"problem",
                     {{"name", problem.name},
                      {"kind", problem.kind},
                      {"sections", toJson(problem.sections)},
                      {"roofline_seconds", problem.rooflineSeconds}}},
                    {"node", toJson(context.node)},
                    {"ancestors", std::move(ancestors)},
                    {"best", context.best ? toJson(*context.best) : json()},
                    {"attempts", std::move(attempts)},
                    {"legal_actions", std::move(actions)},
                    {"hints", context.hints},
                    {"baseline_seconds", context.baselineSeconds},
                    {"best_seconds", context.bestSeconds},
                    {"samples_done", context.samplesDone},
                    {"sample_budget", context.sampleBudget}});
}

Proposal ExecProposer::propose(const ProposalContext& context, Random& random,
                               const ProposalControl& control) {
  const std::lock_guard lock(mutex_);
  Exchange exchange;
  std::string why = "The external program failed too often and is not asked any more.";
  std::vector<Exchange> exchanges;
  if (!dialogue_.hopeless()) {
    const std::uint64_t id = dialogue_.nextId();
    exchange.model = "exec: " + shortened(cleanLine(dialogue_.command()), 200);
    exchange.prompt = execContext(context, id);
    exchange.promptHash = Hasher().add(exchange.prompt).value();
    if (control.promptSent) control.promptSent(exchange);
    const auto begin = std::chrono::steady_clock::now();
    const std::optional<std::string> line =
        dialogue_.ask(exchange.prompt, id, control.stop, why, exchange.outcome);
    exchange.latencySeconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (line) {
      exchange.reply = cleanText(*line);
      ModelReply reply = readReply(*line, knownNames(context));
      for (const std::string& repair : reply.repairs)
        exchange.words += (exchange.words.empty() ? "" : " ") + repair;
      if (!reply.sequences.empty()) {
        Proposal proposal;
        proposal.reasoning = std::move(reply.sequences.front().reasoning);
        proposal.items = std::move(reply.sequences.front().items);
        proposal.preference = reply.sequences.front().preference;
        proposal.proposer = "exec";
        proposal.exchanges.push_back(std::move(exchange));
        return proposal;
      }
      why = "The answer of the external program holds no transformations.";
      exchange.outcome = "no-transformations";
    }
    exchange.words += (exchange.words.empty() ? "" : " ") + why;
    exchanges.push_back(std::move(exchange));
  }
  Proposal proposal;
  if (fallback_ && !control.stop.stop_requested()) proposal = fallback_->propose(context, random, control);
  proposal.fallback = true;
  proposal.notice = why + " Instead: " + (proposal.proposer.empty() ? "a random step" : proposal.proposer) +
                    "." + (proposal.notice.empty() ? "" : " " + proposal.notice);
  proposal.exchanges.insert(proposal.exchanges.begin(), std::make_move_iterator(exchanges.begin()),
                            std::make_move_iterator(exchanges.end()));
  return proposal;
}

}  // namespace espalier
