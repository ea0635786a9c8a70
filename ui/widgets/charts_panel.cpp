// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <array>
#include <map>

#include "models/figures.h"

namespace espalier::ui {
namespace {

enum Kind { kSamples, kTime, kTokens, kCost, kPredictions, kDepths, kFallbacks };
constexpr int kEveryMilliseconds = 100;

double horizontalOf(const CurvePoint& point, int axis) {
  switch (axis) {
    case kTime: return point.elapsedSeconds;
    case kTokens: return static_cast<double>(point.tokens);
    case kCost: return point.costUsd;
    default: return point.sample;
  }
}

ChartSeries stepsOf(const QString& name, Ink ink, const std::vector<CurvePoint>& curve, int axis) {
  ChartSeries series;
  series.name = name;
  series.ink = ink;
  series.look = ChartSeries::Look::Steps;
  for (const CurvePoint& point : curve)
    if (point.speedup > 0) series.points.append(QPointF(horizontalOf(point, axis), point.speedup));
  return series;
}

}  // namespace

ChartsPanel::ChartsPanel(const History& history, TextService& texts, QWidget* parent)
    : Panel(history, texts, parent), kind_(new QComboBox(this)), chart_(new Chart(this)) {
  kind_->addItem(tr("Speedup against samples"), kSamples);
  kind_->addItem(tr("Speedup against time"), kTime);
  kind_->addItem(tr("Speedup against tokens"), kTokens);
  kind_->addItem(tr("Speedup against cost"), kCost);
  kind_->addItem(tr("Predicted against measured"), kPredictions);
  kind_->addItem(tr("Nodes by depth"), kDepths);
  kind_->addItem(tr("Share of fallbacks"), kFallbacks);
  kind_->setAccessibleName(tr("Chart"));
  auto* header = new QHBoxLayout;
  header->setContentsMargins(8, 4, 8, 4);
  header->addWidget(kind_);
  header->addStretch(1);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addLayout(header);
  column->addWidget(chart_, 1);
  timer_.setSingleShot(true);
  timer_.setInterval(kEveryMilliseconds);
  connect(&timer_, &QTimer::timeout, this, &ChartsPanel::rebuild);
  connect(kind_, &QComboBox::currentIndexChanged, this, &ChartsPanel::rebuild);
  connect(chart_, &Chart::nodeWanted, this, &Panel::nodeWanted);
}

void ChartsPanel::setTheme(const Theme& theme) {
  chart_->setTheme(theme);
  Panel::setTheme(theme);
}

void ChartsPanel::addOther(const QString& name, const std::vector<CurvePoint>& curve) {
  others_.push_back({name, curve});
  rebuild();
}

void ChartsPanel::clearOthers() {
  others_.clear();
  rebuild();
}

void ChartsPanel::refresh() {
  if (!timer_.isActive()) timer_.start();
}

void ChartsPanel::rebuild() {
  chart_->mark(node());
  switch (const int kind = kind_->currentData().toInt()) {
    case kPredictions: return chart_->show(predictions());
    case kDepths: return chart_->show(depths());
    case kFallbacks: return chart_->show(fallbacks());
    default: return chart_->show(curve(kind));
  }
}

ChartContent ChartsPanel::curve(int axis) const {
  ChartContent content;
  content.vertical = tr("speedup");
  content.horizontal = axis == kTime     ? tr("seconds")
                       : axis == kTokens ? tr("tokens")
                       : axis == kCost   ? tr("US dollars")
                                         : tr("samples");
  constexpr std::array kInks{Ink::Series2, Ink::Series3, Ink::Series4, Ink::Series5};
  for (std::size_t i = 0; i < others_.size(); ++i)
    content.series.push_back(stepsOf(others_[i].name, kInks[i % kInks.size()], others_[i].curve, axis));
  content.series.push_back(stepsOf(tr("best so far"), Ink::Series1, history().fold().curve(), axis));
  ChartSeries dots;
  dots.name = tr("each sample");
  dots.ink = Ink::Series5;
  dots.look = ChartSeries::Look::Dots;
  for (const CurvePoint& point : history().fold().curve()) {
    const double speedup = history().tree().contains(point.node) ? history().tree().speedup(point.node) : 0;
    dots.points.append(QPointF(horizontalOf(point, axis), speedup));
    dots.nodes.push_back(point.node);
  }
  content.series.push_back(std::move(dots));
  return content;
}

ChartContent ChartsPanel::predictions() const {
  ChartContent content;
  content.horizontal = tr("measured, ms");
  content.vertical = tr("predicted, ms");
  content.logarithmic = true;
  content.diagonal = true;
  ChartSeries dots;
  dots.name = tr("samples");
  dots.look = ChartSeries::Look::Dots;
  for (const CurvePoint& point : history().fold().curve()) {
    if (point.measuredSeconds <= 0 || point.predictedSeconds <= 0) continue;
    dots.points.append(QPointF(point.measuredSeconds * 1e3, point.predictedSeconds * 1e3));
    dots.nodes.push_back(point.node);
  }
  content.series.push_back(std::move(dots));
  return content;
}

ChartContent ChartsPanel::depths() const {
  ChartContent content;
  content.horizontal = tr("depth in the tree");
  content.vertical = tr("nodes");
  std::map<std::uint32_t, int> counts;
  for (const NodeFacts& facts : history().tree().nodes()) ++counts[facts.depth];
  ChartSeries line;
  line.name = tr("nodes");
  for (const auto& [depth, count] : counts) line.points.append(QPointF(depth, count));
  content.series.push_back(std::move(line));
  return content;
}

ChartContent ChartsPanel::fallbacks() const {
  ChartContent content;
  content.horizontal = tr("node");
  content.vertical = tr("fallbacks");
  ChartSeries line;
  line.name = tr("fallbacks");
  int fallbacks = 0;
  for (NodeId id = 1; id < history().tree().size(); ++id) {
    if (history().tree().node(id).has(kFallback)) ++fallbacks;
    line.points.append(QPointF(id, static_cast<double>(fallbacks) / id));
  }
  content.series.push_back(std::move(line));
  return content;
}

}  // namespace espalier::ui
