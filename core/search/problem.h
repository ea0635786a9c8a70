// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "support/outcome.h"
#include "support/random.h"

namespace espalier {

/// A state of the search. Opaque: the trace is the canonical text of every step from the initial state, one step an
/// entry, and the hash names what the steps lead to (equal programs reached on two ways have equal hashes).
/// The problem rebuilds whatever it needs from the trace.
struct State {
  std::vector<std::string> trace;
  std::uint64_t hash = 0;
  bool operator==(const State&) const = default;
};

/// What became of one proposed item, for instance `TileSize(block=C, loop=n, factors=[64, 32])`.
struct AppliedItem {
  std::string proposed;     ///< as it came
  bool accepted = false;
  std::string applied;      ///< canonical and complete (omitted arguments drawn); empty if refused
  std::string refusalCode;  ///< short and stable, for instance `unknown-loop`; empty if accepted
  std::string reason;       ///< why it was refused, in words, or how it was repaired
  std::string hint;         ///< what to do instead
};

/// The result of applying a sequence: refused items are skipped, the others applied in order.
struct Application {
  State state;
  std::vector<AppliedItem> items;
  [[nodiscard]] bool changed() const {
    for (const auto& item : items)
      if (item.accepted) return true;
    return false;
  }
};

/// One kind of action that is legal in a state, with what its arguments may be.
struct LegalAction {
  std::string name;
  std::string arguments;  ///< ranges in words, for instance `loop in {m, n, k}; factors: product ≥ extent`
  std::string example;    ///< a complete step that is legal right now
};

/// A titled piece of text about a state, for prompts and panels.
struct Section {
  std::string key;    ///< stable: "program", "bottleneck", "trace", …
  std::string title;
  std::string text;
};

/// What a model thinks of a state.
struct Prediction {
  double seconds = 0;
  double uncertainty = 0;  ///< standard deviation of ln(seconds); 0 = not known
  std::string source;      ///< "prior", "xgboost", …
  std::string words;       ///< what bounds it, for people and prompts
};

/// What the hardware said. A failed sample counts as a sample.
struct Measurement {
  bool valid = false;
  double seconds = 0;               ///< the ranking statistic (a low quantile of the repeats)
  std::vector<double> repeats;      ///< seconds of one execution each, all of them, in order
  std::string failure;              ///< short and stable: `crash`, `timeout`, `memory`, `wrong-output`, `build`, …
  std::string detail;               ///< in words
  double buildSeconds = 0;
  bool verified = false;            ///< outputs were compared with the reference and agree
  std::string verification;         ///< which oracle, largest error and bound, in words
  bool recorded = false;            ///< came from a store, not from the hardware
};

/// A state with what was measured, to learn from.
struct Observation {
  State state;
  Measurement measurement;
};

/// Facts about a problem that hold for all of its states; stored in the session.
struct ProblemInfo {
  std::string kind;      ///< "tensor-program"
  std::string name;      ///< workload name, for instance `deepseek_r1_moe`
  std::string identity;  ///< text that rebuilds the problem: source, sizes, options (JSON)
  std::uint64_t hash = 0;
  double operations = 0;        ///< FLOPs of the initial state
  double compulsoryBytes = 0;
  double rooflineSeconds = 0;   ///< no state can be faster
  int threads = 1;
  std::vector<Section> sections;  ///< the stable part of a prompt: grammar, hardware sheet, workload, initial program
};

/// A candidate made ready to run. What it holds is the problem's business.
class BuiltCandidate {
 public:
  virtual ~BuiltCandidate() = default;
  /// Set if the build failed; the candidate is then a failed sample.
  std::optional<Measurement> failure;
  double buildSeconds = 0;
};

struct MeasureRequest {
  double incumbentSeconds = 0;  ///< the best so far, or 0; a candidate three times slower is stopped early
  bool verify = false;          ///< always compare the outputs, even if the candidate is no new best
  int extraRepeats = 0;         ///< for contenders
};

/// What is searched. The search, the reasoning, the session and the tuner know nothing else of it.
///
/// Threads: everything const may be called from several threads at once; build() from one builder thread and measure() from one
/// measuring thread beside them; learn() only from the thread that owns the search.
class Problem {
 public:
  virtual ~Problem() = default;

  [[nodiscard]] virtual const ProblemInfo& info() const = 0;
  [[nodiscard]] virtual State initial() const = 0;
  /// The state that a stored trace leads to, or what is wrong with the trace.
  [[nodiscard]] virtual Result<State> stateOf(const std::vector<std::string>& trace) const = 0;

  /// Applies items in order, skips refused ones with a reason, draws omitted arguments.
  [[nodiscard]] virtual Application apply(const State& from, std::span<const std::string> items, Random& random) const = 0;
  /// One random legal transformation; nothing at a dead end.
  [[nodiscard]] virtual std::optional<Application> randomStep(const State& from, Random& random) const = 0;
  /// A random member of the space that the evolutionary search samples (MetaSchedule's SSRSRS space).
  [[nodiscard]] virtual State sampleDesign(Random& random) const = 0;
  /// One of MetaSchedule's four mutators with its probability; nothing if it does not apply.
  [[nodiscard]] virtual std::optional<State> mutate(const State& from, Random& random) const = 0;

  [[nodiscard]] virtual std::vector<LegalAction> legalActions(const State& state) const = 0;
  /// Sections about a state: program, trace, bottleneck, …
  [[nodiscard]] virtual std::vector<Section> describe(const State& state) const = 0;

  [[nodiscard]] virtual std::vector<Prediction> predict(std::span<const State> states) const = 0;
  /// Teaches the model what was measured since the last call (after a resume: everything so far, once). The problem keeps what it
  /// was told and decides whether to retrain; true if predictions may have changed.
  virtual bool learn(std::span<const Observation> observations) = 0;

  [[nodiscard]] virtual std::unique_ptr<BuiltCandidate> build(const State& state) = 0;
  [[nodiscard]] virtual Measurement measure(BuiltCandidate& candidate, const MeasureRequest& request) = 0;
  /// The initial state compiled by the ordinary compiler, timed a few times: what speedups refer to.
  [[nodiscard]] virtual Measurement measureBaseline() = 0;
  /// A figure for the summary, from a fresh process, interleaved with nothing.
  [[nodiscard]] virtual Measurement confirm(const State& state) = 0;
};

}  // namespace espalier
