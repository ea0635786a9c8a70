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
  const auto line = [&](const QPolygonF& points) {
    painter.setPen(QPen(colour, 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(points);
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
    case Symbol::Expand:
      line({{8, 4.5}, {4, 11.5}});
      line({{8, 4.5}, {12, 11.5}});
      painter.setBrush(colour);
      for (const QPointF& node : {QPointF(8, 4), QPointF(4, 12), QPointF(12, 12)})
        painter.drawEllipse(node, 1.7, 1.7);
      break;
    case Symbol::Write:
      line({{3, 13}, {3.6, 10}, {11, 2.6}, {13.4, 5}, {6, 12.4}, {3, 13}});
      line({{9.4, 4.2}, {11.8, 6.6}});
      break;
    case Symbol::Hint:
      line({{6, 10.5}, {6, 9.6}});
      painter.drawArc(QRectF(3.6, 1.8, 8.8, 8.8), -50 * 16, 280 * 16);
      line({{5.2, 9.6}, {6.2, 11.2}, {9.8, 11.2}, {10.8, 9.6}});
      line({{6.4, 13.6}, {9.6, 13.6}});
      break;
    case Symbol::Prune:
      line({{5.6, 10}, {11.6, 2.6}});
      line({{10.4, 10}, {4.4, 2.6}});
      painter.drawEllipse(QPointF(4.4, 11.6), 2, 2);
      painter.drawEllipse(QPointF(11.6, 11.6), 2, 2);
      break;
    case Symbol::Pin:
      line({{5, 2.6}, {11, 2.6}});
      line({{6.4, 2.6}, {6, 7}, {4, 9}, {12, 9}, {10, 7}, {9.6, 2.6}});
      line({{8, 9}, {8, 13.6}});
      break;
    case Symbol::Up: line({{3.5, 10.5}, {8, 5.5}, {12.5, 10.5}}); break;
    case Symbol::Down: line({{3.5, 5.5}, {8, 10.5}, {12.5, 5.5}}); break;
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
