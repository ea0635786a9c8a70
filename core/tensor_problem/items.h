// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/random.h"
#include "tensor_problem/program_cache.h"
#include "transform/refusal.h"

namespace espalier {

/// Where one proposed item leads.
struct ItemResult {
  std::vector<std::string> trace;
  std::shared_ptr<const CachedProgram> program;
  std::string applied;  ///< the complete step
  std::string note;     ///< how the item was understood, if not literally
};

/// Applies one proposed item to the program of a trace. An item is a step's text with some or no arguments;
/// what is left out is drawn. `TileSize` of a loop that the trace tiles already replaces that decision and
/// replays what follows; so do a second TransformLayout of a buffer, a second CacheRead of a buffer by a
/// block and a second Prefetch of a buffer in a nest. A bare `TileSize` tiles a loop or re-decides an earlier tile, at random: the paper's meaning.
[[nodiscard]] Outcome<ItemResult> applyItem(ProgramCache& cache, const std::vector<std::string>& trace,
                                            const std::string& item, Random& random);

}  // namespace espalier
