// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/tree_display.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "models/figures.h"

namespace espalier::ui {
namespace {

constexpr std::uint32_t kNone = LayoutInput::kNone;
constexpr double kCollapseBelow = 2;  ///< a subtree narrower than this many pixels becomes a bar
constexpr double kDotSpacing = 6;     ///< below: dots and hairlines
constexpr double kFigureSpacing =
    44;  ///< from here: the speedup under each node, if rows are far enough apart
constexpr double kFigureRow = 44;
constexpr double kCardSpacing = 120;  ///< from here: cards with text
constexpr double kCardRow = 86;
constexpr double kMaximumRadius = 13;
constexpr double kMargin = 40;    ///< pixels around the viewport that are still drawn
constexpr double kHalfCard = 58;  ///< pixels of a card at each side of its node
constexpr double kToldApart = 4;  ///< times slower than the best: from there on all have the lowest colour

QString words(const char* text) { return QCoreApplication::translate("espalier::ui::TreeView", text); }

/// Logarithmic from the slowest time that is told apart to the best; −1 without a time.
double heatOfTime(const SearchTree& tree, double seconds) {
  if (seconds <= 0 || tree.baselineSeconds() <= 0 || tree.bestSeconds() <= 0) return -1;
  const double best = tree.baselineSeconds() / tree.bestSeconds();
  const double span = std::log(std::max(best / lowestToldApart(tree), 1.0 + 1e-9));
  return std::clamp(1 - std::log(seconds / tree.bestSeconds()) / span, 0.0, 1.0);
}

class Builder {
 public:
  Builder(const SearchTree& tree, const TreeLayout& layout, const Viewport& viewport,
          const DisplayOptions& options)
      : tree_(tree), layout_(layout), view_(viewport), options_(options) {
    const double visits = tree.size() == 0 ? 1 : std::max<double>(1, tree.node(layout.root).visits);
    logVisits_ = std::log1p(visits);
    list_.width = view_.width;
    list_.height = view_.height;
    radius_ = std::clamp(std::min(view_.columnWidth, view_.rowHeight) * 0.3, 1.0, kMaximumRadius);
  }

  DisplayList build() {
    if (!layout_.shows(layout_.root) || !tree_.contains(layout_.root)) return {};
    for (NodeId id = tree_.best(); tree_.contains(id); id = tree_.node(id).parent) bestPath_.push_back(id);
    std::reverse(bestPath_.begin(), bestPath_.end());
    visit();
    guarantee();
    return std::move(list_);
  }

 private:
  [[nodiscard]] bool onBestPath(NodeId id) const {
    return std::binary_search(bestPath_.begin(), bestPath_.end(), id);
  }

  /// Depth first without recursion, skipping subtrees outside the picture.
  void visit() {
    std::vector<NodeId> open{layout_.root};
    while (!open.empty()) {
      const NodeId id = open.back();
      open.pop_back();
      const TreeLayout::Place& place = layout_.places[id];
      const double x = view_.x(place.column);
      const double left = x + static_cast<double>(place.left) * view_.columnWidth;
      const double right = x + static_cast<double>(place.right) * view_.columnWidth;
      const double y = view_.y(place.row);
      if (right < -kMargin || left > view_.width + kMargin || y > view_.height + kMargin ||
          view_.y(place.lastRow) < -kMargin)
        continue;
      if (place.below > 1 && right - left < kCollapseBelow && view_.columnWidth < kCollapseBelow) {
        collapse(id, place, x, y);
        continue;
      }
      if (y >= -kMargin) glyph(id, x, y);
      // Siblings stand in order of their numbers; the layout may know more nodes than the moment that is
      // shown.
      for (NodeId child = place.firstChild; tree_.contains(child);
           child = layout_.places[child].nextSibling) {
        edge(id, child);
        open.push_back(child);
      }
    }
  }

  void collapse(NodeId id, const TreeLayout::Place& place, double x, double y) {
    const float best = tree_.node(id).bestBelow;
    double heat = -1;
    if (best > 0) heat = heatOfTime(tree_, static_cast<double>(best));
    list_.collapsed.push_back({id, static_cast<float>(x), static_cast<float>(y),
                               static_cast<float>(view_.y(place.lastRow)), static_cast<float>(heat)});
  }

