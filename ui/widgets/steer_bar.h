// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTimer>

#include "models/history.h"
#include "widgets/text_service.h"

class QCompleter;
class QStringListModel;

namespace espalier::ui {

/// Where a person writes to the search, within the window: a hint, transformations by hand (with completion,
/// and checked while they are typed as the search itself would check them), a prompt to ask again with, or an
/// answer in place of the model's.
class SteerBar : public QFrame {
  Q_OBJECT

 public:
  enum class Mode { Hint, Add, Ask, Answer };
  SteerBar(const History& history, TextService& texts, QWidget* parent = nullptr);
  void open(Mode mode, NodeId node, std::uint64_t request = 0);

 Q_SIGNALS:
  void commandWanted(const espalier::Command& command);
  /// The keyboard is free again.
  void closed();

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  void send();
  void check();
  void offer();
  [[nodiscard]] std::vector<std::string> items() const;
  [[nodiscard]] bool takesItems() const { return mode_ == Mode::Add || mode_ == Mode::Answer; }

  const History& history_;
  TextService& texts_;
  QLabel* title_;
  QPlainTextEdit* text_;
  QLabel* verdict_;
  QPushButton* send_;
  QCompleter* completer_;
  QStringListModel* choices_;
  QTimer timer_;
  Mode mode_ = Mode::Hint;
  NodeId node_ = kNoNode;
  std::uint64_t request_ = 0;
  std::uint64_t asked_ = 0;
};

}  // namespace espalier::ui
