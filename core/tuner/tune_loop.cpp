// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tuner/tune_loop.h"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>

#include <nlohmann/json.hpp>

#include "search/search_record.h"
#include "tuner/make_strategy.h"

namespace espalier {

TuneLoop::TuneLoop(TunerSetup setup, ResultQueue& results)
    : setup_(std::move(setup)),
      options_(setup_.options),
      problem_(*setup_.problem),
      results_(results),
      strategy_(makeStrategy(problem_, options_)),
      contexts_(std::in_place, setup_.problem, setup_.proposer->readsSections()) {}

Result<TuneResult> TuneLoop::run() {
  started_ = std::chrono::steady_clock::now();
  Result<void> outcome;
  try {
    outcome = begin();
    if (outcome) {
      auto reason = search();
      // Threads end before the session does; what they would still bring is not part of it.
      pool_.reset();
      pipeline_.reset();
      if (!reason) {
        outcome = tl::unexpected(reason.error());
      } else {
        if (options_.confirm && reason->code != "stopped") confirmBest();
        record(RunFinished{reason->code, reason->words});
        outcome = flush();
      }
    }
  } catch (const std::exception& exception) {
    pool_.reset();
    pipeline_.reset();
    takeWhatIsThere();
    record(RunFinished{"error", exception.what()});
    (void)flush();
    outcome = environmentError(
        std::string("The run was given up: ") + exception.what(),
        "The session keeps everything measured so far; `espalier-cli resume` goes on with it.");
  }
  if (setup_.session)
    if (auto closed = setup_.session->close(); !closed && outcome) outcome = closed;
  if (!outcome) return tl::unexpected(outcome.error());
  return resultOf(fold_);
}

Result<void> TuneLoop::begin() {
  if (auto checked = check(options_); !checked) return checked;
  rebuildStoppers();
  std::vector<Event> history;
  if (setup_.session) {
    auto stored = setup_.session->read();
    if (!stored) return tl::unexpected(stored.error());
    history = *std::move(stored);
  }
  RunStarted started;
  started.resumed = !history.empty();
  started.problem = problem_.info();
  started.seed = options_.seed;
  started.strategy = strategy_->name();
  started.proposer = strategy_->name() == "mcts" ? setup_.proposer->name() : "none";
  if (strategy_->name() == "mcts") started.concurrency = setup_.proposer->concurrency();
  started.preset = options_.preset;
  started.options = toJson(options_).dump();
  started.host = options_.host;
  started.software = options_.software;
  if (started.resumed)
    if (auto resumed = goOn(std::move(history)); !resumed) return resumed;
  record(std::move(started));
  if (fold_.tree().size() == 0 && strategy_->tree().size() == 0) strategy_->start();
  recordSearchEvents();
  if (const std::string remark = setup_.measurements.remark(); !remark.empty())
    record(Notice{"warning", remark});
  if (auto flushed = flush(); !flushed) return flushed;
  if (!fold_.baseline()) measureBaseline();
  if (auto flushed = flush(); !flushed) return flushed;

  startWorkers();
  return {};
}

void TuneLoop::startWorkers() {
  const int concurrency = setup_.proposer->concurrency();
  if (concurrency > 0 && strategy_->name() == "mcts")
    pool_ = std::make_unique<ProposalPool>(*setup_.proposer, results_, concurrency);
  const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  pipeline_ = std::make_unique<MeasurementPipeline>(problem_, results_, problem_.info().threads < cores);
}

Result<void> TuneLoop::goOn(std::vector<Event> history) {
  std::vector<SearchEvent> searchEvents;
  for (const auto& event : history) {
    if (auto applied = fold_.apply(event); !applied) return applied;
    if (auto searchEvent = toSearchEvent(event.body)) searchEvents.push_back(*std::move(searchEvent));
    if (tellsProgress(event.body)) ++progress_;
  }
  while (!setup_.commands.empty() && setup_.commands.front().after < progress_) setup_.commands.pop_front();
  if (const RunStarted* run = fold_.run(); run != nullptr && run->problem.hash != problem_.info().hash)
    return inputError("The session is of another problem (" + run->problem.name + ") than " +
                          problem_.info().name + " with these sizes and options.",
                      "Resume it with the workload and options that it stood at.");
  lastMilliseconds_ = history.back().milliseconds;
  for (const auto& [name, value] : fold_.parameters())
    if (name != "samples" && name != "time-limit" && name != "threads") (void)setParameter({name, value});
  return strategy_->restore(searchEvents);
}

void TuneLoop::measureBaseline() {
  const std::uint64_t initialHash = problem_.initial().hash;
  const auto known = setup_.measurements.baseline(initialHash);
  const Measurement baseline = known ? *known : problem_.measureBaseline();
  noteStored(setup_.measurements.rememberBaseline(initialHash, baseline));
  if (!baseline.valid)
    record(Notice{"warning", "The unscheduled program could not be measured (" + baseline.failure +
                                 "): " + baseline.detail + " There will be no speedups."});
  strategy_->baselineMeasured(baseline);
  recordSearchEvents();
}

Result<StopReason> TuneLoop::search() {
  while (true) {
    forwardLive();
    handleCommands();
    results_.rethrowFailure();
    if (auto flushed = flush(); !flushed) return tl::unexpected(flushed.error());
    if (auto reason = shouldStop(stoppers_, stats())) {
      if (pool_) pool_->cancelAll();
      drainSamples();
      if (auto flushed = flush(); !flushed) return tl::unexpected(flushed.error());
      return *reason;
    }
    if (!paused_)
      act();
    else if (!outstanding_.empty())
      takeNext();
    else
      results_.waitForCommand(deadline_);
  }
}

void TuneLoop::act() {
  const SearchRequest request = strategy_->ask(capacity());
  recordSearchEvents();
  if (const auto* expansion = std::get_if<ExpansionRequest>(&request)) {
    expand(*expansion);
  } else if (const auto* sample = std::get_if<SampleRequest>(&request)) {
    sendSample(*sample);
  } else if (std::holds_alternative<SpaceExhausted>(request)) {
    spaceExhausted_ = true;
    return;
  } else {
    if (outstanding_.empty())
      throw std::logic_error("The search waits for results, but nothing is in flight.");
    takeNext();
    return;
  }
  if (pauseAfterStage_) pauseAfterStep();
}

Capacity TuneLoop::capacity() const {
  const int depth = pauseAfterSample_ || pauseAfterStage_ ? 1 : options_.pipelineDepth;
  int samples = depth - samplesInFlight();
  if (options_.samples > 0)
    samples = std::min(samples, options_.samples - fold_.tree().samples() - samplesInFlight());
  Capacity free;
  free.samples = std::max(0, samples);
  const bool stepping = pauseAfterSample_ || pauseAfterStage_;
  if (!pool_ || stepping) {
    free.expansions = free.samples == 0 ? 0
                      : pool_           ? setup_.proposer->concurrency() - expansionsInFlight()
                                        : 1;
    return free;
  }
  // Calls take long: they go on while the hardware is busy. But nothing is proposed ahead that could no
  // longer be measured.
  free.expansions = setup_.proposer->concurrency() - expansionsInFlight();
  if (options_.samples > 0) {
    const Tree& tree = fold_.tree();
    const int sent = tree.samples() + samplesInFlight();
    const int waiting = std::max(0, static_cast<int>(tree.size()) - 1 - sent);
    free.expansions = std::min(free.expansions, options_.samples - sent - waiting - expansionsInFlight());
    if (free.expansions <= 0) free.expansions = outstanding_.empty() && free.samples > 0 ? 1 : 0;
  }
  return free;
}

void TuneLoop::expand(const ExpansionRequest& request) {
  if (auto edited = editedPrompts_.extract(request.node))
    askedPrompts_[request.request] = std::move(edited.mapped());
  if (pool_) {
    held_.push_back(request);
    outstanding_.emplace_back(request);
    submitReady();
    return;
  }
  Random random = randomFor(options_.seed, "proposal", request.request);
  ProposalControl control;
  takeUp(request, askSafely(*setup_.proposer, contextOf(request), random, control));
}

ProposalContext TuneLoop::contextOf(const ExpansionRequest& request) const {
  const auto edited = askedPrompts_.find(request.request);
  return contexts_->build(fold_, request, options_.historyDepth, options_.samples,
                          edited == askedPrompts_.end() ? std::nullopt : std::optional(edited->second));
}

void TuneLoop::submit(const ExpansionRequest& request) {
  pool_->submit(contextOf(request), randomFor(options_.seed, "proposal", request.request));
}

bool TuneLoop::shallWait(const ExpansionRequest& request) const {
  std::set<NodeId> asked;
  for (const Outstanding& each : outstanding_) {
    const auto* sample = std::get_if<SampleRequest>(&each);
    // A call takes far longer than a measurement, and what was measured is the first thing to reason about.
    if (sample && sample->node == request.node) return true;
    const auto* expansion = std::get_if<ExpansionRequest>(&each);
    if (expansion && !isHeld(expansion->request)) asked.insert(expansion->node);
  }
  return !asked.contains(request.node) && std::ssize(asked) >= setup_.proposer->nodesAtOnce();
}

bool TuneLoop::isHeld(std::uint64_t request) const {
  return std::any_of(held_.begin(), held_.end(),
                     [&](const ExpansionRequest& held) { return held.request == request; });
}

void TuneLoop::submitReady() {
  for (std::size_t i = 0; i < held_.size();) {
    const ExpansionRequest request = held_[i];
    if (shallWait(request))
      ++i;
    else
      submitHeld(request.request);
  }
}

void TuneLoop::submitHeld(std::uint64_t request) {
  const auto found = std::find_if(held_.begin(), held_.end(),
                                  [&](const ExpansionRequest& held) { return held.request == request; });
  if (found == held_.end()) return;
  const ExpansionRequest released = *found;
  held_.erase(found);
  submit(released);
}

void TuneLoop::sendSample(SampleRequest request) {
  submit(request);
  outstanding_.emplace_back(std::move(request));
}

void TuneLoop::submit(const SampleRequest& request) {
  if (auto known = setup_.measurements.find(request.state.hash)) {
    MeasuredSample measured;
    measured.buildSeconds = known->buildSeconds;
    measured.measurement = *std::move(known);
    results_.finish(request.sample, std::move(measured));
  } else {
    MeasureRequest how;
    how.incumbentSeconds = fold_.tree().bestSeconds();
    pipeline_->submit({request.sample, request.state, how});
  }
}

void TuneLoop::takeNext() {
  const auto chosen = nextToTake();
  if (chosen == outstanding_.end()) {
    waitForAny();
    return;
  }
  if (const auto* found = std::get_if<ExpansionRequest>(&*chosen)) {
    const ExpansionRequest expansion = *found;
    submitHeld(expansion.request);
    results_.waitForProposal(expansion.request, deadline_);
    if (auto answer = results_.takeProposal(expansion.request)) {
      forwardLive();
      outstanding_.erase(chosen);
      takeUp(expansion, *std::move(answer));
      if (pauseAfterStage_) pauseAfterStep();
    }
    return;
  }
  const SampleRequest sample = std::get<SampleRequest>(*chosen);
  results_.waitForSample(sample.sample, deadline_);
  if (auto measured = results_.takeSample(sample.sample)) {
    outstanding_.erase(chosen);
    takeUp(sample, *measured);
    if (pauseAfterStage_ || pauseAfterSample_) pauseAfterStep();
  }
}

std::deque<TuneLoop::Outstanding>::iterator TuneLoop::nextToTake() {
  const auto isSample = [](const Outstanding& each) { return std::holds_alternative<SampleRequest>(each); };
  const auto oldestSample = std::find_if(outstanding_.begin(), outstanding_.end(), isSample);
  const auto oldestExpansion = std::find_if_not(outstanding_.begin(), outstanding_.end(), isSample);
  if (const auto recorded = nextRecorded(); recorded != outstanding_.end()) return recorded;
  if (oldestExpansion == outstanding_.end()) return oldestSample;
  const bool full = samplesInFlight() >= options_.pipelineDepth;
  if (!setup_.proposer->answersAsTheyCome() || full)
    // A sample ends soon; an answer may take long, and what is asked next shall know the sample.
    return oldestSample != outstanding_.end() ? oldestSample : oldestExpansion;
  for (auto each = outstanding_.begin(); each != outstanding_.end(); ++each)
    if (const auto* expansion = std::get_if<ExpansionRequest>(&*each);
        expansion && results_.hasProposal(expansion->request))
      return each;
  if (oldestSample != outstanding_.end() && results_.hasSample(std::get<SampleRequest>(*oldestSample).sample))
    return oldestSample;
  return outstanding_.end();
}

std::deque<TuneLoop::Outstanding>::iterator TuneLoop::nextRecorded() {
  // What is in flight now but not in the recording, or the other way round, is left to the usual order.
  while (!setup_.order.empty()) {
    const TakenUp next = setup_.order.front();
    const auto found = std::find_if(outstanding_.begin(), outstanding_.end(), [&](const Outstanding& each) {
      if (const auto* expansion = std::get_if<ExpansionRequest>(&each))
        return !next.sample && expansion->request == next.number;
      return next.sample && static_cast<std::uint64_t>(std::get<SampleRequest>(each).sample) == next.number;
    });
    if (found != outstanding_.end()) return found;
    setup_.order.pop_front();
  }
  return outstanding_.end();
}

void TuneLoop::waitForAny() {
  results_.waitFor(deadline_, [&](const ResultQueue::Ready& ready) {
    return std::any_of(outstanding_.begin(), outstanding_.end(), [&](const Outstanding& each) {
      if (const auto* expansion = std::get_if<ExpansionRequest>(&each))
        return ready.proposal(expansion->request);
      return ready.sample(std::get<SampleRequest>(each).sample);
    });
  });
}

void TuneLoop::takeUp(const ExpansionRequest& request, AnsweredProposal answered) {
  askedPrompts_.erase(request.request);
  Proposal& proposal = answered.proposal;
  for (auto& exchange : proposal.exchanges) {
    record(PromptSent{request.request, request.node, exchange.model, exchange.promptHash,
                      std::move(exchange.prompt)});
    exchange.prompt.clear();
    record(ReplyFinished{request.request, request.node, std::move(exchange)});
  }
  if (auto answer = answers_.extract(request.request)) {
    proposal.items = std::move(answer.mapped().items);
    proposal.reasoning = std::move(answer.mapped().reasoning);
    proposal.proposer = "user";
    proposal.random = proposal.fallback = false;
    proposal.preference = 0;
    proposal.notice.clear();
  }
  record(ProposalArrived{request.request, request.node, fold_.tree()[request.node].hash, proposal.proposer,
                         proposal.reasoning, proposal.items, proposal.random, proposal.fallback,
                         proposal.notice, answered.asked, answered.answered, proposal.preference});
  if (!proposal.notice.empty()) record(Notice{"warning", proposal.notice});
  strategy_->proposalArrived(request, {std::move(proposal.items), std::move(proposal.reasoning),
                                       std::move(proposal.proposer), proposal.random, proposal.preference});
  recordSearchEvents();
  if (pool_) submitReady();
}

void TuneLoop::takeUp(const SampleRequest& request, const MeasuredSample& measured) {
  record(BuildFinished{request.sample, request.node, measured.buildSeconds, measured.buildFailed,
                       measured.buildBegan, measured.measureBegan, measured.measureEnded});
  strategy_->measured(request, measured.measurement);
  recordSearchEvents();
  noteStored(setup_.measurements.remember(request.state, measured.measurement));
  if (pool_) submitReady();
}

void TuneLoop::noteStored(const Result<void>& stored) {
  if (stored || storeFailed_) return;
  storeFailed_ = true;
  record(Notice{"warning", stored.error().text() + " The run goes on; its measurements are not kept there."});
}

void TuneLoop::takeWhatIsThere() {
  std::erase_if(outstanding_,
                [](const Outstanding& each) { return std::holds_alternative<ExpansionRequest>(each); });
  for (const auto& each : outstanding_) {
    const auto& sample = std::get<SampleRequest>(each);
    const auto measured = results_.takeSample(sample.sample);
    if (!measured) break;
    takeUp(sample, *measured);
  }
  outstanding_.clear();
}

TuneLoop::Answers TuneLoop::suspendWork() {
  held_.clear();  // all that is outstanding is submitted again
  Answers answers;
  const auto takeAnswers = [&](auto keep) {
    for (const Outstanding& each : outstanding_)
      if (const auto* expansion = std::get_if<ExpansionRequest>(&each))
        if (auto answer = results_.takeProposal(expansion->request))
          keep(expansion->request, *std::move(answer));
  };
  takeAnswers(
      [&](std::uint64_t request, AnsweredProposal answer) { answers.emplace(request, std::move(answer)); });
  pool_.reset();
  // What cancelled calls still said is no answer; they are asked anew.
  takeAnswers([](std::uint64_t, const AnsweredProposal&) {});
  pipeline_.reset();
  for (const Outstanding& each : outstanding_)
    if (const auto* sample = std::get_if<SampleRequest>(&each)) (void)results_.takeSample(sample->sample);
  return answers;
}

void TuneLoop::resumeWork(Answers answers) {
  startWorkers();
  for (const Outstanding& each : outstanding_) {
    const auto* expansion = std::get_if<ExpansionRequest>(&each);
    const auto answer = expansion ? answers.find(expansion->request) : answers.end();
    if (answer == answers.end())
      std::visit([this](const auto& request) { submit(request); }, each);
    else
      results_.finish(answer->first, std::move(answer->second));
  }
  for (const auto& [request, _] : answers_) pool_->cancel(request);
}

void TuneLoop::drainSamples() {
  held_.clear();
  std::erase_if(outstanding_,
                [](const Outstanding& each) { return std::holds_alternative<ExpansionRequest>(each); });
  deadline_.reset();
  while (!outstanding_.empty()) {
    results_.rethrowFailure();
    forwardLive();
    (void)results_.takeCommands();  // too late for any
    takeNext();
  }
}

void TuneLoop::confirmBest() {
  // Should the fastest one fail in a fresh process, the next ones have their turn.
  constexpr std::size_t kTries = 3;
  const Tree& tree = fold_.tree();
  std::vector<NodeId> fastest;
  for (NodeId node = 0; node < tree.size(); ++node)
    if (tree[node].measuredSeconds > 0) fastest.push_back(node);
  std::sort(fastest.begin(), fastest.end(), [&](NodeId a, NodeId b) {
    return std::pair(tree[a].measuredSeconds, a) < std::pair(tree[b].measuredSeconds, b);
  });
  const double baseline = tree.baselineSeconds();
  if (!fastest.empty() && baseline > 0 && baseline < tree[fastest.front()].measuredSeconds)
    fastest.insert(fastest.begin(), kRootNode);
  for (std::size_t i = 0; i < std::min(kTries, fastest.size()); ++i) {
    const Measurement confirmed = problem_.confirm(tree.stateOf(fastest[i]));
    record(BestConfirmed{fastest[i], confirmed});
    if (confirmed.valid) return;
    record(Notice{"warning", "Node " + std::to_string(fastest[i]) +
                                 " failed when it was timed in a fresh process (" + confirmed.failure +
                                 "): " + confirmed.detail});
  }
}

void TuneLoop::record(EventBody body) {
  Event event;
  event.sequence = fold_.lastSequence() + 1;
  event.milliseconds = lastMilliseconds_ = std::max(lastMilliseconds_, millisecondsNow());
  event.body = std::move(body);
  if (tellsProgress(event.body)) ++progress_;
  if (auto applied = fold_.apply(event); !applied) throw std::logic_error(applied.error().message);
  unflushed_.push_back(std::move(event));
}

void TuneLoop::recordSearchEvents() {
  for (auto& event : strategy_->takeEvents()) record(toEventBody(std::move(event)));
}

void TuneLoop::forwardLive() {
  auto bodies = results_.takeLive();
  if (bodies.empty() || !setup_.sink) return;
  std::vector<Event> events;
  for (auto& body : bodies) events.push_back({0, lastMilliseconds_, std::move(body)});
  setup_.sink(events);
}

Result<void> TuneLoop::flush() {
  if (unflushed_.empty()) return {};
  const auto events = std::exchange(unflushed_, {});
  if (setup_.session)
    if (auto stored = setup_.session->append(events); !stored) return stored;
  if (setup_.sink) setup_.sink(events);
  return {};
}

void TuneLoop::rebuildStoppers() {
  stoppers_.clear();
  stoppers_.push_back(stopOnRequest());
  stoppers_.push_back(stopAfterSamples(options_.samples));
  stoppers_.push_back(stopAfterSeconds(options_.timeLimitSeconds));
  stoppers_.push_back(stopWhenExhausted());
  deadline_.reset();
  if (options_.timeLimitSeconds > 0)
    deadline_ = started_ + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                               std::chrono::duration<double>(std::min(options_.timeLimitSeconds, 1e9)));
}

RunStats TuneLoop::stats() const {
  RunStats stats;
  stats.samples = fold_.tree().samples();
  stats.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  stats.stopRequested = stopRequested_;
  stats.spaceExhausted = spaceExhausted_;
  return stats;
}

int TuneLoop::samplesInFlight() const {
  return static_cast<int>(
      std::count_if(outstanding_.begin(), outstanding_.end(),
                    [](const Outstanding& each) { return std::holds_alternative<SampleRequest>(each); }));
}

int TuneLoop::expansionsInFlight() const { return static_cast<int>(outstanding_.size()) - samplesInFlight(); }

}  // namespace espalier
