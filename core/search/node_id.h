// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace espalier {

/// Names a node of the search tree. Nodes are numbered from 0 (the root, the initial state) in the order of their
/// addition and never renumbered or removed; a parent's number is smaller than its children's.
using NodeId = std::uint32_t;
inline constexpr NodeId kNoNode = 0xffffffffU;
inline constexpr NodeId kRootNode = 0;

}  // namespace espalier
