// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// What a large search tree costs: bytes a node and one selection by UCT.
#include <benchmark/benchmark.h>

#include <stdexcept>
#include <vector>

#include "search/mcts.h"

namespace espalier {
namespace {

/// Only what a restored search asks for.
class NoProblem final : public Problem {
 public:
  [[nodiscard]] const ProblemInfo& info() const override { return info_; }
  [[nodiscard]] State initial() const override { return {}; }
  [[nodiscard]] Result<State> stateOf(const std::vector<std::string>& trace) const override {
    return State{trace, 0};
  }
  [[nodiscard]] Application apply(const State& from, std::span<const std::string>, Random&) const override {
    return {from, {}};
  }
  [[nodiscard]] std::optional<Application> randomStep(const State&, Random&) const override { return {}; }
  [[nodiscard]] State sampleDesign(Random&) const override { return {}; }
  [[nodiscard]] std::optional<State> mutate(const State&, Random&) const override { return {}; }
  [[nodiscard]] std::vector<LegalAction> legalActions(const State&) const override { return {}; }
  [[nodiscard]] std::vector<Section> describe(const State&) const override { return {}; }
  [[nodiscard]] std::vector<Prediction> predict(std::span<const State> states) const override {
    return std::vector<Prediction>(states.size());
  }
  bool learn(std::span<const Observation>) override { return false; }
  [[nodiscard]] std::unique_ptr<BuiltCandidate> build(const State&) override { return nullptr; }
  [[nodiscard]] Measurement measure(BuiltCandidate&, const MeasureRequest&) override { return {}; }
  [[nodiscard]] Measurement measureBaseline() override { return {}; }
  [[nodiscard]] Measurement confirm(const State&) override { return {}; }

 private:
  ProblemInfo info_;
};

/// A tree as B = 2 grows it, every node predicted once.
std::vector<SearchEvent> historyOf(NodeId nodes) {
  std::vector<SearchEvent> history;
  Random random(1);
  for (NodeId node = 0; node < nodes; ++node) {
    NodeAdded added;
    added.node = node;
    if (node > 0) added.parent = (node - 1) / 2;
    added.state.hash = random.next();
    added.state.trace = {"TileSize(block=C, loop=n, factors=[64, 32])",
                         "Unroll(loop=m, factor=" + std::to_string(random.below(500)) + ")"};
    added.prediction = Prediction{1e-3 * (1 + random.uniform()), 0.1, "prior", {}};
    history.emplace_back(std::move(added));
    const double reward = random.uniform();
    history.emplace_back(Backpropagated{node, "prediction", reward, reward});
  }
  return history;
}

void selectNode(benchmark::State& state) {
  NoProblem problem;
  Mcts search(problem, 1, {});
  const auto nodes = static_cast<NodeId>(state.range(0));
  if (!search.restore(historyOf(nodes))) throw std::runtime_error("the history does not fit");
  for (auto _ : state) benchmark::DoNotOptimize(search.select(nullptr));
  state.counters["bytes_per_node"] =
      static_cast<double>(search.tree().memoryBytes()) / static_cast<double>(nodes);
}
BENCHMARK(selectNode)->Arg(1'000)->Arg(1'000'000);

}  // namespace
}  // namespace espalier
