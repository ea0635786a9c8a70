// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/tree_painter.h"

#include <QPainter>
#include <QPainterPath>
#include <array>
#include <cmath>

#include "models/label_placement.h"

namespace espalier::ui {
namespace {

constexpr int kHeatSteps = 24;      ///< fills are quantised so that small glyphs can be drawn in batches

class Painting {
 public:
  Painting(QPainter& painter, const Theme& theme, const QFont& font, const PaintState& state)
      : painter_(painter), theme_(theme), font_(font), state_(state) {
    for (int step = 0; step <= kHeatSteps; ++step)
      heat_[static_cast<std::size_t>(step)] = theme.heat(static_cast<double>(step) / kHeatSteps);
  }

  void run(const DisplayList& list) {
    edges(list.edges, false);
    bars(list.collapsed);
    edges(list.edges, true);
    glyphs(list.glyphs);
    for (const Label& label : placeLabels(list, font_, state_)) text(label);
  }

 private:
  void edges(const std::vector<Edge>& all, bool emphasised) {
    // One drawLines call for each weight class.
    std::array<QList<QLineF>, 8> classes;
    for (const Edge& edge : all) {
      if (edge.emphasised != emphasised) continue;
      const auto index = std::min<std::size_t>(7, static_cast<std::size_t>(std::lround(edge.weight * 2)));
      classes[index].append(QLineF(edge.x1, edge.y1, edge.x2, edge.y2));
    }
    painter_.setRenderHint(QPainter::Antialiasing, emphasised || classes[0].isEmpty());
    for (std::size_t index = 0; index < classes.size(); ++index) {
      if (classes[index].isEmpty()) continue;
      QPen pen(theme_.color(emphasised ? Ink::EdgeBest : Ink::Edge), static_cast<double>(index) / 2.0);
      if (emphasised) pen.setWidthF(std::max(1.6, pen.widthF()));
      painter_.setPen(pen);
      painter_.drawLines(classes[index]);
    }
  }

  void bars(const std::vector<Collapsed>& all) {
    std::array<QList<QLineF>, kHeatSteps + 2> classes;
    for (const Collapsed& bar : all)
      classes[heatClass(bar.heat)].append(QLineF(bar.x, bar.y, bar.x, std::max(bar.bottom, bar.y + 1)));
    painter_.setRenderHint(QPainter::Antialiasing, false);
    for (std::size_t index = 0; index < classes.size(); ++index) {
      if (classes[index].isEmpty()) continue;
      painter_.setPen(QPen(fill(index), 0));
      painter_.drawLines(classes[index]);
    }
  }

  /// The last class is for nodes without a value.
  static std::size_t heatClass(float heat) {
    return heat < 0 ? kHeatSteps + 1 : static_cast<std::size_t>(std::lround(heat * kHeatSteps));
  }
  [[nodiscard]] QColor fill(std::size_t heatClass) const {
    return heatClass > kHeatSteps ? theme_.color(Ink::Edge) : heat_[heatClass];
  }

  void glyphs(const std::vector<Glyph>& all) {
    std::array<QList<QRectF>, kHeatSteps + 2> dots;
    for (const Glyph& glyph : all)
      if (glyph.radius < kShapeRadius)
        dots[heatClass(glyph.heat)].append(
            QRectF(glyph.x - glyph.radius, glyph.y - glyph.radius, 2 * glyph.radius, 2 * glyph.radius));
    painter_.setRenderHint(QPainter::Antialiasing, false);
    painter_.setPen(Qt::NoPen);
    for (std::size_t index = 0; index < dots.size(); ++index) {
      if (dots[index].isEmpty()) continue;
      painter_.setBrush(fill(index));
      painter_.drawRects(dots[index]);
    }
    painter_.setRenderHint(QPainter::Antialiasing, true);
    for (const Glyph& glyph : all) {
      if (glyph.radius >= kShapeRadius) large(glyph);
      mark(glyph);
    }
  }

  void large(const Glyph& glyph) {
    const QPointF centre(glyph.x, glyph.y);
    const double r = glyph.radius;
    QPen outline(theme_.color(glyph.emphasised ? Ink::EdgeBest : Ink::NodeOutline),
                 glyph.emphasised ? 1.8 : 1.0);
    QColor inside = glyph.heat < 0 ? theme_.color(Ink::NodeEmpty) : heat_[heatClass(glyph.heat)];
    switch (glyph.shape) {
      case Shape::Circle: break;
      case Shape::DashedCircle:
        outline.setStyle(Qt::DashLine);
        inside = theme_.color(Ink::NodeEmpty);
        break;
      case Shape::DottedCircle:
        outline.setStyle(Qt::DotLine);
        inside = theme_.color(Ink::NodeEmpty);
        break;
      case Shape::CrossedSquare:
        outline.setColor(theme_.color(Ink::Failure));
        inside = theme_.color(Ink::Surface);
        break;
      case Shape::Lozenge: outline.setColor(theme_.color(Ink::TextFaint)); break;
      case Shape::Star: break;
    }
    if (glyph.ring) {
      // Dashes, for a closed ring is the selection's.
      QPen dashes(theme_.color(Ink::Ring), 1.8);
      dashes.setDashPattern({2.2, 1.6});
      painter_.setPen(dashes);
      painter_.setBrush(Qt::NoBrush);
      painter_.drawEllipse(centre, r + 3, r + 3);
    }
    painter_.setPen(outline);
    painter_.setBrush(inside);
    switch (glyph.shape) {
      case Shape::Circle:
      case Shape::DashedCircle:
      case Shape::DottedCircle: painter_.drawEllipse(centre, r, r); break;
      case Shape::CrossedSquare: {
        const double side = r * 0.85;
        painter_.drawRect(QRectF(centre.x() - side, centre.y() - side, 2 * side, 2 * side));
        painter_.drawLine(centre + QPointF(-side, -side), centre + QPointF(side, side));
        painter_.drawLine(centre + QPointF(-side, side), centre + QPointF(side, -side));
        break;
      }
      case Shape::Lozenge: {
        painter_.setBrush(QBrush(theme_.color(Ink::TextFaint), Qt::BDiagPattern));
        painter_.drawPolygon(QPolygonF({centre + QPointF(0, -r), centre + QPointF(r, 0),
                                        centre + QPointF(0, r), centre + QPointF(-r, 0)}));
        break;
      }
      case Shape::Star: painter_.drawPath(star(centre, r * 1.35)); break;
    }
    badges(glyph);
  }

