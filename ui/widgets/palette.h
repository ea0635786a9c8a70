// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QFrame>
#include <QLineEdit>
#include <QListWidget>
#include <optional>

namespace espalier::ui {

/// All commands of the window in one list that a few letters narrow; `#17` goes to a node.
class CommandPalette : public QFrame {
  Q_OBJECT

 public:
  explicit CommandPalette(QWidget* window);
  void open(const QList<QAction*>& actions);

 Q_SIGNALS:
  void nodeWanted(quint32 node);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void narrow();
  void carryOut();

  QLineEdit* line_;
  QListWidget* list_;
  QList<QAction*> actions_;
};

/// How well letters match a text in order: larger is better; nothing if they do not.
[[nodiscard]] std::optional<int> matchScore(const QString& letters, const QString& text);

}  // namespace espalier::ui
