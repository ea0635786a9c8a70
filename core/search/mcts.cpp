// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "search/mcts.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "search/uct.h"

namespace espalier {

MctsOptions MctsOptions::paper() {
  MctsOptions options;
  options.rolloutSteps = 16;
  options.backpropagateMeasurements = false;
  options.transpositions = false;
  options.refreshValues = false;
  options.randomSample = 0.05;
  options.optimism = 0;
  options.scaleExploration = false;
  options.tournament = {.draws = 1, .rootDraws = 1, .rounds = 1, .restarts = 0};
  options.reserve.size = 0;
  return options;
}

Mcts::Mcts(Problem& problem, std::uint64_t seed, const MctsOptions& options)
    : record_(problem),
      seed_(seed),
      options_(options),
      reserve_(record_.problem(), record_.tree(), options.reserve, options.optimism, seed) {}

void Mcts::start() {
  record_.addRoot();
  emitReferences(0, tree()[kRootNode].predictedSeconds);
}

void Mcts::baselineMeasured(const Measurement& measurement) {
  record_.emit(BaselineMeasured{measurement});
  if (measurement.valid) emitReferences(measurement.seconds, tree().predictedReference());
}

SearchRequest Mcts::ask(const Capacity& capacity) {
  if (std::exchange(hardwareBusy_, false)) reserve_.grow();
  if (capacity.samples > 0) {
    if (!wantedSamples_.empty()) {
      const NodeId node = wantedSamples_.front();
      wantedSamples_.pop_front();
      std::erase(unmeasured_, node);
      return send(node, "commanded");
    }
    if (expansionsSinceSample_ >= options_.expansionsPerSample && wantedExpansions_.empty()) {
      std::string cause;
      if (const NodeId node = chooseUnmeasured(cause); node != kNoNode) {
        expansionsSinceSample_ = 0;
        return send(node, cause);
      }
    }
  }
  if (capacity.expansions > 0) {
    if (auto request = beginExpansion()) return *request;
  }
  if (capacity.samples > 0 && samplesInFlight_ == 0 &&
      (expansionsInFlight_ > 0 || capacity.expansions == 0)) {
    // The hardware would only wait for proposals: what is left is measured before its turn.
    std::string cause;
    if (const NodeId node = chooseUnmeasured(cause); node != kNoNode) {
      return send(node, cause);
    }
  }
  if (capacity.expansions > 0) {
    if (expansionsInFlight_ == 0) {
      if (tree().focus() != kRootNode) {
        // Nothing is left below the focus: look everywhere again rather than end the run.
        record_.emit(NodeMarked{tree().focus(), NodeMark::Unfocused});
        return ask(capacity);
      }
      if (capacity.samples > 0) {
        std::string cause;
        if (const NodeId node = chooseUnmeasured(cause); node != kNoNode) {
          return send(node, cause);
        }
      }
      if (samplesInFlight_ == 0 && capacity.samples > 0) return SpaceExhausted{};
    }
  }
  return AwaitResults{};
}

SampleRequest Mcts::send(NodeId node, const std::string& cause) {
  ++samplesInFlight_;
  hardwareBusy_ = true;
  return record_.choose(node, cause);
}

std::optional<ExpansionRequest> Mcts::beginExpansion() {
  NodeSelected selected;
  if (!wantedExpansions_.empty()) {
    selected.node = wantedExpansions_.front();
    wantedExpansions_.pop_front();
  } else {
    selected.node = select(&selected.path);
  }
  if (selected.node == kNoNode) return std::nullopt;
  const ExpansionRequest request{nextRequest_++, selected.node};
  selected.request = request.request;
  record_.emit(std::move(selected));
  record_.tree().addVirtualVisit(request.node, +1);
  ++expansionsInFlight_;
  return request;
}

bool Mcts::expandable(const TreeNode& node) const {
  return !node.pruned && !node.closed && node.childCount + node.pending < options_.branching;
}

NodeId Mcts::select(std::vector<SelectionStep>* path) const {
  const Tree& nodes = tree();
  if (nodes.size() == 0) return kNoNode;
  const double exploration = explorationNow();
  std::vector<NodeId> blocked;  // full for now, with everything below in flight
  const NodeId start = nodes.focus();
  while (true) {
    if (path) path->clear();
    NodeId node = start;
    while (!expandable(nodes[node])) {
      std::vector<UctTerms> children = termsOf(node, exploration);
      UctTerms* chosen = nullptr;
      double highest = -1;
      for (UctTerms& terms : children) {
        terms.open = terms.open && std::find(blocked.begin(), blocked.end(), terms.child) == blocked.end();
        if (terms.open && terms.mean + terms.exploration > highest) {
          highest = terms.mean + terms.exploration;
          chosen = &terms;
        }
      }
      const NodeId next = chosen != nullptr ? chosen->child : kNoNode;
      if (chosen != nullptr) chosen->chosen = true;
      if (path) path->push_back({node, std::move(children)});
      if (next == kNoNode) break;
      node = next;
    }
    if (expandable(nodes[node])) return node;
    if (node == start) return kNoNode;
    blocked.push_back(node);
  }
}

std::vector<UctTerms> Mcts::termsOf(NodeId node, double exploration) const {
  const Tree& nodes = tree();
  const std::uint32_t parentVisits = nodes[node].visits + nodes[node].virtualVisits;
  double stated = 0;
  int statements = 0;
  for (NodeId child = nodes[node].firstChild; child != kNoNode; child = nodes[child].nextSibling) {
    stated += nodes[child].preference;
    statements += nodes[child].preference > 0 ? 1 : 0;
  }
  // Of a child without a preference nothing is known: it counts as an average one.
  const double average = statements > 0 ? stated / statements : 1;
  const double total = stated + average * (nodes[node].childCount - statements);
  std::vector<UctTerms> children;
  children.reserve(nodes[node].childCount);
  for (NodeId child = nodes[node].firstChild; child != kNoNode; child = nodes[child].nextSibling) {
    const TreeNode& candidate = nodes[child];
    const std::uint32_t visits = candidate.visits + candidate.virtualVisits;
    const double preference = candidate.preference > 0 ? candidate.preference : average;
    const Uct terms = options_.priors
                          ? puct(candidate.totalValue, visits, parentVisits, exploration, preference / total)
                          : uct(candidate.totalValue, visits, parentVisits, exploration);
    children.push_back({child, candidate.visits, candidate.virtualVisits, terms.mean, terms.exploration,
                        !candidate.pruned && !candidate.exhausted, false});
  }
  return children;
}

double Mcts::explorationNow() const {
  constexpr double kLeastSpread = 0.05;
  if (!options_.scaleExploration || tree().scoreSpread() == 0) return options_.exploration;
  return options_.exploration * std::max(kLeastSpread, tree().scoreSpread());
}

void Mcts::proposalArrived(const ExpansionRequest& request, const SequenceAnswer& proposal) {
  record_.tree().addVirtualVisit(request.node, -1);
  --expansionsInFlight_;
  ++expansionsSinceSample_;
  Random random = randomFor(seed_, "expansion", request.request);
  const State from = tree().stateOf(request.node);

  NodeAdded node;
  node.request = request.request;
  node.parent = request.node;
  node.source = proposal.source;
  node.reasoning = proposal.reasoning;
  node.preference = proposal.preference;
  Application application;
  if (!proposal.items.empty()) application = record_.problem().apply(from, proposal.items, random);
  const bool takeRandom = !application.changed();
  if (takeRandom) {
    node.fallback = !proposal.random;
    node.preference = 0;  // was for something else
    auto drawn = randomApplication(request, from, proposal.random, random);
    if (!drawn) {
      reject({request.request, request.node, std::move(application.items), proposal.source,
              proposal.reasoning, "dead-end", kNoNode, node.fallback, true});
      return;
    }
    drawn->items.insert(drawn->items.begin(), application.items.begin(), application.items.end());
    application = std::move(*drawn);
  }
  if (const NodeId twin = tree().find(application.state.hash); twin != kNoNode) {
    reject({request.request, request.node, std::move(application.items), proposal.source, proposal.reasoning,
            "duplicate", twin, node.fallback, false});
    return;
  }
  node.state = std::move(application.state);
  node.items = std::move(application.items);
  expand(std::move(node), random);
}

std::optional<Application> Mcts::randomApplication(const ExpansionRequest& request, const State& from,
                                                   bool onPurpose, Random& random) {
  // A proposer that failed once shall not cost a whole evolution.
  auto ready = onPurpose ? reserve_.next() : std::nullopt;
  // Until something was learnt, steps from what was tried lead to more of the same; and they cost far more.
  constexpr std::uint64_t kFromReserve = 4;
  if (ready && (reserve_.fresh() || request.request % kFromReserve != 0))
    return std::move(ready->application);
  auto drawn = Tournament(record_.problem(), tree(), options_.tournament, options_.optimism)
                   .play(request.node, from, random);
  if (ready && (!drawn || ready->rank < drawn->rank)) return std::move(ready->application);
  if (!drawn) return std::nullopt;
  return std::move(drawn->application);
}

NodeId Mcts::expand(NodeAdded node, Random& random) {
  evaluate(node, random);
  adjustPredictedReference(node);
  const NodeId added = record_.addNode(std::move(node));
  unmeasured_.push_back(added);
  reopenAbove(added);
  backpropagateEvaluation(added, options_.rolloutSteps > 0 ? "rollout" : "prediction");
  return added;
}

void Mcts::evaluate(NodeAdded& node, Random& random) const {
  node.prediction = record_.predict(node.state);
  if (options_.rolloutSteps == 0) return;
  const Problem& problem = record_.problem();
  std::vector<State> ends;
  for (int rollout = 0; rollout < options_.rolloutCount; ++rollout) {
    State end = node.state;
    for (int step = 0; step < options_.rolloutSteps; ++step) {
      auto next = problem.randomStep(end, random);
      if (!next) break;
      end = std::move(next->state);
    }
    ends.push_back(std::move(end));
  }
  for (const auto& prediction : problem.predict(ends))
    if (node.rolloutSeconds == 0 || prediction.seconds < node.rolloutSeconds)
      node.rolloutSeconds = prediction.seconds;
}

void Mcts::reject(ProposalRejected rejection) {
  const NodeId node = rejection.node;
  if (tree()[node].rejections + 1 >= options_.maximumRejections) rejection.closes = true;
  const bool closes = rejection.closes;
  const NodeId twin = rejection.duplicateOf;
  record_.emit(std::move(rejection));
  if (options_.transpositions && twin != kNoNode) {
    const double reward = tree().scoreOf(twin);
    record_.emit(Backpropagated{node, "transposition", reward, reward});
  } else {
    record_.emit(Backpropagated{node, "rejected", 0, 0});
  }
  if (closes) closeAbove(node);
}

void Mcts::adjustPredictedReference(const NodeAdded& node) {
  double fastest = node.rolloutSeconds;
  if (node.prediction && node.prediction->seconds > 0 && (fastest == 0 || node.prediction->seconds < fastest))
    fastest = node.prediction->seconds;
  if (fastest == 0) return;
  // Nothing is faster than the roofline, whatever a model believes.
  fastest = std::max(fastest, record_.problem().info().rooflineSeconds);
  const double reference = tree().predictedReference();
  if (reference == 0 || fastest < reference) emitReferences(tree().measuredReference(), fastest);
}

void Mcts::backpropagateEvaluation(NodeId node, const char* cause) {
  const double reward = tree().scoreOf(node);
  record_.emit(Backpropagated{node, cause, reward, reward});
}

void Mcts::measured(const SampleRequest& request, const Measurement& measurement) {
  --samplesInFlight_;
  const double rewardBefore = tree().scoreOf(request.node);
  const int evaluations = tree()[request.node].evaluations;
  record_.noteSample(request, measurement);
  if (options_.backpropagateMeasurements) {
    const double reward = tree().scoreOf(request.node);
    record_.emit(Backpropagated{request.node, "measurement", reward,
                                reward * (evaluations + 1) - rewardBefore * evaluations});
  }
  const double best = tree().bestSeconds();
  if (best > 0 && best != tree().measuredReference() &&
      (tree().baselineSeconds() == 0 || best < tree().baselineSeconds()))
    emitReferences(best, tree().predictedReference());
  if (record_.learnIfDue()) refreshPredictions(options_.refreshLimit);
}

void Mcts::conditionsChanged() {
  const NodeId best = tree().best();
  record_.changeConditions();
  unmeasured_.clear();
  for (NodeId node = kRootNode + 1; node < tree().size(); ++node)
    if (!tree()[node].chosen) unmeasured_.push_back(node);
  refreshPredictions(unmeasured_.size());
  if (best != kNoNode && best != kRootNode) wantedSamples_.push_front(best);
}

void Mcts::refreshPredictions(std::size_t limit) {
  reserve_.outdate();
  // The nodes that may still be chosen, most promising first, and the best measured ones to keep both scales
  // together.
  constexpr std::size_t kMeasured = 16;
  const Tree& nodes = tree();
  std::vector<NodeId> chosen = unmeasured_;
  const auto byPrediction = [&](NodeId a, NodeId b) {
    return std::pair(nodes[a].predictedSeconds, a) < std::pair(nodes[b].predictedSeconds, b);
  };
  const std::size_t kept = std::min(chosen.size(), limit);
  std::partial_sort(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(kept), chosen.end(),
                    byPrediction);
  chosen.resize(kept);
  std::vector<NodeId> fastest;
  for (NodeId node = 0; node < nodes.size(); ++node)
    if (nodes[node].measuredSeconds > 0) fastest.push_back(node);
  const std::size_t keptFastest = std::min(fastest.size(), kMeasured);
  std::partial_sort(fastest.begin(), fastest.begin() + static_cast<std::ptrdiff_t>(keptFastest),
                    fastest.end(), [&](NodeId a, NodeId b) {
                      return std::pair(nodes[a].measuredSeconds, a) < std::pair(nodes[b].measuredSeconds, b);
                    });
  chosen.insert(chosen.end(), fastest.begin(), fastest.begin() + static_cast<std::ptrdiff_t>(keptFastest));

  std::vector<State> states;
  states.reserve(chosen.size());
  for (const NodeId node : chosen) states.push_back(nodes.stateOf(node));
  const auto predictions = record_.problem().predict(states);

  ValuesRefreshed refreshed;
  refreshed.observations = record_.observations();
  refreshed.measuredReference = nodes.measuredReference();
  refreshed.valuesKept = !options_.refreshValues;
  std::vector<bool> isNew(nodes.size(), false);
  double reference = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < chosen.size() && i < predictions.size(); ++i) {
    refreshed.predictions.push_back({chosen[i], predictions[i].seconds, predictions[i].uncertainty});
    isNew[chosen[i]] = true;
    if (predictions[i].seconds > 0) reference = std::min(reference, predictions[i].seconds);
  }
  for (NodeId node = 0; node < nodes.size(); ++node) {
    if (nodes[node].failed) continue;
    if (!isNew[node] && nodes[node].predictedSeconds > 0)
      reference = std::min(reference, nodes[node].predictedSeconds);
    if (nodes[node].rolloutSeconds > 0)
      reference = std::min(reference, static_cast<double>(nodes[node].rolloutSeconds));
  }
  refreshed.predictedReference = std::isfinite(reference)
                                     ? std::max(reference, record_.problem().info().rooflineSeconds)
                                     : nodes.predictedReference();
  record_.emit(std::move(refreshed));
}

