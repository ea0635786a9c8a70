// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>
#include <QPushButton>
#include <map>

#include "widgets/panel.h"

namespace espalier::ui {

/// What the run is about and how it stands, and the parameters that can be changed while it goes on.
class RunPanel : public Panel {
  Q_OBJECT

 public:
  RunPanel(const History& history, TextService& texts, QWidget* parent = nullptr);
  void setTheme(const Theme& theme) override;
  void setSteerable(bool steerable);

 Q_SIGNALS:
  /// `before` is the value that held until now; empty if it is not known.
  void parameterWanted(const QString& name, const QString& value, const QString& before);
  void proposerWanted();

 protected:
  void refresh() override;

 private:
  [[nodiscard]] QString html() const;

  RichText* text_;
  QWidget* form_;
  std::map<std::string, QLineEdit*> fields_;
  bool steerable_ = false;
};

}  // namespace espalier::ui
