// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>
#include <QLineEdit>

#include "search/node_id.h"
#include "widgets/sheet.h"

namespace espalier::ui {

/// Asks in which form and where to a node's program is written.
class ExportSheet : public Sheet {
  Q_OBJECT

 public:
  explicit ExportSheet(QWidget* window);
  /// `stem` begins the proposed name, in the folder `folder`.
  void ask(NodeId node, bool best, const QString& folder, const QString& stem);

 Q_SIGNALS:
  void wanted(espalier::NodeId node, const QString& format, const QString& path);

 private:
  void propose();
  void finish();

  QComboBox* format_;
  QLabel* about_;
  QLineEdit* path_;
  NodeId node_ = kNoNode;
  QString folder_;
  QString stem_;
};

/// Asks how the tree is drawn into a file.
class PictureSheet : public Sheet {
  Q_OBJECT

 public:
  explicit PictureSheet(QWidget* window);
  void ask(const QString& folder, const QString& stem);

 Q_SIGNALS:
  void wanted(const QString& path, bool wholeTree, bool dark);

 private:
  void propose();

  QComboBox* format_;
  QComboBox* part_;
  QComboBox* colours_;
  QLineEdit* path_;
  QString folder_;
  QString stem_;
};

}  // namespace espalier::ui