void Mcts::emitReferences(double measured, double predicted) {
  ValuesRefreshed refreshed;
  refreshed.measuredReference = measured;
  refreshed.predictedReference = predicted;
  refreshed.valuesKept = !options_.refreshValues;
  record_.emit(std::move(refreshed));
}

NodeId Mcts::chooseUnmeasured(std::string& cause) {
  std::vector<NodeId> candidates;
  for (const NodeId node : unmeasured_)
    if (!tree()[node].chosen && !prunedAbove(node)) candidates.push_back(node);
  if (candidates.empty()) return kNoNode;
  Random random = randomFor(seed_, "sample", static_cast<std::uint64_t>(record_.nextSample()));
  NodeId chosen = candidates.front();
  if (random.chance(options_.randomSample)) {
    cause = "explored";
    chosen = random.pick(candidates);
  } else {
    cause = "predicted-best";
    const auto rank = [&](NodeId node) {
      return rankOf(tree()[node].predictedSeconds, static_cast<double>(tree()[node].uncertainty),
                    options_.optimism);
    };
    double lowest = rank(chosen);
    for (const NodeId node : candidates)
      if (const double ranked = rank(node); ranked < lowest) {
        lowest = ranked;
        chosen = node;
      }
  }
  std::erase(unmeasured_, chosen);
  return chosen;
}

bool Mcts::prunedAbove(NodeId node) const {
  if (pruned_ == 0) return false;
  for (; node != kNoNode; node = tree()[node].parent)
    if (tree()[node].pruned) return true;
  return false;
}

}  // namespace espalier
