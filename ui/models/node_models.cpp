// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/node_models.h"

#include <algorithm>

#include "models/figures.h"

namespace espalier::ui {
namespace {

QString statusWords(const NodeFacts& facts) {
  switch (facts.status) {
    case NodeStatus::Predicted: return NodeOutline::tr("predicted");
    case NodeStatus::InFlight: return NodeOutline::tr("being measured");
    case NodeStatus::Measured: return NodeOutline::tr("measured");
    case NodeStatus::Failed: return NodeOutline::tr("failed");
  }
  return {};
}

}  // namespace

NodeTable::NodeTable(const History& history, QObject* parent)
    : QAbstractTableModel(parent), history_(history), test_([](const History&, NodeId) { return true; }) {}

std::vector<NodeId> NodeTable::wanted() const {
  std::vector<NodeId> nodes;
  for (NodeId id = 0; id < history_.tree().size(); ++id)
    if (test_(history_, id)) nodes.push_back(id);
  return nodes;
}

void NodeTable::update() {
  std::vector<NodeId> now = wanted();
  if (now.size() > rows_.size() && std::equal(rows_.begin(), rows_.end(), now.begin())) {
    beginInsertRows({}, static_cast<int>(rows_.size()), static_cast<int>(now.size()) - 1);
    rows_ = std::move(now);
    endInsertRows();
  } else if (now != rows_) {
    beginResetModel();
    rows_ = std::move(now);
    endResetModel();
    return;
  }
  if (!rows_.empty())
    Q_EMIT dataChanged(index(0, 0), index(static_cast<int>(rows_.size()) - 1, kColumns - 1));
}

void NodeTable::setTest(NodeTest test) {
  test_ = std::move(test);
  beginResetModel();
  rows_ = wanted();
  endResetModel();
}

int NodeTable::rowOf(NodeId node) const {
  const auto at = std::lower_bound(rows_.begin(), rows_.end(), node);
  return at != rows_.end() && *at == node ? static_cast<int>(at - rows_.begin()) : -1;
}

int NodeTable::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}
int NodeTable::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

QVariant NodeTable::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const NodeId node = rows_[static_cast<std::size_t>(index.row())];
  const SearchTree& tree = history_.tree();
  if (!tree.contains(node)) return {};
  const NodeFacts& facts = tree.node(node);
  if (role == kNodeRole) return node;
  if (role == Qt::TextAlignmentRole)
    return QVariant(index.column() == Step || index.column() == Source ? Qt::AlignLeft | Qt::AlignVCenter
                                                                       : Qt::AlignRight | Qt::AlignVCenter);
  if (role != Qt::DisplayRole && role != kSortRole) return {};
  const bool sorting = role == kSortRole;
  switch (index.column()) {
    case Number: return node;
    case Step: return fromUtf8(tree.label(facts.label));
    case Speedup:
      if (sorting) return tree.speedup(node);
      return facts.status == NodeStatus::Failed ? tr("failed") : speedupText(tree.speedup(node));
    case Measured:
      return sorting ? QVariant(static_cast<double>(facts.seconds))
                     : QVariant(duration(static_cast<double>(facts.seconds)));
    case Predicted:
      return sorting ? QVariant(static_cast<double>(facts.predictedSeconds))
                     : QVariant(duration(static_cast<double>(facts.predictedSeconds)));
    case Visits: return facts.visits;
    case Value: return sorting ? QVariant(facts.mean()) : QVariant(fixedText(facts.mean(), 3));
    case Depth: return facts.depth;
    case Sample: return sorting || facts.sample > 0 ? QVariant(facts.sample) : QVariant(QString());
    case Source: return fromUtf8(tree.label(facts.source));
    default: return {};
  }
}

