// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tree_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>
#include <utility>

#include "models/figures.h"
#include "models/tree_painter.h"

namespace espalier::ui {
namespace {

constexpr int kLayoutEveryMilliseconds = 100;
constexpr int kLayoutShare = 2;              ///< of its own time a layout waits until the next
constexpr std::size_t kAtOnceNodes = 20000;  ///< are laid out in a few milliseconds
constexpr double kReach = 12;                ///< pixels around the pointer in which a node is hit
constexpr int kDragDistance = 4;
constexpr int kNarrowestLabelled = 300;  ///< pixels of a picture; the minimap has no labels
constexpr double kZoomStep = 1.25;
constexpr double kSmallestColumn = 1e-6;
constexpr double kLargestColumn = 400;
constexpr std::uint32_t kFewestVisits = 2;  ///< below which subtrees are hidden first
constexpr std::uint32_t kMostVisits = 1U << 30;
constexpr int kScrollRange =
    1 << 20;  ///< scroll bars work in fractions, since columns outgrow their integers

}  // namespace

TreeView::TreeView(QWidget* parent) : QAbstractScrollArea(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Search tree"));
  setAccessibleDescription(tr("The outline panel holds the same tree for screen readers."));
  viewport()->setMouseTracking(true);
  viewport()->setAutoFillBackground(false);
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);  // the minimap shows what is in sight
  setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  horizontalScrollBar()->setSingleStep(kScrollRange / 40);
  verticalScrollBar()->setSingleStep(kScrollRange / 40);
  layoutTimer_.setObjectName(QStringLiteral("layout"));
  layoutTimer_.setSingleShot(true);
  connect(&layoutTimer_, &QTimer::timeout, this, &TreeView::requestLayout);
  connect(&worker_, &LayoutWorker::finished, this,
          [this](const std::shared_ptr<TreeLayout>& layout) { adoptLayout(std::move(*layout)); });
}

TreeView::~TreeView() = default;

void TreeView::setTree(const SearchTree* tree, TreeLayout layout) {
  worker_.cancel();
  layoutTimer_.stop();
  tree_ = tree;
  worker_.discard(std::exchange(layout_, {}));
  selected_ = second_ = hovered_ = kNoNode;
  root_ = kRootNode;
  folded_.clear();
  labelled_.clear();
  setComparing(false);
  fitted_ = true;
  requestedVersion_ = 0;
  if (layout.places.empty()) {
    requestLayout();
  } else {
    requestedVersion_ = tree_->structureVersion();
    adoptLayout(std::move(layout));
    if (hidden_ != kHideNothing || leastVisits_ > 0) requestLayout();
  }
  viewport()->update();
}

void TreeView::treeChanged() {
  if (tree_ == nullptr) return;
  if (layout_.places.empty() && !worker_.busy()) {
    requestLayout();
  } else {
    layOutSoon();
  }
  viewport()->update();
}

/// A layout under way is not given up because the tree grew meanwhile: under steady growth none would ever be
/// finished.
void TreeView::layOutSoon() {
  if (tree_->structureVersion() == requestedVersion_ || layoutTimer_.isActive() || worker_.busy()) return;
  layoutTimer_.start(std::max(kLayoutEveryMilliseconds, kLayoutShare * worker_.lastMilliseconds()));
}

void TreeView::treeReplaced() {
  const auto keep = [this](NodeId& node) {
    if (node != kNoNode && !tree_->contains(node)) node = kNoNode;
  };
  if (tree_ == nullptr) return;
  const NodeId before = selected_;
  keep(selected_);
  keep(second_);
  keep(hovered_);
  if (!tree_->contains(root_)) root_ = kRootNode;
  if (tree_->size() <= kAtOnceNodes) {
    worker_.cancel();
    layout_ = {};
    layOutNow();
  } else {
    // Nodes of one session keep their numbers, so the layout of another moment serves until the new one is
    // there.
    requestLayout();
  }
  if (selected_ != before) Q_EMIT selectionChanged(selected_);
  viewport()->update();
}

