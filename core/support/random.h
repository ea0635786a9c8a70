// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace espalier {

/// The one source of randomness: xoshiro256** seeded by splitmix64. It is handed down by reference
/// from the seed of a run; the same seed gives the same draws on every machine (no std::
/// distribution is used, since those differ between standard libraries).
class Random {
 public:
  explicit Random(std::uint64_t seed);

  /// 64 uniform bits.
  std::uint64_t next();
  /// Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [low, high], both included.
  std::int64_t between(std::int64_t low, std::int64_t high);
  /// Uniform in [0, 1).
  double uniform();
  /// True with the given probability.
  bool chance(double probability);
  /// Index drawn in proportion to the weights (all ≥ 0, not all 0).
  std::size_t weighted(std::span<const double> weights);
  /// A generator of its own for a part of the run, so that parts do not disturb each other's draws.
  Random fork();

  template <class Container>
  auto& pick(Container& container) {
    return container[below(container.size())];
  }
  template <class Container>
  void shuffle(Container& container) {
    for (std::size_t i = container.size(); i > 1; --i) {
      using std::swap;
      swap(container[i - 1], container[below(i)]);
    }
  }

 private:
  std::uint64_t state_[4];
};

}  // namespace espalier
