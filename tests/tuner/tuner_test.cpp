// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tuner/tuner.h"

#include <filesystem>
#include <future>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reasoning/random_proposer.h"
#include "reasoning/recorded_proposer.h"
#include "search/toy_problem.h"
#include "session/session_store.h"

namespace espalier {
namespace {

using test::ToyOptions;
using test::ToyProblem;

/// A proposer that answers as a model would: on other threads, with exchanges, sometimes nonsense. What it
/// proposes depends on the context and its random stream alone.
class ScriptedProposer : public Proposer {
 public:
  explicit ScriptedProposer(int concurrency) : concurrency_(concurrency) {}
  [[nodiscard]] std::string name() const override { return "scripted"; }
  [[nodiscard]] int concurrency() const override { return concurrency_; }
  [[nodiscard]] Proposal propose(const ProposalContext& context, Random& random,
                                 const ProposalControl& control) override {
    Exchange exchange;
    exchange.model = "toy-1";
    exchange.prompt = "Node with " + std::to_string(context.attempts.size()) + " attempts and the program " +
                      context.node.sections.at(0).text;
    exchange.promptHash = Hasher().add(exchange.prompt).value();
    if (control.promptSent) control.promptSent(exchange);
    if (control.replyDelta) control.replyDelta("think", true);
    exchange.reply = "Set(a), Set(b)";
    exchange.usage.prompt = 10;
    exchange.usage.completion = 3;
    exchange.costUsd = 0.001;
    Proposal proposal;
    proposal.proposer = "toy-1";
    proposal.reasoning = "digits";
    if (random.below(5) == 0)
      proposal.items = {"Nonsense(1)"};
    else
      proposal.items = {std::string("Set(") + static_cast<char>('a' + random.below(4)) + ", " +
                            std::to_string(random.below(10)) + ")",
                        std::string("Set(") + static_cast<char>('a' + random.below(4)) + ")"};
    proposal.exchanges.push_back(std::move(exchange));
    return proposal;
  }