LayoutInput TreeView::layoutInput() const {
  LayoutInput input;
  if (tree_ == nullptr) return input;
  input.root = tree_->contains(root_) ? root_ : kRootNode;
  input.parents = tree_->parents().shared();
  input.folded.assign(folded_.begin(), folded_.end());
  if (hidden_ != kHideNothing || leastVisits_ > 0) {
    input.hidden.assign(tree_->size(), 0);
    for (NodeId id = 0; id < tree_->size(); ++id) {
      const NodeFacts& facts = tree_->node(id);
      input.hidden[id] = facts.visits < leastVisits_ || hides(facts) ? 1 : 0;
    }
    if (leastVisits_ > 0) revealWays(input.hidden);
  }
  return input;
}

void TreeView::revealWays(std::vector<std::uint8_t>& hidden) const {
  std::vector<NodeId> ends{root_, tree_->best(), selected_, second_};
  ends.insert(ends.end(), tree_->marked().begin(), tree_->marked().end());
  for (NodeId end : ends)
    for (; tree_->contains(end); end = tree_->node(end).parent)
      if (!hides(tree_->node(end))) hidden[end] = 0;
}

bool TreeView::hides(const NodeFacts& facts) const {
  const bool barren = facts.bestBelow == 0;
  return ((hidden_ & kHideFailed) != 0 && barren && facts.status == NodeStatus::Failed) ||
         ((hidden_ & kHidePruned) != 0 && facts.has(kPruned)) ||
         ((hidden_ & kHideUnmeasured) != 0 && barren && facts.status == NodeStatus::Predicted);
}

void TreeView::requestLayout() {
  layoutTimer_.stop();
  if (tree_ == nullptr || tree_->size() == 0) return;
  requestedVersion_ = tree_->structureVersion();
  worker_.request(layoutInput());
}

void TreeView::layOutNow() {
  if (tree_ == nullptr || tree_->size() == 0) return;
  requestedVersion_ = tree_->structureVersion();
  if (std::optional<TreeLayout> layout = layOut(layoutInput())) adoptLayout(std::move(*layout));
}

void TreeView::adoptLayout(TreeLayout layout) {
  if (tree_ == nullptr) return;
  // The node under the eye stays where it is: the selected one if it is in view, else the one nearest to the
  // middle.
  NodeId anchor = kNoNode;
  if (layout_.shows(selected_)) anchor = selected_;
  if (anchor == kNoNode && !layout_.places.empty()) anchor = at(QPointF(view_.width / 2, view_.height / 2));
  const bool held = anchor != kNoNode && layout_.shows(anchor) && layout.shows(anchor);
  const double before = held ? layout_.places[anchor].column : 0;
  worker_.discard(std::exchange(layout_, std::move(layout)));
  if (fitted_) {
    fit();
  } else if (held) {
    moveView(view_.left + layout_.places[anchor].column - before, view_.top);
  }
  followTree();
  updateScrollBars();
  viewport()->update();
  Q_EMIT viewMoved();
  Q_EMIT laidOutAnew();
  layOutSoon();
}

void TreeView::followTree() {
  if (tree_ == nullptr || fitted_) return;
  if (follow_ == Follow::Best && layout_.shows(tree_->best())) centreOn(tree_->best());
  if (follow_ == Follow::Newest && layout_.shows(static_cast<NodeId>(tree_->size() - 1)))
    centreOn(static_cast<NodeId>(tree_->size() - 1));
}

void TreeView::setTheme(const Theme& theme) {
  theme_ = theme;
  viewport()->update();
}

void TreeView::select(NodeId node, bool centre) {
  if (tree_ == nullptr || (node != kNoNode && !tree_->contains(node))) return;
  if (node != selected_) {
    selected_ = node;
    viewport()->update();
    Q_EMIT selectionChanged(node);
  }
  if (leastVisits_ > 0 && node != kNoNode && !layout_.shows(node)) requestLayout();
  if (!centre || !layout_.shows(node)) return;
  const double x = view_.x(layout_.places[node].column);
  const double y = view_.y(layout_.places[node].row);
  if (x < 20 || x > view_.width - 20 || y < 20 || y > view_.height - 20) centreOn(node);
}

