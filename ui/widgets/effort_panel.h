// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>
#include <QTimer>

#include "models/icicle.h"
#include "widgets/panel.h"

namespace espalier::ui {

/// Where the search spent its effort: an icicle of the tree. A click selects, a double click shows the
/// subtree alone, one on the root of what is shown goes back up.
class EffortPanel : public Panel {
  Q_OBJECT

 public:
  EffortPanel(const History& history, TextService& texts, QWidget* parent = nullptr);
  void setTheme(const Theme& theme) override;

 protected:
  void refresh() override;

 private:
  class Picture;

  QComboBox* effort_;
  Picture* picture_;
  QTimer timer_;
};

}  // namespace espalier::ui
