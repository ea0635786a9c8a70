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
  int contrast = 20;  ///< from then on every so-many-th is a random design, which keeps the surrogate honest
};

/// Whole designs that evolved under the surrogate and wait to be tried: what thousands of predictions found
/// is kept, and ranked anew whenever the surrogate has learnt, in place of being drawn again for every step.
class Reserve {
 public:
  Reserve(const Problem& problem, const Tree& tree, const ReserveOptions& options, double optimism,
          std::uint64_t seed);

  /// What a random step may lead to: the member that ranks first, filled up and ranked anew if that is due,
  /// or now and then a random design. Nothing if the space is exhausted.
  [[nodiscard]] std::optional<Tournament::Entrant> next();
  /// Whether it was filled but once. Until it is filled anew its members come in the order in which they were
  /// predicted at first: what a handful of measurements of similar states teach would only confuse it.
  [[nodiscard]] bool fresh() const { return refills_ <= 1; }
  /// The surrogate has learnt: predictions are out of date.
  void outdate() { outdated_ = true; }

 private:
  void fill();
  [[nodiscard]] bool isKnown(const Evolution::Member& member) const;
  void rank();

  const Problem& problem_;
  const Tree& tree_;
  ReserveOptions options_;
  double optimism_;
  std::uint64_t seed_;
  std::vector<Evolution::Member> members_;
  std::vector<double> ranks_;              ///< parallel to members_
  std::vector<Evolution::Member> random_;  ///< designs as they were drawn
  int asked_ = 0;
  int refills_ = 0;
  int nextRefill_ = 0;  ///< number of samples from which it is filled anew
  bool outdated_ = false;
};

}  // namespace espalier
