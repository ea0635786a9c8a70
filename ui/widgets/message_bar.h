// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QLabel>

#include "models/theme.h"

namespace espalier::ui {

/// A message within the window, in place of a modal box. Stays until it is closed or replaced.
class MessageBar : public QFrame {
  Q_OBJECT

 public:
  enum class Severity { Information, Warning, Failure };
  explicit MessageBar(QWidget* parent = nullptr);
  void show(const QString& text, Severity severity);
  void setTheme(const Theme& theme);
  [[nodiscard]] QString text() const { return label_->text(); }
  /// Shows something that a person need not know, unless what stands there is worth more.
  void mention(const QString& text);

 private:
  void dress();
  QLabel* label_;
  Severity severity_ = Severity::Information;
  Theme theme_ = Theme::light();
};

}  // namespace espalier::ui