  static QPainterPath star(const QPointF& centre, double radius) {
    QPainterPath path;
    for (int point = 0; point < 10; ++point) {
      const double angle = -M_PI / 2 + point * M_PI / 5;
      const double reach = point % 2 == 0 ? radius : radius * 0.5;
      const QPointF at = centre + QPointF(std::cos(angle), std::sin(angle)) * reach;
      point == 0 ? path.moveTo(at) : path.lineTo(at);
    }
    path.closeSubpath();
    return path;
  }

  /// Small signs at the upper right: pinned, hint, made by hand, bookmarked, a proposer at work.
  void badges(const Glyph& glyph) {
    if (glyph.radius < kBadgeRadius) return;
    QPointF at(glyph.x + glyph.radius * 0.9, glyph.y - glyph.radius * 0.9);
    const auto badge = [&](std::uint8_t flag, Ink ink, const QPolygonF& shape) {
      if ((glyph.flags & flag) == 0) return;
      painter_.setPen(QPen(theme_.color(Ink::Canvas), 1));
      painter_.setBrush(theme_.color(ink));
      painter_.drawPolygon(shape.translated(at));
      at += QPointF(8, 0);
    };
    badge(kPinned, Ink::Accent, QPolygonF({{-3.5, -4}, {3.5, -4}, {0, 4}}));
    badge(kHinted, Ink::Warning, QPolygonF({{0, -4}, {4, 0}, {0, 4}, {-4, 0}}));
    badge(kHandMade, Ink::Success, QPolygonF({{-3.5, -3.5}, {3.5, -3.5}, {3.5, 3.5}, {-3.5, 3.5}}));
    badge(kBookmarked, Ink::EdgeBest, QPolygonF({{-3, -4}, {3, -4}, {3, 4}, {0, 1.5}, {-3, 4}}));
    if ((glyph.flags & kAsking) != 0) {
      painter_.setPen(QPen(theme_.color(Ink::Accent), 1.6, Qt::DotLine));
      painter_.setBrush(Qt::NoBrush);
      painter_.drawEllipse(QPointF(glyph.x, glyph.y), glyph.radius + 6.0, glyph.radius + 6.0);
    }
  }

  /// Selection, comparison and hover.
  void mark(const Glyph& glyph) {
    const bool selected = glyph.node == state_.selected;
    const bool second = glyph.node == state_.second;
    if (!selected && !second && glyph.node != state_.hovered) return;
    QPen pen(theme_.color(Ink::Accent), selected ? 2.5 : 1.5);
    if (second) pen.setStyle(Qt::DashLine);
    painter_.setPen(pen);
    painter_.setBrush(Qt::NoBrush);
    const double reach = std::max(7.0, static_cast<double>(glyph.radius) + 4);
    painter_.drawEllipse(QPointF(glyph.x, glyph.y), reach, reach);
    if (selected && state_.focused) {
      painter_.setPen(QPen(theme_.color(Ink::Accent), 1, Qt::DotLine));
      painter_.drawEllipse(QPointF(glyph.x, glyph.y), reach + 3, reach + 3);
    }
  }

  void text(const Label& label) {
    // Edges pass behind the words, not through them.
    QColor behind = theme_.color(Ink::Canvas);
    behind.setAlpha(225);
    for (const Label::Line& line : label.lines) {
      painter_.fillRect(line.area.adjusted(-2, 0, 2, 0), behind);
      painter_.setFont(fontOf(line.face, font_));
      painter_.setPen(theme_.color(line.ink));
      painter_.drawText(QPointF(line.area.left(), line.baseline), line.words);
    }
  }

  QPainter& painter_;
  const Theme& theme_;
  const QFont& font_;
  const PaintState& state_;
  std::array<QColor, kHeatSteps + 1> heat_;
};

}  // namespace

void paintTree(QPainter& painter, const DisplayList& list, const Theme& theme, const QFont& font,
               const PaintState& state) {
  Painting(painter, theme, font, state).run(list);
}

}  // namespace espalier::ui
