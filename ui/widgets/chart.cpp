// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/chart.h"

#include <QChart>
#include <QChartView>
#include <QGraphicsLayout>
#include <QLegend>
#include <QLegendMarker>
#include <QLineSeries>
#include <QLogValueAxis>
#include <QScatterSeries>
#include <QToolTip>
#include <QVBoxLayout>
#include <QValueAxis>
#include <algorithm>
#include <cmath>

namespace espalier::ui {
namespace {

constexpr qsizetype kMostPoints = 600;  ///< of a series: each point costs Qt Charts some 20 us

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

}  // namespace

Chart::Chart(QWidget* parent) : QWidget(parent), view_(new QChartView(this)) {
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
  content_ = content;
  rebuild();
}

void Chart::mark(NodeId node) {
  if (node == marked_) return;
  marked_ = node;
  rebuild();
}

void Chart::rebuild() {
  auto* chart = new QChart;
  chart->setBackgroundBrush(theme_.color(Ink::Canvas));
  chart->setBackgroundRoundness(0);
  chart->setMargins(QMargins(4, 4, 10, 2));
  chart->layout()->setContentsMargins(0, 0, 0, 0);
  QFont small = font();
  small.setPointSizeF(std::max(7.5, font().pointSizeF() - 1));
  chart->legend()->setVisible(content_.series.size() > 1);
  chart->legend()->setLabelColor(theme_.color(Ink::Text));
  chart->legend()->setFont(small);
  chart->legend()->setAlignment(Qt::AlignTop);
  chart->legend()->setContentsMargins(0, 0, 0, 0);

  double left = 0;
  double right = 0;
  double bottom = 0;
  double top = 0;
  bool any = false;
  QList<QAbstractSeries*> all;
  for (const ChartSeries& series : content_.series) {
    QList<QPointF> points;
    for (const QPointF& point : series.points) {
      if (content_.logarithmic && (point.x() <= 0 || point.y() <= 0)) continue;
      points.append(point);
      left = any ? std::min(left, point.x()) : point.x();
      right = any ? std::max(right, point.x()) : point.x();
      bottom = any ? std::min(bottom, point.y()) : point.y();
      top = any ? std::max(top, point.y()) : point.y();
      any = true;
    }
    points = thinned(points);
    QXYSeries* made = nullptr;
    if (series.look == ChartSeries::Look::Dots) {
      auto* dots = new QScatterSeries;
      dots->setMarkerSize(7);
      QColor fill = theme_.color(series.ink);
      fill.setAlpha(190);
      dots->setColor(fill);
      dots->setBorderColor(theme_.color(Ink::Canvas));
      made = dots;
    } else {
      made = new QLineSeries;
      made->setPen(QPen(theme_.color(series.ink), 2));
      if (series.look == ChartSeries::Look::Steps) points = stairs(points);
    }
    made->setName(series.name);
    made->replace(points);
    if (!series.nodes.empty()) {
      connect(made, &QXYSeries::clicked, this,
              [this, where = series.points, nodes = series.nodes](const QPointF& at) {
                std::size_t nearest = 0;
                double least = 1e300;
                for (std::size_t i = 0; i < nodes.size() && i < static_cast<std::size_t>(where.size()); ++i) {
                  const QPointF apart = where[static_cast<qsizetype>(i)] - at;
                  if (const double distance = QPointF::dotProduct(apart, apart); distance < least) {
                    least = distance;
                    nearest = i;
                  }
                }
                Q_EMIT nodeWanted(nodes[nearest]);
              });
      connect(made, &QXYSeries::hovered, this, [this, name = series.name](const QPointF& at, bool on) {
        if (on)
          QToolTip::showText(
              QCursor::pos(),
              QStringLiteral("%1: %2, %3").arg(name).arg(at.x(), 0, 'g', 4).arg(at.y(), 0, 'g', 4));
      });
    }
    all.append(made);
    chart->addSeries(made);
    const auto at = std::find(series.nodes.begin(), series.nodes.end(), marked_);
    if (marked_ != kNoNode && at != series.nodes.end()) {
      auto* ring = new QScatterSeries;
      ring->setMarkerSize(13);
      ring->setColor(Qt::transparent);
      ring->setPen(QPen(theme_.color(Ink::Accent), 2));
      ring->append(series.points[at - series.nodes.begin()]);
      all.append(ring);
      chart->addSeries(ring);
      for (QLegendMarker* marker : chart->legend()->markers(ring)) marker->setVisible(false);
    }
  }
  if (content_.diagonal && any) {
    left = bottom = std::min(left, bottom);
    right = top = std::max(right, top);
    auto* line = new QLineSeries;
    line->setPen(QPen(theme_.color(Ink::TextFaint), 1, Qt::DashLine));
    line->replace(QList<QPointF>{{left, left}, {right, right}});
    all.append(line);
    chart->addSeries(line);
    for (QLegendMarker* marker : chart->legend()->markers(line)) marker->setVisible(false);
  }

  const auto axis = [&](double from, double to, const QString& title, Qt::Alignment side) {
    QAbstractAxis* made = nullptr;
    if (content_.logarithmic && any) {
      auto* logarithmic = new QLogValueAxis;
      logarithmic->setBase(10);
      logarithmic->setRange(from * 0.8, std::max(to * 1.25, from * 10));
      logarithmic->setLabelFormat(QStringLiteral("%g"));
      logarithmic->setMinorTickCount(8);
      logarithmic->setMinorGridLineVisible(false);
      made = logarithmic;
    } else {
      const Scale scale = niceScale(std::min(0.0, from), any ? to : 1);
      auto* linear = new QValueAxis;
      linear->setRange(scale.from, scale.to);
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
  axis(left, right, content_.horizontal, Qt::AlignBottom);
  axis(bottom, top, content_.vertical, Qt::AlignLeft);

  QChart* old = view_->chart();
  view_->setChart(chart);
  view_->setBackgroundBrush(theme_.color(Ink::Canvas));
  delete old;
}

}  // namespace espalier::ui
