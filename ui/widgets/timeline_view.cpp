// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/timeline_view.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QWheelEvent>
#include <algorithm>
#include <array>
#include <cmath>

#include "models/figures.h"

namespace espalier::ui {
namespace {

constexpr std::array kKinds{WorkSpan::Kind::Propose, WorkSpan::Kind::Build, WorkSpan::Kind::Measure};
constexpr double kMostLaneHeight = 40;
constexpr double kBetweenKinds = 10;
constexpr double kAxis = 22;
constexpr double kTop = 10;
constexpr double kShortest = 20;  ///< milliseconds that may fill the whole width
constexpr int kDragDistance = 4;

QString nameOf(WorkSpan::Kind kind) {
  switch (kind) {
    case WorkSpan::Kind::Propose: return TimelineView::tr("propose");
    case WorkSpan::Kind::Build: return TimelineView::tr("build");
    case WorkSpan::Kind::Measure: return TimelineView::tr("measure");
  }
  return {};
}

Ink inkOf(const WorkSpan& span) {
  if (span.failed) return Ink::Failure;
  switch (span.kind) {
    case WorkSpan::Kind::Propose: return Ink::Series4;
    case WorkSpan::Kind::Build: return Ink::Series2;
    case WorkSpan::Kind::Measure: return Ink::Series1;
  }
  return Ink::Series1;
}

}  // namespace

/// Where everything stands in a picture of some size.
struct TimelineView::Frame {
  Frame(const WorkTimeline& timeline, const QFontMetrics& metrics, const QSize& size, Range range)
      : seen(range) {
    int widest = 0;
    for (const auto kind : kKinds) widest = std::max(widest, metrics.horizontalAdvance(nameOf(kind)));
    left = widest + 22;
    right = size.width() - 14.0;
    std::uint32_t lanes = 0;
    for (const auto kind : kKinds) lanes += timeline.lanes(kind);
    const double room = size.height() - kTop - kAxis - 2 * kBetweenKinds;
    lane = std::clamp(room / lanes, 1.0, kMostLaneHeight);
    double y = kTop;
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
      top[i] = y;
      y += lane * timeline.lanes(kKinds[i]) + kBetweenKinds;
    }
    bottom = y - kBetweenKinds + 4;
  }
  [[nodiscard]] double x(double milliseconds) const {
    return left + (milliseconds - seen.from) / (seen.to - seen.from) * (right - left);
  }
  [[nodiscard]] double time(double x) const {
    return seen.from + (x - left) / (right - left) * (seen.to - seen.from);
  }
  [[nodiscard]] QRectF place(const WorkSpan& span) const {
    const double begin = x(static_cast<double>(span.began));
    const double end = std::max(x(static_cast<double>(span.ended)), begin + 1.5);
    const double y = top[static_cast<std::size_t>(span.kind)] + lane * span.lane;
    return {begin, y, end - begin, std::max(1.0, lane - (lane > 4 ? 2 : 0))};
  }

  Range seen;
  double left = 0;
  double right = 0;
  double lane = 0;
  double bottom = 0;
  std::array<double, kKinds.size()> top{};
};

TimelineView::TimelineView(const WorkTimeline& timeline, QWidget* parent)
    : QWidget(parent), timeline_(timeline) {
  setMinimumSize(160, 100);
  setAccessibleName(tr("Timeline of proposing, building and measuring"));
}

void TimelineView::setTheme(const Theme& theme) {
  theme_ = theme;
  update();
}

void TimelineView::showUntil(std::size_t entries) {
  shown_ = timeline_.spansUntil(entries);
  update();
}

void TimelineView::mark(NodeId node) {
  const std::vector<WorkSpan>& spans = timeline_.spans();
  if (node != marked_ || lookedAt_ > spans.size()) {
    lookedAt_ = 0;
    markedSpan_.reset();
  }
  marked_ = node;
  for (; lookedAt_ < spans.size(); ++lookedAt_)
    if (spans[lookedAt_].node == node && spans[lookedAt_].kind == WorkSpan::Kind::Measure)
      markedSpan_ = static_cast<std::uint32_t>(lookedAt_);
  update();
}