QVariant NodeTable::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole)
    return QVariant(section == Step || section == Source ? Qt::AlignLeft | Qt::AlignVCenter
                                                         : Qt::AlignRight | Qt::AlignVCenter);
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  switch (section) {
    case Number: return tr("Node");
    case Step: return tr("Step");
    case Speedup: return tr("Speedup");
    case Measured: return tr("Measured");
    case Predicted: return tr("Predicted");
    case Visits: return tr("Visits");
    case Value: return tr("Value");
    case Depth: return tr("Depth");
    case Sample: return tr("Sample");
    case Source: return tr("Proposed by");
    default: return {};
  }
}

NodeOutline::NodeOutline(const History& history, QObject* parent)
    : QAbstractItemModel(parent), history_(history) {}

void NodeOutline::update() {
  const SearchTree& tree = history_.tree();
  if (rebuilds_ != history_.rebuilds() || tree.size() < items_.size()) {
    beginResetModel();
    items_.clear();
    endResetModel();
    rebuilds_ = history_.rebuilds();
  }
  for (NodeId id = static_cast<NodeId>(items_.size()); id < tree.size(); ++id) {
    const NodeId above = tree.node(id).parent;
    const bool top = above == kNoNode;
    const int row = top ? 0 : static_cast<int>(items_[above].children.size());
    beginInsertRows(top ? QModelIndex() : indexOf(above), row, row);
    items_.push_back({above, row, {}});
    if (!top) items_[above].children.push_back(id);
    endInsertRows();
  }
  if (!items_.empty()) Q_EMIT dataChanged(index(0, 0), index(0, columnCount() - 1));
}

QModelIndex NodeOutline::indexOf(NodeId node) const {
  return node < items_.size() ? createIndex(items_[node].row, 0, static_cast<quintptr>(node)) : QModelIndex();
}

NodeId NodeOutline::nodeAt(const QModelIndex& index) {
  return index.isValid() ? static_cast<NodeId>(index.internalId()) : kNoNode;
}

QModelIndex NodeOutline::index(int row, int column, const QModelIndex& parent) const {
  if (row < 0 || column < 0 || column >= columnCount() || row >= rowCount(parent)) return {};
  const NodeId node =
      parent.isValid() ? items_[nodeAt(parent)].children[static_cast<std::size_t>(row)] : kRootNode;
  return createIndex(row, column, static_cast<quintptr>(node));
}

QModelIndex NodeOutline::parent(const QModelIndex& index) const {
  return index.isValid() ? indexOf(items_[nodeAt(index)].parent) : QModelIndex();
}

int NodeOutline::rowCount(const QModelIndex& parent) const {
  if (!parent.isValid()) return items_.empty() ? 0 : 1;
  return parent.column() == 0 ? static_cast<int>(items_[nodeAt(parent)].children.size()) : 0;
}

int NodeOutline::columnCount(const QModelIndex&) const { return 4; }

QVariant NodeOutline::data(const QModelIndex& index, int role) const {
  const NodeId node = nodeAt(index);
  const SearchTree& tree = history_.tree();
  if (!tree.contains(node) || (role != Qt::DisplayRole && role != Qt::AccessibleTextRole)) return {};
  const NodeFacts& facts = tree.node(node);
  if (role == Qt::AccessibleTextRole)
    return tr("node %1, %2, %3, speedup %4, %5 visits")
        .arg(node)
        .arg(fromUtf8(tree.label(facts.label)), statusWords(facts), speedupText(tree.speedup(node)))
        .arg(facts.visits);
  switch (index.column()) {
    case 0: return QStringLiteral("%1  %2").arg(node).arg(fromUtf8(tree.label(facts.label)));
    case 1: return speedupText(tree.speedup(node));
    case 2: return facts.visits;
    case 3: return statusWords(facts);
    default: return {};
  }
}

QVariant NodeOutline::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  switch (section) {
    case 0: return tr("Node");
    case 1: return tr("Speedup");
    case 2: return tr("Visits");
    case 3: return tr("State");
    default: return {};
  }
}

}  // namespace espalier::ui
