// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "models/theme.h"

namespace espalier::ui {

/// A figure of the run with how much of its budget is used.
struct Gauge {
  QString words;
  double share = -1;    ///< 0 … 1; < 0 = there is no limit
  bool costly = false;  ///< near its end is a warning
};

/// What the run has used of what it may: samples, tokens, money. Stands in the status bar.
class BudgetMeter : public QWidget {
  Q_OBJECT

 public:
  explicit BudgetMeter(QWidget* parent = nullptr);
  void setTheme(const Theme& theme);
  void show(std::vector<Gauge> gauges);
  [[nodiscard]] const std::vector<Gauge>& gauges() const { return gauges_; }
  [[nodiscard]] QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  Theme theme_ = Theme::light();
  std::vector<Gauge> gauges_;
};

}  // namespace espalier::ui
