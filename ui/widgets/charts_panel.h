// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>
#include <QTimer>

#include "widgets/chart.h"
#include "widgets/panel.h"

namespace espalier::ui {

/// Curves of the run: the best speedup against samples, time, tokens and cost, together with other sessions;
/// and how well the model predicts, how deep the tree is, how often proposals failed.
class ChartsPanel : public Panel {
  Q_OBJECT

 public:
  ChartsPanel(const History& history, TextService& texts, QWidget* parent = nullptr);
  void setTheme(const Theme& theme) override;
  /// Draws another session on the same axes.
  void addOther(const QString& name, const std::vector<CurvePoint>& curve);
  void clearOthers();

 protected:
  void refresh() override;

 private:
  struct Other {
    QString name;
    std::vector<CurvePoint> curve;
  };
  [[nodiscard]] ChartContent curve(int axis) const;
  [[nodiscard]] ChartContent predictions() const;
  [[nodiscard]] ChartContent depths() const;
  [[nodiscard]] ChartContent fallbacks() const;
  void rebuild();

  QComboBox* kind_;
  Chart* chart_;
  QTimer timer_;  ///< charts are replaced at most ten times a second
  std::vector<Other> others_;
};

}  // namespace espalier::ui
