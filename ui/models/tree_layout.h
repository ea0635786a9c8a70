// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "support/chunked_vector.h"

namespace espalier::ui {

/// What a layout depends on. Node i's parent has a smaller number; node 0 is the root (parent kNone).
struct LayoutInput {
  static constexpr std::uint32_t kNone = 0xffffffffU;
  ChunkedVector<std::uint32_t> parents;
  std::vector<std::uint8_t>
      hidden;  ///< not 0: the node and all below it take no room; empty = nothing hidden
  std::vector<std::uint32_t> folded;  ///< nodes whose children take no room, in order of their numbers
  std::uint32_t root = 0;             ///< where the drawing starts (a hoisted subtree)
};

/// Where every node stands. Columns are in units of one sibling distance, rows are depths below the root.
struct TreeLayout {
  struct Place {
    double column = 0;  ///< of the node itself
    float left = 0;     ///< leftmost column of the subtree, relative to `column` (≤ 0)
    float right = 0;    ///< rightmost, relative to `column` (≥ 0)
    std::uint32_t row = 0;
    std::uint32_t lastRow = 0;  ///< deepest row of the subtree
    std::uint32_t below = 0;    ///< visible nodes in the subtree, itself included; 0 = not laid out
    std::uint32_t firstChild = LayoutInput::kNone;  ///< visible ones, in order of their numbers
    std::uint32_t nextSibling = LayoutInput::kNone;
    std::uint32_t parent = LayoutInput::kNone;
  };
  std::vector<Place> places;  ///< one a node
  std::uint32_t root = 0;
  double width = 0;  ///< columns from leftmost to rightmost
  double leftmost = 0;
  std::uint32_t rows = 0;

  [[nodiscard]] bool shows(std::uint32_t node) const {
    return node < places.size() && places[node].below > 0;
  }
};

/// Layered tidy tree in linear time: no two nodes of a row closer than 1, children in order, parents centred
/// over their first and last child, middle siblings spread evenly (van der Ploeg, "Drawing non-layered tidy
/// trees in linear time", Software: Practice and Experience 2013, with all heights equal). Iterative: depth
/// does not matter. Answers nothing if `cancelled` became true on the way.
[[nodiscard]] std::optional<TreeLayout> layOut(const LayoutInput& input,
                                               const std::atomic<bool>* cancelled = nullptr);

}  // namespace espalier::ui
