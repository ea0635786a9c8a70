// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/budget_meter.h"

#include <QPainter>
#include <algorithm>

namespace espalier::ui {
namespace {

constexpr int kBarWidth = 72;
constexpr int kBarHeight = 5;
constexpr int kBesideBar = 7;
constexpr int kBetween = 20;
constexpr double kNearlySpent = 0.85;

}  // namespace

BudgetMeter::BudgetMeter(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void BudgetMeter::setTheme(const Theme& theme) {
  theme_ = theme;
  update();
}

void BudgetMeter::show(std::vector<Gauge> gauges) {
  gauges_ = std::move(gauges);
  QStringList words;
  for (const Gauge& gauge : gauges_) words << gauge.words;
  setAccessibleName(words.join(QStringLiteral(", ")));
  updateGeometry();
  update();
}

QSize BudgetMeter::sizeHint() const {
  int width = 8;
  for (const Gauge& gauge : gauges_)
    width += fontMetrics().horizontalAdvance(gauge.words) + kBetween +
             (gauge.share >= 0 ? kBarWidth + kBesideBar : 0);
  return {width, fontMetrics().height() + 6};
}

void BudgetMeter::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  double x = kBetween / 2.0;
  for (const Gauge& gauge : gauges_) {
    const double wide = fontMetrics().horizontalAdvance(gauge.words);
    painter.setPen(theme_.color(Ink::Text));
    painter.drawText(QRectF(x, 0, wide + 2, height()), Qt::AlignVCenter | Qt::AlignLeft, gauge.words);
    x += wide;
    if (gauge.share >= 0) {
      const QRectF bar(x + kBesideBar, (height() - kBarHeight) / 2.0, kBarWidth, kBarHeight);
      painter.setPen(Qt::NoPen);
      painter.setBrush(theme_.color(Ink::Border));
      painter.drawRoundedRect(bar, kBarHeight / 2.0, kBarHeight / 2.0);
      const double share = std::clamp(gauge.share, 0.0, 1.0);
      if (share > 0) {
        QRectF used = bar;
        used.setWidth(std::max<double>(kBarHeight, bar.width() * share));
        painter.setBrush(theme_.color(gauge.costly && share >= kNearlySpent ? Ink::Warning : Ink::Accent));
        painter.drawRoundedRect(used, kBarHeight / 2.0, kBarHeight / 2.0);
      }
      x = bar.right();
    }
    x += kBetween;
  }
}

}  // namespace espalier::ui
