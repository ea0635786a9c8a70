// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "models/theme.h"

namespace espalier::ui {

class TreeView;

/// What the shapes and colours of the tree mean, over its lower left corner.
class Legend : public QWidget {
  Q_OBJECT

 public:
  explicit Legend(TreeView* view);
  void setTheme(const Theme& theme);
  /// The colour scale: what it shows, and the values at its ends.
  void setScale(const QString& name, const QString& low, const QString& high);

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void place();

  TreeView* view_;
  Theme theme_ = Theme::light();
  QString name_;
  QString low_;
  QString high_;
};

}  // namespace espalier::ui