void TreeView::compareWith(NodeId node) {
  if (tree_ == nullptr || (node != kNoNode && !tree_->contains(node))) return;
  setComparing(false);
  second_ = node == second_ ? kNoNode : node;
  viewport()->update();
  Q_EMIT secondChanged(second_);
}

void TreeView::fit() {
  view_ = fitting(layout_, viewport()->width(), viewport()->height());
  fitted_ = true;
  updateScrollBars();
  viewport()->update();
  Q_EMIT viewMoved();
}

void TreeView::centreOn(NodeId node) {
  if (!layout_.shows(node)) return;
  fitted_ = false;
  const TreeLayout::Place& place = layout_.places[node];
  moveView(place.column - view_.width / view_.columnWidth / 2,
           place.row - view_.height / view_.rowHeight / 2);
}

void TreeView::zoom(double factor, QPointF around) {
  const double column = view_.left + around.x() / view_.columnWidth;
  const double row = view_.top + around.y() / view_.rowHeight;
  const double width = std::clamp(view_.columnWidth * factor, kSmallestColumn, kLargestColumn);
  // Rows stop shrinking and growing before columns do: a deep tree stays readable while a wide one is
  // narrowed.
  const double height = std::clamp(view_.rowHeight * std::sqrt(width / view_.columnWidth), 4.0, 110.0);
  view_.columnWidth = width;
  view_.rowHeight = height;
  fitted_ = false;
  moveView(column - around.x() / width, row - around.y() / height);
}

void TreeView::scrollTo(double left, double top) {
  fitted_ = false;
  moveView(left, top);
}

void TreeView::moveView(double left, double top) {
  // At least a part of the tree stays in sight.
  const double columns = view_.width / view_.columnWidth;
  const double rows = view_.height / view_.rowHeight;
  view_.left =
      std::clamp(left, layout_.leftmost - columns * 0.8, layout_.leftmost + layout_.width - columns * 0.2);
  view_.top = std::clamp(top, -rows * 0.8, std::max(0.0, layout_.rows - rows * 0.2));
  updateScrollBars();
  viewport()->update();
  Q_EMIT viewMoved();
}

void TreeView::updateScrollBars() {
  updatingScrollBars_ = true;
  const auto set = [](QScrollBar* bar, double position, double seen, double from, double whole) {
    const double low = std::min(from, position);
    const double high = std::max(from + whole, position + seen);
    const double span = std::max(high - low, 1e-9);
    const int page = std::clamp(static_cast<int>(seen / span * kScrollRange), 1, kScrollRange);
    bar->setRange(0, kScrollRange - page);
    bar->setPageStep(page);
    bar->setValue(static_cast<int>((position - low) / span * kScrollRange));
  };
  set(horizontalScrollBar(), view_.left, view_.width / view_.columnWidth, layout_.leftmost - 1,
      layout_.width + 2);
  set(verticalScrollBar(), view_.top, view_.height / view_.rowHeight, -1, layout_.rows + 1);
  updatingScrollBars_ = false;
}

void TreeView::scrollContentsBy(int dx, int dy) {
  if (updatingScrollBars_) return;
  const double columns = std::max(layout_.width + 2, view_.width / view_.columnWidth);
  const double rows = std::max<double>(layout_.rows + 1, view_.height / view_.rowHeight);
  fitted_ = false;
  view_.left -= static_cast<double>(dx) / kScrollRange * columns;
  view_.top -= static_cast<double>(dy) / kScrollRange * rows;
  viewport()->update();
  Q_EMIT viewMoved();
}

void TreeView::setColourMetric(Metric metric) {
  colour_ = metric;
  viewport()->update();
  Q_EMIT optionsChanged();
}

void TreeView::setSizeMetric(Metric metric) {
  size_ = metric;
  viewport()->update();
}

void TreeView::setHidden(unsigned hidden) {
  hidden_ = hidden;
  requestLayout();
  Q_EMIT optionsChanged();
}

