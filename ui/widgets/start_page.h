// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>
#include <QWidget>

#include "models/theme.h"
#include "widgets/services.h"
#include "widgets/settings.h"

namespace espalier::ui {

/// What the window shows first: a new tuning, recent sessions, recorded demos.
class StartPage : public QWidget {
  Q_OBJECT

 public:
  StartPage(const Services& services, Settings& settings, QWidget* parent = nullptr);
  void setTheme(const Theme& theme);
  /// Fills the lists anew.
  void refresh();

 Q_SIGNALS:
  void runWanted(const espalier::ui::NewRun& run);
  void sessionWanted(const QString& path);
  void openWanted();

 private:
  void begin();
  void updateForm();
  [[nodiscard]] QWidget* makeForm();
  [[nodiscard]] QWidget* makeLists();

  const Services& services_;
  Settings& settings_;
  QComboBox* workload_;
  QLabel* about_;
  QLineEdit* sizes_;
  QComboBox* proposer_;
  QLineEdit* url_;
  QLineEdit* model_;
  QLineEdit* cost_;
  QSpinBox* samples_;
  QSpinBox* threads_;
  QLineEdit* file_;
  QPushButton* start_;
  QListWidget* recent_;
  QListWidget* demos_;
  QLabel* noRecent_;
  QLabel* recorded_;
  QWidget* sizesLabel_;
  QList<QWidget*> llmRows_;
};

}  // namespace espalier::ui
