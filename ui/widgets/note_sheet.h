// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>

#include "search/node_id.h"
#include "widgets/sheet.h"

namespace espalier::ui {

/// Where a person writes what they think of a node.
class NoteSheet : public Sheet {
  Q_OBJECT

 public:
  explicit NoteSheet(QWidget* window);
  void edit(NodeId node, const QString& note);

 Q_SIGNALS:
  void written(espalier::NodeId node, const QString& note);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void finish();

  QPlainTextEdit* text_;
  NodeId node_ = kNoNode;
};

}  // namespace espalier::ui
