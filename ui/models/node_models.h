// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemModel>
#include <QAbstractTableModel>
#include <QTimer>
#include <cstdint>
#include <map>
#include <vector>

#include "models/history.h"
#include "models/node_query.h"

namespace espalier::ui {

/// The nodes that a query wants, one a row, sorted by a column. Of very many only the first kMostRows in that
/// order are rows; found() counts all. Large trees are looked through in slices between other events, so that
/// nobody waits.
class NodeTable : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column { Number, Step, Speedup, Measured, Predicted, Visits, Value, Depth, Sample, Source, kColumns };
  static constexpr int kNodeRole = Qt::UserRole;
  static constexpr std::size_t kMostRows = 10000;

  explicit NodeTable(const History& history, QObject* parent = nullptr);
  /// Takes over what the history shows now; at once for trees of some thousand nodes, else looked() follows.
  void update();
  void setTest(NodeTest test);
  void sort(int column, Qt::SortOrder order) override;
  [[nodiscard]] int rowOf(NodeId node) const;
  /// Nodes that the query wants, as of the last look at all of them.
  [[nodiscard]] std::size_t found() const { return found_; }
  [[nodiscard]] bool looking() const { return timer_.isActive(); }

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 Q_SIGNALS:
  /// All nodes were looked at and the rows are up to date.
  void looked();

 private:
  struct Candidate {
    double key = 0;
    NodeId node = kNoNode;
  };
  void begin();
  void look(std::size_t nodes);
  void finish();
  void keepFirst();
  [[nodiscard]] double keyOf(NodeId node) const;
  [[nodiscard]] bool before(const Candidate& a, const Candidate& b) const;

  const History& history_;
  NodeTest test_;
  int column_ = Number;
  Qt::SortOrder order_ = Qt::AscendingOrder;
  std::vector<NodeId> rows_;
  std::size_t found_ = 0;
  QTimer timer_;  ///< between two slices
  NodeId next_ = 0;
  std::uint64_t rebuilds_ = 0;
  std::vector<Candidate> candidates_;
  std::size_t wanted_ = 0;
};

/// The tree as an outline: the same nodes for the keyboard and for screen readers. Children are listed when
/// their parent is opened.
class NodeOutline : public QAbstractItemModel {
  Q_OBJECT

 public:
  explicit NodeOutline(const History& history, QObject* parent = nullptr);
  void update();
  /// Lists what is needed to show the node.
  [[nodiscard]] QModelIndex reveal(NodeId node);
  /// Invalid as long as the node is not listed.
  [[nodiscard]] QModelIndex indexOf(NodeId node) const;
  [[nodiscard]] static NodeId nodeAt(const QModelIndex& index);

  [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
  [[nodiscard]] QModelIndex parent(const QModelIndex& index) const override;
  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] bool hasChildren(const QModelIndex& parent = {}) const override;
  [[nodiscard]] bool canFetchMore(const QModelIndex& parent) const override;
  void fetchMore(const QModelIndex& parent) override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 private:
  struct Place {
    int row = 0;  ///< among its siblings
    NodeId parent = kNoNode;
  };
  [[nodiscard]] std::vector<NodeId> unlisted(NodeId parent) const;
  const History& history_;
  bool rooted_ = false;
  bool listing_ = false;  ///< rows are being inserted; who is told of it may ask for more
  std::map<NodeId, std::vector<NodeId>> listed_;  ///< children of opened nodes
  std::map<NodeId, Place> places_;                ///< of listed nodes
  std::uint64_t rebuilds_ = 0;
  std::uint64_t structure_ = 0;
};

}  // namespace espalier::ui
