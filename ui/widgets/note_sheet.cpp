// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/note_sheet.h"

#include <QKeyEvent>

namespace espalier::ui {

NoteSheet::NoteSheet(QWidget* window) : Sheet(QString(), 560, window), text_(new QPlainTextEdit(card())) {
  text_->setTabChangesFocus(true);
  text_->setAccessibleName(tr("Note"));
  text_->setPlaceholderText(tr("Kept in the session's file; the search does not read it."));
  text_->setFixedHeight(7 * fontMetrics().lineSpacing() + 12);
  text_->installEventFilter(this);
  body()->addWidget(text_);
  auto* keys = new QLabel(tr("Ctrl+Return keeps it; an empty note is removed."), card());
  keys->setForegroundRole(QPalette::PlaceholderText);
  body()->addWidget(keys);
  connect(addButton(tr("Cancel"), false), &QPushButton::clicked, this, &Sheet::close);
  connect(addButton(tr("Keep"), true), &QPushButton::clicked, this, &NoteSheet::finish);
}

void NoteSheet::edit(NodeId node, const QString& note) {
  node_ = node;
  setTitle(tr("Note on node %1").arg(node));
  text_->setPlainText(note);
  text_->moveCursor(QTextCursor::End);
  open(text_);
}

void NoteSheet::finish() {
  close();
  Q_EMIT written(node_, text_->toPlainText().trimmed());
}

bool NoteSheet::eventFilter(QObject* watched, QEvent* event) {
  if (watched == text_ && event->type() == QEvent::KeyPress) {
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
    if (enter && key->modifiers() & Qt::ControlModifier) {
      finish();
      return true;
    }
  }
  return Sheet::eventFilter(watched, event);
}

}  // namespace espalier::ui
