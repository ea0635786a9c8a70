// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/legend.h"

#include <QEvent>
#include <QPainter>
#include <algorithm>
#include <array>
#include <utility>

#include "models/tree_painter.h"
#include "widgets/tree_view.h"

namespace espalier::ui {
namespace {

constexpr int kMargin = 10;
constexpr int kScaleWidth = 90;
constexpr int kScaleHeight = 8;
constexpr double kSign = 6;  ///< radius
constexpr int kBeside = 6;
constexpr int kBetween = 14;

struct Sign {
  Shape shape;
  bool ring;
  QString name;
};

std::array<Sign, 6> signs() {
  return {{{Shape::Star, false, Legend::tr("best")},
           {Shape::Circle, false, Legend::tr("measured")},
           {Shape::DashedCircle, false, Legend::tr("predicted")},
           {Shape::CrossedSquare, false, Legend::tr("failed")},
           {Shape::Lozenge, false, Legend::tr("pruned")},
           {Shape::Circle, true, Legend::tr("promising")}}};
}

}  // namespace

Legend::Legend(TreeView* view) : QWidget(view), view_(view) {
  setAttribute(Qt::WA_TransparentForMouseEvents);
  QFont small = font();
  small.setPointSizeF(std::max(7.5, small.pointSizeF() - 1));
  setFont(small);
  view->installEventFilter(this);
  place();
}

void Legend::setTheme(const Theme& theme) {
  theme_ = theme;
  update();
}

void Legend::setScale(const QString& name, const QString& low, const QString& high) {
  if (name == name_ && low == low_ && high == high_) return;
  name_ = name;
  low_ = low;
  high_ = high;
  place();
  update();
}

bool Legend::eventFilter(QObject* watched, QEvent* event) {
  if (watched == view_ && event->type() == QEvent::Resize) place();
  return QWidget::eventFilter(watched, event);
}

void Legend::place() {
  const QFontMetrics metrics(font());
  double width = 2 * kMargin;
  for (const Sign& sign : signs())
    width += 2 * kSign + kBeside + metrics.horizontalAdvance(sign.name) + kBetween;
  const int line = metrics.height() + 4;
  resize(std::min(static_cast<int>(width), view_->width()), 2 * line + 8);
  move(0, view_->height() - height());
}

void Legend::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  QColor behind = theme_.color(Ink::Canvas);
  behind.setAlpha(215);
  painter.fillRect(rect(), behind);
  const QFontMetricsF metrics(font());
  const double line = metrics.height() + 4;
  const auto write = [&](double x, double y, Ink ink, const QString& words) {
    painter.setFont(font());
    painter.setPen(theme_.color(ink));
    painter.drawText(QRectF(x, y, metrics.horizontalAdvance(words) + 4, line), Qt::AlignVCenter, words);
    return x + metrics.horizontalAdvance(words);
  };
  double x = write(kMargin, 2, Ink::TextFaint, name_) + kBeside;
  x = write(x, 2, Ink::Text, low_) + kBeside;
  const QRectF scale(x, 2 + (line - kScaleHeight) / 2, kScaleWidth, kScaleHeight);
  QLinearGradient heat(scale.topLeft(), scale.topRight());
  for (int step = 0; step <= 8; ++step) heat.setColorAt(step / 8.0, theme_.heat(step / 8.0));
  painter.setPen(Qt::NoPen);
  painter.setBrush(heat);
  painter.drawRoundedRect(scale, 3, 3);
  write(scale.right() + kBeside, 2, Ink::Text, high_);

  DisplayList list;
  x = kMargin;
  for (const Sign& sign : signs()) {
    if (x + 2 * kSign + kBeside + metrics.horizontalAdvance(sign.name) > width()) break;
    Glyph glyph;
    glyph.node = kRootNode;
    glyph.x = static_cast<float>(x + kSign);
    glyph.y = static_cast<float>(2 + line * 1.5);
    glyph.radius = static_cast<float>(sign.ring ? kSign - 2 : kSign - 1);
    glyph.heat = sign.shape == Shape::Star ? 1.0F : 0.6F;
    glyph.shape = sign.shape;
    glyph.ring = sign.ring;
    list.glyphs.push_back(glyph);
    x = write(x + 2 * kSign + kBeside, 2 + line, Ink::TextFaint, sign.name) + kBetween;
  }
  paintTree(painter, list, theme_, font(), {});
}

}  // namespace espalier::ui
