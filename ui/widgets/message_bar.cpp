// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/message_bar.h"

#include <QFontDatabase>
#include <QHBoxLayout>
#include <QToolButton>

namespace espalier::ui {

MessageBar::MessageBar(QWidget* parent) : QFrame(parent), label_(new QLabel(this)) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(12, 6, 6, 6);
  label_->setWordWrap(true);
  label_->setTextFormat(Qt::PlainText);
  label_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  row->addWidget(label_, 1);
  auto* close = new QToolButton(this);
  close->setText(QStringLiteral("✕"));
  close->setAutoRaise(true);
  close->setAccessibleName(tr("Close the message"));
  connect(close, &QToolButton::clicked, this, &QWidget::hide);
  row->addWidget(close);
  hide();
}

void MessageBar::show(const QString& text, Severity severity) {
  // A line of a kernel with a caret below it stays readable only where all letters are as wide.
  label_->setFont(text.contains(QLatin1Char('\n')) ? QFontDatabase::systemFont(QFontDatabase::FixedFont)
                                                   : font());
  label_->setText(text);
  severity_ = severity;
  dress();
  setVisible(!text.isEmpty());
}

void MessageBar::mention(const QString& text) {
  if (isHidden() || severity_ == Severity::Information) show(text, Severity::Information);
}

void MessageBar::setTheme(const Theme& theme) {
  theme_ = theme;
  dress();
}

void MessageBar::dress() {
  const Ink ink = severity_ == Severity::Failure   ? Ink::Failure
                  : severity_ == Severity::Warning ? Ink::Warning
                                                   : Ink::Accent;
  setStyleSheet(
      QStringLiteral("espalier--ui--MessageBar { background: %1; border: none; border-left: 4px solid %2; "
                     "border-bottom: 1px solid %3; }")
          .arg(theme_.color(Ink::Surface).name(), theme_.color(ink).name(),
               theme_.color(Ink::Border).name()));
}

}  // namespace espalier::ui
