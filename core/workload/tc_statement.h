// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "workload/tc_expressions.h"
#include "workload/tc_ranges.h"

namespace espalier {

/// A statement with its names resolved and its ranges known.
struct TcComputation {
  std::vector<std::string>
      indices;              ///< those of the target first, in its order; then the reduction's, as they appear
  std::size_t spatial = 0;  ///< how many belong to the target
  std::vector<Interval> ranges;  ///< one an index, both ends included, not empty
  Expr value;                    ///< AxisVar(position) is the value of an index
  std::vector<TcAccess> reads;
  bool readsTarget = false;
  bool readsOwnElementOnly = true;  ///< of the target, if it reads it at all
};

/// Resolves a statement. Tensors whose shape is not known put no limits on indices. `targetShape` is used for
/// a target of unknown shape, if given.
[[nodiscard]] TcComputation resolveStatement(const TcStatement& statement, const TcSizes& sizes,
                                             const TcTensors& tensors,
                                             const std::vector<std::int64_t>* targetShape,
                                             TcDiagnostics& diagnostics);

}  // namespace espalier