void TreeView::setLeastVisits(std::uint32_t visits) {
  if (visits == leastVisits_) return;
  leastVisits_ = visits;
  requestLayout();
  Q_EMIT optionsChanged();
}

void TreeView::setFollow(Follow follow) {
  follow_ = follow;
  if (follow != Follow::Nothing && fitted_) fitted_ = false;
  followTree();
}

void TreeView::toggleFolded(NodeId node) {
  if (tree_ == nullptr || !tree_->contains(node) || tree_->node(node).children == 0) return;
  if (!folded_.erase(node)) folded_.insert(node);
  requestLayout();
}

void TreeView::unfoldAll() {
  folded_.clear();
  root_ = kRootNode;
  leastVisits_ = 0;
  setHidden(kHideNothing);
}

void TreeView::hoist(NodeId node) {
  if (tree_ == nullptr || !tree_->contains(node)) return;
  root_ = node;
  fitted_ = true;
  requestLayout();
}

void TreeView::selectParent() {
  if (layout_.shows(selected_) && selected_ != layout_.root) select(layout_.places[selected_].parent, true);
}

void TreeView::selectChild() {
  if (!layout_.shows(selected_)) return select(layout_.root, true);
  const NodeId child = layout_.places[selected_].firstChild;
  if (child != LayoutInput::kNone) select(child, true);
}

void TreeView::selectSibling(int direction) {
  if (!layout_.shows(selected_) || selected_ == layout_.root) return;
  const NodeId parent = layout_.places[selected_].parent;
  NodeId previous = kNoNode;
  for (NodeId id = layout_.places[parent].firstChild; id != LayoutInput::kNone;
       id = layout_.places[id].nextSibling) {
    if (direction < 0 && id == selected_ && previous != kNoNode) return select(previous, true);
    if (direction > 0 && previous == selected_) return select(id, true);
    previous = id;
  }
}

void TreeView::selectNextBest(int direction) {
  if (tree_ == nullptr || tree_->best() == kNoNode) return;
  // Of those that are slower (or faster) than the selected one, the nearest to it in speed.
  const bool measured = tree_->contains(selected_) && tree_->node(selected_).seconds > 0;
  const auto key = [&](NodeId id) { return std::pair(tree_->node(id).seconds, id); };
  const auto before = [&](NodeId a, NodeId b) { return direction > 0 ? key(a) < key(b) : key(b) < key(a); };
  NodeId next = kNoNode;
  for (NodeId id = 0; id < tree_->size(); ++id) {
    if (tree_->node(id).seconds <= 0 || (measured && !before(selected_, id))) continue;
    if (next == kNoNode || before(id, next)) next = id;
  }
  select(next == kNoNode ? tree_->best() : next, true);
}

void TreeView::selectNextBookmark() {
  if (tree_ == nullptr || tree_->size() == 0) return;
  const auto size = static_cast<NodeId>(tree_->size());
  const NodeId from = tree_->contains(selected_) ? selected_ : size - 1;
  for (NodeId step = 1; step <= size; ++step)
    if (const NodeId id = (from + step) % size; tree_->node(id).has(kBookmarked)) return select(id, true);
}

void TreeView::setLabels(bool on) {
  labels_ = on;
  viewport()->update();
  Q_EMIT optionsChanged();
}

void TreeView::togglePathLabels() {
  if (tree_ == nullptr || !tree_->contains(selected_)) return;
  std::vector<NodeId> path = tree_->pathToRoot(selected_);
  std::sort(path.begin(), path.end());
  labelled_ = path == labelled_ ? std::vector<NodeId>() : std::move(path);
  viewport()->update();
}

void TreeView::setComparing(bool on) {
  if (on == comparing_) return;
  comparing_ = on;
  viewport()->setCursor(on ? Qt::CrossCursor : Qt::ArrowCursor);
  Q_EMIT comparingChanged(on);
}

std::vector<NodeId> TreeView::alwaysShown() const {
  std::vector<NodeId> nodes;
  if (tree_ == nullptr) return nodes;
  for (const NodeId id : {selected_, second_, hovered_})
    if (id != kNoNode) nodes.push_back(id);
  nodes.insert(nodes.end(), tree_->marked().begin(), tree_->marked().end());
  return nodes;
}