  void edge(NodeId parent, NodeId child) {
    const TreeLayout::Place& from = layout_.places[parent];
    const TreeLayout::Place& to = layout_.places[child];
    const double y1 = view_.y(from.row);
    const double y2 = view_.y(to.row);
    if (y2 < -kMargin || y1 > view_.height + kMargin) return;
    const double share = std::log1p(tree_.node(child).visits) / std::max(logVisits_, 1e-9);
    const bool thick = view_.columnWidth >= kDotSpacing;
    list_.edges.push_back({static_cast<float>(view_.x(from.column)), static_cast<float>(y1),
                           static_cast<float>(view_.x(to.column)), static_cast<float>(y2),
                           static_cast<float>(thick ? 1 + 2.5 * share : 0), onBestPath(child)});
  }

  [[nodiscard]] Shape shapeOf(NodeId id) const {
    const NodeFacts& facts = tree_.node(id);
    if (id == tree_.best()) return Shape::Star;
    if (facts.has(kPruned)) return Shape::Lozenge;
    switch (facts.status) {
      case NodeStatus::Predicted: return Shape::DashedCircle;
      case NodeStatus::InFlight: return Shape::DottedCircle;
      case NodeStatus::Measured: return Shape::Circle;
      case NodeStatus::Failed: return Shape::CrossedSquare;
    }
    return Shape::Circle;
  }

  [[nodiscard]] double radiusOf(NodeId id) const {
    if (view_.columnWidth < kDotSpacing) return radius_;
    const double share = options_.size == Metric::Visits
                             ? std::log1p(tree_.node(id).visits) / std::max(logVisits_, 1e-9)
                             : std::max(0.0, heatOf(tree_, id, options_.size));
    return radius_ * (0.65 + 0.35 * share);
  }

  void glyph(NodeId id, double x, double y) {
    const NodeFacts& facts = tree_.node(id);
    Glyph glyph;
    glyph.node = id;
    glyph.x = static_cast<float>(x);
    glyph.y = static_cast<float>(y);
    glyph.radius = static_cast<float>(radiusOf(id));
    glyph.heat = static_cast<float>(heatOf(tree_, id, options_.colour));
    glyph.shape = shapeOf(id);
    glyph.flags = facts.flags;
    glyph.emphasised = onBestPath(id);
    glyph.ring = promising(facts);
    list_.glyphs.push_back(glyph);
    const bool labelled = std::binary_search(options_.labelled.begin(), options_.labelled.end(), id);
    if (labelled || (options_.cards && view_.columnWidth >= kFigureSpacing)) card(id, x, y, labelled);
  }

  /// Better on average than its parent, yet visited less than a fair share.
  [[nodiscard]] bool promising(const NodeFacts& facts) const {
    if (!tree_.contains(facts.parent) || facts.visits == 0) return false;
    const NodeFacts& parent = tree_.node(facts.parent);
    return parent.children > 1 && facts.mean() > parent.mean() * 1.1 &&
           static_cast<double>(facts.visits) * parent.children < 0.7 * parent.visits;
  }

  void card(NodeId id, double x, double y, bool labelled) {
    const NodeFacts& facts = tree_.node(id);
    Card card;
    card.node = id;
    card.x = static_cast<float>(x);
    card.y = static_cast<float>(y);
    card.wanted = labelled;
    card.emphasised = onBestPath(id);
    const bool whole = view_.rowHeight >= kCardRow && (labelled || view_.columnWidth >= kCardSpacing);
    if (!labelled && !whole && view_.rowHeight < kFigureRow) return;
    if (whole) card.title = tree_.label(facts.label);
    if (facts.status == NodeStatus::Failed) {
      if (whole) card.figure = words("failed").toStdString();
    } else if (facts.seconds > 0) {
      card.figure = speedupText(tree_.speedup(id)).toStdString();
    } else if (facts.predictedSeconds > 0 && tree_.baselineSeconds() > 0) {
      card.figure = "≈ " + speedupText(tree_.predictedSpeedup(id)).toStdString();
    }
    card.brief = card.figure;
    if (whole) {
      card.detail = words("Visits: %1").arg(facts.visits).toStdString();
    } else if (labelled) {
      // Between low rows there is room for one line; what is cut of it is the end.
      card.title =
          card.figure.empty() ? tree_.label(facts.label) : card.figure + ' ' + tree_.label(facts.label);
      card.figure.clear();
    }
    list_.cards.push_back(std::move(card));
  }

