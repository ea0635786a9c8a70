// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>

#include "models/theme.h"
#include "widgets/proposer_form.h"
#include "widgets/services.h"
#include "widgets/settings.h"

namespace espalier::ui {

/// What the window shows first: a new tuning, recent sessions, recorded demos.
class StartPage : public QScrollArea {
  Q_OBJECT

 public:
  StartPage(const Services& services, Settings& settings, QWidget* parent = nullptr);
  void setTheme(const Theme& theme);
  /// Fills the lists anew.
  void refresh();
  /// Names the session behind the page, to which a button leads back; empty if there is none.
  void setBehind(const QString& session);
  /// Puts a named layer or a .tc file into the form.
  void choose(const QString& workload);

 Q_SIGNALS:
  void runWanted(const espalier::ui::NewRun& run);
  void sessionWanted(const QString& path);
  /// A recorded session, to be played from its beginning.
  void demoWanted(const QString& path);
  void openWanted();
  void backWanted();

 protected:
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void begin();
  void updateForm();
  [[nodiscard]] QWidget* makeTitle(QWidget* parent);
  [[nodiscard]] QWidget* makeForm(QWidget* parent);
  [[nodiscard]] QWidget* makeLists(QWidget* parent);
  [[nodiscard]] QListWidget* makeList(const QString& name, QWidget* parent);

  const Services& services_;
  Settings& settings_;
  QPushButton* back_;
  QComboBox* workload_;
  QLabel* about_;
  QLineEdit* sizes_;
  QLineEdit* kernel_;
  QFormLayout* rows_;
  QComboBox* strategy_;
  ProposerForm* proposer_;
  QSpinBox* samples_;
  QSpinBox* threads_;
  QLineEdit* file_;
  QPushButton* start_;
  QListWidget* recent_;
  QListWidget* demos_;
  QLabel* noRecent_;
  QLabel* recorded_;
};

}  // namespace espalier::ui
