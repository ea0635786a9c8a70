// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "codegen/guard_regions.h"

#include <algorithm>
#include <set>

namespace espalier {
namespace {

struct Bounds {
  std::int64_t sureUntil = 0;  ///< the guard holds for all values below
  std::int64_t neverFrom = 0;  ///< it fails for this value and all above
};

Bounds boundsOf(const Guard& guard, LoopId variable, Interval values, std::vector<Interval>& ranges) {
  Interval& own = ranges[variable.index];
  const Interval whole = own;
  const auto over = [&](std::int64_t low, std::int64_t high) {
    own = {low, high};
    return intervalOf(guard.value, [&](const Expr& used) { return ranges.at(used.loop().index); });
  };
  Bounds bounds{values.low, values.high + 1};
  // The interval over a prefix only grows with the prefix, so both ends can be found by bisection.
  for (std::int64_t high = values.high + 1; bounds.sureUntil < high;) {
    const std::int64_t middle = bounds.sureUntil + (high - bounds.sureUntil + 1) / 2;
    if (over(values.low, middle - 1).high < guard.limit) {
      bounds.sureUntil = middle;
    } else {
      high = middle - 1;
    }
  }
  for (std::int64_t low = bounds.sureUntil; low < bounds.neverFrom;) {
    const std::int64_t middle = low + (bounds.neverFrom - low) / 2;
    if (over(middle, values.high).low >= guard.limit) {
      bounds.neverFrom = middle;
    } else {
      low = middle + 1;
    }
  }
  own = whole;
  return bounds;
}

}  // namespace

std::vector<GuardRegion> guardRegions(LoopId variable, Interval values, const std::vector<Guard>& guards,
                                      std::vector<Interval>& ranges) {
  std::set<std::int64_t> cuts{values.low, values.high + 1};
  std::vector<Bounds> all;
  for (const Guard& guard : guards) {
    all.push_back(boundsOf(guard, variable, values, ranges));
    cuts.insert({all.back().sureUntil, all.back().neverFrom});
  }
  std::vector<GuardRegion> regions;
  for (auto cut = cuts.begin(); std::next(cut) != cuts.end(); ++cut) {
    GuardRegion region{*cut, *std::next(cut)};
    region.undecided = std::any_of(all.begin(), all.end(), [&](const Bounds& bounds) {
      return region.begin >= bounds.sureUntil && region.end <= bounds.neverFrom;
    });
    regions.push_back(region);
  }
  return regions;
}

}  // namespace espalier
