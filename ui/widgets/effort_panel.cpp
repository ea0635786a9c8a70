// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/effort_panel.h"

#include <QHBoxLayout>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPushButton>
#include <QToolTip>
#include <QVBoxLayout>
#include <algorithm>

#include "models/figures.h"
#include "models/tree_display.h"
#include "widgets/elided_label.h"

namespace espalier::ui {
namespace {

constexpr int kEveryMilliseconds = 250;
constexpr double kNarrowest = 2;  ///< pixels of a bar
constexpr double kMostRowHeight = 26;
constexpr double kFewestLetters = 46;  ///< pixels of a bar that has words

}  // namespace

class EffortPanel::Picture : public QWidget {
 public:
  Picture(EffortPanel* panel, const History& history) : QWidget(panel), panel_(panel), history_(history) {
    setMinimumSize(160, 80);
    setAccessibleName(EffortPanel::tr("Icicle of the effort"));
  }

  void setTheme(const Theme& theme) {
    theme_ = theme;
    update();
  }
  void mark(NodeId node) {
    marked_ = node;
    update();
  }
  void setEffort(Effort effort) {
    effort_ = effort;
    rebuild();
  }
  void goUp() {
    root_ = kRootNode;
    rebuild();
  }
  void rebuild() {
    const SearchTree& tree = history_.tree();
    if (!tree.contains(root_)) root_ = kRootNode;
    icicle_ = icicleOf(tree, root_, effort_, kNarrowest / std::max(1, width()));
    update();
  }

