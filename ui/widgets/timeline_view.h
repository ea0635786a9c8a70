// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>

#include "models/theme.h"
#include "models/work_timeline.h"

namespace espalier::ui {

/// When was proposed, built and measured, in lanes over time. The wheel zooms at the pointer, dragging moves,
/// a double click shows everything; a click selects the node.
class TimelineView : public QWidget {
  Q_OBJECT

 public:
  explicit TimelineView(const WorkTimeline& timeline, QWidget* parent = nullptr);
  void setTheme(const Theme& theme);
  /// Spans told of by events up to this one are shown.
  void showUntil(std::uint64_t sequence);
  void mark(NodeId node);
  void showAll();
  void paintTo(QPainter& painter, const QSize& size) const;

 Q_SIGNALS:
  void nodeWanted(espalier::NodeId node);

 protected:
  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;

 private:
  struct Range {
    double from = 0;  ///< milliseconds since 1970
    double to = 1;
  };
  struct Frame;
  [[nodiscard]] Range whole() const;
  [[nodiscard]] Range seen() const { return zoomed_.value_or(whole()); }
  [[nodiscard]] const WorkSpan* at(const QPointF& position) const;
  void setSeen(Range range);

  const WorkTimeline& timeline_;
  Theme theme_ = Theme::light();
  std::uint64_t until_ = UINT64_MAX;
  NodeId marked_ = kNoNode;
  std::optional<Range> zoomed_;
  std::optional<QPointF> dragFrom_;
  bool dragged_ = false;
};

}  // namespace espalier::ui
