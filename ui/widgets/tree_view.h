// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractScrollArea>
#include <QElapsedTimer>
#include <QTimer>
#include <memory>
#include <set>

#include "models/theme.h"
#include "models/tree_display.h"
#include "widgets/layout_worker.h"

namespace espalier::ui {

/// What is left out of the picture; a bit each.
enum Hiding : unsigned {
  kHideNothing = 0,
  kHideFailed = 1,      ///< failed, with nothing measured below
  kHidePruned = 2,      ///< pruned, and what is below
  kHideUnmeasured = 4,  ///< never measured, with nothing measured below
};

/// What the view keeps in sight while the tree grows.
enum class Follow { Nothing, Best, Newest };

/// The live search tree. Paints a display list of what is in view, so that its cost follows the size of the
/// window and not that of the tree; layouts are computed on a worker and replaced whole, with the node under
/// the eye held where it is.
class TreeView : public QAbstractScrollArea {
  Q_OBJECT

 public:
  explicit TreeView(QWidget* parent = nullptr);
  ~TreeView() override;

  /// The tree must outlive the view or be replaced; null shows an empty canvas.
  /// With a layout of the whole tree, if it is at hand already.
  void setTree(const SearchTree* tree, TreeLayout layout = {});
  /// Call after events were applied to the tree; cheap.
  void treeChanged();
  /// Call after the tree was built anew from other events of the same session, so that nodes may have
  /// vanished.
  void treeReplaced();
  void setTheme(const Theme& theme);

  [[nodiscard]] NodeId selected() const { return selected_; }
  [[nodiscard]] NodeId second() const { return second_; }
  [[nodiscard]] const TreeLayout& treeLayout() const { return layout_; }
  [[nodiscard]] const Viewport& viewportState() const { return view_; }
  [[nodiscard]] Metric colourMetric() const { return colour_; }
  [[nodiscard]] Metric sizeMetric() const { return size_; }
  [[nodiscard]] unsigned hidden() const { return hidden_; }
  [[nodiscard]] std::uint32_t leastVisits() const { return leastVisits_; }
  /// Nodes that have a place in the picture; fewer than there are if some are hidden, folded or not hoisted.
  [[nodiscard]] std::size_t laidOut() const {
    return layout_.shows(layout_.root) ? layout_.places[layout_.root].below : 0;
  }
  [[nodiscard]] bool showsLabels() const { return labels_; }
  /// The next node that is clicked is compared with the selected one.
  [[nodiscard]] bool comparing() const { return comparing_; }
  [[nodiscard]] Follow follow() const { return follow_; }
  [[nodiscard]] NodeId hoisted() const { return root_; }
  /// Everything below the node folded away by the user.
  [[nodiscard]] bool isFolded(NodeId node) const { return folded_.contains(node); }

  /// Paints the current view (or the whole tree, fitted) with any painter: for PNG, PDF and SVG.
  void paintTo(QPainter& painter, const QSize& size, bool wholeTree) const;
  /// Computes the layout now, on this thread: for pictures without an event loop.
  void layOutNow();

 public Q_SLOTS:
  void select(espalier::NodeId node, bool centre = false);
  void compareWith(espalier::NodeId node);
  void fit();
  void centreOn(espalier::NodeId node);
  void zoom(double factor, QPointF around);
  void setColourMetric(espalier::ui::Metric metric);
  void setSizeMetric(espalier::ui::Metric metric);
  /// Bits of Hiding.
  void setHidden(unsigned hidden);
  /// Subtrees whose root was visited less often are left out, but for the way to the best node, to the
  /// selected one and to those that are pinned or bookmarked. 0 shows all.
  void setLeastVisits(std::uint32_t visits);
  void setFollow(espalier::ui::Follow follow);
  void toggleFolded(espalier::NodeId node);
  void unfoldAll();
  /// Draws only the subtree; kRootNode shows everything again.
  void hoist(espalier::NodeId node);
  void selectParent();
  void selectChild();
  void selectSibling(int direction);
  /// The next slower measured node (direction > 0) or the next faster one.
  void selectNextBest(int direction);
  void selectNextBookmark();
  void setLabels(bool on);
  /// Whole cards along the path from the selected node to the root, at any scale; again takes them away.
  void togglePathLabels();
  void setComparing(bool on);
  void scrollTo(double left, double top);

 Q_SIGNALS:
  void selectionChanged(espalier::NodeId node);
  void secondChanged(espalier::NodeId node);
  void activated(espalier::NodeId node);
  void contextMenuRequested(espalier::NodeId node, const QPoint& globalPosition);
  /// The part of the layout in view moved or the layout changed: for the minimap.
  void viewMoved();
  void laidOutAnew();
  void comparingChanged(bool on);
  /// What is hidden or how nodes are labelled and coloured changed, by a key or from outside.
  void optionsChanged();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;
  bool viewportEvent(QEvent* event) override;
  void scrollContentsBy(int dx, int dy) override;

 private:
  [[nodiscard]] LayoutInput layoutInput() const;
  [[nodiscard]] bool hides(const NodeFacts& facts) const;
  void revealWays(std::vector<std::uint8_t>& hidden) const;
  void requestLayout();
  void layOutSoon();
  void adoptLayout(TreeLayout layout);
  void followTree();
  void updateScrollBars();
  void moveView(double left, double top);
  void paintNotice(QPainter& painter) const;
  [[nodiscard]] NodeId at(const QPointF& position) const;
  [[nodiscard]] std::vector<NodeId> alwaysShown() const;
  [[nodiscard]] QString toolTipFor(NodeId node) const;

  const SearchTree* tree_ = nullptr;
  Theme theme_ = Theme::light();
  TreeLayout layout_;
  Viewport view_;
  LayoutWorker worker_;
  QTimer layoutTimer_;
  std::uint64_t requestedVersion_ = 0;
  NodeId root_ = kRootNode;
  NodeId selected_ = kNoNode;
  NodeId second_ = kNoNode;
  NodeId hovered_ = kNoNode;
  std::set<NodeId> folded_;
  Metric colour_ = Metric::Speedup;
  Metric size_ = Metric::Visits;
  Follow follow_ = Follow::Nothing;
  unsigned hidden_ = kHideNothing;
  std::uint32_t leastVisits_ = 0;
  bool labels_ = true;
  bool comparing_ = false;
  std::vector<NodeId> labelled_;  ///< sorted
  bool fitted_ = true;            ///< the view shows the whole tree and goes on doing so as it grows
  bool updatingScrollBars_ = false;
  std::optional<QPointF> dragFrom_;
  bool dragged_ = false;
};

}  // namespace espalier::ui
