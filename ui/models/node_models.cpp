// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/node_models.h"

#include <algorithm>

#include "models/figures.h"

namespace espalier::ui {
namespace {

constexpr std::size_t kAtOnceNodes = 20000;  ///< are looked through in a few milliseconds
constexpr std::size_t kSliceNodes = 50000;

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
    : QAbstractTableModel(parent), history_(history), test_([](const History&, NodeId) { return true; }) {
  timer_.setInterval(0);
  connect(&timer_, &QTimer::timeout, this, [this] { look(kSliceNodes); });
}

void NodeTable::update() {
  if (timer_.isActive() && rebuilds_ == history_.rebuilds()) return;  // a look at all of them is under way
  begin();
  if (history_.tree().size() <= kAtOnceNodes) return look(history_.tree().size() + 1);
  timer_.start();
}

void NodeTable::setTest(NodeTest test) {
  test_ = std::move(test);
  timer_.stop();
  update();
}

void NodeTable::sort(int column, Qt::SortOrder order) {
  column_ = column;
  order_ = order;
  timer_.stop();
  update();
}

void NodeTable::begin() {
  timer_.stop();
  next_ = 0;
  wanted_ = 0;
  candidates_.clear();
  rebuilds_ = history_.rebuilds();
}

/// Texts are sorted by their first letters.
double NodeTable::keyOf(NodeId node) const {
  const SearchTree& tree = history_.tree();
  const NodeFacts& facts = tree.node(node);
  const auto rank = [](const std::string& text) {
    double value = 0;
    double weight = 1;
    for (std::size_t i = 0; i < 6; ++i, weight /= 256)
      value += i < text.size() ? weight * static_cast<unsigned char>(text[i]) : 0;
    return value;
  };
  switch (column_) {
    case Step: return rank(tree.label(facts.label));
    case Speedup: return tree.speedup(node);
    case Measured: return static_cast<double>(facts.seconds);
    case Predicted: return static_cast<double>(facts.predictedSeconds);
    case Visits: return facts.visits;
    case Value: return facts.mean();
    case Depth: return facts.depth;
    case Sample: return facts.sample;
    case Source: return rank(tree.label(facts.source));
    default: return node;
  }
}

bool NodeTable::before(const Candidate& a, const Candidate& b) const {
  if (a.key != b.key) return order_ == Qt::AscendingOrder ? a.key < b.key : a.key > b.key;
  return a.node < b.node;
}

void NodeTable::look(std::size_t nodes) {
  if (rebuilds_ != history_.rebuilds()) begin();
  const std::size_t end = std::min(history_.tree().size(), next_ + nodes);
  for (; next_ < end; ++next_) {
    if (!test_(history_, next_)) continue;
    ++wanted_;
    candidates_.push_back({keyOf(next_), next_});
    if (candidates_.size() >= 4 * kMostRows) keepFirst();
  }
  if (next_ >= history_.tree().size()) finish();
}

void NodeTable::keepFirst() {
  if (candidates_.size() <= kMostRows) return;
  std::nth_element(candidates_.begin(), candidates_.begin() + kMostRows, candidates_.end(),
                   [this](const Candidate& a, const Candidate& b) { return before(a, b); });
  candidates_.resize(kMostRows);
}

void NodeTable::finish() {
  timer_.stop();
  keepFirst();
  std::sort(candidates_.begin(), candidates_.end(),
            [this](const Candidate& a, const Candidate& b) { return before(a, b); });
  std::vector<NodeId> now;
  now.reserve(candidates_.size());
  for (const Candidate& candidate : candidates_) now.push_back(candidate.node);
  candidates_ = {};
  found_ = wanted_;
  if (now.size() > rows_.size() && std::equal(rows_.begin(), rows_.end(), now.begin())) {
    beginInsertRows({}, static_cast<int>(rows_.size()), static_cast<int>(now.size()) - 1);
    rows_ = std::move(now);
    endInsertRows();
  } else if (now.size() == rows_.size()) {
    rows_ = std::move(now);
  } else {
    beginResetModel();
    rows_ = std::move(now);
    endResetModel();
  }
  if (!rows_.empty())
    Q_EMIT dataChanged(index(0, 0), index(static_cast<int>(rows_.size()) - 1, kColumns - 1));
  Q_EMIT looked();
}

int NodeTable::rowOf(NodeId node) const {
  const auto at = std::find(rows_.begin(), rows_.end(), node);
  return at == rows_.end() ? -1 : static_cast<int>(at - rows_.begin());
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
  if (role != Qt::DisplayRole) return {};
  switch (index.column()) {
    case Number: return node;
    case Step: return fromUtf8(tree.label(facts.label));
    case Speedup: return facts.status == NodeStatus::Failed ? tr("failed") : speedupText(tree.speedup(node));
    case Measured: return duration(static_cast<double>(facts.seconds));
    case Predicted: return duration(static_cast<double>(facts.predictedSeconds));
    case Visits: return facts.visits;
    case Value: return fixedText(facts.mean(), 3);
    case Depth: return facts.depth;
    case Sample: return facts.sample > 0 ? QVariant(facts.sample) : QVariant(QString());
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
  if (rebuilds_ != history_.rebuilds() || (rooted_ && tree.size() == 0)) {
    beginResetModel();
    rooted_ = false;
    listed_.clear();
    places_.clear();
    structure_ = 0;
    endResetModel();
    rebuilds_ = history_.rebuilds();
  }
  if (!rooted_ && tree.size() > 0) {
    listing_ = true;
    beginInsertRows({}, 0, 0);
    rooted_ = true;
    places_[kRootNode] = {};
    endInsertRows();
    listing_ = false;
  }
  if (!rooted_) return;
  if (structure_ != tree.structureVersion()) {
    structure_ = tree.structureVersion();
    std::vector<NodeId> grown;
    for (const auto& [node, children] : listed_)
      if (tree.node(node).children > children.size()) grown.push_back(node);
    for (const NodeId node : grown) fetchMore(indexOf(node));
  }
  Q_EMIT dataChanged(index(0, 0), index(0, columnCount() - 1));
}

QModelIndex NodeOutline::reveal(NodeId node) {
  if (!history_.tree().contains(node)) return {};
  const std::vector<NodeId> path = history_.tree().pathToRoot(node);
  for (std::size_t step = path.size(); step-- > 1;)
    if (!places_.contains(path[step - 1])) fetchMore(indexOf(path[step]));
  return indexOf(node);
}

std::vector<NodeId> NodeOutline::unlisted(NodeId parent) const {
  std::vector<NodeId> nodes;
  const SearchTree& tree = history_.tree();
  const auto known = listed_.find(parent);
  const bool none = known == listed_.end() || known->second.empty();
  for (NodeId child = none ? tree.node(parent).firstChild : tree.node(known->second.back()).nextSibling;
       tree.contains(child); child = tree.node(child).nextSibling)
    nodes.push_back(child);
  return nodes;
}

bool NodeOutline::hasChildren(const QModelIndex& parent) const {
  if (!parent.isValid()) return rooted_;
  const NodeId node = nodeAt(parent);
  return parent.column() == 0 && history_.tree().contains(node) && history_.tree().node(node).children > 0;
}

bool NodeOutline::canFetchMore(const QModelIndex& parent) const {
  if (listing_ || !parent.isValid() || !hasChildren(parent)) return false;
  const auto known = listed_.find(nodeAt(parent));
  return known == listed_.end() || known->second.size() < history_.tree().node(nodeAt(parent)).children;
}

void NodeOutline::fetchMore(const QModelIndex& parent) {
  if (listing_ || !parent.isValid()) return;
  const NodeId node = nodeAt(parent);
  if (!history_.tree().contains(node)) return;
  const std::vector<NodeId> more = unlisted(node);
  if (more.empty()) return;
  std::vector<NodeId>& children = listed_[node];
  const int first = static_cast<int>(children.size());
  listing_ = true;
  beginInsertRows(indexOf(node), first, first + static_cast<int>(more.size()) - 1);
  for (const NodeId child : more) {
    places_[child] = {static_cast<int>(children.size()), node};
    children.push_back(child);
  }
  endInsertRows();
  listing_ = false;
}

QModelIndex NodeOutline::indexOf(NodeId node) const {
  const auto place = places_.find(node);
  return place == places_.end() ? QModelIndex()
                                : createIndex(place->second.row, 0, static_cast<quintptr>(node));
}

NodeId NodeOutline::nodeAt(const QModelIndex& index) {
  return index.isValid() ? static_cast<NodeId>(index.internalId()) : kNoNode;
}

QModelIndex NodeOutline::index(int row, int column, const QModelIndex& parent) const {
  if (row < 0 || column < 0 || column >= columnCount() || row >= rowCount(parent)) return {};
  const NodeId node =
      parent.isValid() ? listed_.at(nodeAt(parent))[static_cast<std::size_t>(row)] : kRootNode;
  return createIndex(row, column, static_cast<quintptr>(node));
}

QModelIndex NodeOutline::parent(const QModelIndex& index) const {
  const auto place = places_.find(nodeAt(index));
  return place == places_.end() ? QModelIndex() : indexOf(place->second.parent);
}

int NodeOutline::rowCount(const QModelIndex& parent) const {
  if (!parent.isValid()) return rooted_ ? 1 : 0;
  const auto known = listed_.find(nodeAt(parent));
  return parent.column() == 0 && known != listed_.end() ? static_cast<int>(known->second.size()) : 0;
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
