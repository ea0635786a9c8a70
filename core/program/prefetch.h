// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "program/program.h"

namespace espalier {

/// How a loop's prefetch is done: the cache lines that one of its iterations reads, and the loop below whose
/// iterations ask for them, evenly spread, so that the memory never rests.
struct PrefetchPlan {
  /// Lines lie at Σ index·stride elements from the first; the index with the smallest stride runs fastest.
  struct Dimension {
    std::int64_t stride = 0;  ///< elements
    std::int64_t count = 1;
  };

  BlockId reader{};
  /// Whether the place that is read runs affinely and forwards along the loop and those below. If not,
  /// nothing is fetched, and there are no dimensions and no pace.
  bool even = true;
  std::vector<LoopId> below;          ///< loops between the annotated one and the reader, outermost first
  std::vector<Expr> subscripts;       ///< of the load, over loops
  std::vector<Dimension> dimensions;  ///< largest stride first
  std::int64_t lines = 1;             ///< product of the counts
  /// Loops below, down to the innermost serial one, that are serial or written out around it; outermost
  /// first.
  std::vector<LoopId> pace;
  std::int64_t executions = 1;  ///< product of their extents
};

inline constexpr std::int64_t kCacheLineBytes = 64;
inline constexpr std::int64_t kMostPrefetchLines = 1024;  ///< about a first-level cache
/// Lines from the request to the use that hide a memory latency at full bandwidth: 100 ns at 64 GB/s are 100
/// lines, and the requests for one iteration are spread over another.
inline constexpr std::int64_t kLinesAhead = 256;

inline constexpr std::int64_t kMostLinesPerRequest =
    16;  ///< what one step of the innermost loop asks for at most

/// The plan, or why there is none: a clause with a full stop. Strides are those of the row-major shape.
[[nodiscard]] tl::expected<PrefetchPlan, std::string> planPrefetch(const Program& program, LoopId loop,
                                                                   const Prefetch& prefetch);

/// Whether the part of one iteration fits the first-level cache and is neither too large nor too small for
/// the number of steps of the innermost loop.
[[nodiscard]] bool isSensible(const PrefetchPlan& plan);

}  // namespace espalier
