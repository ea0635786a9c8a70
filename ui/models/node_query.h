// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string_view>

#include "models/history.h"
#include "support/outcome.h"

namespace espalier::ui {

/// Tells whether a node is wanted.
using NodeTest = std::function<bool(const History&, NodeId)>;

/// `speedup > 3 and has Vectorize and not failed`: comparisons of speedup, predicted, visits, depth, value,
/// sample, node and ms with numbers by < <= > >= = !=; `has WORD` (in the names of the steps that led to the
/// node, or who proposed it); the states measured, failed, verified, fallback, pinned, pruned, hinted, best;
/// and, or, not, brackets. Case does not matter. An empty query wants every node; the error says what is not
/// understood.
[[nodiscard]] Result<NodeTest> parseNodeQuery(std::string_view text);

}  // namespace espalier::ui
