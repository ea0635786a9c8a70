// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "cli/session_view.h"

#include <nlohmann/json.hpp>
#include <variant>

#include "codegen/target.h"
#include "session/session_store.h"
#include "tensor_problem/tensor_problem.h"

namespace espalier::cli {

Result<TuneOptions> optionsOf(const RunStarted& run) {
  return tuneOptionsFromJson(nlohmann::json::parse(run.options, nullptr, false));
}

Result<SessionView> readSessionView(const std::string& path) {
  auto events = readSession(path);
  if (!events) return tl::unexpected(events.error());
  auto fold = foldEvents(*events);
  if (!fold) return inputError(path + ": " + fold.error().message, fold.error().hint);
  if (fold->run() == nullptr)
    return inputError(path + " holds no run yet.",
                      "Wait until its `tune` has begun, or start a new session.");
  return SessionView{path, std::move(*events), std::move(*fold)};
}

Result<StartingPoint> startingPoint(const SearchOptions& search) {
  StartingPoint point;
  if (search.proposer != "recorded" || !search.recording || !search.recording->ends_with(".espalier"))
    return point;
  const auto recording = readSessionView(*search.recording);
  if (!recording) return tl::unexpected(recording.error());
  auto options = optionsOf(recording->run());
  if (!options) return tl::unexpected(options.error());
  point.options = *std::move(options);
  // Threads may have changed on the way.
  for (const Event& event : recording->events)
    if (const auto* run = std::get_if<RunStarted>(&event.body); run != nullptr && !point.threads)
      point.threads = run->problem.threads;
  const Target host = hostTarget();
  if (auto sheet = hardwareSheetFromJson(recording->run().host);
      sheet && sheet->target.cpu == host.cpu && sheet->target.features == host.features)
    point.sheet = *std::move(sheet);
  return point;
}

Result<NodeId> chooseNode(const SessionView& session, const NodeOptions& options) {
  const Tree& tree = session.fold.tree();
  if (tree.size() == 0)
    return inputError(session.path + " has no node yet.", "Go on with `espalier-cli resume`.");
  if (options.node) {
    if (*options.node < tree.size()) return static_cast<NodeId>(*options.node);
    return inputError(session.path + " has no node " + std::to_string(*options.node) + ".",
                      "Its nodes are 0 to " + std::to_string(tree.size() - 1) + ".");
  }
  if (const NodeId best = resultOf(session.fold).bestNode; best != kNoNode) return best;
  if (options.best)
    return inputError("Nothing valid was measured in " + session.path + " yet, so it has no best node.",
                      "Go on with `espalier-cli resume`, or name a node with --node.");
  return kRootNode;
}

namespace {

/// The request whose call answered this one: its own, or that of a sibling from the same reply.
std::uint64_t askedFor(const SessionView& session, NodeId node) {
  const NodeRecord& record = session.fold.record(node);
  const NodeId parent = session.fold.tree()[node].parent;
  std::uint64_t request = record.request;
  for (const Event& event : session.events) {
    const auto* reply = std::get_if<ReplyFinished>(&event.body);
    if (reply == nullptr) continue;
    if (reply->request == record.request) return record.request;
    if (reply->node == parent && reply->exchange.model == record.source) request = reply->request;
  }
  return request;
}

}  // namespace

Conversation conversationOf(const SessionView& session, NodeId node) {
  Conversation conversation;
  if (session.fold.record(node).request == kNoRequest) return conversation;
  const std::uint64_t request = askedFor(session, node);
  for (const Event& event : session.events) {
    if (const auto* prompt = std::get_if<PromptSent>(&event.body);
        prompt != nullptr && prompt->request == request)
      conversation.prompts.push_back(*prompt);
    if (const auto* reply = std::get_if<ReplyFinished>(&event.body);
        reply != nullptr && reply->request == request)
      conversation.replies.push_back(*reply);
  }
  return conversation;
}

Summary summaryOf(const SessionView& session) {
  const SessionFold& fold = session.fold;
  Summary summary;
  summary.result = resultOf(fold);
  summary.timeline = timelineOf(session.events);
  summary.session = session.path;
  if (fold.run() != nullptr) summary.rooflineSeconds = fold.run()->problem.rooflineSeconds;
  if (summary.result.bestNode == kNoNode) return summary;
  const auto tell = [&](const Measurement& measurement) {
    if (summary.verification.empty()) summary.verification = measurement.verification;
    if (summary.conditions.empty() && measurement.valid) summary.conditions = measurement.detail;
  };
  if (const auto& confirmed = fold.confirmation(); confirmed && confirmed->node == summary.result.bestNode)
    tell(confirmed->measurement);
  const auto& samples = fold.record(summary.result.bestNode).samples;
  for (auto sample = samples.rbegin(); sample != samples.rend(); ++sample) tell(sample->measurement);
  return summary;
}

Result<std::unique_ptr<TensorProblem>> offlineProblem(const SessionView& session) {
  TensorProblemOptions options;
  options.offline = true;
  return tensorProblemFromIdentity(session.run().problem.identity, options);
}

}  // namespace espalier::cli
