// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/node_lists.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QScrollBar>
#include <QVBoxLayout>
#include <algorithm>
#include <array>

#include "models/figures.h"

namespace espalier::ui {
namespace {

constexpr int kEveryMilliseconds = 200;
constexpr int kCellMargins = 16;     ///< pixels of a column beside its words
constexpr int kHeadingMargins = 24;  ///< with the sign of sorting
constexpr int kFewestLetters = 14;   ///< of a step
constexpr int kMostLetters = 26;

}  // namespace

TablePanel::TablePanel(const History& history, TextService& texts, QWidget* parent)
    : Panel(history, texts, parent),
      model_(new NodeTable(history, this)),
      view_(new QTableView(this)),
      query_(new QLineEdit(this)),
      answer_(new QLabel(this)) {
  view_->setModel(model_);
  view_->setSortingEnabled(true);
  view_->sortByColumn(NodeTable::Speedup, Qt::DescendingOrder);
  view_->setSelectionBehavior(QAbstractItemView::SelectRows);
  view_->setSelectionMode(QAbstractItemView::SingleSelection);
  view_->setShowGrid(false);
  view_->setAlternatingRowColors(true);
  view_->setFrameShape(QFrame::NoFrame);
  view_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  view_->setAccessibleName(tr("Nodes"));
  view_->verticalHeader()->hide();
  view_->verticalHeader()->setMinimumSectionSize(fontMetrics().height() + 6);
  view_->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 6);
  view_->horizontalHeader()->setHighlightSections(false);
  view_->horizontalHeader()->setDefaultSectionSize(fontMetrics().averageCharWidth() * kFewestLetters);
  view_->horizontalHeader()->setStretchLastSection(true);
  // As wide as the heading and the longest usual value, so that all columns are in sight in a small window.
  const std::array<std::pair<int, const char*>, 8> widest{{{NodeTable::Number, "000000"},
                                                           {NodeTable::Speedup, "10,000×"},
                                                           {NodeTable::Measured, "100.0 ms"},
                                                           {NodeTable::Predicted, "100.0 ms"},
                                                           {NodeTable::Visits, "000000"},
                                                           {NodeTable::Value, "0.000"},
                                                           {NodeTable::Depth, "000"},
                                                           {NodeTable::Sample, "00000"}}};
  for (const auto& [column, value] : widest) {
    const QString heading = model_->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
    view_->setColumnWidth(column,
                          std::max(fontMetrics().horizontalAdvance(heading) + kHeadingMargins,
                                   fontMetrics().horizontalAdvance(QString::fromUtf8(value)) + kCellMargins));
  }
  query_->setPlaceholderText(tr("Filter: speedup > 3 and has Vectorize and not failed"));
  query_->setClearButtonEnabled(true);
  query_->setAccessibleName(tr("Filter of nodes"));
  answer_->setForegroundRole(QPalette::PlaceholderText);
  auto* header = new QHBoxLayout;
  header->setContentsMargins(8, 5, 8, 5);
  header->setSpacing(10);
  header->addWidget(query_, 1);
  header->addWidget(answer_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addLayout(header);
  column->addWidget(view_, 1);
  timer_.setSingleShot(true);
  timer_.setInterval(kEveryMilliseconds);
  connect(&timer_, &QTimer::timeout, this, &TablePanel::updateNow);
  connect(query_, &QLineEdit::textChanged, this, &TablePanel::applyQuery);
  connect(model_, &NodeTable::looked, this, &TablePanel::looked);
  connect(view_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
          [this](const QModelIndex& index) {
            if (!selecting_ && index.isValid()) Q_EMIT nodeWanted(index.data(NodeTable::kNodeRole).toUInt());
          });
}

void TablePanel::focusQuery() {
  query_->setFocus();
  query_->selectAll();
}

void TablePanel::applyQuery() {
  const auto test = parseNodeQuery(query_->text().toStdString());
  understood_ = test.has_value();
  if (!test) return answer_->setText(fromUtf8(test.error().message));
  selecting_ = true;
  model_->setTest(*test);
  selecting_ = false;
}

void TablePanel::resizeEvent(QResizeEvent* event) {
  Panel::resizeEvent(event);
  const QHeaderView* header = view_->horizontalHeader();
  const int last = NodeTable::kColumns - 1;
  const QString heading = model_->headerData(last, Qt::Horizontal, Qt::DisplayRole).toString();
  const int others = header->length() - header->sectionSize(NodeTable::Step) - header->sectionSize(last) +
                     fontMetrics().horizontalAdvance(heading) + kHeadingMargins + kCellMargins / 4;
  const int letter = fontMetrics().averageCharWidth();
  const int room = width() - view_->verticalScrollBar()->sizeHint().width() - others;
  view_->setColumnWidth(NodeTable::Step, std::clamp(room, kFewestLetters * letter, kMostLetters * letter));
}

void TablePanel::refresh() {
  if (!timer_.isActive()) timer_.start();
}

void TablePanel::updateNow() {
  selecting_ = true;
  model_->update();
  selecting_ = false;
}

void TablePanel::looked() {
  selecting_ = true;
  const auto found = static_cast<std::int64_t>(model_->found());
  if (understood_)
    answer_->setText(model_->found() > NodeTable::kMostRows
                         ? tr("the first %1 of %2 nodes").arg(grouped(model_->rowCount()), grouped(found))
                         : tr("nodes: %1").arg(grouped(found)));
  selectRow();
  selecting_ = false;
}

void TablePanel::selectRow() {
  const int row = model_->rowOf(node());
  if (row < 0) return view_->clearSelection();
  const QModelIndex index = model_->index(row, 0);
  if (view_->currentIndex().row() == index.row()) return;
  view_->selectionModel()->setCurrentIndex(index,
                                           QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

OutlinePanel::OutlinePanel(const History& history, TextService& texts, QWidget* parent)
    : Panel(history, texts, parent), model_(new NodeOutline(history, this)), view_(new QTreeView(this)) {
  view_->setModel(model_);
  view_->setFrameShape(QFrame::NoFrame);
  view_->setUniformRowHeights(true);
  view_->setAccessibleName(tr("Outline of the search tree"));
  view_->setColumnWidth(0, 260);
  for (int column = 1; column < model_->columnCount(); ++column)
    view_->setColumnWidth(column,
                          std::max(view_->columnWidth(column), view_->header()->sectionSizeHint(column)));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(view_);
  timer_.setSingleShot(true);
  timer_.setInterval(kEveryMilliseconds);
  connect(&timer_, &QTimer::timeout, this, &OutlinePanel::updateNow);
  connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& index) {
            if (!selecting_ && index.isValid()) Q_EMIT nodeWanted(NodeOutline::nodeAt(index));
          });
}

void OutlinePanel::refresh() {
  if (!timer_.isActive()) timer_.start();
}

void OutlinePanel::updateNow() {
  selecting_ = true;
  const bool first = model_->rowCount() == 0;
  model_->update();
  if (first) view_->expandToDepth(2);
  if (const QModelIndex index = model_->reveal(node()); index.isValid()) {
    if (NodeOutline::nodeAt(view_->currentIndex()) != node()) view_->setCurrentIndex(index);
  }
  selecting_ = false;
}

}  // namespace espalier::ui
