// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "explorer/synthetic_search.h"

#include <algorithm>
#include <array>
#include <utility>

namespace espalier {
namespace {

constexpr double kBaselineSeconds = 2e-2;
constexpr std::uint32_t kSteps = 3000;
constexpr std::uint64_t kReasonings = 50000;

std::string stepText(std::uint32_t step) {
  static constexpr std::array<const char*, 8> kNames{"TileSize",   "Reorder",   "Vectorize", "Unroll",
                                                     "CacheWrite", "ComputeAt", "Parallel",  "Fuse"};
  return std::string(kNames[step % kNames.size()]) + "(block=C, loop=n" + std::to_string(step / 8 % 9) +
         ", factors=[" + std::to_string(1 << step % 7) + ", " + std::to_string(step) + "])";
}

}  // namespace

SyntheticSearch::SyntheticSearch(std::uint64_t seed) : random_(seed) {}

void SyntheticSearch::add(EventBody body) {
  events_.push_back({++sequence_, milliseconds_, std::move(body)});
}

NodeId SyntheticSearch::chooseParent() {
  NodeId node = kRootNode;
  while (nodes_[node].children[1] != kNoNode) node = nodes_[node].children[random_.below(10) < 4 ? 0 : 1];
  return node;
}

std::vector<std::string> SyntheticSearch::traceOf(NodeId node) const {
  std::vector<std::string> trace;
  for (; node != kRootNode; node = nodes_[node].parent) trace.push_back(stepText(nodes_[node].step));
  std::reverse(trace.begin(), trace.end());
  return trace;
}

std::vector<Event> SyntheticSearch::next() {
  events_.clear();
  ++milliseconds_;
  const NodeId node = nodes();
  NodeAdded added;
  added.node = node;
  added.state.hash = node + 1;
  if (node == kRootNode) {
    RunStarted run;
    run.problem.name = "synthetic";
    run.problem.threads = 1;
    run.strategy = "mcts";
    run.proposer = "rules";
    run.preset = "espalier";
    add(run);
    BaselineMeasured baseline;
    baseline.measurement.valid = true;
    baseline.measurement.seconds = kBaselineSeconds;
    add(baseline);
    best_ = kBaselineSeconds;
    nodes_.emplace_back();
    add(added);
    return std::move(events_);
  }
  const NodeId parent = chooseParent();
  Node made;
  made.parent = parent;
  made.step = static_cast<std::uint32_t>(random_.below(kSteps));
  nodes_.push_back(made);
  (nodes_[parent].children[0] == kNoNode ? nodes_[parent].children[0] : nodes_[parent].children[1]) = node;

  NodeSelected selected;
  selected.request = node;
  selected.node = parent;
  add(selected);
  ProposalArrived arrived;
  arrived.request = node;
  arrived.node = parent;
  arrived.proposer = "rules";
  arrived.reasoning =
      "Reasoning " + std::to_string(random_.below(kReasonings)) +
      ": the reduction is innermost and its operand streams from memory, so the loads bound this program; "
      "a tile of the columns that fits the second level of the cache lets each row be read once, and "
      "vectorising the columns keeps the units busy.";
  arrived.items = {stepText(made.step)};
  arrived.askedMilliseconds = milliseconds_ - 2;
  arrived.answeredMilliseconds = milliseconds_ - 1;
  add(arrived);
  added.request = node;
  added.parent = parent;
  added.state.trace = traceOf(node);
  added.items = {{stepText(made.step), true, stepText(made.step), "", "", ""}};
  added.source = "rules";
  added.reasoning = arrived.reasoning;
  added.prediction = Prediction{kBaselineSeconds / (1 + static_cast<double>(random_.below(4000)) / 100), 0.2,
                                "prior", "bound by loads from the second level of the cache"};
  add(added);
  Backpropagated reward;
  reward.node = node;
  reward.cause = "prediction";
  reward.reward = reward.value = static_cast<double>(random_.below(1000)) / 1000;
  add(reward);
  if (node % 3 == 0) measure(node);
  return std::move(events_);
}

void SyntheticSearch::measure(NodeId node) {
  const int sample = ++samples_;
  CandidateChosen chosen;
  chosen.sample = sample;
  chosen.node = node;
  chosen.cause = "predicted-best";
  add(chosen);
  BuildFinished built;
  built.sample = sample;
  built.node = node;
  built.seconds = 0.02;
  built.buildBeganMilliseconds = milliseconds_ - 30;
  built.measureBeganMilliseconds = milliseconds_ - 10;
  built.measureEndedMilliseconds = milliseconds_;
  add(built);
  SampleMeasured measured;
  measured.sample = sample;
  measured.node = node;
  measured.predictedSeconds = kBaselineSeconds / 5;
  measured.measurement.valid = random_.below(20) != 0;
  if (measured.measurement.valid) {
    measured.measurement.seconds = kBaselineSeconds / (0.5 + static_cast<double>(random_.below(5000)) / 100);
    for (int repeat = 0; repeat < 5; ++repeat)
      measured.measurement.repeats.push_back(measured.measurement.seconds * (1 + 0.01 * repeat));
  } else {
    measured.measurement.failure = "timeout";
  }
  add(measured);
  Backpropagated reward;
  reward.node = node;
  reward.cause = "measurement";
  reward.value = measured.measurement.valid ? 0.1 : -0.1;
  add(reward);
  if (!measured.measurement.valid || measured.measurement.seconds >= best_) return;
  best_ = measured.measurement.seconds;
  add(NewBest{sample, node, best_, kBaselineSeconds / best_});
}

}  // namespace espalier
