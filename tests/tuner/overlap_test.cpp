// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
//
// That asking, building and measuring go on at once. Nothing here looks at a clock: answers are held back
// until what should happen meanwhile has happened.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reasoning/recorded_proposer.h"
#include "search/toy_problem.h"
#include "session/session_fold.h"
#include "tuner/tuner.h"

namespace espalier {
namespace {

using test::ToyProblem;

/// Counts upwards; others wait until it has come far enough. Far longer than any test takes, then the wait
/// has failed.
class Milestone {
 public:
  void advance() {
    const std::lock_guard guard(mutex_);
    ++count_;
    changed_.notify_all();
  }
  [[nodiscard]] bool waitFor(int count) {
    std::unique_lock guard(mutex_);
    return changed_.wait_for(guard, std::chrono::seconds(30), [&] { return count_ >= count; });
  }
  [[nodiscard]] int count() {
    const std::lock_guard guard(mutex_);
    return count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

/// Answers as a model does: several calls at once, in whatever order the test makes them end.
class HeldProposer final : public Proposer {
 public:
  using Hold = std::function<void(const ProposalContext&, const ProposalControl&)>;
  HeldProposer(int concurrency, bool asTheyCome, Hold hold, std::optional<int> nodesAtOnce = std::nullopt)
      : concurrency_(concurrency),
        asTheyCome_(asTheyCome),
        hold_(std::move(hold)),
        nodesAtOnce_(nodesAtOnce.value_or(concurrency)) {}
  [[nodiscard]] std::string name() const override { return "held"; }
  [[nodiscard]] int concurrency() const override { return concurrency_; }
  [[nodiscard]] int nodesAtOnce() const override { return nodesAtOnce_; }
  [[nodiscard]] bool answersAsTheyCome() const override { return asTheyCome_; }
  [[nodiscard]] Proposal propose(const ProposalContext& context, Random& random,
                                 const ProposalControl& control) override {
    hold_(context, control);
    Proposal proposal;
    proposal.proposer = "held";
    proposal.items = {std::string("Set(") + static_cast<char>('a' + random.below(4)) + ", " +
                      std::to_string(random.below(10)) + ")"};
    return proposal;
  }

 private:
  int concurrency_;
  bool asTheyCome_;
  Hold hold_;
  int nodesAtOnce_;
};

TunerSetup setupWith(std::shared_ptr<ToyProblem> problem, std::unique_ptr<Proposer> proposer, int samples) {
  TunerSetup setup;
  setup.problem = std::move(problem);
  setup.proposer = std::move(proposer);
  setup.options.samples = samples;
  setup.options.seed = 5;
  setup.options.branching = 8;
  setup.options.confirm = false;
  return setup;
}

/// The whole run; stored events go to `events`.
TuneResult run(TunerSetup setup, std::vector<Event>& events) {
  setup.sink = [&events](std::span<const Event> batch) {
    for (const Event& event : batch)
      if (event.sequence != 0) events.push_back(event);
  };
  auto result = tune(std::move(setup));
  EXPECT_TRUE(result) << (result ? "" : result.error().text());
  return result ? *result : TuneResult{};
}

TEST(Overlap, CallsGoOnWhileTheHardwareIsBusy) {
  // The first measurement ends only when all four calls are in flight at once.
  Milestone asked;
  auto problem = std::make_shared<ToyProblem>();
  bool together = true;
  problem->onMeasure = [&](const State&) { together = together && asked.waitFor(5); };
  auto proposer = std::make_unique<HeldProposer>(
      4, false, [&](const ProposalContext&, const ProposalControl&) { asked.advance(); });
  TunerSetup setup = setupWith(problem, std::move(proposer), 12);
  setup.options.pipelineDepth = 1;
  std::vector<Event> events;
  EXPECT_EQ(run(std::move(setup), events).samples, 12);
  EXPECT_TRUE(together);
}

TEST(Overlap, CandidatesAreMeasuredWhileAReplyIsHeldBack) {
  // Request 1 is answered only after ten further samples; the other calls go on and their candidates are
  // measured.
  Milestone samples;
  bool released = true;
  auto problem = std::make_shared<ToyProblem>();
  auto proposer =
      std::make_unique<HeldProposer>(3, true, [&](const ProposalContext& context, const ProposalControl&) {
        if (context.request == 1) released = samples.waitFor(10);
      });
  std::vector<Event> events;
  TunerSetup setup = setupWith(problem, std::move(proposer), 16);
  problem->onMeasure = [&](const State&) { samples.advance(); };
  EXPECT_EQ(run(std::move(setup), events).samples, 16);
  EXPECT_TRUE(released) << "samples before the answer: " << samples.count();
}

TEST(Overlap, WhatAPersonAddsIsMeasuredWhileTheOnlyCallIsHeldBack) {
  Milestone samples;
  bool released = true;
  auto problem = std::make_shared<ToyProblem>();
  problem->onMeasure = [&](const State&) { samples.advance(); };
  auto proposer = std::make_unique<HeldProposer>(
      1, false,
      [&](const ProposalContext&, const ProposalControl&) { released = released && samples.waitFor(3); });
  TunerSetup setup = setupWith(problem, std::move(proposer), 5);
  Tuner tuner(std::move(setup));
  for (const char* step : {"Set(a, 1)", "Set(b, 1)", "Set(c, 1)"})
    tuner.post(AddTransformationsCommand{kRootNode, {step}, "By hand."});
  tuner.start();
  const auto result = tuner.wait();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->samples, 5);
  EXPECT_TRUE(released);
}

TEST(Overlap, ACallAboutANodeThatIsBeingMeasuredWaitsForTheResult) {
  for (const bool asTheyCome : {false, true}) {
    std::atomic<int> asked = 0;
    std::atomic<int> unmeasured = 0;
    auto problem = std::make_shared<ToyProblem>();
    auto proposer = std::make_unique<HeldProposer>(
        1, asTheyCome, [&](const ProposalContext& context, const ProposalControl&) {
          ++asked;
          if (context.node.depth > 0 && !context.node.measurement) ++unmeasured;
        });
    TunerSetup setup = setupWith(problem, std::move(proposer), 24);
    setup.options.branching = 2;
    std::vector<Event> events;
    EXPECT_EQ(run(std::move(setup), events).samples, 24);
    EXPECT_GE(asked, 24);
    EXPECT_EQ(unmeasured, 0) << "of " << asked;
  }
}

TEST(Overlap, NoMoreNodesAreAskedAboutThanTheProposerTakesAtOnce) {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<NodeId, int> asked;
  std::size_t most = 0;
  int patience = 5;
  const auto hold = [&](const ProposalContext& context, const ProposalControl&) {
    const NodeId node = context.node.node;
    std::unique_lock lock(mutex);
    ++asked[node];
    most = std::max(most, asked.size());
    changed.notify_all();
    // Others would come while some are held back.
    if (node != kRootNode && patience-- > 0)
      changed.wait_for(lock, std::chrono::milliseconds(100), [&] { return asked.size() > 2; });
    if (--asked[node] == 0) asked.erase(node);
  };
  auto proposer = std::make_unique<HeldProposer>(6, true, hold, 2);
  std::vector<Event> events;
  TunerSetup setup = setupWith(std::make_shared<ToyProblem>(), std::move(proposer), 40);
  setup.options.branching = 6;
  EXPECT_EQ(run(std::move(setup), events).samples, 40);
  EXPECT_LE(most, 2U);
}

TEST(Overlap, NothingIsAskedForThatCouldNotBeMeasured) {
  std::atomic<int> calls = 0;
  auto proposer = std::make_unique<HeldProposer>(
      4, true, [&](const ProposalContext&, const ProposalControl&) { ++calls; });
  std::vector<Event> events;
  const TuneResult result = run(setupWith(std::make_shared<ToyProblem>(), std::move(proposer), 6), events);
  EXPECT_EQ(result.samples, 6);
  EXPECT_EQ(calls, result.totals.expansions);
  EXPECT_EQ(result.totals.expansions - result.totals.duplicates, 6);
}

TEST(Overlap, AReplayKeepsTheOrderInWhichAnswersCame) {
  // Two answers come only after samples that need later ones.
  Milestone samples;
  auto measured = std::make_shared<ToyProblem>();
  measured->onMeasure = [&](const State&) { samples.advance(); };
  auto proposer =
      std::make_unique<HeldProposer>(4, true, [&](const ProposalContext& context, const ProposalControl&) {
        if (context.request == 1) (void)samples.waitFor(4);
        if (context.request == 6) (void)samples.waitFor(10);
      });
  std::vector<Event> events;
  const TuneResult original = run(setupWith(measured, std::move(proposer), 20), events);
  const std::deque<TakenUp> order = takeUpOrder(events);
  std::vector<std::uint64_t> requests;
  for (const TakenUp& taken : order)
    if (!taken.sample) requests.push_back(taken.number);
  ASSERT_FALSE(std::is_sorted(requests.begin(), requests.end())) << "nothing was overtaken";

  auto problem = std::make_shared<ToyProblem>();
  TunerSetup setup = setupWith(problem, std::make_unique<RecordedProposer>(events), 20);
  setup.order = order;
  ASSERT_TRUE(setup.measurements.add(events, problem->info().hash));
  std::vector<Event> replayed;
  const TuneResult again = run(std::move(setup), replayed);
  EXPECT_EQ(problem->measurements, 0);
  EXPECT_EQ(again.curve, original.curve);
  EXPECT_EQ(again.bestTrace, original.bestTrace);
  const auto treeOf = [](const std::vector<Event>& all) {
    std::string text;
    const auto fold = foldEvents(all);
    EXPECT_TRUE(fold);
    const Tree& tree = fold->tree();
    for (NodeId node = 0; node < tree.size(); ++node)
      text += std::to_string(tree[node].hash) + " " + std::to_string(tree[node].parent) + " " +
              std::to_string(tree[node].visits) + " " + std::to_string(tree[node].sample) + "\n";
    return text;
  };
  EXPECT_EQ(treeOf(replayed), treeOf(events));
}

}  // namespace
}  // namespace espalier