 private:
  int concurrency_;
};

struct Outcome {
  TuneResult result;
  std::vector<Event> events;  ///< stored ones
  std::string fold;
  int live = 0;
};

TunerSetup setupWith(TuneOptions options,
                     std::unique_ptr<Proposer> proposer = std::make_unique<RandomProposer>(),
                     std::shared_ptr<Problem> problem = std::make_shared<ToyProblem>()) {
  TunerSetup setup;
  setup.problem = std::move(problem);
  setup.proposer = std::move(proposer);
  setup.options = std::move(options);
  return setup;
}

Outcome runToEnd(TunerSetup setup) {
  Outcome outcome;
  auto further = std::move(setup.sink);
  setup.sink = [&outcome, further](std::span<const Event> events) {
    for (const auto& event : events) {
      if (event.sequence == 0)
        ++outcome.live;
      else
        outcome.events.push_back(event);
    }
    if (further) further(events);
  };
  auto result = tune(std::move(setup));
  EXPECT_TRUE(result) << result.error().text();
  if (result) outcome.result = *std::move(result);
  auto fold = foldEvents(outcome.events);
  EXPECT_TRUE(fold) << fold.error().text();
  if (fold) outcome.fold = foldText(*fold);
  return outcome;
}

TuneOptions optionsWith(int samples, std::uint64_t seed = 1) {
  TuneOptions options;
  options.samples = samples;
  options.seed = seed;
  return options;
}

class SessionFile {
 public:
  SessionFile() {
    static std::atomic<int> next = 0;
    path_ = std::filesystem::temp_directory_path() / ("espalier-tuner-test-" + std::to_string(::getpid()) +
                                                      "-" + std::to_string(next++) + ".espalier");
    remove();
  }
  ~SessionFile() { remove(); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  void remove() const {
    for (const char* suffix : {"", "-wal", "-shm", "-lock"}) std::filesystem::remove(path_.string() + suffix);
  }

 private:
  std::filesystem::path path_;
};

void expectMonotone(const TuneResult& result) {
  for (std::size_t i = 1; i < result.curve.size(); ++i) {
    EXPECT_EQ(result.curve[i].first, result.curve[i - 1].first + 1);
    EXPECT_GE(result.curve[i].second, result.curve[i - 1].second);
  }
}

TEST(Tuner, SpendsItsBudgetOnceWithEveryStrategy) {
  for (const char* strategy : {"mcts", "evolutionary", "random"}) {
    TuneOptions options = optionsWith(40);
    options.strategy = strategy;
    const Outcome outcome = runToEnd(setupWith(options));
    EXPECT_EQ(outcome.result.samples, 40) << strategy;
    EXPECT_EQ(outcome.result.curve.size(), 40U);
    EXPECT_EQ(outcome.result.stopReason, "samples");
    EXPECT_GT(outcome.result.speedup, 1);
    EXPECT_TRUE(outcome.result.correct);
    EXPECT_FALSE(outcome.result.bestTrace.empty());
    EXPECT_NEAR(outcome.result.percentOfRoofline, 100 * 1e-4 / outcome.result.bestSeconds, 1e-9);
    expectMonotone(outcome.result);
  }
}

TEST(Tuner, SameSeedGivesTheSameBytesWhateverIsInFlight) {
  for (const int concurrency : {0, 1, 3}) {
    for (const int depth : {1, 2, 4}) {
      TuneOptions options = optionsWith(40, 7);
      options.pipelineDepth = depth;
      const auto run = [&] {
        return runToEnd(setupWith(options, std::make_unique<ScriptedProposer>(concurrency)));
      };
      const Outcome first = run();
      const Outcome second = run();
      EXPECT_EQ(first.fold, second.fold) << concurrency << " " << depth;
      EXPECT_EQ(first.result.samples, 40);
      EXPECT_EQ(first.events.size(), second.events.size());
      for (std::size_t i = 0; i < first.events.size(); ++i)
        ASSERT_EQ(kindOf(first.events[i].body), kindOf(second.events[i].body));
      EXPECT_GT(first.result.totals.fallbacks, 0);
      EXPECT_EQ(first.result.totals.calls, first.result.totals.expansions);
      EXPECT_EQ(first.result.totals.usage.prompt, 10 * first.result.totals.calls);
      EXPECT_EQ(first.live > 0, concurrency > 0);
    }
  }
}

TEST(Tuner, AnotherSeedGivesAnotherTree) {
  for (const char* strategy : {"mcts", "evolutionary", "random"}) {
    TuneOptions options = optionsWith(20, 1);
    options.strategy = strategy;
    const Outcome first = runToEnd(setupWith(options));
    options.seed = 2;
    EXPECT_NE(first.fold, runToEnd(setupWith(options)).fold);
  }
}

TEST(Tuner, StoresWhatItReports) {
  const SessionFile file;
  TunerSetup setup = setupWith(optionsWith(15), std::make_unique<ScriptedProposer>(1));
  setup.session = *SessionStore::create(file.path());
  const Outcome outcome = runToEnd(std::move(setup));
  const auto stored = readSession(file.path());
  ASSERT_TRUE(stored);
  const auto fold = foldEvents(*stored);
  ASSERT_TRUE(fold);
  EXPECT_EQ(foldText(*fold), outcome.fold);
  EXPECT_EQ(fold->state(), RunState::Finished);
  EXPECT_EQ(toJson(resultOf(*fold)).dump(), toJson(outcome.result).dump());
  EXPECT_FALSE(std::filesystem::exists(file.path().string() + "-wal"));
  EXPECT_FALSE(std::filesystem::exists(file.path().string() + "-lock"));
}

TEST(Tuner, ARecordedSessionReplaysToTheByteWithoutTheHardware) {
  const Outcome original = runToEnd(setupWith(optionsWith(30, 3), std::make_unique<ScriptedProposer>(2)));
  auto problem = std::make_shared<ToyProblem>();
  auto proposer = std::make_unique<RecordedProposer>(original.events);
  const RecordedProposer* recorded = proposer.get();
  TunerSetup setup = setupWith(optionsWith(30, 3), std::move(proposer), problem);
  setup.options.confirm = false;
  ASSERT_TRUE(setup.measurements.add(original.events, problem->info().hash));
  Tuner tuner(std::move(setup));
  tuner.start();
  const auto replayed = tuner.wait();
  ASSERT_TRUE(replayed);
  EXPECT_EQ(recorded->missed(), 0);
  EXPECT_EQ(problem->measurements, 0);
  EXPECT_EQ(problem->baselines, 0);
  EXPECT_EQ(replayed->curve, original.result.curve);
  EXPECT_EQ(replayed->totals.calls, original.result.totals.calls);
}

/// Events without what a clock or a second look says: what a replay must bring again.
std::vector<std::string> storyOf(const std::vector<Event>& events) {
  std::vector<std::string> story;
  for (const Event& event : events) {
    if (std::holds_alternative<RunStarted>(event.body) || std::holds_alternative<BuildFinished>(event.body))
      continue;
    if (const auto* received = std::get_if<CommandReceived>(&event.body); received && !received->accepted)
      continue;  // did nothing
    nlohmann::json json = toJson(event);
    for (const char* field : {"sequence", "milliseconds", "askedMilliseconds", "answeredMilliseconds"})
      json.erase(field);
    for (const char* field : {"exchange", "measurement"})
      if (json.contains(field)) json[field].erase("recorded");
    // What a pause finds in flight may have arrived by the time it comes again.
    if (std::holds_alternative<RunPaused>(event.body)) json.clear();
    story.push_back(json.dump());
  }
  return story;
}

/// Steers a run in every way, from another thread, whenever it gets there. Pauses only last until all that
/// was in flight has arrived.
void steer(Tuner& tuner, int sample) {
  if (sample == 4) {
    tuner.post(PinCommand{1});
    tuner.post(HintCommand{0, "Mind the third digit."});
    tuner.post(AddTransformationsCommand{0, {"Set(a, 9)", "Set(b, 9)", "Set(d, 9)"}, "I know it."});
    tuner.post(SetParameterCommand{"exploration", "0.5"});
    tuner.post(SetParameterCommand{"max-tokens", "100000"});
  } else if (sample == 8) {
    tuner.post(PruneCommand{2});
    tuner.post(PruneCommand{0});  // refused
    tuner.post(ExpandCommand{1});
    tuner.post(AskAgainCommand{3, "Think harder."});
    tuner.post(MeasureCommand{4});
  } else if (sample == 12) {
    tuner.post(PauseCommand{});
    tuner.post(StepCommand{true});
  } else if (sample == 16) {
    tuner.post(SetParameterCommand{"threads", "2"});
  } else if (sample == 22) {
    tuner.post(UnpruneCommand{2});
    tuner.post(FocusCommand{1});
    tuner.post(SetParameterCommand{"branching", "4"});
    tuner.post(SetParameterCommand{"samples", "30"});
  }
}

/// A scripted proposer whose model has limits to set.
class LimitedProposer final : public ScriptedProposer {
 public:
  using ScriptedProposer::ScriptedProposer;
  [[nodiscard]] Result<void> setParameter(const std::string&, const std::string&) override { return {}; }
};

TEST(Tuner, AReplayObeysWhatTheRecordedRunObeyedAndWhenItDid) {
  for (const int concurrency : {0, 3}) {
    SCOPED_TRACE(concurrency);
    const auto setup = [&](std::unique_ptr<Proposer> proposer, const std::shared_ptr<ToyProblem>& problem) {
      TunerSetup made = setupWith(optionsWith(100, 3), std::move(proposer), problem);
      made.options.confirm = false;
      made.changeThreads = [problem](int threads) { return problem->setThreads(threads); };
      return made;
    };
    auto measured = std::make_shared<ToyProblem>();
    std::vector<Event> events;
    TunerSetup recording = setup(std::make_unique<LimitedProposer>(concurrency), measured);
    Tuner* running = nullptr;
    int samples = 0;
    measured->onMeasure = [&](const State&) { steer(*running, ++samples); };
    recording.sink = [&](std::span<const Event> batch) {
      for (const Event& event : batch) {
        if (event.sequence != 0) events.push_back(event);
        if (std::holds_alternative<RunPaused>(event.body)) running->post(ResumeCommand{});
      }
    };
    Tuner original(std::move(recording));
    running = &original;
    original.start();
    ASSERT_TRUE(original.wait());
    const auto fold = foldEvents(events);
    ASSERT_TRUE(fold);
    ASSERT_EQ(fold->tree().samples(), 30);

    auto problem = std::make_shared<ToyProblem>();
    TunerSetup replay = setup(std::make_unique<RecordedProposer>(events), problem);
    replay.order = takeUpOrder(events);
    replay.commands = recordedCommands(events);
    EXPECT_GE(replay.commands.size(), 15U);
    ASSERT_TRUE(replay.measurements.add(events, problem->info().hash));
    std::vector<Event> again;
    replay.sink = [&](std::span<const Event> batch) {
      for (const Event& event : batch)
        if (event.sequence != 0) again.push_back(event);
    };
    const int depth = replay.options.pipelineDepth;
    ASSERT_TRUE(tune(std::move(replay)));
    // But for what was on its way when the threads changed: it was never recorded with the first ones.
    EXPECT_LE(problem->measurements, depth);
    const auto replayed = foldEvents(again);
    ASSERT_TRUE(replayed);
    const auto afterName = [](const SessionFold& run) {
      const std::string text = foldText(run);
      return text.substr(text.find('\n'));
    };
    EXPECT_EQ(afterName(*replayed), afterName(*fold));
    const std::vector<std::string> told = storyOf(events);
    const std::vector<std::string> retold = storyOf(again);
    const auto apart = std::mismatch(told.begin(), told.end(), retold.begin(), retold.end());
    EXPECT_EQ(apart.first == told.end() ? "" : *apart.first,
              apart.second == retold.end() ? "" : *apart.second)
        << "after " << apart.first - told.begin() << " of " << told.size() << " events";
  }
}

/// The unscheduled program takes no time worth speaking of.
class UnbeatenProblem : public ToyProblem {
 public:
  [[nodiscard]] Measurement measureBaseline() override {
    Measurement baseline = ToyProblem::measureBaseline();
    baseline.seconds = 1e-9;
    return baseline;
  }
};

TEST(Tuner, WhereNothingIsFasterThanTheUnscheduledProgramThatOneIsTheResult) {
  const Outcome outcome = runToEnd(
      setupWith(optionsWith(12), std::make_unique<RandomProposer>(), std::make_shared<UnbeatenProblem>()));
  EXPECT_EQ(outcome.result.bestNode, kRootNode);
  EXPECT_TRUE(outcome.result.bestTrace.empty());
  EXPECT_EQ(outcome.result.bestSeconds, outcome.result.baselineSeconds);
  EXPECT_EQ(outcome.result.speedup, 1);
  EXPECT_TRUE(outcome.result.correct);
}

TEST(Tuner, ResumesAfterAKillAtEveryEvent) {
  const Outcome original = runToEnd(setupWith(optionsWith(4, 5), std::make_unique<ScriptedProposer>(1)));
  const SessionFile file;
  for (std::size_t length = 1; length < original.events.size(); ++length) {
    file.remove();
    {
      auto store = SessionStore::create(file.path());
      ASSERT_TRUE(store);
      ASSERT_TRUE((*store)->append(std::span(original.events.data(), length)));
    }
    int known = 0;
    for (std::size_t i = 0; i < length; ++i)
      known += std::holds_alternative<SampleMeasured>(original.events[i].body) ? 1 : 0;
    auto problem = std::make_shared<ToyProblem>();
    TunerSetup setup = setupWith(optionsWith(4, 5), std::make_unique<ScriptedProposer>(1), problem);
    setup.options.confirm = false;
    setup.session = *SessionStore::open(file.path(), SessionStore::Access::Write);
    const auto result = tune(std::move(setup));
    ASSERT_TRUE(result) << length << ": " << result.error().text();
    EXPECT_EQ(result->samples, 4) << length;
    EXPECT_EQ(problem->builds, 4 - known) << length;

    const auto stored = readSession(file.path());
    ASSERT_TRUE(stored);
    std::set<NodeId> nodes;
    std::set<int> samples;
    for (const auto& event : *stored)
      if (const auto* sample = std::get_if<SampleMeasured>(&event.body)) {
        EXPECT_TRUE(nodes.insert(sample->node).second) << length;
        EXPECT_TRUE(samples.insert(sample->sample).second) << length;
      }
    EXPECT_EQ(*samples.rbegin(), 4);
    ASSERT_TRUE(foldEvents(*stored)) << length;
  }
}

TEST(Tuner, ResumingWithALargerBudgetGoesOn) {
  for (const char* strategy : {"mcts", "evolutionary", "random"}) {
    const SessionFile file;
    TunerSetup setup = setupWith(optionsWith(10));
    setup.options.strategy = strategy;
    setup.session = *SessionStore::create(file.path());
    (void)runToEnd(std::move(setup));
    auto problem = std::make_shared<ToyProblem>();
    setup = setupWith(optionsWith(25), std::make_unique<RandomProposer>(), problem);
    setup.options.strategy = strategy;
    setup.session = *SessionStore::open(file.path(), SessionStore::Access::Write);
    const auto result = tune(std::move(setup));
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(result->samples, 25) << strategy;
    EXPECT_EQ(problem->baselines, 0);
    expectMonotone(*result);
  }
}

TEST(Tuner, RefusesToResumeAnotherProblem) {
  const SessionFile file;
  TunerSetup setup = setupWith(optionsWith(5));
  setup.session = *SessionStore::create(file.path());
  (void)runToEnd(std::move(setup));
  ToyOptions other;
  other.values = 5;
  setup = setupWith(optionsWith(10), std::make_unique<RandomProposer>(), std::make_shared<ToyProblem>(other));
  setup.session = *SessionStore::open(file.path(), SessionStore::Access::Write);
  const auto result = tune(std::move(setup));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::Input);
  EXPECT_THAT(result.error().message, testing::HasSubstr("another problem"));
}

TEST(Tuner, VerifiesWhatWouldBecomeTheBest) {
  ToyOptions toy;
  toy.measureBlindly = true;
  const Outcome outcome = runToEnd(
      setupWith(optionsWith(40), std::make_unique<RandomProposer>(), std::make_shared<ToyProblem>(toy)));
  const auto fold = foldEvents(outcome.events);
  ASSERT_TRUE(fold);
  for (const auto& event : outcome.events)
    if (const auto* best = std::get_if<NewBest>(&event.body)) {
      EXPECT_TRUE(fold->record(best->node).samples.front().measurement.verified) << best->node;
    }
}

TEST(Tuner, AStopKeepsWhatIsMeasured) {
  const SessionFile file;
  std::promise<void> some;
  int samples = 0;
  TunerSetup setup = setupWith(optionsWith(0));  // no budget: only the stop ends it
  setup.session = *SessionStore::create(file.path());
  setup.sink = [&](std::span<const Event> events) {
    for (const auto& event : events)
      if (std::holds_alternative<SampleMeasured>(event.body) && ++samples == 5) some.set_value();
  };
  Tuner tuner(std::move(setup));
  tuner.start();
  some.get_future().wait();
  tuner.requestStop();
  const auto result = tuner.wait();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->stopReason, "stopped");
  EXPECT_GE(result->samples, 5);
  EXPECT_FALSE(tuner.running());
  const auto stored = readSession(file.path());
  ASSERT_TRUE(stored);
  EXPECT_EQ(kindOf(stored->back().body), "run-finished");
  EXPECT_EQ(foldEvents(*stored)->totals().samples, result->samples);
}

TEST(Tuner, EndsWithTheSpaceAndAtTheTimeLimit) {
  ToyOptions toy;
  toy.values = 2;
  const Outcome exhausted = runToEnd(
      setupWith(optionsWith(0), std::make_unique<RandomProposer>(), std::make_shared<ToyProblem>(toy)));
  EXPECT_EQ(exhausted.result.stopReason, "space-exhausted");
  TuneOptions limited = optionsWith(0);
  limited.timeLimitSeconds = 0.05;
  EXPECT_EQ(runToEnd(setupWith(limited)).result.stopReason, "time");
}

TEST(Tuner, ABrokenEnvironmentEndsTheRunInWords) {
  const SessionFile file;
  auto problem = std::make_shared<ToyProblem>();
  problem->onMeasure = [problem = problem.get()](const State&) {
    if (problem->measurements == 4) throw std::runtime_error("the worker could not be started");
  };
  TunerSetup setup = setupWith(optionsWith(20), std::make_unique<RandomProposer>(), problem);
  setup.session = *SessionStore::create(file.path());
  const auto result = tune(std::move(setup));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::Environment);
  EXPECT_THAT(result.error().message, testing::HasSubstr("the worker could not be started"));
  const auto stored = readSession(file.path());
  ASSERT_TRUE(stored);
  EXPECT_EQ(foldEvents(*stored)->totals().samples, 3);
}

