// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "program/program.h"
#include "transform/refusal.h"
#include "transform/step.h"

namespace espalier {

// The pattern that OnlineSoftmax rewrites; its conditions stand in online_softmax.cpp.

/// A block that runs along a row of scores.
struct RowMember {
  BlockId block;
  std::size_t axis = 0;  ///< along the row
  LoopId loop;           ///< what the axis is bound to, a loop of the block's own nest
};

/// `w[…, n] = exp(score − maximum) · …`
struct RowWeight {
  RowMember member;
  std::size_t dimension = 0;  ///< of its output along the row
};

/// `sum += w · …`
struct RowSum {
  RowMember member;
  std::vector<Expr> place;  ///< the element of the maximum that its weights depend on, over the sum's loops
};

struct RunningMaximum {
  RowMember maximum;
  std::vector<RowWeight> weights;
  std::vector<RowSum> sums;
  std::vector<BlockId> order;  ///< weights and sums as they are executed
  /// A value is proportional to exp(factor · maximum); a constant below 0.
  Expr factor;
  std::int64_t length = 0;  ///< of the row
};

/// The pattern around the block that takes the maximum, or why there is none.
[[nodiscard]] Outcome<RunningMaximum> runningMaximum(const Program& program, const Step& step, BlockId block);

}  // namespace espalier
