// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/label_placement.h"

#include <QFontMetricsF>
#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <utility>

namespace espalier::ui {
namespace {

constexpr double kWidest = 112;  ///< pixels of a line; what does not fit is cut
constexpr double kGap = 5;       ///< pixels between a node and its words
constexpr double kAir = 1;       ///< pixels between words and anything else
constexpr double kCell = 64;     ///< pixels of a cell of the occupied area

/// What is covered already, by cells so that only what is near is looked at.
class Occupied {
 public:
  void add(const QPointF& centre, double radius) {
    discs_.push_back({centre, radius});
    enter(QRectF(centre - QPointF(radius, radius), centre + QPointF(radius, radius)), discCells_,
          discs_.size() - 1);
  }
  void add(const QRectF& area) {
    areas_.push_back(area);
    enter(area, areaCells_, areas_.size() - 1);
  }
  [[nodiscard]] bool isFree(const QRectF& area) const {
    return !hits(area, discCells_, [&](std::size_t i) { return covers(area, discs_[i]); }) &&
           !hits(area, areaCells_, [&](std::size_t i) { return areas_[i].intersects(area); });
  }

 private:
  struct Disc {
    QPointF centre;
    double radius = 0;
  };
  using Cells = std::unordered_map<std::int64_t, std::vector<std::size_t>>;

  static bool covers(const QRectF& area, const Disc& disc) {
    const double dx = disc.centre.x() - std::clamp(disc.centre.x(), area.left(), area.right());
    const double dy = disc.centre.y() - std::clamp(disc.centre.y(), area.top(), area.bottom());
    return dx * dx + dy * dy < disc.radius * disc.radius;
  }
  template <class Visit>
  static void eachCell(const QRectF& area, Visit visit) {
    const auto cell = [](double at) { return static_cast<std::int64_t>(std::floor(at / kCell)); };
    for (std::int64_t y = cell(area.top()); y <= cell(area.bottom()); ++y)
      for (std::int64_t x = cell(area.left()); x <= cell(area.right()); ++x) visit(y * (1 << 24) + x);
  }
  static void enter(const QRectF& area, Cells& cells, std::size_t index) {
    eachCell(area, [&](std::int64_t cell) { cells[cell].push_back(index); });
  }
  template <class Test>
  static bool hits(const QRectF& area, const Cells& cells, Test test) {
    bool hit = false;
    eachCell(area, [&](std::int64_t cell) {
      const auto found = cells.find(cell);
      if (!hit && found != cells.end()) hit = std::any_of(found->second.begin(), found->second.end(), test);
    });
    return hit;
  }

  std::vector<Disc> discs_;
  std::vector<QRectF> areas_;
  Cells discCells_;
  Cells areaCells_;
};

class Placement {
 public:
  Placement(const DisplayList& list, const QFont& font, const PaintState& state)
      : list_(list),
        state_(state),
        picture_(0, 0, list.width, list.height),
        metrics_{QFontMetricsF(fontOf(Label::Face::Plain, font)),
                 QFontMetricsF(fontOf(Label::Face::Bold, font)),
                 QFontMetricsF(fontOf(Label::Face::Small, font))} {}

  std::vector<Label> run() {
    if (list_.cards.empty()) return {};
    std::unordered_map<NodeId, double> reaches;
    for (const Glyph& glyph : list_.glyphs) {
      if (glyph.radius < kShapeRadius) continue;
      const double reach = reachOf(glyph, state_);
      reaches[glyph.node] = reach;
      occupied_.add(QPointF(glyph.x, glyph.y), reach);
    }
    std::vector<const Card*> inOrder;
    for (const Card& card : list_.cards) inOrder.push_back(&card);
    std::stable_sort(inOrder.begin(), inOrder.end(),
                     [this](const Card* a, const Card* b) { return rank(*a) < rank(*b); });
    for (const Card* card : inOrder) {
      const auto reach = reaches.find(card->node);
      place(*card, reach == reaches.end() ? kShapeRadius : reach->second);
    }
    return std::move(labels_);
  }