void TreeView::paintTo(QPainter& painter, const QSize& size, bool wholeTree) const {
  painter.fillRect(QRect(QPoint(), size), theme_.color(Ink::Canvas));
  if (tree_ == nullptr || !layout_.shows(layout_.root)) return paintNotice(painter);
  const Viewport view = wholeTree ? fitting(layout_, size.width(), size.height()) : view_;
  const std::vector<NodeId> always = alwaysShown();
  DisplayOptions options;
  options.colour = colour_;
  options.size = size_;
  options.always = always;
  if (size.width() >= kNarrowestLabelled) {
    options.cards = labels_;
    options.labelled = labelled_;
  } else {
    options.cards = false;
  }
  PaintState state;
  state.selected = selected_;
  state.second = second_;
  state.hovered = hovered_;
  state.focused = hasFocus();
  paintTree(painter, display(*tree_, layout_, view, options), theme_, font(), state);
}

void TreeView::paintNotice(QPainter& painter) const {
  painter.setPen(theme_.color(Ink::TextFaint));
  painter.drawText(viewport()->rect(), Qt::AlignCenter, tr("The search tree grows here."));
}

void TreeView::paintEvent(QPaintEvent*) {
  QPainter painter(viewport());
  paintTo(painter, viewport()->size(), false);
}

void TreeView::resizeEvent(QResizeEvent* event) {
  QAbstractScrollArea::resizeEvent(event);
  view_.width = viewport()->width();
  view_.height = viewport()->height();
  if (fitted_ && layout_.shows(layout_.root)) {
    fit();
  } else {
    updateScrollBars();
    Q_EMIT viewMoved();
  }
}

NodeId TreeView::at(const QPointF& position) const {
  if (tree_ == nullptr) return kNoNode;
  return nodeAt(layout_, view_, position.x(), position.y(), kReach, tree_->size()).value_or(kNoNode);
}

void TreeView::wheelEvent(QWheelEvent* event) {
  double steps = event->angleDelta().y() / 120.0;
  if (event->modifiers() & Qt::ControlModifier) steps *= 0.3;
  if (event->modifiers() & Qt::ShiftModifier) steps *= 3;
  if (steps != 0) zoom(std::pow(kZoomStep, steps), event->position());
  event->accept();
}

void TreeView::mousePressEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton || event->button() == Qt::MiddleButton) {
    dragFrom_ = event->position();
    dragged_ = false;
  }
}

void TreeView::mouseMoveEvent(QMouseEvent* event) {
  if (dragFrom_) {
    const QPointF moved = event->position() - *dragFrom_;
    if (!dragged_ && moved.manhattanLength() < kDragDistance) return;
    dragged_ = true;
    viewport()->setCursor(Qt::ClosedHandCursor);
    fitted_ = false;
    moveView(view_.left - moved.x() / view_.columnWidth, view_.top - moved.y() / view_.rowHeight);
    dragFrom_ = event->position();
    return;
  }
  if (const NodeId node = at(event->position()); node != hovered_) {
    hovered_ = node;
    if (!comparing_) viewport()->setCursor(node == kNoNode ? Qt::ArrowCursor : Qt::PointingHandCursor);
    viewport()->update();
  }
}

void TreeView::mouseReleaseEvent(QMouseEvent* event) {
  const bool click = dragFrom_ && !dragged_;
  dragFrom_.reset();
  viewport()->setCursor(comparing_ ? Qt::CrossCursor : Qt::ArrowCursor);
  if (!click || event->button() != Qt::LeftButton) return;
  const NodeId node = at(event->position());
  if (event->modifiers() & Qt::ControlModifier || (comparing_ && node != kNoNode)) return compareWith(node);
  if (node != kNoNode) select(node);
}

void TreeView::mouseDoubleClickEvent(QMouseEvent* event) {
  const NodeId node = at(event->position());
  if (node == kNoNode) return fit();
  toggleFolded(node);
  Q_EMIT activated(node);
}

