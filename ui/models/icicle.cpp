// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/icicle.h"

#include <algorithm>

namespace espalier::ui {

std::vector<double> effortBelow(const SearchTree& tree, Effort effort) {
  std::vector<double> below(tree.size(), 0);
  for (NodeId id = 0; id < tree.size(); ++id) {
    const NodeFacts& facts = tree.node(id);
    switch (effort) {
      case Effort::Samples: below[id] = facts.sample > 0 ? 1 : 0; break;
      case Effort::Nodes: below[id] = 1; break;
      case Effort::Visits: below[id] = facts.visits; break;
    }
  }
  // Visits of a node hold those of its children already. Children come after their parents.
  if (effort == Effort::Visits) return below;
  for (auto id = static_cast<NodeId>(tree.size()); id-- > 1;)
    if (const NodeId parent = tree.node(id).parent; tree.contains(parent)) below[parent] += below[id];
  return below;
}

Icicle icicleOf(const SearchTree& tree, NodeId root, Effort effort, double narrowest) {
  Icicle icicle;
  if (!tree.contains(root)) return icicle;
  const std::vector<double> below = effortBelow(tree, effort);
  if (below[root] <= 0) return icicle;
  // One pass in order of numbers: a parent is placed before its children, and siblings follow each other.
  struct Place {
    double from = -1;  ///< < 0: not drawn
    double next = 0;   ///< where its next child begins
    std::uint32_t row = 0;
  };
  std::vector<Place> places(tree.size());
  std::vector<std::size_t> lastOfRow;
  const auto bar = [&](NodeId id, std::uint32_t row, double from, double to) {
    if (row >= lastOfRow.size()) lastOfRow.resize(row + 1, SIZE_MAX);
    if (std::size_t& last = lastOfRow[row]; to - from < narrowest && last != SIZE_MAX) {
      Icicle::Bar& left = icicle.bars[last];
      if (left.to - left.from < narrowest && from - left.to < narrowest / 4 && from >= left.from) {
        left.to = to;
        ++left.merged;
        return;
      }
    }
    lastOfRow[row] = icicle.bars.size();
    icicle.bars.push_back({id, row, from, to, 1});
    icicle.rows = std::max(icicle.rows, row + 1);
  };
  places[root] = {0, 0, 0};
  bar(root, 0, 0, 1);
  for (NodeId id = root + 1; id < tree.size(); ++id) {
    const NodeId parent = tree.node(id).parent;
    if (!tree.contains(parent) || places[parent].from < 0) continue;
    const double width = below[id] / below[root];
    const double from = places[parent].next;
    places[parent].next += width;
    // What is too narrow itself has children that are so too.
    if (width < narrowest / 3) continue;
    places[id] = {from, from, places[parent].row + 1};
    bar(id, places[id].row, from, from + width);
  }
  return icicle;
}

}  // namespace espalier::ui