TEST(Tuner, AProposerThatThrowsOnlyCostsAFallback) {
  class Throwing final : public Proposer {
   public:
    [[nodiscard]] std::string name() const override { return "throwing"; }
    [[nodiscard]] Proposal propose(const ProposalContext&, Random&, const ProposalControl&) override {
      throw std::runtime_error("no model");
    }
  };
  const Outcome outcome = runToEnd(setupWith(optionsWith(10), std::make_unique<Throwing>()));
  EXPECT_EQ(outcome.result.samples, 10);
  EXPECT_DOUBLE_EQ(outcome.result.totals.fallbackRate(), 1);
}

TEST(Tuner, RefusesOptionsOutOfRange) {
  TuneOptions options = optionsWith(5);
  options.branching = 0;
  auto result = tune(setupWith(options));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::Usage);
  options = optionsWith(5);
  options.strategy = "annealing";
  // The factory is only asked for options that were checked.
  EXPECT_FALSE(check(options));
}

TEST(Tuner, PausesStepsAndObeys) {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Event> seen;
  TunerSetup setup = setupWith(optionsWith(0));
  setup.sink = [&](std::span<const Event> events) {
    const std::lock_guard guard(mutex);
    seen.insert(seen.end(), events.begin(), events.end());
    changed.notify_all();
  };
  const auto count = [&](auto matches) {
    int found = 0;
    for (const auto& event : seen) found += matches(event.body) ? 1 : 0;
    return found;
  };
  const auto waitFor = [&](auto matches, int times) {
    std::unique_lock guard(mutex);
    changed.wait(guard, [&] { return count(matches) >= times; });
  };
  const auto isPaused = [](const EventBody& body) { return std::holds_alternative<RunPaused>(body); };
  const auto isSample = [](const EventBody& body) { return std::holds_alternative<SampleMeasured>(body); };
  const auto isCommand = [](const EventBody& body) { return std::holds_alternative<CommandReceived>(body); };

  Tuner tuner(std::move(setup));
  tuner.start();
  waitFor(isSample, 3);
  tuner.post(PauseCommand{});
  waitFor(isPaused, 1);
  tuner.post(PauseCommand{});  // refused: paused already; by then what was in flight has arrived
  waitFor(isCommand, 2);
  int before = 0;
  {
    const std::lock_guard guard(mutex);
    before = count(isSample);
  }
  tuner.post(StepCommand{});
  waitFor(isPaused, 2);
  {
    const std::lock_guard guard(mutex);
    EXPECT_GE(count(isSample), before + 1);
    EXPECT_LE(count(isSample), before + 3);  // one iteration, and what was still in flight
  }
  tuner.post(HintCommand{0, "Mind the third digit."});
  tuner.post(PinCommand{1});
  tuner.post(PruneCommand{0});
  tuner.post(
      AddTransformationsCommand{0, {"Set(a, 9)", "Set(b, 9)", "Set(c, 0)", "Set(d, 9)"}, "I know it."});
  tuner.post(AddTransformationsCommand{0, {"Nonsense"}, ""});
  tuner.post(SetParameterCommand{"branching", "3"});
  tuner.post(SetParameterCommand{"exploration", "much"});
  tuner.post(SetParameterCommand{"colour", "red"});
  tuner.post(AnswerCommand{12345, {}, ""});
  tuner.post(ExpandCommand{1});
  tuner.post(SetParameterCommand{"samples", "30"});
  tuner.post(ResumeCommand{});
  const auto result = tuner.wait();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->samples, 30);
  EXPECT_EQ(result->stopReason, "samples");
  const auto fold = foldEvents(seen);
  ASSERT_TRUE(fold);
  EXPECT_THAT(fold->hintsFor(1), testing::ElementsAre("Mind the third digit."));
  EXPECT_TRUE(fold->tree()[1].pinned);
  EXPECT_EQ(fold->parameters().at("branching"), "3");
  std::vector<bool> accepted;
  for (const auto& event : seen)
    if (const auto* command = std::get_if<CommandReceived>(&event.body))
      accepted.push_back(command->accepted);
  EXPECT_THAT(accepted, testing::ElementsAre(true, false, true, true, true, false, true, false, true, false,
                                             false, false, true, true, true));
}

