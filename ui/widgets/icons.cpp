// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/icons.h"

#include <QPainter>
#include <QPixmap>

namespace espalier::ui {
namespace {

constexpr int kSide = 64;  ///< pixels; the symbols are drawn in a square of 16

QPixmap drawn(Symbol symbol, const QColor& colour) {
  QPixmap pixmap(kSide, kSide);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.scale(kSide / 16.0, kSide / 16.0);
  painter.setPen(Qt::NoPen);
  painter.setBrush(colour);
  const auto triangle = [&](double left, double width) {
    painter.drawPolygon(QPolygonF({{left, 3}, {left + width, 8}, {left, 13}}));
  };
  switch (symbol) {
    case Symbol::Play: triangle(4, 9); break;
    case Symbol::Pause:
      painter.drawRect(QRectF(4, 3, 3, 10));
      painter.drawRect(QRectF(9, 3, 3, 10));
      break;
    case Symbol::Step:
      painter.drawRect(QRectF(3, 3, 2.4, 10));
      triangle(7, 7);
      break;
    case Symbol::Stop: painter.drawRect(QRectF(3.5, 3.5, 9, 9)); break;
    case Symbol::ToEnd:
      triangle(3, 8);
      painter.drawRect(QRectF(11, 3, 2.2, 10));
      break;
  }
  return pixmap;
}

}  // namespace

QIcon icon(Symbol symbol, const QColor& colour, const QColor& disabled) {
  QIcon made(drawn(symbol, colour));
  made.addPixmap(drawn(symbol, disabled), QIcon::Disabled);
  return made;
}

}  // namespace espalier::ui
