// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>

#include "widgets/services.h"
#include "widgets/settings.h"

namespace espalier::ui {

/// Rows of a form that say who proposes: rules, a model (by profile, or by server and name), a recording,
/// chance.
class ProposerForm : public QObject {
  Q_OBJECT

 public:
  /// Adds its rows to a form of `parent`.
  ProposerForm(const Services& services, Settings& settings, QFormLayout* form, QWidget* parent);
  [[nodiscard]] ProposerChoice choice() const;
  /// Writes the server and the model into the settings.
  void remember();
  /// Shows or hides all rows.
  void setVisible(bool visible);

 private:
  [[nodiscard]] QString kind() const { return kind_->currentData().toString(); }
  [[nodiscard]] QLabel* words(const QString& text, QWidget* parent) const;
  void update();

  Settings& settings_;
  QFormLayout* form_;
  QComboBox* kind_;
  QComboBox* profile_;
  QLabel* about_;
  QLineEdit* url_;
  QLineEdit* model_;
  QLineEdit* cost_;
  QLabel* key_;
  QWidget* recordingRow_;
  QLineEdit* recording_;
  bool visible_ = true;
};

}  // namespace espalier::ui
