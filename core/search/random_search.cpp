// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "search/random_search.h"

#include <cstdint>
#include <unordered_set>

namespace espalier {

std::vector<SamplingStrategy::Draw> RandomSearch::drawBatch() {
  constexpr std::size_t kBatch = 64;
  constexpr int kMaximumFailures = 512;  // in a row, until the space counts as exhausted
  Random random = randomFor(seed_, "draw", static_cast<std::uint64_t>(record_.nextSample()));
  std::vector<Draw> batch;
  std::unordered_set<std::uint64_t> drawn;
  for (int failures = 0; batch.size() < kBatch && failures < kMaximumFailures;) {
    State state = record_.problem().sampleDesign(random);
    if (tree().find(state.hash) != kNoNode || !drawn.insert(state.hash).second) {
      ++failures;
      continue;
    }
    failures = 0;
    batch.push_back({std::move(state), kRootNode, "design", std::nullopt});
  }
  return batch;
}

}  // namespace espalier
