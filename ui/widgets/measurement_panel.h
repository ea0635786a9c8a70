// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/panel.h"

namespace espalier::ui {

/// What the hardware and the model say of the selected node: every repeat, spread, prediction, verification,
/// roofline, bottleneck.
class MeasurementPanel : public Panel {
  Q_OBJECT

 public:
  MeasurementPanel(const History& history, TextService& texts, QWidget* parent = nullptr);
  void setTheme(const Theme& theme) override;

 protected:
  void refresh() override;

 private:
  class RepeatsPlot;
  [[nodiscard]] QString facts() const;

  RepeatsPlot* plot_;
  RichText* text_;
  QString sections_;  ///< what the problem says of described_
  NodeId described_ = kNoNode;
};

}  // namespace espalier::ui
