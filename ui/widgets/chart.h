// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QPointF>
#include <QRectF>
#include <QString>
#include <QWidget>
#include <optional>
#include <vector>

#include "models/theme.h"
#include "search/node_id.h"

class QChart;
class QPainter;

namespace espalier::ui {

/// One line or cloud of points of a chart.
struct ChartSeries {
  enum class Look { Line, Steps, Dots, Bars, Dashes };
  QString name;
  Ink ink = Ink::Series1;
  Look look = Look::Line;
  QList<QPointF> points;
  std::vector<NodeId> nodes;  ///< of each point, so that a click selects it; may be empty
  bool listed = true;         ///< in the legend
  bool framed = true;         ///< the axes reach as far as it does
};

struct ChartContent {
  QString horizontal;  ///< titles of the axes, with units
  QString vertical;
  bool logarithmicX = false;  ///< points that are not positive are left out
  bool logarithmicY = false;
  bool diagonal = false;  ///< a line where both are equal
  std::vector<ChartSeries> series;
};

/// RFC 4180, with the axes' titles as heads of the columns; numbers as the C locale writes them.
[[nodiscard]] QString asCsv(const ChartContent& content);

/// The only place that knows Qt Charts. Content is replaced whole. The wheel zooms at the pointer, dragging a
/// frame zooms into it, a double click shows everything; a click selects the nearest node.
class Chart : public QWidget {
  Q_OBJECT

 public:
  explicit Chart(QWidget* parent = nullptr);
  void setTheme(const Theme& theme);
  void show(const ChartContent& content);
  void mark(NodeId node);
  void resetZoom();
  void paintTo(QPainter& painter, const QSize& size) const;
  [[nodiscard]] const ChartContent& content() const { return content_; }
  [[nodiscard]] bool isZoomed() const { return zoomed_.has_value(); }

 Q_SIGNALS:
  void nodeWanted(espalier::NodeId node);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  class View;
  struct Nearest {
    std::size_t series = 0;
    qsizetype point = 0;
  };
  void rebuild();
  void adopt(QChart* chart);
  /// Base whose powers are marked along a logarithmic axis, as many as have room.
  [[nodiscard]] double baseFor(double low, double high, Qt::Orientation orientation) const;
  [[nodiscard]] QFont smallFont() const;
  [[nodiscard]] bool isDrawn() const;
  [[nodiscard]] std::optional<Nearest> nearestTo(const QPointF& position) const;
  [[nodiscard]] QPointF valueAt(const QPointF& position) const;
  void zoom(double factor, const QPointF& around);
  void zoomInto(const QRectF& frame);
  [[nodiscard]] QRectF extent() const;

  Theme theme_ = Theme::light();
  ChartContent content_;
  NodeId marked_ = kNoNode;
  std::optional<QRectF> zoomed_;  ///< in values, or their logarithms to base 10 along logarithmic axes
  View* view_;
};

}  // namespace espalier::ui
