// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/minimap.h"

#include <QEvent>
#include <QMouseEvent>
#include <QPainter>

#include "widgets/tree_view.h"

namespace espalier::ui {
namespace {

constexpr QSize kSize(200, 120);
constexpr int kEveryMilliseconds = 250;

}  // namespace

Minimap::Minimap(TreeView* view) : QWidget(view), view_(view) {
  resize(kSize);
  setCursor(Qt::PointingHandCursor);
  setAccessibleName(tr("Overview of the tree"));
  timer_.setSingleShot(true);
  timer_.setInterval(kEveryMilliseconds);
  connect(&timer_, &QTimer::timeout, this, &Minimap::redraw);
  connect(view, &TreeView::viewMoved, this, [this] {
    if (!timer_.isActive()) timer_.start();
    place();
    update();
  });
  view->installEventFilter(this);
  place();
}

void Minimap::setTheme(const Theme& theme) {
  theme_ = theme;
  redraw();
}

bool Minimap::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Resize) place();
  return QWidget::eventFilter(watched, event);
}

void Minimap::place() {
  const QRect area = view_->viewport()->geometry();
  move(area.right() - width() - 10, area.bottom() - height() - 10);
  const TreeLayout& layout = view_->treeLayout();
  const Viewport& seen = view_->viewportState();
  const bool all = seen.x(layout.leftmost) >= 0 && seen.x(layout.leftmost + layout.width) <= seen.width &&
                   seen.y(0) >= 0 && seen.y(layout.rows) <= seen.height + seen.rowHeight;
  setVisible(!all && !layout.places.empty() && area.width() > 3 * width());
}

void Minimap::redraw() {
  if (!isVisible()) return;
  picture_ = QPixmap(size() * devicePixelRatioF());
  picture_.setDevicePixelRatio(devicePixelRatioF());
  QPainter painter(&picture_);
  view_->paintTo(painter, size(), true);
  painter.end();
  update();
}

void Minimap::paintEvent(QPaintEvent*) {
  if (picture_.isNull()) redraw();
  QPainter painter(this);
  painter.drawPixmap(0, 0, picture_);
  const TreeLayout& layout = view_->treeLayout();
  const Viewport& seen = view_->viewportState();
  const Viewport whole = fitting(layout, width(), height());
  const QRectF part(whole.x(seen.left), whole.y(seen.top), seen.width / seen.columnWidth * whole.columnWidth,
                    seen.height / seen.rowHeight * whole.rowHeight);
  QColor fill = theme_.color(Ink::Accent);
  fill.setAlpha(36);
  painter.setBrush(fill);
  painter.setPen(QPen(theme_.color(Ink::Accent), 1));
  painter.drawRect(part.intersected(QRectF(rect()).adjusted(0, 0, -1, -1)));
  painter.setBrush(Qt::NoBrush);
  painter.setPen(theme_.color(Ink::Border));
  painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

void Minimap::goTo(const QPointF& position) {
  const Viewport whole = fitting(view_->treeLayout(), width(), height());
  const Viewport& seen = view_->viewportState();
  view_->scrollTo(whole.left + position.x() / whole.columnWidth - seen.width / seen.columnWidth / 2,
                  whole.top + position.y() / whole.rowHeight - seen.height / seen.rowHeight / 2);
}

void Minimap::mousePressEvent(QMouseEvent* event) { goTo(event->position()); }
void Minimap::mouseMoveEvent(QMouseEvent* event) { goTo(event->position()); }

}  // namespace espalier::ui
