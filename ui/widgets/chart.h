// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QPointF>
#include <QString>
#include <QWidget>
#include <vector>

#include "models/theme.h"
#include "search/node_id.h"

class QChartView;

namespace espalier::ui {

/// One line or cloud of points of a chart.
struct ChartSeries {
  enum class Look { Line, Steps, Dots };
  QString name;
  Ink ink = Ink::Series1;
  Look look = Look::Line;
  QList<QPointF> points;
  std::vector<NodeId> nodes;  ///< of each point, so that a click selects it; may be empty
};

struct ChartContent {
  QString horizontal;  ///< titles of the axes, with units
  QString vertical;
  bool logarithmic = false;  ///< both axes; points that are not positive are left out
  bool diagonal = false;     ///< a line where both are equal
  std::vector<ChartSeries> series;
};

/// The only place that knows Qt Charts. Content is replaced whole.
class Chart : public QWidget {
  Q_OBJECT

 public:
  explicit Chart(QWidget* parent = nullptr);
  void setTheme(const Theme& theme);
  void show(const ChartContent& content);
  void mark(NodeId node);
  [[nodiscard]] const ChartContent& content() const { return content_; }

 Q_SIGNALS:
  void nodeWanted(espalier::NodeId node);

 private:
  void rebuild();

  Theme theme_ = Theme::light();
  ChartContent content_;
  NodeId marked_ = kNoNode;
  QChartView* view_;
};

}  // namespace espalier::ui
