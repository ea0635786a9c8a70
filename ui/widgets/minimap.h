// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPixmap>
#include <QTimer>
#include <QWidget>

#include "models/theme.h"

namespace espalier::ui {

class TreeView;

/// The whole tree, small, in a corner of the view, with a frame around the part in sight. Shown only where
/// there is more than that part.
class Minimap : public QWidget {
  Q_OBJECT

 public:
  explicit Minimap(TreeView* view);
  void setTheme(const Theme& theme);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void place();
  void redraw();
  void goTo(const QPointF& position);

  TreeView* view_;
  Theme theme_ = Theme::light();
  QPixmap picture_;
  QTimer timer_;  ///< the picture is drawn anew at most four times a second
};

}  // namespace espalier::ui
