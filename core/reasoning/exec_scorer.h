// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "reasoning/exec_dialogue.h"
#include "search/problem.h"

namespace espalier {

/// A problem whose predictions come from a program of the user. One line to it,
///   {"version": 1, "kind": "score", "id": 7, "problem": "…", "states": [{"trace": ["…"], "seconds": 0.002},
///   …]}
/// with the problem's own predictions in `seconds`, and one line from it, {"id": 7, "seconds": [0.0015, …]}:
/// as many positive numbers. What the program does not answer keeps the problem's own prediction. Answers are
/// remembered until the problem learns.
class ExecScoredProblem final : public Problem {
 public:
  ExecScoredProblem(std::shared_ptr<Problem> problem, ExecOptions options)
      : problem_(std::move(problem)), dialogue_(std::move(options)) {}

  [[nodiscard]] std::vector<Prediction> predict(std::span<const State> states) const override;
  bool learn(std::span<const Observation> observations) override;

  [[nodiscard]] const ProblemInfo& info() const override { return problem_->info(); }
  [[nodiscard]] State initial() const override { return problem_->initial(); }
  [[nodiscard]] Result<State> stateOf(const std::vector<std::string>& trace) const override {
    return problem_->stateOf(trace);
  }
  [[nodiscard]] Application apply(const State& from, std::span<const std::string> items,
                                  Random& random) const override {
    return problem_->apply(from, items, random);
  }
  [[nodiscard]] std::optional<Application> randomStep(const State& from, Random& random) const override {
    return problem_->randomStep(from, random);
  }
  [[nodiscard]] State sampleDesign(Random& random) const override { return problem_->sampleDesign(random); }
  [[nodiscard]] std::optional<State> mutate(const State& from, Random& random) const override {
    return problem_->mutate(from, random);
  }
  [[nodiscard]] std::vector<LegalAction> legalActions(const State& state) const override {
    return problem_->legalActions(state);
  }
  [[nodiscard]] std::vector<Section> describe(const State& state) const override {
    return problem_->describe(state);
  }
  [[nodiscard]] std::unique_ptr<BuiltCandidate> build(const State& state) override {
    return problem_->build(state);
  }
  [[nodiscard]] Measurement measure(BuiltCandidate& candidate, const MeasureRequest& request) override {
    return problem_->measure(candidate, request);
  }
  [[nodiscard]] Measurement measureBaseline() override { return problem_->measureBaseline(); }
  [[nodiscard]] Measurement confirm(const State& state) override { return problem_->confirm(state); }

 private:
  std::shared_ptr<Problem> problem_;
  mutable std::mutex mutex_;
  mutable ExecDialogue dialogue_;
  mutable std::map<std::uint64_t, double> known_;  ///< seconds by state hash
};

}  // namespace espalier
