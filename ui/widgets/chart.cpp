// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/chart.h"

#include <QAreaSeries>
#include <QChart>
#include <QChartView>
#include <QGraphicsLayout>
#include <QLegend>
#include <QLegendMarker>
#include <QLineSeries>
#include <QLogValueAxis>
#include <QMouseEvent>
#include <QRubberBand>
#include <QScatterSeries>
#include <QToolTip>
#include <QVBoxLayout>
#include <QValueAxis>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

namespace espalier::ui {
namespace {

constexpr qsizetype kMostPoints = 600;  ///< of a series: each point costs Qt Charts some 20 us
constexpr double kReach = 14;           ///< pixels around the pointer in which a point is hit
constexpr double kBarHalf = 0.4;
constexpr double kRoom = 0.18;  ///< share of an axis beyond the outermost points, for the size of their marks

QList<QPointF> thinned(const QList<QPointF>& points) {
  if (points.size() <= kMostPoints) return points;
  QList<QPointF> kept;
  const qsizetype stride = points.size() / kMostPoints + 1;
  for (qsizetype i = 0; i < points.size(); i += stride) kept.append(points[i]);
  kept.append(points.back());
  return kept;
}

QList<QPointF> stairs(const QList<QPointF>& points) {
  QList<QPointF> steps;
  for (const QPointF& point : points) {
    if (!steps.isEmpty()) steps.append(QPointF(point.x(), steps.back().y()));
    steps.append(point);
  }
  return steps;
}

QList<QPointF> bars(const QList<QPointF>& points) {
  QList<QPointF> outline;
  for (const QPointF& point : points)
    outline << QPointF(point.x() - kBarHalf, 0) << QPointF(point.x() - kBarHalf, point.y())
            << QPointF(point.x() + kBarHalf, point.y()) << QPointF(point.x() + kBarHalf, 0);
  return outline;
}

/// Round numbers around a range, with at most six steps.
struct Scale {
  double from = 0;
  double to = 1;
  double step = 0.2;
};
Scale niceScale(double from, double to) {
  if (to <= from) to = from + 1;
  const double rough = (to - from) / 5;
  const double decade = std::pow(10, std::floor(std::log10(rough)));
  double step = decade * 10;
  for (const double candidate : {1.0, 2.0, 5.0})
    if (candidate * decade >= rough) {
      step = candidate * decade;
      break;
    }
  return {std::floor(from / step) * step, std::ceil(to / step) * step, step};
}

QString quoted(const QString& text) {
  QString inner = text;
  inner.replace(QLatin1Char('"'), QStringLiteral("\"\""));
  return QLatin1Char('"') + inner + QLatin1Char('"');
}

}  // namespace

QString asCsv(const ChartContent& content) {
  const auto number = [](double value) { return QString::number(value, 'g', 12); };
  QString text = QStringLiteral("\"series\",%1,%2,\"node\"\r\n")
                     .arg(quoted(content.horizontal), quoted(content.vertical));
  for (const ChartSeries& series : content.series)
    for (qsizetype i = 0; i < series.points.size(); ++i) {
      const auto index = static_cast<std::size_t>(i);
      text += quoted(series.name) + QLatin1Char(',') + number(series.points[i].x()) + QLatin1Char(',') +
              number(series.points[i].y()) + QLatin1Char(',');
      if (index < series.nodes.size()) text += QString::number(series.nodes[index]);
      text += QStringLiteral("\r\n");
    }
  return text;
}

class Chart::View : public QChartView {
 public:
  explicit View(Chart* owner) : QChartView(owner), owner_(owner), band_(QRubberBand::Rectangle, viewport()) {
    setMouseTracking(true);
    viewport()->setMouseTracking(true);
  }

