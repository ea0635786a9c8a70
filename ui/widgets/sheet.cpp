// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/sheet.h"

#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

namespace espalier::ui {
namespace {

constexpr int kAroundCard = 24;  ///< pixels of the window that stay in sight
constexpr int kScrim = 110;      ///< how dark the window behind becomes, of 255

class Card : public QFrame {
 public:
  using QFrame::QFrame;

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(palette().color(QPalette::Mid));
    painter.setBrush(palette().color(QPalette::Window));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 9, 9);
  }
};

}  // namespace

Sheet::Sheet(const QString& title, int width, QWidget* window)
    : QWidget(window),
      width_(width),
      card_(new Card(this)),
      title_(new QLabel(title, card_)),
      body_(new QVBoxLayout),
      words_(new QLabel(card_)),
      buttons_(new QHBoxLayout) {
  auto* column = new QVBoxLayout(card_);
  column->setContentsMargins(22, 18, 22, 18);
  column->setSpacing(12);
  QFont large = title_->font();
  large.setPointSizeF(large.pointSizeF() + 2.5);
  large.setBold(true);
  title_->setFont(large);
  column->addWidget(title_);
  body_->setSpacing(8);
  column->addLayout(body_, 1);
  words_->setWordWrap(true);
  words_->hide();
  column->addWidget(words_);
  buttons_->setSpacing(8);
  buttons_->addStretch(1);
  column->addLayout(buttons_);
  window->installEventFilter(this);
  hide();
}

QPushButton* Sheet::addButton(const QString& text, bool main) {
  auto* button = new QPushButton(text, card_);
  buttons_->addWidget(button);
  if (main) {
    main_ = button;
    main_->setDefault(true);
  }
  return button;
}

void Sheet::say(const QString& words) {
  words_->setText(words);
  words_->setVisible(!words.isEmpty());
  place();
}

void Sheet::open(QWidget* first) {
  if (!isVisible()) before_ = QApplication::focusWidget();
  say({});
  show();
  raise();
  place();
  (first != nullptr ? first : main_)->setFocus(Qt::TabFocusReason);
}

void Sheet::close() {
  if (!isVisible()) return;
  hide();
  if (before_ != nullptr && before_->isVisible()) before_->setFocus();
  Q_EMIT closed();
}

void Sheet::place() {
  if (!isVisible()) return;
  const QWidget* window = parentWidget();
  setGeometry(window->rect());
  const int width = std::min(width_, window->width() - 2 * kAroundCard);
  card_->setFixedWidth(width);
  card_->layout()->activate();
  const int wanted = card_->layout()->hasHeightForWidth() ? card_->layout()->heightForWidth(width)
                                                          : card_->layout()->sizeHint().height();
  const int height = std::min(wanted, window->height() - 2 * kAroundCard);
  card_->setFixedHeight(height);
  card_->move((window->width() - width) / 2, std::max(kAroundCard, (window->height() - height) * 2 / 5));
}

void Sheet::paintEvent(QPaintEvent*) { QPainter(this).fillRect(rect(), QColor(0, 0, 0, kScrim)); }

void Sheet::mousePressEvent(QMouseEvent* event) {
  if (!card_->geometry().contains(event->position().toPoint())) close();
}

void Sheet::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Escape: return close();
    case Qt::Key_Return:
    case Qt::Key_Enter:
      if (auto* focused = qobject_cast<QPushButton*>(QApplication::focusWidget())) return focused->click();
      if (main_ != nullptr) main_->click();
      return;
    default: event->accept();  // keys of the window behind do not act through it
  }
}

bool Sheet::eventFilter(QObject* watched, QEvent* event) {
  if (watched == parentWidget() && event->type() == QEvent::Resize) place();
  return QWidget::eventFilter(watched, event);
}

bool Sheet::focusNextPrevChild(bool next) {
  QWidget* const begin = focusWidget() != nullptr ? focusWidget() : card_;
  QWidget* at = begin;
  do {
    at = next ? at->nextInFocusChain() : at->previousInFocusChain();
    if (card_->isAncestorOf(at) && at->isVisible() && at->isEnabled() && at->focusPolicy() & Qt::TabFocus) {
      at->setFocus(next ? Qt::TabFocusReason : Qt::BacktabFocusReason);
      return true;
    }
  } while (at != begin);
  return true;
}

}  // namespace espalier::ui