 private:
  [[nodiscard]] int rank(const Card& card) const {
    if (card.node == state_.selected || card.node == state_.second) return 0;
    return card.wanted ? 1 : card.emphasised ? 2 : 3;
  }

  void place(const Card& card, double reach) {
    std::vector<Label::Line> lines;
    const auto add = [&](const std::string& words, Label::Face face, Ink ink) {
      if (!words.empty()) lines.push_back({QString::fromStdString(words), {}, face, ink, 0});
    };
    const bool lone = card.title.empty() && card.detail.empty();
    add(card.title, Label::Face::Plain, Ink::Text);
    add(card.figure, lone ? Label::Face::Small : Label::Face::Bold, lone ? Ink::TextFaint : Ink::Text);
    add(card.detail, Label::Face::Plain, Ink::TextFaint);
    if (put(card, reach, std::move(lines)) || !card.wanted || card.brief.empty()) return;
    (void)put(card, reach, {{QString::fromStdString(card.brief), {}, Label::Face::Plain, Ink::Text, 0}});
  }

  bool put(const Card& card, double reach, std::vector<Label::Line> lines) {
    QSizeF size(0, 0);
    for (Label::Line& line : lines) {
      const QFontMetricsF& metrics = metricsOf(line.face);
      line.words = metrics.elidedText(line.words, Qt::ElideRight, kWidest);
      const double inked = std::ceil(metrics.capHeight() + metrics.descent() + 1);
      const double bottom = &line == &lines.front() ? inked : size.height() + metrics.height();
      line.area = QRectF(0, bottom - inked, metrics.horizontalAdvance(line.words), inked);
      line.baseline = bottom - metrics.descent();
      size = QSizeF(std::max(size.width(), line.area.width()), bottom);
    }
    if (lines.empty()) return true;
    const QPointF node(card.x, card.y);
    std::vector<QPointF> corners{node + QPointF(-size.width() / 2, reach + kGap)};
    if (card.wanted) {
      corners.push_back(node + QPointF(reach + kGap + kAir, -size.height() / 2));
      corners.push_back(node + QPointF(-reach - kGap - kAir - size.width(), -size.height() / 2));
    }
    for (const QPointF& corner : corners) {
      const QRectF whole(corner, size);
      if (card.wanted && picture_.contains(node) && !picture_.contains(whole)) continue;
      if (!occupied_.isFree(whole.adjusted(-kAir, 0, kAir, 0))) continue;
      occupied_.add(whole);
      for (Label::Line& line : lines) {
        line.area.translate(corner + QPointF((size.width() - line.area.width()) / 2, 0));
        line.baseline += corner.y();
      }
      labels_.push_back({card.node, std::move(lines)});
      return true;
    }
    return false;
  }

  [[nodiscard]] const QFontMetricsF& metricsOf(Label::Face face) const {
    return metrics_[static_cast<std::size_t>(face)];
  }

  const DisplayList& list_;
  const PaintState& state_;
  const QRectF picture_;
  const std::vector<QFontMetricsF> metrics_;  ///< by face
  Occupied occupied_;
  std::vector<Label> labels_;
};

}  // namespace

QFont fontOf(Label::Face face, const QFont& font) {
  QFont result = font;
  if (face == Label::Face::Bold) result.setBold(true);
  if (face == Label::Face::Small) result.setPointSizeF(std::max(6.5, font.pointSizeF() - 1.5));
  return result;
}

double reachOf(const Glyph& glyph, const PaintState& state) {
  const double radius = glyph.radius;
  double reach = glyph.shape == Shape::Star ? radius * 1.35 : radius;
  if (glyph.ring) reach = std::max(reach, radius + 4);
  if ((glyph.flags & kAsking) != 0 && glyph.radius >= kBadgeRadius) reach = std::max(reach, radius + 7);
  const bool selected = glyph.node == state.selected;
  if (selected || glyph.node == state.second)
    reach = std::max(reach, std::max(7.0, radius + 4) + (selected && state.focused ? 4 : 1.5));
  return reach;
}

std::vector<Label> placeLabels(const DisplayList& list, const QFont& font, const PaintState& state) {
  return Placement(list, font, state).run();
}

}  // namespace espalier::ui
