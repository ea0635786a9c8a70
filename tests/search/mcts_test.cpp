// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "search/mcts.h"

#include <cmath>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/evolutionary.h"
#include "search/toy_problem.h"
#include "search/uct.h"

namespace espalier {
namespace {

using test::ToyOptions;
using test::ToyProblem;

template <class Kind>
std::vector<Kind> only(const std::vector<SearchEvent>& events) {
  std::vector<Kind> found;
  for (const auto& event : events)
    if (const auto* kind = std::get_if<Kind>(&event)) found.push_back(*kind);
  return found;
}

/// Proposes what a test says, else a random step.
SequenceAnswer randomStep() { return {{}, "", "random", true}; }
SequenceAnswer propose(std::vector<std::string> items) {
  return {std::move(items), "because", "scripted", false};
}

Measurement measureWith(ToyProblem& problem, const SampleRequest& request) {
  const auto built = problem.build(request.state);
  return built->failure ? *built->failure : problem.measure(*built, {});
}

/// Runs one request after the other until so many samples were told; what the search emitted comes back.
std::vector<SearchEvent> run(SearchStrategy& search, ToyProblem& problem, int samples) {
  std::vector<SearchEvent> events;
  const auto take = [&] {
    for (auto& event : search.takeEvents()) events.push_back(std::move(event));
  };
  for (int told = 0; told < samples;) {
    const auto request = search.ask({1, 1});
    take();
    if (const auto* expansion = std::get_if<ExpansionRequest>(&request)) {
      search.proposalArrived(*expansion, randomStep());
    } else if (const auto* sample = std::get_if<SampleRequest>(&request)) {
      search.measured(*sample, measureWith(problem, *sample));
      ++told;
    } else {
      break;
    }
    take();
  }
  return events;
}

TEST(Uct, IsThePapersFormula) {
  const Uct terms = uct(3.0, 4, 10, std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(terms.mean, 0.75);
  EXPECT_DOUBLE_EQ(terms.exploration, std::sqrt(2.0) * std::sqrt(std::log(10.0) / 4.0));
  EXPECT_NEAR(terms.value(), 0.75 + 1.0729830131446736, 1e-12);
}

TEST(Uct, PrefersWhatWasNeverVisited) {
  EXPECT_GT(uct(0, 0, 10, 1).value(), uct(1000, 1, 1000, 1000).value());
}

TEST(Mcts, SelectsTheChildOfHighestUctAndTellsItsTerms) {
  ToyProblem problem;
  MctsOptions options;
  options.scaleExploration = false;
  Mcts search(problem, 1, options);
  search.start();
  // Two children of the root: one good, one bad.
  auto first = std::get<ExpansionRequest>(search.ask({1, 0}));
  search.proposalArrived(first, propose({"Set(a, 3)", "Set(c, 4)", "Set(d, 1)"}));
  auto second = std::get<ExpansionRequest>(search.ask({1, 0}));
  EXPECT_EQ(second.node, kRootNode);
  search.proposalArrived(second, propose({"Set(d, 9)"}));
  (void)search.takeEvents();

  const auto third = std::get<ExpansionRequest>(search.ask({1, 0}));
  EXPECT_EQ(third.node, 1U);
  const auto selected = only<NodeSelected>(search.takeEvents());
  ASSERT_EQ(selected.size(), 1U);
  ASSERT_EQ(selected[0].path.size(), 1U);
  const auto& terms = selected[0].path[0].children;
  ASSERT_EQ(terms.size(), 2U);
  const Tree& tree = search.tree();
  for (const auto& term : terms) {
    EXPECT_DOUBLE_EQ(term.mean, tree[term.child].totalValue);
    EXPECT_DOUBLE_EQ(term.exploration, std::sqrt(2.0) * std::sqrt(std::log(2.0)));
  }
  EXPECT_TRUE(terms[0].chosen);
  EXPECT_FALSE(terms[1].chosen);
  EXPECT_GT(terms[0].mean, terms[1].mean);
}

TEST(Puct, WeighsExplorationByThePrior) {
  const Uct terms = puct(3.0, 4, 16, 2.0, 0.25);
  EXPECT_DOUBLE_EQ(terms.mean, 0.75);
  EXPECT_DOUBLE_EQ(terms.exploration, 2.0 * 0.25 * 4 / 5);
  EXPECT_DOUBLE_EQ(puct(0, 0, 16, 2.0, 0.25).value(), 2.0);
}

/// The child of the root that is expanded next, after two that are worth the same.
NodeId preferredChild(bool priors, double first, double second) {
  ToyOptions toy;
  toy.predictionNoise = 0;
  ToyProblem problem(toy);
  MctsOptions options;
  options.scaleExploration = false;
  options.priors = priors;
  Mcts search(problem, 1, options);
  search.start();
  for (const auto& [step, preference] : {std::pair("Set(a, 6)", first), {"Set(a, 0)", second}}) {
    const auto request = std::get<ExpansionRequest>(search.ask({1, 0}));
    SequenceAnswer proposal = propose({step, "Set(b, 2)"});
    proposal.preference = preference;
    search.proposalArrived(request, proposal);
  }
  (void)search.takeEvents();
  return std::get<ExpansionRequest>(search.ask({1, 0})).node;
}

TEST(Mcts, FollowsThePreferencesOfTheProposerIfItShall) {
  EXPECT_EQ(preferredChild(true, 0.9, 0.1), 1U);
  EXPECT_EQ(preferredChild(true, 0.1, 0.9), 2U);
  // Without the option they change nothing, and without preferences all children are alike.
  EXPECT_EQ(preferredChild(false, 0.1, 0.9), 1U);
  EXPECT_EQ(preferredChild(true, 0, 0), 1U);
  EXPECT_EQ(preferredChild(true, 0.5, 0), 1U);
}

TEST(Mcts, PreferencesSurviveASession) {
  ToyProblem problem;
  MctsOptions options;
  options.priors = true;
  Mcts search(problem, 1, options);
  search.start();
  std::vector<SearchEvent> events;
  const auto request = std::get<ExpansionRequest>(search.ask({1, 0}));
  SequenceAnswer proposal = propose({"Set(a, 3)"});
  proposal.preference = 0.8;
  search.proposalArrived(request, proposal);
  for (auto& event : search.takeEvents()) events.push_back(std::move(event));
  EXPECT_EQ(only<NodeAdded>(events).back().preference, 0.8);
  Mcts restored(problem, 1, options);
  ASSERT_TRUE(restored.restore(events));
  EXPECT_EQ(restored.tree()[1].preference, search.tree()[1].preference);
  EXPECT_EQ(restored.tree()[1].preference, 200);
}

TEST(Mcts, LetsTheHardwareNotWaitForProposals) {
  ToyProblem problem;
  MctsOptions options;
  options.expansionsPerSample = 3;
  Mcts search(problem, 1, options);
  search.start();
  const auto first = std::get<ExpansionRequest>(search.ask({2, 1}));
  const auto second = std::get<ExpansionRequest>(search.ask({1, 1}));
  search.proposalArrived(first, propose({"Set(a, 3)"}));
  // Its turn would come after three expansions, but all that may be in flight are.
  const auto sample = std::get<SampleRequest>(search.ask({0, 1}));
  EXPECT_EQ(sample.node, 1U);
  search.proposalArrived(second, propose({"Set(a, 4)"}));
  EXPECT_TRUE(std::holds_alternative<AwaitResults>(search.ask({0, 1}))) << "one is being measured";
}

TEST(Mcts, MeasuresExplorationInUnitsOfTheSpreadOfScores) {
  ToyProblem problem;
  Mcts search(problem, 3, {});
  search.start();
  (void)run(search, problem, 20);
  const Tree& tree = search.tree();
  double sum = 0;
  double squares = 0;
  double count = 0;
  for (NodeId node = 1; node < tree.size(); ++node, ++count) {
    sum += tree.scoreOf(node);
    squares += tree.scoreOf(node) * tree.scoreOf(node);
  }
  const double spread = std::sqrt(squares / count - sum / count * sum / count);
  EXPECT_NEAR(tree.scoreSpread(), spread, 1e-9);
  std::vector<SelectionStep> path;
  ASSERT_NE(search.select(&path), kNoNode);
  const auto& first = path.at(0).children.at(0);
  EXPECT_NEAR(
      first.exploration,
      std::sqrt(2.0) * spread * std::sqrt(std::log(tree[kRootNode].visits) / tree[first.child].visits), 1e-9);
}

TEST(Mcts, RandomStepsAreTournamentsUnderThePrediction) {
  ToyOptions toy;
  toy.predictionNoise = 0;
  const auto firstChild = [&](int tournament) {
    ToyProblem problem(toy);
    MctsOptions options;
    options.reserve.size = 0;
    options.tournament.rootDraws = tournament;
    options.tournament.rounds = 1;
    Mcts search(problem, 3, options);
    search.start();
    search.proposalArrived(std::get<ExpansionRequest>(search.ask({1, 0})), randomStep());
    return search.tree()[1].predictedSeconds;
  };
  EXPECT_LT(firstChild(256), 0.2 * firstChild(1));
  EXPECT_EQ(MctsOptions::paper().tournament.draws, 1);
  EXPECT_EQ(MctsOptions::paper().tournament.rootDraws, 1);
  EXPECT_EQ(MctsOptions::paper().tournament.rounds, 1);
  EXPECT_FALSE(MctsOptions::paper().scaleExploration);
}

TEST(Mcts, BeginsRandomStepsWithTheDesignsThatAnEvolutionarySearchBeginsWith) {
  const auto first = [](SearchStrategy& search, ToyProblem& problem) {
    search.start();
    std::vector<std::uint64_t> states;
    for (const auto& added : only<NodeAdded>(run(search, problem, 20)))
      if (added.node != kRootNode) states.push_back(added.state.hash);
    states.resize(20);
    return states;
  };
  ToyProblem problem;
  ToyProblem same;
  Evolutionary evolutionary(problem, 9, {});
  Mcts search(same, 9, {});
  const auto states = first(search, same);
  const auto order = first(evolutionary, problem);
  EXPECT_EQ(states[0], order[0]);
  EXPECT_NE(states, order) << "what was measured changes the order";
  for (std::size_t third = 2; third < states.size(); third += 3) {
    const auto before = states.begin() + static_cast<std::ptrdiff_t>(third);
    const auto next = std::find_if(order.begin(), order.end(), [&](std::uint64_t state) {
      return std::find(states.begin(), before, state) == before;
    });
    ASSERT_NE(next, order.end());
    EXPECT_EQ(states[third], *next) << third;
  }
  EXPECT_EQ(MctsOptions::paper().reserve.size, 0U);
  ToyProblem other;
  MctsOptions none;
  none.reserve.size = 0;
  Mcts without(other, 9, none);
  EXPECT_NE(first(without, other), states);
}

TEST(Mcts, HasAtMostBChildrenANode) {
  for (const int branching : {1, 2, 4}) {
    ToyProblem problem;
    MctsOptions options;
    options.branching = branching;
    Mcts search(problem, 7, options);
    search.start();
    (void)run(search, problem, 60);
    for (NodeId node = 0; node < search.tree().size(); ++node)
      EXPECT_LE(search.tree()[node].childCount, branching);
    EXPECT_GT(search.tree().size(), 60U);
  }
}

TEST(Mcts, SkipsInvalidItemsAndKeepsTheirReasons) {
  ToyProblem problem;
  Mcts search(problem, 1, {});
  search.start();
  const auto request = std::get<ExpansionRequest>(search.ask({1, 0}));
  (void)search.takeEvents();
  search.proposalArrived(request, propose({"Set(z, 3)", "Set(a, 3)", "Vectorize(n)"}));
  const auto added = only<NodeAdded>(search.takeEvents());
  ASSERT_EQ(added.size(), 1U);
  EXPECT_FALSE(added[0].fallback);
  EXPECT_EQ(added[0].state.trace, std::vector<std::string>{"Set(a, 3)"});
  ASSERT_EQ(added[0].items.size(), 3U);
  EXPECT_EQ(added[0].items[0].refusalCode, "unknown-step");
  EXPECT_TRUE(added[0].items[1].accepted);
  EXPECT_EQ(added[0].items[2].reason, "Vectorize(n) is no step.");
}

TEST(Mcts, FallsBackToARandomStepOnlyIfEverythingIsInvalid) {
  ToyProblem problem;
  Mcts search(problem, 1, {});
  search.start();
  const auto request = std::get<ExpansionRequest>(search.ask({1, 0}));
  search.proposalArrived(request, propose({"Nonsense", "More()"}));
  const auto added = only<NodeAdded>(search.takeEvents());
  ASSERT_EQ(added.size(), 2U);  // the root and this one
  EXPECT_TRUE(added[1].fallback);
  EXPECT_EQ(added[1].items.front().refusalCode, "unknown-step");
  EXPECT_TRUE(added[1].items.back().accepted);
}

TEST(Mcts, ARandomProposerDoesNotFallBack) {
  ToyProblem problem;
  Mcts search(problem, 1, {});
  search.start();
  search.proposalArrived(std::get<ExpansionRequest>(search.ask({1, 0})), randomStep());
  EXPECT_FALSE(only<NodeAdded>(search.takeEvents()).back().fallback);
}

TEST(Mcts, AddsNoStateTwice) {
  ToyProblem problem;
  Mcts search(problem, 1, {});
  search.start();
  search.proposalArrived(std::get<ExpansionRequest>(search.ask({1, 0})), propose({"Set(a, 3)"}));
  const auto again = std::get<ExpansionRequest>(search.ask({1, 0}));
  (void)search.takeEvents();
  // The same program on another way.
  search.proposalArrived(again, propose({"Set(a, 5)", "Set(a, 3)"}));
  const auto rejected = only<ProposalRejected>(search.takeEvents());
  ASSERT_EQ(rejected.size(), 1U);
  EXPECT_EQ(rejected[0].cause, "duplicate");
  EXPECT_EQ(rejected[0].duplicateOf, 1U);
  EXPECT_EQ(search.tree().size(), 2U);
}

TEST(Mcts, GivesUpANodeThatYieldsNothingNew) {
  ToyProblem problem;
  MctsOptions options;
  options.maximumRejections = 3;
  Mcts search(problem, 1, options);
  search.start();
  search.proposalArrived(std::get<ExpansionRequest>(search.ask({1, 0})), propose({"Set(a, 3)"}));
  int rejectedAtRoot = 0;
  for (int i = 0; i < 10; ++i) {
    const auto request = std::get<ExpansionRequest>(search.ask({1, 0}));
    if (request.node != kRootNode) break;
    ++rejectedAtRoot;
    search.proposalArrived(request, propose({"Set(a, 3)"}));
  }
  EXPECT_EQ(rejectedAtRoot, 3);
  EXPECT_TRUE(search.tree()[kRootNode].closed);
}

TEST(Mcts, EndsWhenTheSpaceIsExhausted) {
  ToyOptions toy;
  toy.values = 2;  // 16 states
  toy.crashingFirstDigit = -1;
  ToyProblem problem(toy);
  Mcts search(problem, 3, {});
  search.start();
  const auto events = run(search, problem, 1000);
  EXPECT_LE(search.tree().size(), 16U);
  EXPECT_TRUE(std::holds_alternative<SpaceExhausted>(search.ask({1, 1})));
  EXPECT_EQ(only<SampleMeasured>(events).size(), search.tree().size() - 1);
}

TEST(Mcts, MeasuresNoNodeTwiceAndCountsFailures) {
  ToyProblem problem;
  MctsOptions options;
  options.tournament = MctsOptions::paper().tournament;  // steps that nothing sorts out: some fail
  options.reserve.size = 0;
  Mcts search(problem, 5, options);
  search.start();
  const auto events = run(search, problem, 150);
  std::set<NodeId> measured;
  int failed = 0;
  for (const auto& sample : only<SampleMeasured>(events)) {
    EXPECT_TRUE(measured.insert(sample.node).second);
    failed += sample.measurement.valid ? 0 : 1;
  }
  EXPECT_EQ(measured.size(), 150U);
  EXPECT_EQ(search.tree().failedSamples(), failed);
  EXPECT_GT(failed, 0);
  EXPECT_EQ(search.tree().samples(), 150);
}

TEST(Mcts, AKnownStateReachedAgainBringsItsScoreAndKeepsItWhenScoresChange) {
  for (const bool counts : {true, false}) {
    ToyProblem problem;
    MctsOptions options;
    options.transpositions = counts;
    Mcts search(problem, 1, options);
    search.start();
    search.proposalArrived(std::get<ExpansionRequest>(search.ask({1, 0})), propose({"Set(a, 3)"}));
    search.proposalArrived(std::get<ExpansionRequest>(search.ask({1, 0})), propose({"Set(c, 4)"}));
    const auto below = std::get<ExpansionRequest>(search.ask({1, 0}));
    const NodeId other = below.node == 1 ? 2 : 1;
    const char* step = below.node == 1 ? "Set(a, 0), Set(c, 4)" : "Set(c, 0), Set(a, 3)";
    const double before = search.tree()[below.node].totalValue;
    search.proposalArrived(below, propose({std::string(step).substr(0, 9), std::string(step).substr(11)}));
    ASSERT_EQ(search.tree().size(), 3U) << "the other child was reached again";
    const double bonus = counts ? search.tree().scoreOf(other) : 0;
    EXPECT_NEAR(search.tree()[below.node].totalValue, before + bonus, 1e-12);
    EXPECT_EQ(search.tree()[below.node].visits, 2U);

    const auto sample = std::get<SampleRequest>(search.ask({0, 1}));
    Measurement measurement;
    measurement.valid = true;
    measurement.seconds = 1e-3;
    search.measured(sample, measurement);
    const Tree& tree = search.tree();
    EXPECT_NEAR(tree[below.node].totalValue,
                tree[below.node].evaluations * tree.scoreOf(below.node) + (counts ? tree.scoreOf(other) : 0),
                1e-12);
  }
}

TEST(Mcts, ValuesAreTheSumsOfScoresBelow) {
  ToyProblem problem;
  MctsOptions options;
  options.transpositions = false;
  Mcts search(problem, 11, options);
  search.start();
  (void)run(search, problem, 80);
  const Tree& tree = search.tree();
  std::vector<double> sums(tree.size(), 0);
  std::vector<std::uint32_t> visits(tree.size(), 0);
  for (NodeId node = static_cast<NodeId>(tree.size()); node-- > 0;) {
    sums[node] += tree[node].evaluations * tree.scoreOf(node);
    visits[node] += static_cast<std::uint32_t>(tree[node].evaluations + tree[node].rejections);
    EXPECT_NEAR(tree[node].totalValue, sums[node], 1e-9) << node;
    EXPECT_EQ(tree[node].visits, visits[node]) << node;
    EXPECT_EQ(tree[node].virtualVisits, 0) << node;
    if (tree[node].parent != kNoNode) {
      sums[tree[node].parent] += sums[node];
      visits[tree[node].parent] += visits[node];
    }
    EXPECT_GE(tree.scoreOf(node), 0);
    EXPECT_LE(tree.scoreOf(node), 1);
  }
}

TEST(Mcts, ThePapersPresetKeepsRewardsAndRollsOut) {
  ToyProblem problem;
  const MctsOptions options = MctsOptions::paper();
  EXPECT_EQ(options.branching, 2);
  EXPECT_DOUBLE_EQ(options.exploration, std::sqrt(2.0));
  Mcts search(problem, 2, options);
  search.start();
  const auto events = run(search, problem, 30);
  std::map<NodeId, int> credited;
  for (const auto& credit : only<Backpropagated>(events)) {
    EXPECT_NE(credit.cause, "measurement");
    EXPECT_GE(credit.value, 0);
    if (credit.cause == "rollout") ++credited[credit.node];
  }
  for (const auto& [node, times] : credited) EXPECT_EQ(times, 1) << node;
  for (const auto& refreshed : only<ValuesRefreshed>(events)) EXPECT_TRUE(refreshed.valuesKept);
  for (const auto& added : only<NodeAdded>(events))
    EXPECT_EQ(added.rolloutSeconds > 0, added.node != kRootNode);
}

TEST(Mcts, MeasurementsReplacePredictions) {
  ToyProblem problem;
  Mcts search(problem, 2, {});
  search.start();
  Measurement baseline;
  baseline.valid = true;
  baseline.seconds = 1;
  search.baselineMeasured(baseline);
  search.proposalArrived(std::get<ExpansionRequest>(search.ask({1, 1})), propose({"Set(a, 3)"}));
  const auto sample = std::get<SampleRequest>(search.ask({1, 1}));
  Measurement failure;
  failure.failure = "crash";
  search.measured(sample, failure);
  const Tree& tree = search.tree();
  EXPECT_EQ(tree[1].visits, 2U);
  EXPECT_NEAR(tree[1].totalValue, 0, 1e-12);
  EXPECT_NEAR(tree[kRootNode].totalValue, 0, 1e-12);
  EXPECT_TRUE(tree[1].failed);
}

TEST(Mcts, ComesNearTheOptimumOfTheToy) {
  ToyProblem problem;
  MctsOptions options;
  options.expansionsPerSample = 16;
  Mcts search(problem, 4, options);
  search.start();
  (void)run(search, problem, 100);
  EXPECT_LT(search.tree().bestSeconds(), 5e-3);
}

TEST(Mcts, VirtualLossSpreadsExpansionsInFlight) {
  ToyProblem problem;
  Mcts search(problem, 9, {});
  search.start();
  (void)run(search, problem, 20);
  std::vector<ExpansionRequest> inFlight;
  std::map<NodeId, int> timesAsked;
  for (int i = 0; i < 6; ++i) {
    inFlight.push_back(std::get<ExpansionRequest>(search.ask({1, 0})));
    ++timesAsked[inFlight.back().node];
  }
  for (const auto& [node, times] : timesAsked) EXPECT_LE(search.tree()[node].childCount + times, 2);
  EXPECT_GT(timesAsked.size(), 2U);
  for (const auto& request : inFlight) search.proposalArrived(request, randomStep());
  for (NodeId node = 0; node < search.tree().size(); ++node) EXPECT_EQ(search.tree()[node].virtualVisits, 0);
}

TEST(Mcts, WaitsWhenEverythingOpenIsInFlight) {
  ToyProblem problem;
  Mcts search(problem, 9, {});
  search.start();
  EXPECT_TRUE(std::holds_alternative<ExpansionRequest>(search.ask({1, 1})));
  EXPECT_TRUE(std::holds_alternative<ExpansionRequest>(search.ask({1, 1})));
  EXPECT_TRUE(std::holds_alternative<AwaitResults>(search.ask({1, 1})));
}

TEST(Mcts, PrunedPartsAreLeftAlone) {
  ToyProblem problem;
  Mcts search(problem, 21, {});
  search.start();
  (void)run(search, problem, 30);
  ASSERT_TRUE(search.mark(1, NodeMark::Pruned));
  (void)search.takeEvents();
  const auto events = run(search, problem, 30);
  const auto below = [&](NodeId node) {
    for (; node != kNoNode; node = search.tree()[node].parent)
      if (node == 1) return true;
    return false;
  };
  for (const auto& selected : only<NodeSelected>(events)) EXPECT_FALSE(below(selected.node));
  for (const auto& chosen : only<CandidateChosen>(events)) EXPECT_FALSE(below(chosen.node));
  ASSERT_TRUE(search.mark(1, NodeMark::Unpruned));
  ASSERT_TRUE(search.mark(1, NodeMark::Focused));
  (void)search.takeEvents();
  for (const auto& selected : only<NodeSelected>(run(search, problem, 10))) EXPECT_TRUE(below(selected.node));
}

TEST(Mcts, CommandsNameTheNextNode) {
  ToyProblem problem;
  Mcts search(problem, 21, {});
  search.start();
  (void)run(search, problem, 10);
  ASSERT_TRUE(search.requestExpansion(2));
  EXPECT_EQ(std::get<ExpansionRequest>(search.ask({1, 0})).node, 2U);
  ASSERT_TRUE(search.requestSample(3));
  EXPECT_EQ(std::get<SampleRequest>(search.ask({1, 1})).node, 3U);
  EXPECT_FALSE(search.requestExpansion(100000));
  EXPECT_FALSE(search.mark(kRootNode, NodeMark::Pruned));
  const auto refused = search.addByHand(0, std::vector<std::string>{"Nonsense"}, "");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("Nonsense is no step."));
  const auto added = search.addByHand(
      1, std::vector<std::string>{"Set(a, 9)", "Set(b, 9)", "Set(c, 0)", "Set(d, 9)"}, "I know");
  ASSERT_TRUE(added) << added.error().message;
  EXPECT_EQ(search.tree()[*added].parent, 1U);
  EXPECT_FALSE(search.setParameter("branching", 0.5));
  EXPECT_TRUE(search.setParameter("exploration", 0.5));
  EXPECT_FALSE(search.setParameter("colour", 1));
}

TEST(Mcts, MeasuresTheBestAnewWhenConditionsChange) {
  ToyProblem problem;
  Mcts search(problem, 3, {});
  search.start();
  search.baselineMeasured(problem.measureBaseline());
  std::vector<SearchEvent> events = run(search, problem, 12);
  const NodeId best = search.tree().best();
  ASSERT_NE(best, kNoNode);
  const double before = search.tree().bestSeconds();
  ASSERT_TRUE(problem.setThreads(2));
  search.conditionsChanged();
  EXPECT_EQ(search.tree().best(), kNoNode);
  const auto request = search.ask({1, 1});
  const auto* sample = std::get_if<SampleRequest>(&request);
  ASSERT_NE(sample, nullptr);
  EXPECT_EQ(sample->node, best);
  EXPECT_EQ(sample->sample, 13);
  search.measured(*sample, measureWith(problem, *sample));
  EXPECT_EQ(search.tree().best(), best);
  EXPECT_DOUBLE_EQ(search.tree().bestSeconds(), before / 2);
  for (NodeId node = 1; node < search.tree().size(); ++node)
    EXPECT_NEAR(search.tree()[node].predictedSeconds, problem.secondsOf(search.tree().stateOf(node)),
                0.16 * problem.secondsOf(search.tree().stateOf(node)));

  for (auto& event : search.takeEvents()) events.push_back(std::move(event));
  EXPECT_EQ(only<ConditionsChanged>(events).back().problem.threads, 2);
  Mcts restored(problem, 3, {});
  ASSERT_TRUE(restored.restore(events));
  EXPECT_EQ(restored.tree().best(), best);
  EXPECT_DOUBLE_EQ(restored.tree().bestSeconds(), before / 2);
  const std::vector<SearchEvent> after = run(search, problem, 12);
  std::set<NodeId> again;
  for (const auto& measured : only<SampleMeasured>(after)) EXPECT_TRUE(again.insert(measured.node).second);
}

TEST(Mcts, SameSeedSameEventsOtherSeedOthers) {
  const auto trace = [](std::uint64_t seed) {
    ToyProblem problem;
    Mcts search(problem, seed, {});
    search.start();
    std::string text;
    for (const auto& event : run(search, problem, 40))
      if (const auto* added = std::get_if<NodeAdded>(&event))
        text += std::to_string(added->parent) + ":" + std::to_string(added->state.hash) + " ";
    return text;
  };
  EXPECT_EQ(trace(5), trace(5));
  EXPECT_NE(trace(5), trace(6));
}

TEST(Mcts, RestoresFromEveryPrefixOfItsEvents) {
  ToyProblem original;
  Mcts whole(original, 8, {});
  whole.start();
  std::vector<SearchEvent> events = whole.takeEvents();
  for (auto& event : run(whole, original, 25)) events.push_back(std::move(event));
  for (std::size_t length = 0; length <= events.size(); ++length) {
    ToyProblem problem;
    Mcts resumed(problem, 8, {});
    const std::span prefix(events.data(), length);
    ASSERT_TRUE(resumed.restore(prefix)) << length;
    int known = 0;
    for (const auto& event : prefix) known += std::holds_alternative<SampleMeasured>(event) ? 1 : 0;
    EXPECT_EQ(resumed.tree().samples(), known);
    const auto rest = run(resumed, problem, 25 - known);
    EXPECT_EQ(resumed.tree().samples(), 25) << length;
    std::set<NodeId> measured;
    for (const auto& event : prefix)
      if (const auto* sample = std::get_if<SampleMeasured>(&event)) measured.insert(sample->node);
    EXPECT_EQ(measured.size(), static_cast<std::size_t>(known));
    int expected = known;
    for (const auto& sample : only<SampleMeasured>(rest)) {
      EXPECT_TRUE(measured.insert(sample.node).second) << "prefix " << length;
      EXPECT_EQ(sample.sample, ++expected);
    }
    for (NodeId node = 1; node < resumed.tree().size(); ++node)
      EXPECT_GE(resumed.tree()[node].evaluations, 1) << length;
  }
}

TEST(Mcts, RefusesAStoredSearchThatDoesNotFit) {
  ToyProblem problem;
  Mcts search(problem, 8, {});
  std::vector<SearchEvent> events{Backpropagated{5, "prediction", 1, 1}};
  const auto restored = search.restore(events);
  ASSERT_FALSE(restored);
  EXPECT_THAT(restored.error().message, testing::HasSubstr("Event 1"));
}

}  // namespace
}  // namespace espalier
