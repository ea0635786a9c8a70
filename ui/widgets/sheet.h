// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QVBoxLayout>

namespace espalier::ui {

/// A question or a page of facts within the window, in place of a dialog window: the rest stays in sight
/// behind it and goes on. Escape or a click beside it closes it; Return presses its main button.
class Sheet : public QWidget {
  Q_OBJECT

 public:
  Sheet(const QString& title, int width, QWidget* window);

  /// Shows it over the whole window; the focus goes to `first`, and back to where it was when it closes.
  void open(QWidget* first = nullptr);
  void close();

 Q_SIGNALS:
  void closed();

 protected:
  /// Where its content goes.
  [[nodiscard]] QVBoxLayout* body() { return body_; }
  [[nodiscard]] QWidget* card() { return card_; }
  QPushButton* addButton(const QString& text, bool main);
  /// Words below the content: why something cannot be done.
  void say(const QString& words);
  void setTitle(const QString& title) { title_->setText(title); }

  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;
  bool focusNextPrevChild(bool next) override;

 private:
  void place();

  int width_;
  QFrame* card_;
  QLabel* title_;
  QVBoxLayout* body_;
  QLabel* words_;
  QHBoxLayout* buttons_;
  QPushButton* main_ = nullptr;
  QPointer<QWidget> before_;
};

}  // namespace espalier::ui
