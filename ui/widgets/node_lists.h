// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>
#include <QLineEdit>
#include <QTableView>
#include <QTimer>
#include <QTreeView>

#include "models/node_models.h"
#include "widgets/panel.h"

namespace espalier::ui {

/// Every node in a sortable table, filtered by a query.
class TablePanel : public Panel {
  Q_OBJECT

 public:
  TablePanel(const History& history, TextService& texts, QWidget* parent = nullptr);
  void focusQuery();

 protected:
  void refresh() override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void applyQuery();
  void selectRow();
  void updateNow();
  void looked();

  NodeTable* model_;
  QTableView* view_;
  QLineEdit* query_;
  QLabel* answer_;
  QTimer timer_;
  bool selecting_ = false;
  bool understood_ = true;  ///< the query
};

/// The tree as an outline.
class OutlinePanel : public Panel {
  Q_OBJECT

 public:
  OutlinePanel(const History& history, TextService& texts, QWidget* parent = nullptr);

 protected:
  void refresh() override;

 private:
  void updateNow();
  NodeOutline* model_;
  QTreeView* view_;
  QTimer timer_;
  bool selecting_ = false;
};

}  // namespace espalier::ui
