// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "surrogate/machine_model.h"
#include "tensor_problem/kernel_shape.h"
#include "transform/step.h"

namespace espalier {

/// How a contraction is laid out in time. Its nest, outermost first, is
///
///     other axes, second.0, lanes.0, rows.0, depth.0, lanes.1, rows.1, farther reductions, depth.1,
///     nearer reductions, depth.2, rows.2, second.1, lanes.2
///
/// where rows.2 × second.1 × lanes.2 is the register tile (most blocks have no second axis of rows), depth.1
/// × depth.2 what it accumulates before it is written back, and the middle levels what stays in the caches.
/// The other reductions lie around depth.1 as they lie in memory. What is broadcast along the lanes changes
/// with the rows alone, so their loop is outside second.1: one register serves one broadcast after the other.
/// Levels that have nothing to do have extent 1, so every choice of one block has the same loops, and a later
/// decision only changes factors.
struct ContractionChoice {
  std::int64_t tileRows = 1;
  std::int64_t tileSecondRows = 1;
  std::int64_t tileColumns = 1;
  std::int64_t rowBlock = 1;     ///< rows of rows.1 × rows.2
  std::int64_t columnBlock = 1;  ///< columns of lanes.1 × lanes.2
  std::int64_t depthBlock = 1;   ///< steps of depth.1 × depth.2
  std::int64_t depthUnroll = 1;  ///< steps of depth.2
  bool operator==(const ContractionChoice&) const = default;
};

/// The factors of the tiled axes, outermost first; empty where the block has no such axis.
struct ContractionFactors {
  std::vector<std::int64_t> lanes;
  std::vector<std::int64_t> rows;
  std::vector<std::int64_t> secondRows;
  std::vector<std::int64_t> depth;
  bool operator==(const ContractionFactors&) const = default;
};
[[nodiscard]] ContractionFactors factorsOf(const BlockShape& shape, const ContractionChoice& choice);

/// Choices worth a look on this machine, derived from vector width, register count, latency and cache sizes.
/// At most `limit`; different ones.
[[nodiscard]] std::vector<ContractionChoice> contractionChoices(const BlockShape& shape,
                                                                const MachineModel& machine,
                                                                std::size_t limit);

/// Choices that differ from this one in one decision by one step: a row or a vector of the register tile more
/// or less, a block half or twice as large. What this machine's registers cannot hold is left out.
[[nodiscard]] std::vector<ContractionChoice> neighboursOf(const BlockShape& shape,
                                                          const ContractionChoice& choice,
                                                          const MachineModel& machine);

/// The steps from the untouched nest of the block to the chosen one, without packing. `localOutput` gathers
/// the sums of all depth blocks in a compact copy of the output's block, which pays where its rows compete
/// for cache lines.
[[nodiscard]] std::vector<Step> contractionSteps(const BlockShape& shape, const ContractionChoice& choice,
                                                 bool localOutput, int threads);

/// A weight in the order in which the nest reads it: panels of the register tile's width (rows for the other
/// operand). Nothing where the operand's subscripts are not plain axes or the layout would stay as it is.
[[nodiscard]] std::optional<Step> layoutStep(const BlockShape& shape, std::size_t operand,
                                             const ContractionChoice& choice);

/// Fetches an operand's next depth blocks while the passes over the rows work on this one, or, where one pass
/// has all rows, what it reads next. Nothing where the operand does not run along the lanes.
[[nodiscard]] std::optional<Step> prefetchStep(const BlockShape& shape, std::size_t operand,
                                               const ContractionChoice& choice);

/// Name of the loop that level `level` of an axis becomes.
[[nodiscard]] std::string levelName(const AxisShape& axis, int level);

}  // namespace espalier
