// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/search_tree.h"

namespace espalier::ui {

/// What a subtree's width stands for.
enum class Effort : std::uint8_t { Samples, Nodes, Visits };

/// A tree as stacked bars: each row is a depth, each bar as wide as the effort that went into its subtree.
struct Icicle {
  struct Bar {
    NodeId node = kNoNode;
    std::uint32_t row = 0;
    double from = 0;  ///< share of the whole width, 0 … 1
    double to = 0;
    std::uint32_t merged = 1;  ///< siblings too narrow to be told apart, drawn as one
  };
  std::vector<Bar> bars;
  std::uint32_t rows = 0;
};

/// Effort of every subtree, by node.
[[nodiscard]] std::vector<double> effortBelow(const SearchTree& tree, Effort effort);

/// Bars of a subtree. Those narrower than `narrowest` (a share of the width) are merged with their neighbours
/// or left out, so that there are never more than fit the picture.
[[nodiscard]] Icicle icicleOf(const SearchTree& tree, NodeId root, Effort effort, double narrowest);

}  // namespace espalier::ui
