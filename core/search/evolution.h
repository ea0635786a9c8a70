// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <unordered_set>
#include <vector>

#include "search/problem.h"
#include "search/tree.h"

namespace espalier {

/// MetaSchedule's numbers at their upstream defaults.
struct EvolutionOptions {
  std::size_t population = 512;
  double initialMeasuredRatio = 0.2;   ///< of the population: the fastest measured so far
  std::size_t initialUnmeasured = 50;  ///< fewer new random members than this end the drawing of more
  int maximumFailures = 5;             ///< rounds of sampling without enough new members
  int generations = 4;
  double mutation = 0.85;  ///< probability that a member is mutated rather than copied
  int maximumMutationFailures = 10;
};

/// How MetaSchedule finds candidates without measuring any: random members of its design space and the best
/// measured ones evolve for some generations under the surrogate's score. Can be done a little at a time,
/// while the hardware is busy.
class Evolution {
 public:
  struct Member {
    State state;
    NodeId ancestor = kRootNode;  ///< the nearest node that it descends from
    bool mutated = false;
    Prediction prediction;
  };
  struct Result {
    std::vector<Member> best;   ///< of all generations, distinct and not in the tree, best predicted first
    std::vector<Member> drawn;  ///< the random members of the first generation
  };

  /// Begins with the fastest that the tree knows now; at most `count` best ones are kept.
  Evolution(const Problem& problem, const Tree& tree, const EvolutionOptions& options, std::size_t count,
            Random random);

  /// Draws, mutates and predicts so many more members, or as many as are left; whether nothing is left.
  bool advance(std::size_t members = std::numeric_limits<std::size_t>::max());
  /// Members that advance() takes altogether, and those it took.
  [[nodiscard]] std::size_t work() const;
  [[nodiscard]] std::size_t done() const { return done_; }
  /// What came of it, once nothing is left; empty where the space has no new random members.
  [[nodiscard]] Result take();

 private:
  [[nodiscard]] std::vector<Member> fastestMeasured() const;
  [[nodiscard]] std::size_t drawUnmeasured(std::size_t most);
  [[nodiscard]] std::size_t mutate(std::size_t most);
  void predictNew();
  void finishGeneration();
  void collectBest();
  /// What stands becomes the parents of the next one.
  void beginGeneration();

  const Problem& problem_;
  const Tree& tree_;
  EvolutionOptions options_;
  std::size_t count_;
  Random random_;
  Result result_;
  std::vector<Member> population_;  ///< the last complete generation
  std::vector<double> cumulative_;  ///< its scores, summed up
  std::vector<Member> next_;        ///< the one that grows
  std::size_t predicted_ = 0;       ///< of it
  std::size_t wanted_ = 0;          ///< members of it that are to be drawn or mutated
  int generation_ = 0;
  std::size_t done_ = 0;
  bool finished_ = false;
  std::unordered_set<std::uint64_t> inBest_;
  /// Drawing goes on in rounds; several without enough new members end it.
  struct Rounds {
    std::unordered_set<std::uint64_t> drawn;
    std::size_t attempts = 0;  ///< in this round
    std::size_t before = 0;    ///< members when it began
    int failures = 0;
  } rounds_;
};

}  // namespace espalier
