// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/search_tree.h"
#include "models/tree_layout.h"

namespace espalier::ui {

/// Which part of the layout is seen, and how large. Screen x = (column − left) · columnWidth, y = (row − top)
/// · rowHeight.
struct Viewport {
  double left = 0;          ///< column at the left edge
  double top = 0;           ///< row at the upper edge
  double columnWidth = 40;  ///< pixels between siblings
  double rowHeight = 60;    ///< pixels between rows
  double width = 0;         ///< pixels
  double height = 0;

  [[nodiscard]] double x(double column) const { return (column - left) * columnWidth; }
  [[nodiscard]] double y(double row) const { return (row - top) * rowHeight; }
};

/// What fills a node's colour and size.
enum class Metric : std::uint8_t { Speedup, Predicted, Visits, Value, Depth, Age };

/// Shape says the status without any colour: a circle was measured, a dashed circle is only predicted, a
/// crossed square failed, a star is the best, a hatched lozenge was pruned, a dotted circle is in flight.
enum class Shape : std::uint8_t { Circle, DashedCircle, CrossedSquare, Star, Lozenge, DottedCircle };

struct Glyph {
  NodeId node = kNoNode;
  float x = 0;
  float y = 0;
  float radius = 0;
  float heat = 0;  ///< 0 … 1 on the perceptual scale; < 0 = no value
  Shape shape = Shape::Circle;
  std::uint8_t flags = 0;   ///< NodeFlag
  bool ring = false;        ///< value better than its visits suggest
  bool emphasised = false;  ///< on the best path
};

/// A subtree too small to show: a bar from its root down, as tall as it is deep.
struct Collapsed {
  NodeId node = kNoNode;
  float x = 0;
  float y = 0;
  float bottom = 0;
  float heat = 0;
};

struct Edge {
  float x1 = 0;
  float y1 = 0;
  float x2 = 0;
  float y2 = 0;
  float weight = 1;  ///< pixels
  bool emphasised = false;
};

/// Words about a node; where they stand is for the painter to find out.
struct Card {
  NodeId node = kNoNode;
  float x = 0;  ///< of the node
  float y = 0;
  std::string title;   ///< `TileSize`; `12.4× TileSize` where there is room for one line
  std::string figure;  ///< `12.4×`, `predicted 8.1×`, `failed`
  std::string detail;  ///< `17 visits`
  std::string brief;   ///< says least, where nothing more has room
  bool wanted = false;      ///< asked for by DisplayOptions::labelled
  bool emphasised = false;  ///< on the best path
};

/// Everything a painter needs, in pixels, in order of painting. How much of it there is follows from the size
/// of the picture, not from the size of the tree.
struct DisplayList {
  double width = 0;  ///< of the picture
  double height = 0;
  std::vector<Edge> edges;
  std::vector<Collapsed> collapsed;
  std::vector<Glyph> glyphs;
  std::vector<Card> cards;
};

struct DisplayOptions {
  Metric colour = Metric::Speedup;
  Metric size = Metric::Visits;
  std::span<const NodeId> always;  ///< shown at any scale: selection, pins, bookmarks
  bool cards = true;
  std::span<const NodeId> labelled;  ///< sorted; have a card at any scale
};

/// The layout may be that of a later moment, with more nodes than the tree.
[[nodiscard]] DisplayList display(const SearchTree& tree, const TreeLayout& layout, const Viewport& viewport,
                                  const DisplayOptions& options);

/// Of the first `nodes` nodes the one drawn nearest to a point of the screen, within `reach` pixels; descends
/// by subtree bounds.
[[nodiscard]] std::optional<NodeId> nodeAt(const TreeLayout& layout, const Viewport& viewport, double x,
                                           double y, double reach, std::size_t nodes = LayoutInput::kNone);

/// A viewport that shows the whole layout with a margin; wide trees end up with narrow columns.
[[nodiscard]] Viewport fitting(const TreeLayout& layout, double width, double height);

/// Speedup at the lower end of the colour scale. Slower programs share its colour, since a search soon makes
/// p0 so slow in comparison that all else would look alike.
[[nodiscard]] double lowestToldApart(const SearchTree& tree);

/// Place of a node's value on the colour scale, 0 … 1, or −1 where it has none.
[[nodiscard]] double heatOf(const SearchTree& tree, NodeId node, Metric metric);

}  // namespace espalier::ui
