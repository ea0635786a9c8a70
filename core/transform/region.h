// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "program/program.h"

namespace espalier {

/// An Index expression over loops as a part that stands still and a part that runs, with nothing mixed.
struct Parts {
  Expr outer;
  Expr inner;
};
/// `inner` holds the terms over the loops in `running`, `outer` all others and the constant; nothing if a
/// term needs both.
[[nodiscard]] std::optional<Parts> splitExpr(const Expr& expr, const std::vector<LoopId>& running);

/// A box of a buffer: base[d] … base[d] + extent[d] − 1.
struct Region {
  std::vector<Expr> base;  ///< over loops that stand still, never negative
  std::vector<std::int64_t> extent;
  std::vector<bool> whole;  ///< dimensions that are taken in full since no box was found for them
};
/// The smallest box that covers all subscript vectors (over loops) while the loops in `running` run in full.
/// It may reach beyond the end of the buffer.
[[nodiscard]] Region regionOf(const Program& program, BufferId buffer,
                              const std::vector<std::vector<Expr>>& subscripts,
                              const std::vector<LoopId>& running);

/// An expression over loops as one over axes of the block: terms that run through reduction loops of the
/// block become a reduction axis, the others a spatial axis, both added if need be. Nothing if a term mixes
/// the two.
[[nodiscard]] std::optional<Expr> overAxes(Program& program, BlockId block, const Expr& expr,
                                           std::string_view name);

/// All subscript vectors with which the block loads the buffer, over loops.
[[nodiscard]] std::vector<std::vector<Expr>> loadsOf(const Program& program, BlockId block, BufferId buffer);
/// Makes the block load from `to` instead of `from`; `subscripts` maps the old subscripts (over axes) to the
/// new ones.
void redirectLoads(Program& program, BlockId block, BufferId from, BufferId to,
                   const std::function<std::vector<Expr>(const std::vector<Expr>&)>& subscripts);

/// Bytes up to which an intermediate lies on the stack.
inline constexpr std::int64_t kLargestStackBytes = 128 * 1024;
/// Bytes up to which an intermediate may ask for registers.
inline constexpr std::int64_t kLargestRegisterBytes = 8 * 1024;
inline constexpr std::int64_t kLargestBufferBytes = std::int64_t{256} << 20;

}  // namespace espalier