std::span<const std::uint32_t> TimelineView::lane(WorkSpan::Kind kind, std::uint32_t number,
                                                  double time) const {
  const std::span<const std::uint32_t> all = timeline_.lane(kind, number);
  const auto end = std::lower_bound(all.begin(), all.end(), shown_);
  const auto begin = std::lower_bound(all.begin(), end, time, [this](std::uint32_t place, double from) {
    return static_cast<double>(timeline_.spans()[place].ended) <= from;
  });
  return {begin, end};
}

TimelineView::Range TimelineView::whole() const {
  std::int64_t from = INT64_MAX;
  std::int64_t to = INT64_MIN;
  for (const auto kind : kKinds)
    for (std::uint32_t number = 0; number < timeline_.lanes(kind); ++number) {
      const std::span<const std::uint32_t> shown = lane(kind, number, 0);
      if (shown.empty()) continue;
      from = std::min(from, timeline_.spans()[shown.front()].began);
      to = std::max(to, timeline_.spans()[shown.back()].ended);
    }
  if (from > to) return {0, 1000};
  return {static_cast<double>(from), static_cast<double>(std::max(to, from + 1))};
}

void TimelineView::setSeen(Range range) {
  const Range all = whole();
  const double width =
      std::clamp(range.to - range.from, std::min(kShortest, all.to - all.from), all.to - all.from);
  const double from = std::clamp(range.from, all.from, all.to - width);
  zoomed_ = Range{from, from + width};
  if (width >= all.to - all.from) zoomed_.reset();
  update();
}

void TimelineView::paintTo(QPainter& painter, const QSize& size) const {
  painter.fillRect(QRect(QPoint(), size), theme_.color(Ink::Canvas));
  const QFontMetrics metrics(font());
  const Range range = seen();
  const Frame frame(timeline_, metrics, size, range);
  painter.setFont(font());
  if (shown_ == 0) {
    painter.setPen(theme_.color(Ink::TextFaint));
    painter.drawText(QRect(QPoint(), size), Qt::AlignCenter, tr("Nothing was built or measured yet."));
    return;
  }
  painter.setPen(theme_.color(Ink::TextFaint));
  for (std::size_t i = 0; i < kKinds.size(); ++i)
    painter.drawText(QRectF(0, frame.top[i], frame.left - 10, frame.lane * timeline_.lanes(kKinds[i]) - 2),
                     Qt::AlignRight | Qt::AlignVCenter, nameOf(kKinds[i]));
  // Round steps of time, counted from the first span.
  const double zero = whole().from;
  const double rough = (range.to - range.from) / std::max(2.0, (frame.right - frame.left) / 90);
  double step = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {2.0, 5.0, 10.0})
    if (step < rough) step = std::pow(10, std::floor(std::log10(rough))) * factor;
  for (double at = std::ceil((range.from - zero) / step) * step; at <= range.to - zero + 1e-6; at += step) {
    const double x = frame.x(zero + at);
    painter.setPen(theme_.color(Ink::Border));
    painter.drawLine(QPointF(x, kTop - 4), QPointF(x, frame.bottom));
    painter.setPen(theme_.color(Ink::TextFaint));
    const QString words = at == 0 ? tr("0 s") : duration(at / 1e3);
    const double wide = metrics.horizontalAdvance(words) + 2.0;
    const double left = std::min(x - wide / 2, size.width() - wide - 4);
    painter.drawText(QRectF(left, frame.bottom + 2, wide, kAxis), Qt::AlignHCenter | Qt::AlignTop, words);
  }
  painter.save();
  painter.setClipRect(QRectF(frame.left, 0, frame.right - frame.left, size.height()));
  // Of spans that fall into the same pixel of a lane only the first is drawn.
  painter.setPen(Qt::NoPen);
  for (const auto kind : kKinds)
    for (std::uint32_t number = 0; number < timeline_.lanes(kind); ++number)
      for (auto rest = lane(kind, number, range.from); !rest.empty();) {
        const WorkSpan& span = timeline_.spans()[rest.front()];
        const QRectF place = frame.place(span);
        if (place.left() > frame.right) break;
        painter.setBrush(theme_.color(inkOf(span)));
        painter.drawRect(place.adjusted(0, 0, place.width() > 3 ? -0.7 : 0, 0));
        rest = rest.subspan(1);
        if (rest.empty() ||
            frame.x(static_cast<double>(timeline_.spans()[rest.front()].ended)) > place.right() - 0.5)
          continue;
        rest = lane(kind, number, frame.time(place.right() - 0.5));
      }
  if (markedSpan_ && *markedSpan_ < shown_) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme_.color(Ink::Text), 1.5));
    painter.drawRect(frame.place(timeline_.spans()[*markedSpan_]).adjusted(-2, -2, 2, 2));
  }
  painter.restore();
}

