// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemModel>
#include <QAbstractTableModel>
#include <vector>

#include "models/history.h"
#include "models/node_query.h"

namespace espalier::ui {

/// The nodes that a query wants, one a row.
class NodeTable : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column { Number, Step, Speedup, Measured, Predicted, Visits, Value, Depth, Sample, Source, kColumns };
  static constexpr int kSortRole = Qt::UserRole;  ///< a number or a text to sort by
  static constexpr int kNodeRole = Qt::UserRole + 1;

  explicit NodeTable(const History& history, QObject* parent = nullptr);
  /// Takes over what the history shows now.
  void update();
  void setTest(NodeTest test);
  [[nodiscard]] int rowOf(NodeId node) const;

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  [[nodiscard]] std::vector<NodeId> wanted() const;
  const History& history_;
  NodeTest test_;
  std::vector<NodeId> rows_;
};

/// The tree as an outline: the same nodes for the keyboard and for screen readers.
class NodeOutline : public QAbstractItemModel {
  Q_OBJECT

 public:
  explicit NodeOutline(const History& history, QObject* parent = nullptr);
  void update();
  [[nodiscard]] QModelIndex indexOf(NodeId node) const;
  [[nodiscard]] static NodeId nodeAt(const QModelIndex& index);

  [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
  [[nodiscard]] QModelIndex parent(const QModelIndex& index) const override;
  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  struct Item {
    NodeId parent = kNoNode;
    int row = 0;
    std::vector<NodeId> children;
  };
  const History& history_;
  std::vector<Item> items_;
  std::uint64_t rebuilds_ = 0;
};

}  // namespace espalier::ui
