// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>
#include <span>

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
  /// Spans that the first `entries` of the session's digest tell of are shown.
  void showUntil(std::size_t entries);
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
  /// The spans of a lane that are shown, from the first that ends after `time`.
  [[nodiscard]] std::span<const std::uint32_t> lane(WorkSpan::Kind kind, std::uint32_t number,
                                                    double time) const;
  [[nodiscard]] const WorkSpan* at(const QPointF& position) const;
  void setSeen(Range range);

  const WorkTimeline& timeline_;
  Theme theme_ = Theme::light();
  std::size_t shown_ = 0;  ///< spans
  NodeId marked_ = kNoNode;
  std::optional<std::uint32_t> markedSpan_;  ///< its latest measurement
  std::size_t lookedAt_ = 0;                 ///< spans among which that was looked for
  std::optional<Range> zoomed_;
  std::optional<QPointF> dragFrom_;
  bool dragged_ = false;
};

}  // namespace espalier::ui