 protected:
  void wheelEvent(QWheelEvent* event) override {
    owner_->zoom(std::pow(0.8, event->angleDelta().y() / 120.0), event->position());
    event->accept();
  }
  void mousePressEvent(QMouseEvent* event) override {
    if (event->button() == Qt::LeftButton) from_ = event->pos();
  }
  void mouseMoveEvent(QMouseEvent* event) override {
    if (from_) {
      const QRect frame = QRect(*from_, event->pos()).normalized();
      band_.setGeometry(frame);
      band_.setVisible(isFrame(frame));
      return;
    }
    const auto nearest = owner_->nearestTo(event->position());
    viewport()->setCursor(nearest ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (!nearest) return QToolTip::hideText();
    const ChartSeries& series = owner_->content_.series[nearest->series];
    const QPointF point = series.points[nearest->point];
    const auto index = static_cast<std::size_t>(nearest->point);
    QString words = Chart::tr("%1: %2 %3, %4 %5")
                        .arg(series.name)
                        .arg(point.x(), 0, 'g', 5)
                        .arg(owner_->content_.horizontal)
                        .arg(point.y(), 0, 'g', 5)
                        .arg(owner_->content_.vertical);
    if (index < series.nodes.size()) words += Chart::tr("\nnode %1").arg(series.nodes[index]);
    QToolTip::showText(event->globalPosition().toPoint(), words, this);
  }
  void mouseReleaseEvent(QMouseEvent* event) override {
    if (!from_ || event->button() != Qt::LeftButton) return;
    const QRect frame = QRect(*from_, event->pos()).normalized();
    from_.reset();
    band_.hide();
    if (isFrame(frame)) return owner_->zoomInto(frame);
    const auto nearest = owner_->nearestTo(event->position());
    if (!nearest) return;
    const ChartSeries& series = owner_->content_.series[nearest->series];
    if (const auto index = static_cast<std::size_t>(nearest->point); index < series.nodes.size())
      Q_EMIT owner_->nodeWanted(series.nodes[index]);
  }
  void mouseDoubleClickEvent(QMouseEvent*) override { owner_->resetZoom(); }

 private:
  static bool isFrame(const QRect& frame) { return frame.width() > 6 && frame.height() > 6; }

  Chart* owner_;
  QRubberBand band_;
  std::optional<QPoint> from_;
};

Chart::Chart(QWidget* parent) : QWidget(parent), view_(new View(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(view_);
  view_->setFrameShape(QFrame::NoFrame);
  view_->setRenderHint(QPainter::Antialiasing);
  view_->setMinimumSize(160, 100);
}

void Chart::setTheme(const Theme& theme) {
  theme_ = theme;
  rebuild();
}

void Chart::show(const ChartContent& content) {
  // Another pair of axes is another picture: what was zoomed into means nothing there.
  if (content.horizontal != content_.horizontal || content.vertical != content_.vertical ||
      content.logarithmicX != content_.logarithmicX || content.logarithmicY != content_.logarithmicY)
    zoomed_.reset();
  content_ = content;
  rebuild();
}

void Chart::mark(NodeId node) {
  if (node == marked_) return;
  marked_ = node;
  rebuild();
}

void Chart::resetZoom() {
  zoomed_.reset();
  rebuild();
}

void Chart::paintTo(QPainter& painter, const QSize& size) const {
  painter.fillRect(QRect(QPoint(), size), theme_.color(Ink::Canvas));
  view_->scene()->render(&painter, QRectF(QPointF(), size), view_->sceneRect(), Qt::KeepAspectRatio);
}

QRectF Chart::extent() const {
  const auto range = [this](Qt::Orientation orientation) -> std::pair<double, double> {
    const auto axes = view_->chart()->axes(orientation);
    if (axes.isEmpty()) return {0, 1};
    if (const auto* scale = qobject_cast<QLogValueAxis*>(axes.constFirst()))
      return {std::log10(scale->min()), std::log10(scale->max())};
    const auto* scale = qobject_cast<QValueAxis*>(axes.constFirst());
    return {scale->min(), scale->max()};
  };
  const auto [left, right] = range(Qt::Horizontal);
  const auto [low, high] = range(Qt::Vertical);
  return {left, low, right - left, high - low};
}

/// There are axes, and they were laid out.
bool Chart::isDrawn() const {
  return !view_->chart()->axes().isEmpty() && !view_->chart()->plotArea().isEmpty();
}

QPointF Chart::valueAt(const QPointF& position) const {
  const QPointF where = view_->chart()->mapFromScene(view_->mapToScene(position.toPoint()));
  const QRectF plot = view_->chart()->plotArea();
  const QRectF seen = extent();
  return {seen.left() + (where.x() - plot.left()) / plot.width() * seen.width(),
          seen.top() + (plot.bottom() - where.y()) / plot.height() * seen.height()};
}

void Chart::zoom(double factor, const QPointF& around) {
  if (!isDrawn()) return;
  const QRectF now = extent();
  const QPointF centre = valueAt(around);
  zoomed_ = QRectF(centre + (now.topLeft() - centre) * factor, now.size() * factor);
  rebuild();
}

void Chart::zoomInto(const QRectF& frame) {
  if (!isDrawn()) return;
  zoomed_ = QRectF(valueAt(frame.bottomLeft()), valueAt(frame.topRight())).normalized().intersected(extent());
  if (zoomed_->width() <= 0 || zoomed_->height() <= 0) zoomed_.reset();
  rebuild();
}

std::optional<Chart::Nearest> Chart::nearestTo(const QPointF& position) const {
  QChart* chart = view_->chart();
  const QPointF where = chart->mapFromScene(view_->mapToScene(position.toPoint()));
  if (!isDrawn() || !chart->plotArea().adjusted(-8, -8, 8, 8).contains(where)) return std::nullopt;
  const QRectF plot = chart->plotArea();
  const QRectF seen = extent();
  const auto positionOf = [&](const QPointF& value) {
    const double x = content_.logarithmicX ? std::log10(value.x()) : value.x();
    const double y = content_.logarithmicY ? std::log10(value.y()) : value.y();
    return QPointF(plot.left() + (x - seen.left()) / seen.width() * plot.width(),
                   plot.bottom() - (y - seen.top()) / seen.height() * plot.height());
  };
  std::optional<Nearest> nearest;
  double least = kReach * kReach;
  for (std::size_t i = 0; i < content_.series.size(); ++i) {
    const ChartSeries& series = content_.series[i];
    if (series.look == ChartSeries::Look::Dashes) continue;
    for (qsizetype point = 0; point < series.points.size(); ++point) {
      const QPointF& value = series.points[point];
      if ((content_.logarithmicX && value.x() <= 0) || (content_.logarithmicY && value.y() <= 0)) continue;
      const QPointF apart = positionOf(value) - where;
      double distance = QPointF::dotProduct(apart, apart);
      // A point that leads to a node is worth more than one of a line.
      if (series.nodes.empty()) distance += 30;
      if (distance < least) {
        least = distance;
        nearest = Nearest{i, point};
      }
    }
  }
  return nearest;
}

QFont Chart::smallFont() const {
  QFont small = font();
  small.setPointSizeF(std::max(7.5, font().pointSizeF() - 1));
  return small;
}

double Chart::baseFor(double low, double high, Qt::Orientation orientation) const {
  constexpr int kAround = 80;  // pixels beside the plot: legend, title and labels
  const QFontMetrics metrics(smallFont());
  const double mark = orientation == Qt::Vertical ? 1.8 * metrics.height()
                                                  : 1.5 * metrics.horizontalAdvance(QStringLiteral("10000"));
  const double room = (orientation == Qt::Vertical ? height() : width()) - kAround;
  // Less than two decades would have one round number or none.
  double base = high / low < 100 ? 2 : 10;
  const auto crowded = [&] { return std::log(high / low) / std::log(base) * mark > room; };
  while (base < 1e6 && crowded()) base = base < 10 ? base * 2 : base * 10;
  return base;
}

void Chart::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  for (const QAbstractAxis* axis : view_->chart()->axes())
    if (const auto* scale = qobject_cast<const QLogValueAxis*>(axis))
      if (scale->base() != baseFor(scale->min(), scale->max(), axis->orientation())) return rebuild();
}

void Chart::rebuild() {
  auto* chart = new QChart;
  chart->setBackgroundBrush(theme_.color(Ink::Canvas));
  chart->setBackgroundRoundness(0);
  chart->setMargins(QMargins(4, 2, 12, 2));
  chart->layout()->setContentsMargins(0, 0, 0, 0);
  const QFont small = smallFont();
  chart->legend()->setVisible(content_.series.size() > 1);
  chart->legend()->setLabelColor(theme_.color(Ink::Text));
  chart->legend()->setFont(small);
  chart->legend()->setAlignment(Qt::AlignTop);
  chart->legend()->setContentsMargins(0, 0, 0, 0);
  chart->legend()->setMarkerShape(QLegend::MarkerShapeFromSeries);

  double left = 0;
  double right = 0;
  double bottom = 0;
  double top = 0;
  bool any = false;
  QList<QAbstractSeries*> all;
  const auto add = [&](QAbstractSeries* series, bool named) {
    all.append(series);
    chart->addSeries(series);
    if (!named)
      for (QLegendMarker* marker : chart->legend()->markers(series)) marker->setVisible(false);
  };
  for (const ChartSeries& series : content_.series) {
    QList<QPointF> points;
    for (const QPointF& point : series.points) {
      if ((content_.logarithmicX && point.x() <= 0) || (content_.logarithmicY && point.y() <= 0)) continue;
      points.append(point);
      if (!series.framed) continue;
      if (series.look != ChartSeries::Look::Dashes) {
        left = any ? std::min(left, point.x()) : point.x();
        right = any ? std::max(right, point.x()) : point.x();
      }
      bottom = any ? std::min(bottom, point.y()) : point.y();
      top = any ? std::max(top, point.y()) : point.y();
      any = true;
    }
    points = thinned(points);
    if (series.look == ChartSeries::Look::Bars) {
      auto* upper = new QLineSeries(chart);
      upper->replace(bars(points));
      auto* area = new QAreaSeries(upper);
      area->setName(series.name);
      area->setColor(theme_.color(series.ink));
      area->setBorderColor(theme_.color(series.ink));
      if (any) {
        left -= kBarHalf;
        right += kBarHalf;
      }
      add(area, series.listed);
      continue;
    }
    QXYSeries* made = nullptr;
    if (series.look == ChartSeries::Look::Dots) {
      auto* dots = new QScatterSeries;
      dots->setMarkerSize(8);
      QColor fill = theme_.color(series.ink);
      fill.setAlpha(190);
      dots->setColor(fill);
      dots->setBorderColor(theme_.color(Ink::Canvas));
      made = dots;
    } else {
      made = new QLineSeries;
      const bool dashes = series.look == ChartSeries::Look::Dashes;
      made->setPen(QPen(theme_.color(series.ink), dashes ? 1.5 : 2, dashes ? Qt::DashLine : Qt::SolidLine));
      if (series.look == ChartSeries::Look::Steps) points = stairs(points);
    }
    made->setName(series.name);
    made->replace(points);
    add(made, series.listed);
    const auto at = std::find(series.nodes.begin(), series.nodes.end(), marked_);
    if (marked_ == kNoNode || at == series.nodes.end()) continue;
    const QPointF point = series.points[at - series.nodes.begin()];
    if ((content_.logarithmicX && point.x() <= 0) || (content_.logarithmicY && point.y() <= 0)) continue;
    auto* ring = new QScatterSeries;
    ring->setMarkerSize(14);
    ring->setColor(Qt::transparent);
    ring->setPen(QPen(theme_.color(Ink::Accent), 2));
    ring->append(point);
    add(ring, false);
  }
  // What is counted along the axis may never have happened: no token was spent by a search without a model.
  if (!any || (left == 0 && right == 0)) {
    chart->removeAllSeries();
    chart->legend()->hide();
    chart->setTitle(tr("Nothing to draw yet."));
    chart->setTitleBrush(theme_.color(Ink::TextFaint));
    chart->setTitleFont(font());
    return adopt(chart);
  }
  if (content_.diagonal) {
    left = bottom = std::min(left, bottom);
    right = top = std::max(right, top);
    auto* line = new QLineSeries;
    line->setPen(QPen(theme_.color(Ink::TextFaint), 1, Qt::DashLine));
    line->replace(QList<QPointF>{{left, left}, {right, right}});
    add(line, false);
  }

  const auto axis = [&](bool logarithmic, double from, double to,
                        std::optional<std::pair<double, double>> zoomed, const QString& title,
                        Qt::Alignment side) {
    QAbstractAxis* made = nullptr;
    if (logarithmic) {
      const double room = std::max(1.25, std::pow(to / from, kRoom));
      double low = from / room;
      double high = std::max(to * room, from * 4);
      if (zoomed) {
        low = std::pow(10, zoomed->first);
        high = std::pow(10, zoomed->second);
      }
      auto* scale = new QLogValueAxis;
      const double base = baseFor(low, high, side == Qt::AlignBottom ? Qt::Horizontal : Qt::Vertical);
      scale->setBase(base);
      scale->setRange(low, high);
      scale->setLabelFormat(QStringLiteral("%g"));
      scale->setMinorTickCount(base == 10 ? 8 : 0);
      scale->setMinorGridLineVisible(false);
      made = scale;
    } else {
      const Scale scale =
          zoomed ? niceScale(zoomed->first, zoomed->second) : niceScale(std::min(0.0, from), to);
      auto* linear = new QValueAxis;
      // Across, the axis ends shortly behind the last point; upwards at a round number or above it.
      const bool lies = side == Qt::AlignBottom;
      const double begin = lies ? std::min(0.0, from) : scale.from;
      const double end = lies ? to + 0.02 * (to - begin) : std::max(scale.to, to + kRoom * (to - begin));
      linear->setRange(zoomed ? zoomed->first : begin, zoomed ? zoomed->second : end);
      linear->setTickType(QValueAxis::TicksDynamic);
      linear->setTickAnchor(0);
      linear->setTickInterval(scale.step);
      linear->setLabelFormat(scale.step >= 1 ? QStringLiteral("%.0f") : QStringLiteral("%.3g"));
      made = linear;
    }
    made->setTitleText(title);
    made->setTitleFont(small);
    made->setTitleBrush(theme_.color(Ink::TextFaint));
    made->setLabelsFont(small);
    made->setLabelsColor(theme_.color(Ink::TextFaint));
    made->setGridLineColor(theme_.color(Ink::Border));
    made->setLinePenColor(theme_.color(Ink::Border));
    chart->addAxis(made, side);
    for (QAbstractSeries* series : all) series->attachAxis(made);
  };
  std::optional<std::pair<double, double>> across;
  std::optional<std::pair<double, double>> up;
  if (zoomed_) {
    across.emplace(zoomed_->left(), zoomed_->right());
    up.emplace(zoomed_->top(), zoomed_->bottom());
  }
  axis(content_.logarithmicX, left, right, across, content_.horizontal, Qt::AlignBottom);
  axis(content_.logarithmicY, bottom, top, up, content_.vertical, Qt::AlignLeft);

  adopt(chart);
}

void Chart::adopt(QChart* chart) {
  QChart* old = view_->chart();
  view_->setChart(chart);
  view_->setBackgroundBrush(theme_.color(Ink::Canvas));
  delete old;
}

}  // namespace espalier::ui