/// Threads change between samples, with a model asked and candidates on their way; what was measured before
/// is set aside, in the run and in one that goes on with its session.
TEST(Tuner, ChangesItsThreadsOnTheWay) {
  for (const int concurrency : {0, 3}) {
    const SessionFile file;
    auto problem = std::make_shared<ToyProblem>();
    const auto setup = [&](int samples) {
      TunerSetup made = setupWith(optionsWith(samples), std::make_unique<RandomProposer>(), problem);
      if (concurrency > 0) made.proposer = std::make_unique<ScriptedProposer>(concurrency);
      made.changeThreads = [problem](int threads) { return problem->setThreads(threads); };
      return made;
    };
    TunerSetup first = setup(40);
    first.session = *SessionStore::create(file.path());
    Tuner* running = nullptr;
    std::atomic<int> samples = 0;
    first.sink = [&](std::span<const Event> events) {
      for (const auto& event : events)
        if (std::holds_alternative<SampleMeasured>(event.body) && ++samples == 10) {
          running->post(SetParameterCommand{"threads", "9"});
          running->post(SetParameterCommand{"threads", "2"});
          running->post(SetParameterCommand{"threads", "1.5"});
          running->post(SetParameterCommand{"threads", "2"});
        }
    };
    Tuner tuner(std::move(first));
    running = &tuner;
    tuner.start();
    const auto result = tuner.wait();
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(result->samples, 40);
    EXPECT_EQ(result->threads, 2);
    expectMonotone(*result);
    EXPECT_LT(result->curve.size(), 31U);

    const auto events = readSession(file.path());
    ASSERT_TRUE(events);
    std::vector<bool> accepted;
    int changes = 0;
    for (const auto& event : *events) {
      if (const auto* command = std::get_if<CommandReceived>(&event.body))
        accepted.push_back(command->accepted);
      changes += std::holds_alternative<ConditionsChanged>(event.body) ? 1 : 0;
    }
    EXPECT_THAT(accepted, testing::ElementsAre(false, true, false, true));
    EXPECT_EQ(changes, 1);
    const auto fold = foldEvents(*events);
    ASSERT_TRUE(fold) << fold.error().text();
    const NodeId best = fold->tree().best();
    EXPECT_DOUBLE_EQ(fold->tree()[best].measuredSeconds, problem->secondsOf(fold->tree().stateOf(best)));
    for (NodeId node = 1; node < fold->tree().size(); ++node) {
      const double seconds = fold->tree()[node].measuredSeconds;
      EXPECT_TRUE(seconds == 0 || seconds == problem->secondsOf(fold->tree().stateOf(node))) << node;
    }

    MeasurementStore known;
    EXPECT_TRUE(known.add(*events, problem->info().hash));
    EXPECT_LT(known.size(), 31U);

    TunerSetup second = setup(45);
    second.session = *SessionStore::open(file.path(), SessionStore::Access::Write);
    const auto further = tune(std::move(second));
    ASSERT_TRUE(further) << further.error().text();
    EXPECT_EQ(further->samples, 45);
    EXPECT_LE(further->bestSeconds, result->bestSeconds);
    // As the session began it is no longer.
    ASSERT_TRUE(problem->setThreads(1));
    TunerSetup third = setup(50);
    third.session = *SessionStore::open(file.path(), SessionStore::Access::Write);
    EXPECT_FALSE(tune(std::move(third)));
  }
}