  /// The best path and what the person marked are drawn whatever the scale, last and at a size that can be
  /// hit.
  void guarantee() {
    if (view_.columnWidth >= kDotSpacing) return;
    const auto show = [&](NodeId id) {
      if (!layout_.shows(id) || !tree_.contains(id)) return;
      const double x = view_.x(layout_.places[id].column);
      const double y = view_.y(layout_.places[id].row);
      if (x < 0 || x > view_.width || y < 0 || y > view_.height) return;
      glyph(id, x, y);
      list_.glyphs.back().radius = std::max(list_.glyphs.back().radius, id == tree_.best() ? 7.0F : 3.5F);
    };
    for (std::size_t i = 1; i < bestPath_.size(); ++i)
      if (layout_.shows(bestPath_[i]) && layout_.shows(bestPath_[i - 1]))
        edge(bestPath_[i - 1], bestPath_[i]);
    for (const NodeId id : bestPath_) show(id);
    for (const NodeId id : options_.always) show(id);
  }

  const SearchTree& tree_;
  const TreeLayout& layout_;
  const Viewport& view_;
  const DisplayOptions& options_;
  double logVisits_ = 1;
  double radius_ = 1;
  std::vector<NodeId> bestPath_;
  DisplayList list_;
};

}  // namespace

double lowestToldApart(const SearchTree& tree) {
  if (tree.baselineSeconds() <= 0 || tree.bestSeconds() <= 0) return 1;
  return std::max(1.0, tree.baselineSeconds() / tree.bestSeconds() / kToldApart);
}

double heatOf(const SearchTree& tree, NodeId node, Metric metric) {
  const NodeFacts& facts = tree.node(node);
  switch (metric) {
    case Metric::Speedup: return heatOfTime(tree, static_cast<double>(facts.seconds));
    case Metric::Predicted: return heatOfTime(tree, static_cast<double>(facts.predictedSeconds));
    case Metric::Visits: return std::log1p(facts.visits) / std::max(std::log1p(tree.node(0).visits), 1e-9);
    case Metric::Value: return facts.visits == 0 ? -1 : std::clamp(facts.mean(), 0.0, 1.0);
    case Metric::Depth: return std::min(1.0, facts.depth / 12.0);
    case Metric::Age:
      return tree.size() < 2 ? 0 : static_cast<double>(node) / static_cast<double>(tree.size() - 1);
  }
  return -1;
}

DisplayList display(const SearchTree& tree, const TreeLayout& layout, const Viewport& viewport,
                    const DisplayOptions& options) {
  return Builder(tree, layout, viewport, options).build();
}

std::optional<NodeId> nodeAt(const TreeLayout& layout, const Viewport& viewport, double x, double y,
                             double reach, std::size_t nodes) {
  if (!layout.shows(layout.root) || layout.root >= nodes) return std::nullopt;
  std::optional<NodeId> nearest;
  double smallest = reach * reach;
  std::vector<NodeId> open{layout.root};
  while (!open.empty()) {
    const NodeId id = open.back();
    open.pop_back();
    const TreeLayout::Place& place = layout.places[id];
    const double nodeX = viewport.x(place.column);
    if (nodeX + static_cast<double>(place.left) * viewport.columnWidth > x + reach ||
        nodeX + static_cast<double>(place.right) * viewport.columnWidth < x - reach ||
        viewport.y(place.row) > y + reach || viewport.y(place.lastRow) < y - reach)
      continue;
    const double dx = nodeX - x;
    const double dy = viewport.y(place.row) - y;
    if (const double distance = dx * dx + dy * dy; distance <= smallest) {
      smallest = distance;
      nearest = id;
    }
    for (NodeId child = place.firstChild; child < nodes && child != kNone;
         child = layout.places[child].nextSibling)
      open.push_back(child);
  }
  return nearest;
}

Viewport fitting(const TreeLayout& layout, double width, double height) {
  Viewport viewport;
  viewport.width = width;
  viewport.height = height;
  const double rows = std::max<double>(1, layout.rows);
  // Where there is width for cards, those of the outermost nodes stay whole.
  const double beside = std::clamp(width * 0.04, kMargin, kHalfCard);
  viewport.columnWidth = std::clamp((width - 2 * beside) / std::max(layout.width, 1.0), 1e-6, 160.0);
  viewport.rowHeight = std::clamp((height - 2 * kMargin) / rows, 0.5, 90.0);
  viewport.left = layout.leftmost - (width / viewport.columnWidth - layout.width) / 2;
  viewport.top = -kMargin / viewport.rowHeight;
  return viewport;
}

}  // namespace espalier::ui
