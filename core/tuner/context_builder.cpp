// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tuner/context_builder.h"

#include <map>
#include <utility>

namespace espalier {
namespace {

std::optional<double> positive(double seconds) { return seconds > 0 ? std::optional(seconds) : std::nullopt; }

std::vector<TriedProposal> attemptsOf(const SessionFold& fold, NodeId node) {
  // In the order in which they were made, children and refusals together.
  std::multimap<std::uint64_t, TriedProposal> ordered;
  const Tree& tree = fold.tree();
  for (NodeId child = tree[node].firstChild; child != kNoNode; child = tree[child].nextSibling) {
    const NodeRecord& record = fold.record(child);
    TriedProposal attempt;
    attempt.items = record.items;
    attempt.source = record.source;
    attempt.child = child;
    attempt.predictedSeconds = positive(tree[child].predictedSeconds);
    attempt.measuredSeconds = positive(tree[child].measuredSeconds);
    if (tree[child].failed && !record.samples.empty())
      attempt.failure = record.samples.back().measurement.failure;
    ordered.emplace(record.request, std::move(attempt));
  }
  for (const auto& rejection : fold.record(node).rejections) {
    TriedProposal attempt;
    attempt.items = rejection.items;
    attempt.source = rejection.source;
    attempt.child = rejection.duplicateOf;
    attempt.duplicate = rejection.cause == "duplicate";
    if (attempt.duplicate && tree.contains(attempt.child)) {
      attempt.predictedSeconds = positive(tree[attempt.child].predictedSeconds);
      attempt.measuredSeconds = positive(tree[attempt.child].measuredSeconds);
    }
    ordered.emplace(rejection.request, std::move(attempt));
  }
  std::vector<TriedProposal> attempts;
  attempts.reserve(ordered.size());
  for (auto& [_, attempt] : ordered) attempts.push_back(std::move(attempt));
  return attempts;
}

}  // namespace

ContextBuilder::ContextBuilder(std::shared_ptr<Problem> problem, bool withSections)
    : problem_(std::move(problem)),
      info_(std::make_shared<const ProblemInfo>(problem_->info())),
      withSections_(withSections) {}

ProposalContext ContextBuilder::build(const SessionFold& fold, const ExpansionRequest& request,
                                      int historyDepth, int sampleBudget,
                                      std::optional<std::string> editedPrompt) const {
  const Tree& tree = fold.tree();
  ProposalContext context;
  context.request = request.request;
  context.problem = info_;
  context.node = view(fold, request.node, withSections_);
  NodeId above = tree[request.node].parent;
  for (int i = 0; i < historyDepth && above != kNoNode; ++i, above = tree[above].parent)
    context.ancestors.push_back(view(fold, above, withSections_));
  context.attempts = attemptsOf(fold, request.node);
  if (withSections_) context.legalActions = problem_->legalActions(context.node.state);
  if (tree.best() != kNoNode) context.best = view(fold, tree.best(), false);
  context.baselineSeconds = tree.baselineSeconds();
  context.bestSeconds = tree.bestSeconds();
  context.samplesDone = tree.samples();
  context.sampleBudget = sampleBudget;
  context.editedPrompt = std::move(editedPrompt);
  context.hints = fold.hintsFor(request.node);
  context.tryItems = [problem = problem_](const State& from, std::span<const std::string> items) {
    // Omitted arguments are drawn in the same way each time, so that asking twice gives one answer.
    Random random(from.hash);
    return std::as_const(*problem).apply(from, items, random);
  };
  context.predict = [problem = problem_](std::span<const State> states) {
    return std::as_const(*problem).predict(states);
  };
  return context;
}

NodeView ContextBuilder::view(const SessionFold& fold, NodeId node, bool withSections) const {
  const Tree& tree = fold.tree();
  const NodeRecord& record = fold.record(node);
  NodeView view;
  view.node = node;
  view.depth = tree[node].depth;
  view.state = tree.stateOf(node);
  for (const auto& item : record.items) {
    if (item.accepted)
      view.steps.push_back(item.applied);
    else
      view.refused.push_back(item);
  }
  view.reasoning = record.reasoning;
  view.source = record.source;
  view.prediction = record.prediction;
  if (view.prediction && tree[node].predictedSeconds > 0) {
    view.prediction->seconds = tree[node].predictedSeconds;
    view.prediction->uncertainty = static_cast<double>(tree[node].uncertainty);
  }
  // Those before the conditions changed are no measure of what is proposed now.
  const int first = fold.runs().firstComparable();
  for (const auto& sample : record.samples) {
    if (sample.sample < first && !tree[node].failed) continue;
    const bool faster = !view.measurement || !view.measurement->valid ||
                        sample.measurement.seconds < view.measurement->seconds;
    if (tree[node].failed || (sample.measurement.valid && faster)) view.measurement = sample.measurement;
  }
  view.score = tree.scoreOf(node);
  view.visits = static_cast<int>(tree[node].visits);
  if (withSections) view.sections = problem_->describe(view.state);
  return view;
}

}  // namespace espalier