 protected:
  void resizeEvent(QResizeEvent*) override { rebuild(); }

  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.fillRect(rect(), theme_.color(Ink::Canvas));
    if (icicle_.bars.empty()) {
      painter.setPen(theme_.color(Ink::TextFaint));
      painter.drawText(rect(), Qt::AlignCenter, EffortPanel::tr("Nothing was measured yet."));
      return;
    }
    const SearchTree& tree = history_.tree();
    for (const Icicle::Bar& bar : icicle_.bars) {
      if (!tree.contains(bar.node)) continue;
      const QRectF place = placeOf(bar);
      const NodeFacts& facts = tree.node(bar.node);
      const double heat = heatOf(tree, bar.node, Metric::Speedup);
      const QColor fill = facts.status == NodeStatus::Failed ? theme_.color(Ink::Failure)
                          : heat < 0                         ? theme_.color(Ink::NodeEmpty)
                                                             : theme_.heat(heat);
      painter.fillRect(place, fill);
      if (place.width() >= kFewestLetters && rowHeight() >= fontMetrics().height()) {
        painter.setPen(fill.lightness() > 125 ? QColor(20, 22, 24) : QColor(245, 246, 248));
        painter.drawText(place.adjusted(6, 0, -4, 0), Qt::AlignVCenter | Qt::AlignLeft,
                         fittingWords(bar.node, static_cast<int>(place.width()) - 10));
      }
      if (bar.node == marked_) {
        painter.setPen(QPen(theme_.color(Ink::Accent), 2.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(place.adjusted(1, 1, -1, -1));
      }
    }
  }

  bool event(QEvent* event) override {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    if (const Icicle::Bar* bar = at(help->pos())) {
      QString words = EffortPanel::tr("Node %1 · %2").arg(bar->node).arg(wordsOf(bar->node));
      words += QLatin1Char('\n') +
               EffortPanel::tr("%1 % of the effort").arg(fixedText((bar->to - bar->from) * 100, 1));
      if (bar->merged > 1)
        words += QLatin1Char('\n') + EffortPanel::tr("and its neighbours: %1 subtrees").arg(bar->merged);
      QToolTip::showText(help->globalPos(), words, this);
    } else {
      QToolTip::hideText();
    }
    return true;
  }

  void mousePressEvent(QMouseEvent* event) override {
    if (const Icicle::Bar* bar = at(event->position())) Q_EMIT panel_->nodeWanted(bar->node);
  }
  void mouseDoubleClickEvent(QMouseEvent* event) override {
    const Icicle::Bar* bar = at(event->position());
    if (bar == nullptr) return;
    const NodeId parent = history_.tree().node(root_).parent;
    root_ = bar->node != root_ ? bar->node : history_.tree().contains(parent) ? parent : kRootNode;
    rebuild();
  }

 private:
  [[nodiscard]] double rowHeight() const {
    return std::clamp(static_cast<double>(height() - 2) / std::max(1U, icicle_.rows), 3.0, kMostRowHeight);
  }
  [[nodiscard]] QRectF placeOf(const Icicle::Bar& bar) const {
    const double gap = (bar.to - bar.from) * width() > 4 ? 1 : 0;
    return {bar.from * width(), bar.row * rowHeight(), std::max(1.0, (bar.to - bar.from) * width() - gap),
            std::max(1.0, rowHeight() - 1)};
  }
  [[nodiscard]] const Icicle::Bar* at(const QPointF& position) const {
    for (const Icicle::Bar& bar : icicle_.bars)
      if (placeOf(bar).contains(position) && history_.tree().contains(bar.node)) return &bar;
    return nullptr;
  }
  [[nodiscard]] QString labelOf(NodeId node) const {
    const SearchTree& tree = history_.tree();
    return fromUtf8(tree.label(tree.node(node).label));
  }
  [[nodiscard]] QString figureOf(NodeId node) const {
    const SearchTree& tree = history_.tree();
    return tree.node(node).seconds > 0 ? speedupText(tree.speedup(node)) : QString();
  }
  [[nodiscard]] QString wordsOf(NodeId node) const {
    return QString(labelOf(node) + QLatin1Char(' ') + figureOf(node)).trimmed();
  }
  /// A figure is whole or left out: half of one says something else.
  [[nodiscard]] QString fittingWords(NodeId node, int width) const {
    for (const QString& words : {wordsOf(node), figureOf(node)})
      if (!words.isEmpty() && fontMetrics().horizontalAdvance(words) <= width) return words;
    return fontMetrics().elidedText(labelOf(node), Qt::ElideRight, width);
  }

  EffortPanel* panel_;
  const History& history_;
  Theme theme_ = Theme::light();
  Icicle icicle_;
  Effort effort_ = Effort::Samples;
  NodeId root_ = kRootNode;
  NodeId marked_ = kNoNode;
};

EffortPanel::EffortPanel(const History& history, TextService& texts, QWidget* parent)
    : Panel(history, texts, parent), effort_(new QComboBox(this)), picture_(new Picture(this, history)) {
  effort_->addItem(tr("Width: samples"), static_cast<int>(Effort::Samples));
  effort_->addItem(tr("Width: nodes"), static_cast<int>(Effort::Nodes));
  effort_->addItem(tr("Width: visits"), static_cast<int>(Effort::Visits));
  effort_->setAccessibleName(tr("What the width of a bar shows"));
  auto* words = new ElidedLabel(this);
  words->setText(tr("Each bar is a subtree; colour is speedup. Double click looks into it."));
  words->setForegroundRole(QPalette::PlaceholderText);
  auto* all = new QPushButton(tr("Show all"), this);
  auto* header = new QHBoxLayout;
  header->setContentsMargins(8, 5, 8, 5);
  header->setSpacing(10);
  header->addWidget(effort_);
  header->addWidget(words, 1);
  header->addWidget(all);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addLayout(header);
  column->addWidget(picture_, 1);
  timer_.setSingleShot(true);
  timer_.setInterval(kEveryMilliseconds);
  connect(&timer_, &QTimer::timeout, this, [this] { picture_->rebuild(); });
  connect(all, &QPushButton::clicked, this, [this] { picture_->goUp(); });
  connect(effort_, &QComboBox::currentIndexChanged, this,
          [this] { picture_->setEffort(static_cast<Effort>(effort_->currentData().toInt())); });
}

void EffortPanel::setTheme(const Theme& theme) {
  picture_->setTheme(theme);
  Panel::setTheme(theme);
}

void EffortPanel::refresh() {
  picture_->mark(node());
  if (!timer_.isActive()) timer_.start();
}

}  // namespace espalier::ui
