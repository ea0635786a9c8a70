// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cctype>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "search/problem.h"
#include "support/hash.h"

namespace espalier::test {

struct ToyOptions {
  int values = 10;              ///< each of the four digits is in 0 … values - 1
  int longestTrace = 12;        ///< dead end beyond it
  int crashingFirstDigit = 7;   ///< -1 = nothing ever fails
  bool measureBlindly = false;  ///< measure() verifies only when asked to
  double predictionNoise = 0.3;
};

/// A problem small enough to see through: four digits a, b, c, d, all 0 at first, and steps `Set(a, 3)`. The
/// fastest state is a=3, b=1, c=4, d=1. Digits after which a program fails stand in ToyOptions.
class ToyProblem : public Problem {
 public:
  using Digits = std::array<int, 4>;

  explicit ToyProblem(ToyOptions options = {}) : options_(options) {
    info_.kind = "toy";
    info_.name = "digits";
    info_.identity = R"({"toy": true})";
    info_.hash = Hasher().add("toy").add(static_cast<std::uint64_t>(options.values)).value();
    info_.operations = 1e6;
    info_.rooflineSeconds = 1e-4;
    info_.sections.push_back({"task", "Task", "Find four digits."});
  }

  [[nodiscard]] const ProblemInfo& info() const override { return info_; }
  [[nodiscard]] State initial() const override { return stateWith({}); }
  [[nodiscard]] Result<State> stateOf(const std::vector<std::string>& trace) const override {
    for (const auto& step : trace)
      if (!parse(step) || parse(step)->value < 0) return inputError("The step " + step + " is no step.");
    return stateWith(trace);
  }

  [[nodiscard]] Application apply(const State& from, std::span<const std::string> items,
                                  Random& random) const override {
    Application application;
    std::vector<std::string> trace = from.trace;
    for (const auto& item : items) {
      AppliedItem applied;
      applied.proposed = item;
      const auto step = parse(item);
      if (!step) {
        applied.refusalCode = "unknown-step";
        applied.reason = item + " is no step.";
        applied.hint = "Write Set(a, 3).";
      } else if (static_cast<int>(trace.size()) >= options_.longestTrace) {
        applied.refusalCode = "too-long";
        applied.reason = "The trace is long enough.";
      } else {
        const int value = step->value >= 0
                              ? step->value
                              : static_cast<int>(random.below(static_cast<std::uint64_t>(options_.values)));
        applied.accepted = true;
        applied.applied = print(step->digit, value);
        trace.push_back(applied.applied);
      }
      application.items.push_back(std::move(applied));
    }
    application.state = stateWith(std::move(trace));
    return application;
  }
  [[nodiscard]] std::optional<Application> randomStep(const State& from, Random& random) const override {
    if (static_cast<int>(from.trace.size()) >= options_.longestTrace) return std::nullopt;
    const std::string item =
        print(static_cast<int>(random.below(4)),
              static_cast<int>(random.below(static_cast<std::uint64_t>(options_.values))));
    return apply(from, std::span(&item, 1), random);
  }
  [[nodiscard]] State sampleDesign(Random& random) const override {
    std::vector<std::string> trace;
    for (int digit = 0; digit < 4; ++digit)
      trace.push_back(
          print(digit, static_cast<int>(random.below(static_cast<std::uint64_t>(options_.values)))));
    return stateWith(std::move(trace));
  }
  [[nodiscard]] std::optional<State> mutate(const State& from, Random& random) const override {
    if (from.trace.empty()) return std::nullopt;
    std::vector<std::string> trace = from.trace;
    auto& step = trace[random.below(trace.size())];
    step = print(parse(step)->digit,
                 static_cast<int>(random.below(static_cast<std::uint64_t>(options_.values))));
    return stateWith(std::move(trace));
  }

  [[nodiscard]] std::vector<LegalAction> legalActions(const State&) const override {
    return {{"Set", "digit in a, b, c, d; value in 0 ..", "Set(a, 3)"}};
  }
  [[nodiscard]] std::vector<Section> describe(const State& state) const override {
    std::string text;
    for (const int digit : digitsOf(state.trace)) text += static_cast<char>('0' + digit);
    return {{"program", "Program", text}};
  }

  [[nodiscard]] std::vector<Prediction> predict(std::span<const State> states) const override {
    std::vector<Prediction> predictions;
    for (const auto& state : states) {
      // Wrong by a factor that the state alone decides; learning halves it each time.
      const double noise = static_cast<double>(Hasher().add(state.hash).value() % 1000) / 1000 - 0.5;
      const double wrong = 1 + options_.predictionNoise * noise / (1 + static_cast<double>(learnt_));
      predictions.push_back({secondsOf(state) * wrong, 0.1, "toy", "bound by digits"});
    }
    return predictions;
  }
  bool learn(std::span<const Observation> observations) override {
    learnt_ += observations.size();
    return true;
  }

