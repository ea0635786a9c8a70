// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "search/evolution.h"
#include "search/tournament.h"

namespace espalier {

struct ReserveOptions {
  std::size_t size = 512;  ///< states kept; 0 = no reserve
  int firstRefill = 24;    ///< samples until it is filled anew for the first time; each time twice as many …
  int longestWait = 64;    ///< … but never more
  int inOrder = 3;         ///< every so-many-th is the next one as they were predicted when it was filled
};

/// Whole designs that wait to be tried: those that evolved under the surrogate, and the random ones that they
/// evolved from, which are less like each other. What thousands of predictions found is kept, and ranked anew
/// whenever the surrogate has learnt, in place of being drawn again for every step. Now and then one is taken
/// in the order of the first predictions: what a few measurements say of others may be wrong.
class Reserve {
 public:
  Reserve(const Problem& problem, const Tree& tree, const ReserveOptions& options, double optimism,
          std::uint64_t seed);

  /// What a random step may lead to: the member that ranks first, or is next in order, filled up and ranked
  /// anew if that is due. Nothing if the space is exhausted, or until it was filled once where a search that
  /// went on without it turns to it: it is not made to wait.
  [[nodiscard]] std::optional<Tournament::Entrant> next();
  /// Evolves what it will be filled with, as much of it as the samples since it was filled last call for:
  /// there is time for that while the hardware works on others.
  void grow();
  /// Whether it was filled but once, before anything was learnt.
  [[nodiscard]] bool fresh() const { return refills_ <= 1; }
  /// The surrogate has learnt: predictions are out of date.
  void outdate() { outdated_ = true; }

 private:
  void fill();
  /// Until it is filled anew.
  void waitFor(int samples);
  /// What it will be filled with, begun if it is not.
  [[nodiscard]] Evolution& growing();
  [[nodiscard]] bool isKnown(const Evolution::Member& member) const;
  void rank();

  const Problem& problem_;
  const Tree& tree_;
  ReserveOptions options_;
  double optimism_;
  std::uint64_t seed_;
  std::vector<Evolution::Member> members_;  ///< evolved ones first, best predicted first
  std::vector<double> ranks_;               ///< parallel to members_
  std::optional<Evolution> growing_;        ///< what it will be filled with
  int asked_ = 0;
  int refills_ = 0;
  int lastRefill_ = 0;  ///< number of samples at which it was filled
  int nextRefill_ = 0;  ///< number of samples from which it is filled anew
  bool outdated_ = false;
};

}  // namespace espalier