TEST(Tuner, KeepsItsThreadsWhereTheyCannotChange) {
  TunerSetup setup = setupWith(optionsWith(8));
  Tuner* running = nullptr;
  std::atomic<bool> refused = false;
  setup.sink = [&](std::span<const Event> events) {
    for (const auto& event : events) {
      if (std::holds_alternative<RunStarted>(event.body)) running->post(SetParameterCommand{"threads", "2"});
      if (const auto* command = std::get_if<CommandReceived>(&event.body)) refused = !command->accepted;
    }
  };
  Tuner tuner(std::move(setup));
  running = &tuner;
  tuner.start();
  ASSERT_TRUE(tuner.wait());
  EXPECT_TRUE(refused);
}

TEST(Tuner, AnAnswerTakesTheModelsPlace) {
  /// Thinks until it is cancelled.
  class Slow final : public Proposer {
   public:
    [[nodiscard]] std::string name() const override { return "slow"; }
    [[nodiscard]] int concurrency() const override { return 1; }
    [[nodiscard]] Proposal propose(const ProposalContext& context, Random&,
                                   const ProposalControl& control) override {
      Exchange sent;
      sent.prompt = "question " + std::to_string(context.request);
      control.promptSent(sent);
      std::mutex mutex;
      std::condition_variable_any never;
      std::unique_lock guard(mutex);
      never.wait(guard, control.stop, [] { return false; });
      return {};
    }
  };
  Tuner* running = nullptr;
  TunerSetup setup = setupWith(optionsWith(1), std::make_unique<Slow>());
  setup.sink = [&](std::span<const Event> events) {
    for (const auto& event : events)
      if (const auto* sent = std::get_if<PromptSent>(&event.body))
        running->post(AnswerCommand{sent->request, {"Set(a, 3)"}, "By hand."});
  };
  Outcome outcome;
  auto inner = setup.sink;
  setup.sink = [&, inner](std::span<const Event> events) {
    outcome.events.insert(outcome.events.end(), events.begin(), events.end());
    inner(events);
  };
  Tuner tuner(std::move(setup));
  running = &tuner;
  tuner.start();
  const auto result = tuner.wait();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->bestTrace, std::vector<std::string>{"Set(a, 3)"});
  const auto fold = foldEvents(outcome.events);
  ASSERT_TRUE(fold);
  EXPECT_EQ(fold->record(1).source, "user");
  EXPECT_EQ(fold->record(1).reasoning, "By hand.");
}