  [[nodiscard]] std::unique_ptr<BuiltCandidate> build(const State& state) override {
    ++builds;
    if (onBuild) onBuild(state);
    auto candidate = std::make_unique<Candidate>();
    candidate->state = state;
    if (fails(state) && digitsOf(state.trace)[1] == 5) {
      candidate->failure = Measurement{};
      candidate->failure->failure = "build";
      candidate->failure->detail = "The compiler gave up.";
    }
    return candidate;
  }
  [[nodiscard]] Measurement measure(BuiltCandidate& candidate, const MeasureRequest& request) override {
    ++measurements;
    const State& state = static_cast<Candidate&>(candidate).state;
    if (onMeasure) onMeasure(state);
    Measurement measurement;
    if (fails(state)) {
      measurement.failure = "crash";
      measurement.detail = "Segmentation fault.";
      return measurement;
    }
    measurement.valid = true;
    measurement.seconds = secondsOf(state);
    measurement.repeats = {measurement.seconds, measurement.seconds * 1.01};
    measurement.verified =
        request.verify || (!options_.measureBlindly &&
                           (request.incumbentSeconds == 0 || measurement.seconds < request.incumbentSeconds));
    return measurement;
  }
  [[nodiscard]] Measurement measureBaseline() override {
    ++baselines;
    Measurement measurement;
    measurement.valid = true;
    measurement.seconds = 0.2;
    measurement.repeats = {0.2, 0.21};
    return measurement;
  }
  [[nodiscard]] Measurement confirm(const State& state) override {
    Candidate candidate;
    candidate.state = state;
    MeasureRequest request;
    request.verify = true;
    return measure(candidate, request);
  }

  [[nodiscard]] Digits digitsOf(const std::vector<std::string>& trace) const {
    Digits digits{};
    for (const auto& step : trace) digits[static_cast<std::size_t>(parse(step)->digit)] = parse(step)->value;
    return digits;
  }
  [[nodiscard]] double secondsOf(const State& state) const {
    constexpr Digits best{3, 1, 4, 1};
    const Digits digits = digitsOf(state.trace);
    double distance = 0;
    for (std::size_t i = 0; i < 4; ++i)
      distance += (digits[i] - best[i]) * (digits[i] - best[i]) * (1.0 + static_cast<double>(i));
    return 1e-3 * (1 + distance) / info_.threads;
  }
  /// Twice the threads, half the time.
  [[nodiscard]] Result<void> setThreads(int threads) {
    if (threads < 1 || threads > 4) return usageError("The toy has 4 cores.", "Ask for 1 to 4 threads.");
    info_.threads = threads;
    info_.hash = Hasher().add("toy").add(static_cast<std::uint64_t>(10 * options_.values + threads)).value();
    info_.rooflineSeconds = 1e-4 / threads;
    learnt_ = 0;
    return {};
  }
  [[nodiscard]] bool fails(const State& state) const {
    return digitsOf(state.trace)[0] == options_.crashingFirstDigit;
  }

  std::atomic<int> builds = 0;
  std::atomic<int> measurements = 0;
  std::atomic<int> baselines = 0;
  std::function<void(const State&)> onBuild;    ///< may throw; called on the builder's thread
  std::function<void(const State&)> onMeasure;  ///< may throw; called on the measuring thread

 private:
  struct Candidate final : BuiltCandidate {
    State state;
  };

  [[nodiscard]] static std::string print(int digit, int value) {
    return std::string("Set(") + static_cast<char>('a' + digit) + ", " + std::to_string(value) + ")";
  }
  struct Step {
    int digit = 0;
    int value = -1;  ///< -1 = left out
  };
  [[nodiscard]] static std::optional<Step> parse(const std::string& step) {
    if (step.rfind("Set(", 0) != 0 || step.size() < 6 || step.back() != ')') return std::nullopt;
    const int digit = step[4] - 'a';
    if (digit < 0 || digit > 3) return std::nullopt;
    if (step.size() == 6) return Step{digit, -1};
    if (step.size() != 9 || !std::isdigit(static_cast<unsigned char>(step[7]))) return std::nullopt;
    return Step{digit, step[7] - '0'};
  }
  [[nodiscard]] State stateWith(std::vector<std::string> trace) const {
    Hasher hasher;
    for (const int digit : digitsOf(trace)) hasher.add(static_cast<std::uint64_t>(digit));
    return {std::move(trace), hasher.value()};
  }

  ToyOptions options_;
  ProblemInfo info_;
  std::size_t learnt_ = 0;
};

}  // namespace espalier::test