void TimelineView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  paintTo(painter, size());
}

const WorkSpan* TimelineView::at(const QPointF& position) const {
  const Frame frame(timeline_, fontMetrics(), size(), seen());
  constexpr double kReach = 3;  ///< pixels; short spans are drawn wider than they are
  for (const auto kind : kKinds) {
    const auto number = static_cast<std::int64_t>(
        std::floor((position.y() - frame.top[static_cast<std::size_t>(kind)]) / frame.lane));
    if (number < 0 || number >= timeline_.lanes(kind)) continue;
    const WorkSpan* found = nullptr;
    for (const std::uint32_t place :
         lane(kind, static_cast<std::uint32_t>(number), frame.time(position.x() - kReach))) {
      const WorkSpan& span = timeline_.spans()[place];
      if (frame.x(static_cast<double>(span.began)) > position.x() + kReach) break;
      if (frame.place(span).adjusted(-1.5, -1, 1.5, 1).contains(position)) found = &span;
    }
    return found;
  }
  return nullptr;
}

bool TimelineView::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  const WorkSpan* span = at(help->pos());
  if (span == nullptr) {
    QToolTip::hideText();
    return true;
  }
  QString words = span->sample > 0
                      ? tr("%1 sample %2, node %3").arg(nameOf(span->kind)).arg(span->sample).arg(span->node)
                      : tr("%1 for node %2").arg(nameOf(span->kind)).arg(span->node);
  words += QStringLiteral(": ") + duration(static_cast<double>(span->ended - span->began) / 1e3);
  if (span->failed) words += QStringLiteral(", ") + tr("failed");
  QToolTip::showText(help->globalPos(), words, this);
  return true;
}

void TimelineView::wheelEvent(QWheelEvent* event) {
  const Range range = seen();
  const Frame frame(timeline_, fontMetrics(), size(), range);
  const double centre = frame.time(event->position().x());
  const double factor = std::pow(0.8, event->angleDelta().y() / 120.0);
  setSeen({centre - (centre - range.from) * factor, centre + (range.to - centre) * factor});
  event->accept();
}

void TimelineView::mousePressEvent(QMouseEvent* event) {
  dragFrom_ = event->position();
  dragged_ = false;
}

void TimelineView::mouseMoveEvent(QMouseEvent* event) {
  if (!dragFrom_) return;
  const double moved = event->position().x() - dragFrom_->x();
  if (!dragged_ && std::abs(moved) < kDragDistance) return;
  dragged_ = true;
  const Range range = seen();
  const Frame frame(timeline_, fontMetrics(), size(), range);
  const double by = moved / (frame.right - frame.left) * (range.to - range.from);
  if (zoomed_) setSeen({range.from - by, range.to - by});
  dragFrom_ = event->position();
}

void TimelineView::mouseReleaseEvent(QMouseEvent* event) {
  const bool click = dragFrom_ && !dragged_;
  dragFrom_.reset();
  if (!click) return;
  if (const WorkSpan* span = at(event->position())) Q_EMIT nodeWanted(span->node);
}

void TimelineView::mouseDoubleClickEvent(QMouseEvent*) { showAll(); }

void TimelineView::showAll() {
  zoomed_.reset();
  update();
}

}  // namespace espalier::ui