void TreeView::contextMenuEvent(QContextMenuEvent* event) {
  const bool mouse = event->reason() == QContextMenuEvent::Mouse;
  const NodeId node = mouse ? at(event->pos()) : selected_;
  if (node == kNoNode) return;
  select(node, !mouse);
  if (mouse || !layout_.shows(node)) return Q_EMIT contextMenuRequested(node, event->globalPos());
  const TreeLayout::Place& place = layout_.places[node];
  const QPointF beside(view_.x(place.column) + kReach, view_.y(place.row) + kReach);
  Q_EMIT contextMenuRequested(node, viewport()->mapToGlobal(beside.toPoint()));
}

void TreeView::focusInEvent(QFocusEvent* event) {
  QAbstractScrollArea::focusInEvent(event);
  viewport()->update();
}

void TreeView::focusOutEvent(QFocusEvent* event) {
  QAbstractScrollArea::focusOutEvent(event);
  viewport()->update();
}

void TreeView::keyPressEvent(QKeyEvent* event) {
  const bool shift = event->modifiers() & Qt::ShiftModifier;
  if (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier))
    return QAbstractScrollArea::keyPressEvent(event);
  switch (event->key()) {
    case Qt::Key_Up: return selectParent();
    case Qt::Key_Down: return selectChild();
    case Qt::Key_Left: return selectSibling(-1);
    case Qt::Key_Right: return selectSibling(1);
    case Qt::Key_R: return select(layout_.root, true);
    case Qt::Key_C: return centreOn(selected_);
    case Qt::Key_Z: return fit();
    case Qt::Key_F: return setHidden(hidden_ ^ kHideFailed);
    case Qt::Key_Less: return setLeastVisits(leastVisits_ <= kFewestVisits ? 0 : leastVisits_ / 2);
    case Qt::Key_Greater: return setLeastVisits(std::clamp(2 * leastVisits_, kFewestVisits, kMostVisits));
    case Qt::Key_U: return unfoldAll();
    case Qt::Key_H:
      return shift ? hoist(root_ == kRootNode ? selected_ : kRootNode) : toggleFolded(selected_);
    case Qt::Key_N: return selectNextBest(shift ? -1 : 1);
    case Qt::Key_B: return selectNextBookmark();
    case Qt::Key_L: return shift ? togglePathLabels() : setLabels(!labels_);
    case Qt::Key_V: return setComparing(!comparing_);
    case Qt::Key_Plus:
    case Qt::Key_Equal: return zoom(kZoomStep, QPointF(view_.width / 2, view_.height / 2));
    case Qt::Key_Minus: return zoom(1 / kZoomStep, QPointF(view_.width / 2, view_.height / 2));
    default: QAbstractScrollArea::keyPressEvent(event);
  }
}

QString TreeView::toolTipFor(NodeId node) const {
  const NodeFacts& facts = tree_->node(node);
  QStringList lines{tr("Node %1 · %2").arg(node).arg(QString::fromStdString(tree_->label(facts.label)))};
  if (facts.seconds > 0)
    lines << tr("Measured: %1, %2 as fast as p0")
                 .arg(duration(static_cast<double>(facts.seconds)), speedupText(tree_->speedup(node)));
  if (facts.predictedSeconds > 0)
    lines << tr("Predicted: %1").arg(duration(static_cast<double>(facts.predictedSeconds)));
  if (facts.status == NodeStatus::Failed) lines << tr("Failed on the hardware");
  lines << tr("Visits: %1").arg(facts.visits);
  return lines.join(QLatin1Char('\n'));
}

bool TreeView::viewportEvent(QEvent* event) {
  if (event->type() == QEvent::ToolTip && tree_ != nullptr) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const NodeId node = at(help->pos());
    node == kNoNode ? QToolTip::hideText()
                    : QToolTip::showText(help->globalPos(), toolTipFor(node), viewport());
    return true;
  }
  if (event->type() == QEvent::Leave && hovered_ != kNoNode) {
    hovered_ = kNoNode;
    viewport()->update();
  }
  return QAbstractScrollArea::viewportEvent(event);
}

}  // namespace espalier::ui