TEST(Tuner, StoppingDoesNotWaitForAModel) {
  class Stuck final : public Proposer {
   public:
    [[nodiscard]] std::string name() const override { return "stuck"; }
    [[nodiscard]] int concurrency() const override { return 2; }
    [[nodiscard]] Proposal propose(const ProposalContext&, Random&, const ProposalControl& control) override {
      control.replyDelta("…", false);
      std::mutex mutex;
      std::condition_variable_any never;
      std::unique_lock guard(mutex);
      never.wait(guard, control.stop, [] { return false; });
      return {};
    }
  };
  Tuner* running = nullptr;
  TunerSetup setup = setupWith(optionsWith(10), std::make_unique<Stuck>());
  setup.sink = [&](std::span<const Event> events) {
    for (const auto& event : events)
      if (std::holds_alternative<ReplyDelta>(event.body)) running->requestStop();
  };
  Tuner tuner(std::move(setup));
  running = &tuner;
  tuner.start();
  const auto result = tuner.wait();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->stopReason, "stopped");
  EXPECT_EQ(result->samples, 0);
  EXPECT_EQ(result->bestNode, kNoNode);
}

TEST(Tuner, ContextsTellWhatWasTried) {
  class Asking final : public Proposer {
   public:
    [[nodiscard]] std::string name() const override { return "asking"; }
    [[nodiscard]] Proposal propose(const ProposalContext& context, Random&, const ProposalControl&) override {
      contexts.push_back(context);
      Proposal proposal;
      proposal.proposer = "asking";
      proposal.reasoning = "n" + std::to_string(context.request);
      proposal.items = {"Bogus",
                        "Set(" + std::string(1, static_cast<char>('a' + context.request % 4)) + ", 2)"};
      return proposal;
    }
    std::vector<ProposalContext> contexts;
  };
  auto proposer = std::make_unique<Asking>();
  const Asking* asking = proposer.get();
  TunerSetup setup = setupWith(optionsWith(12), std::move(proposer));
  setup.options.pipelineDepth = 1;
  Tuner tuner(std::move(setup));
  tuner.start();
  ASSERT_TRUE(tuner.wait());
  const auto& first = asking->contexts.at(0);
  EXPECT_EQ(first.node.node, kRootNode);
  EXPECT_TRUE(first.attempts.empty());
  EXPECT_EQ(first.sampleBudget, 12);
  EXPECT_EQ(first.baselineSeconds, 0.2);
  EXPECT_EQ(first.node.sections.at(0).key, "program");
  EXPECT_EQ(first.legalActions.at(0).name, "Set");
  EXPECT_EQ(first.problem->name, "digits");
  const auto& second = asking->contexts.at(1);
  EXPECT_EQ(second.node.node, kRootNode);
  ASSERT_EQ(second.attempts.size(), 1U);
  EXPECT_EQ(second.attempts[0].items[0].refusalCode, "unknown-step");
  EXPECT_TRUE(second.attempts[0].measuredSeconds);
  EXPECT_TRUE(second.best);
  EXPECT_EQ(second.samplesDone, 1);
  bool sawGrandparent = false;
  for (const auto& context : asking->contexts) {
    EXPECT_LE(context.ancestors.size(), 2U);
    sawGrandparent = sawGrandparent || context.ancestors.size() == 2;
    EXPECT_EQ(context.node.depth, context.ancestors.empty() ? 0 : context.ancestors[0].depth + 1);
    const std::string item = "Set(d, 9)";
    EXPECT_TRUE(context.tryItems(context.node.state, std::span(&item, 1)).changed());
    EXPECT_EQ(context.predict(std::span(&context.node.state, 1)).size(), 1U);
  }
  EXPECT_TRUE(sawGrandparent);
}

}  // namespace
}  // namespace espalier
