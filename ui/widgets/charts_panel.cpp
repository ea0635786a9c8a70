// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts_panel.h"

#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QImage>
#include <QPainter>
#include <QSvgGenerator>
#include <QVBoxLayout>
#include <algorithm>
#include <array>
#include <span>

#include "models/figures.h"

namespace espalier::ui {
namespace {

enum Kind { kSamples, kTime, kTokens, kCost, kPredictions, kDepths, kFallbacks, kTimeline };
constexpr int kEveryMilliseconds = 100;
constexpr double kPngScale = 2;  ///< pixels for each logical one

double horizontalOf(const CurvePoint& point, int axis) {
  switch (axis) {
    case kTime: return point.elapsedSeconds;
    case kTokens: return static_cast<double>(point.tokens);
    case kCost: return point.costUsd;
    default: return point.sample;
  }
}

constexpr std::size_t kEntriesAtOnce = 100000;  ///< of the digest, in a few milliseconds
constexpr std::size_t kPicturePoints = 1000;    ///< of a series in a picture
constexpr std::size_t kAllPoints = SIZE_MAX;

std::size_t strideOf(std::size_t points, std::size_t most) { return points / most + 1; }

/// The points of the samples measured under the conditions of this number.
std::span<const CurvePoint> curveOf(const RunFold& runs, std::size_t conditions) {
  const auto from = [&](int sample) {
    return std::lower_bound(runs.curve().begin(), runs.curve().end(), sample,
                            [](const CurvePoint& point, int number) { return point.sample < number; });
  };
  const auto begin = from(runs.conditions()[conditions].firstSample);
  const bool last = conditions + 1 == runs.conditions().size();
  return {begin, last ? runs.curve().end() : from(runs.conditions()[conditions + 1].firstSample)};
}

ChartSeries stepsOf(const QString& name, Ink ink, std::span<const CurvePoint> curve, int axis,
                    std::size_t most) {
  ChartSeries series;
  series.name = name;
  series.ink = ink;
  series.look = ChartSeries::Look::Steps;
  const auto add = [&](const CurvePoint& point) {
    if (point.speedup > 0) series.points.append(QPointF(horizontalOf(point, axis), point.speedup));
  };
  if (curve.size() <= most) {
    for (const CurvePoint& point : curve) add(point);
    return series;
  }
  // Where it rises, and its end.
  for (auto at = curve.begin(); at != curve.end();) {
    add(*at);
    at = std::upper_bound(at, curve.end(), at->speedup,
                          [](double speedup, const CurvePoint& point) { return speedup < point.speedup; });
  }
  add(curve.back());
  return series;
}

}  // namespace

ChartsPanel::ChartsPanel(const History& history, TextService& texts, QWidget* parent)
    : Panel(history, texts, parent),
      kind_(new QComboBox(this)),
      logarithmic_(new QCheckBox(tr("Logarithmic"), this)),
      pictures_(new QStackedWidget(this)),
      chart_(new Chart(pictures_)),
      timelineView_(new TimelineView(timeline_, pictures_)) {
  kind_->addItem(tr("Speedup against samples"), kSamples);
  kind_->addItem(tr("Speedup against time"), kTime);
  kind_->addItem(tr("Speedup against tokens"), kTokens);
  kind_->addItem(tr("Speedup against cost"), kCost);
  kind_->addItem(tr("Predicted against measured"), kPredictions);
  kind_->addItem(tr("Nodes by depth"), kDepths);
  kind_->addItem(tr("Share of fallbacks"), kFallbacks);
  kind_->addItem(tr("Timeline"), kTimeline);
  kind_->setMaxVisibleItems(kind_->count());
  kind_->setMinimumContentsLength(8);
  kind_->setAccessibleName(tr("Chart"));
  logarithmic_->setChecked(true);
  logarithmic_->setToolTip(tr("Equal factors of speedup are equally far apart"));
  auto* all = new QPushButton(tr("Show all"), this);
  all->setToolTip(tr("Shows the whole chart again after zooming with the wheel or a frame"));
  auto* save = new QPushButton(tr("Export…"), this);
  auto* header = new QHBoxLayout;
  header->setContentsMargins(8, 5, 8, 5);
  header->setSpacing(10);
  header->addWidget(kind_);
  header->addWidget(logarithmic_);
  header->addStretch(1);
  header->addWidget(all);
  header->addWidget(save);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addLayout(header);
  column->addWidget(pictures_, 1);
  pictures_->addWidget(chart_);
  pictures_->addWidget(timelineView_);
  timer_.setObjectName(QStringLiteral("charts"));
  timer_.setSingleShot(true);
  timer_.setInterval(kEveryMilliseconds);
  timelineTimer_.setSingleShot(true);
  connect(&timelineTimer_, &QTimer::timeout, this, &ChartsPanel::showTimeline);
  connect(&timer_, &QTimer::timeout, this, &ChartsPanel::rebuild);
  connect(kind_, &QComboBox::currentIndexChanged, this, &ChartsPanel::rebuild);
  connect(logarithmic_, &QCheckBox::toggled, this, &ChartsPanel::rebuild);
  connect(all, &QPushButton::clicked, this, [this] {
    chart_->resetZoom();
    timelineView_->showAll();
  });
  connect(save, &QPushButton::clicked, this, &ChartsPanel::askForExport);
  connect(chart_, &Chart::nodeWanted, this, &Panel::nodeWanted);
  connect(timelineView_, &TimelineView::nodeWanted, this, &Panel::nodeWanted);
}

void ChartsPanel::setTheme(const Theme& theme) {
  chart_->setTheme(theme);
  timelineView_->setTheme(theme);
  Panel::setTheme(theme);
}

void ChartsPanel::addOther(const QString& name, const RunFold& fold) {
  others_.push_back({name, fold});
  rebuild();
}

void ChartsPanel::clearOthers() {
  others_.clear();
  rebuild();
}

QStringList ChartsPanel::kinds() const {
  QStringList names;
  for (int index = 0; index < kind_->count(); ++index) names << kind_->itemText(index);
  return names;
}

void ChartsPanel::sessionChanged() {
  timeline_ = {};
  refresh();
}

/// A million nodes are gone through between other events.
void ChartsPanel::takeTimeline() {
  const SessionDigest& digest = history().digest();
  timeline_.take(digest, std::min(digest.size(), timeline_.taken() + kEntriesAtOnce));
  if (timeline_.taken() < digest.size()) timelineTimer_.start();
}

void ChartsPanel::showTimeline() {
  if (kind() != kTimeline || !isVisible()) return;
  takeTimeline();
  timelineView_->showUntil(history().position());
  timelineView_->mark(node());
}

void ChartsPanel::askForExport() {
  const QString all = tr("Charts (*.png *.svg *.csv)");
  const QString path =
      QFileDialog::getSaveFileName(this, tr("Export the chart"), QStringLiteral("chart.png"), all);
  if (path.isEmpty()) return;
  const auto written = exportTo(path);
  Q_EMIT exported(written ? tr("Written: %1").arg(path) : fromUtf8(written.error().text()),
                  written.has_value());
}

Result<void> ChartsPanel::exportTo(const QString& path) {
  const QString suffix = QFileInfo(path).suffix().toLower();
  const bool spans = kind() == kTimeline;
  if (spans) timeline_.take(history().digest(), history().digest().size());
  const QSize size = pictures_->size();
  const auto paint = [&](QPainter& painter) {
    spans ? timelineView_->paintTo(painter, size) : chart_->paintTo(painter, size);
  };
  const auto cannot = [&] {
    return environmentError(path.toStdString() + " cannot be written.",
                            "Choose a folder that exists and may be written to.");
  };
  if (suffix == QStringLiteral("csv")) {
    QFile file(path);
    const QByteArray text = (spans ? timelineCsv() : asCsv(content(kAllPoints))).toUtf8();
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size()) return cannot();
  } else if (suffix == QStringLiteral("png")) {
    QImage image(size * kPngScale, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(kPngScale);
    QPainter painter(&image);
    paint(painter);
    painter.end();
    if (!image.save(path)) return cannot();
  } else if (suffix == QStringLiteral("svg")) {
    QSvgGenerator generator;
    generator.setFileName(path);
    generator.setSize(size);
    generator.setViewBox(QRect(QPoint(), size));
    generator.setTitle(kind_->currentText());
    QPainter painter;
    if (!painter.begin(&generator)) return cannot();
    paint(painter);
    painter.end();
  } else {
    return usageError(path.toStdString() + " is no chart that can be written.",
                      "Its name ends in .png, .svg or .csv.");
  }
  return {};
}

QString ChartsPanel::timelineCsv() const {
  static constexpr std::array kNames{"propose", "build", "measure"};
  QString text = QStringLiteral(
      "\"work\",\"node\",\"sample\",\"began, ms since 1970\",\"ended, ms since 1970\",\"failed\"\r\n");
  for (const WorkSpan& span : timeline_.spans())
    text += QStringLiteral("\"%1\",%2,%3,%4,%5,%6\r\n")
                .arg(QString::fromUtf8(kNames[static_cast<std::size_t>(span.kind)]))
                .arg(span.node)
                .arg(span.sample)
                .arg(span.began)
                .arg(span.ended)
                .arg(span.failed ? 1 : 0);
  return text;
}

void ChartsPanel::refresh() {
  if (!timer_.isActive()) timer_.start();
}

void ChartsPanel::rebuild() {
  const bool spans = kind() == kTimeline;
  pictures_->setCurrentIndex(spans ? 1 : 0);
  logarithmic_->setVisible(kind() <= kCost);
  if (spans) return showTimeline();
  chart_->mark(node());
  chart_->show(content(kPicturePoints));
}

ChartContent ChartsPanel::content(std::size_t most) const {
  switch (const int shown = kind()) {
    case kPredictions: return predictions(most);
    case kDepths: return depths();
    case kFallbacks: return fallbacks(most);
    default: return curve(shown, most);
  }
}

ChartContent ChartsPanel::curve(int axis, std::size_t most) const {
  ChartContent content;
  content.vertical = tr("speedup");
  content.logarithmicY = logarithmic_->isChecked();
  content.horizontal = axis == kTime     ? tr("seconds")
                       : axis == kTokens ? tr("tokens")
                       : axis == kCost   ? tr("US dollars")
                                         : tr("samples");
  constexpr std::array kInks{Ink::Series2, Ink::Series4, Ink::Series3};
  for (std::size_t i = 0; i < others_.size(); ++i)
    addCurve(content, others_[i].name, kInks[i % kInks.size()], others_[i].runs, axis, most);
  addCurve(content, tr("best so far"), Ink::Series1, history().fold(), axis, most);
  ChartSeries dots;
  dots.name = tr("each sample");
  dots.ink = Ink::Series5;
  dots.look = ChartSeries::Look::Dots;
  const std::vector<CurvePoint>& all = history().fold().curve();
  for (const std::size_t index : shownSamples(most)) {
    const CurvePoint& point = all[index];
    const double speedup =
        point.measuredSeconds > 0 ? history().tree().baselineSeconds() / point.measuredSeconds : 0;
    dots.points.append(QPointF(horizontalOf(point, axis), speedup));
    dots.nodes.push_back(point.node);
  }
  content.series.push_back(std::move(dots));
  addBounds(content, axis);
  return content;
}

/// Places in the curve: evenly spread, and that of the selected node.
std::vector<std::size_t> ChartsPanel::shownSamples(std::size_t most) const {
  const std::vector<CurvePoint>& all = history().fold().curve();
  std::vector<std::size_t> places;
  const std::size_t stride = strideOf(all.size(), most);
  for (std::size_t index = 0; index < all.size(); index += stride) places.push_back(index);
  if (!hasNode()) return places;
  const auto own =
      std::lower_bound(all.begin(), all.end(), static_cast<int>(history().tree().node(node()).sample),
                       [](const CurvePoint& point, int sample) { return point.sample < sample; });
  const auto place = static_cast<std::size_t>(own - all.begin());
  if (own != all.end() && own->node == node() && place % stride != 0)
    places.insert(std::lower_bound(places.begin(), places.end(), place), place);
  return places;
}

/// A line for every number of threads that samples were measured with: they do not compare.
void ChartsPanel::addCurve(ChartContent& content, const QString& name, Ink ink, const RunFold& runs, int axis,
                           std::size_t most) const {
  const std::vector<Conditions>& all = runs.conditions();
  if (all.size() < 2) {
    content.series.push_back(stepsOf(name, ink, runs.curve(), axis, most));
    return;
  }
  for (std::size_t i = 0; i < all.size(); ++i)
    content.series.push_back(
        stepsOf(tr("%1, threads: %2").arg(name).arg(all[i].threads), ink, curveOf(runs, i), axis, most));
}

/// Where p0 stands, which LLVM alone made of the program, and the speedup that the machine allows, as far as
/// the samples reach.
void ChartsPanel::addBounds(ChartContent& content, int axis) const {
  const RunFold& fold = history().fold();
  for (std::size_t i = 0; i < fold.conditions().size(); ++i) {
    const std::span<const CurvePoint> curve = curveOf(fold, i);
    const double roofline = fold.conditions()[i].rooflineSeconds;
    if (curve.empty()) continue;
    const auto add = [&](const QString& name, Ink ink, double speedup, bool framed) {
      ChartSeries line;
      line.name = name;
      line.listed = std::none_of(content.series.begin(), content.series.end(),
                                 [&](const ChartSeries& other) { return other.name == name; });
      line.ink = ink;
      line.framed = framed;
      line.look = ChartSeries::Look::Dashes;
      line.points = {{horizontalOf(curve.front(), axis), speedup},
                     {horizontalOf(curve.back(), axis), speedup}};
      content.series.push_back(std::move(line));
    };
    if (roofline > 0) add(tr("roofline"), Ink::Series3, history().tree().baselineSeconds() / roofline, true);
    // It is often a thousand times slower than all that one wants to tell apart.
    add(tr("unscheduled, -O3: 1×"), Ink::Series5, 1, false);
  }
}

ChartContent ChartsPanel::predictions(std::size_t most) const {
  ChartContent content;
  content.horizontal = tr("measured, ms");
  content.vertical = tr("predicted, ms");
  content.logarithmicX = content.logarithmicY = true;
  content.diagonal = true;
  ChartSeries dots;
  dots.name = tr("samples");
  dots.look = ChartSeries::Look::Dots;
  const std::vector<CurvePoint>& all = history().fold().curve();
  for (const std::size_t index : shownSamples(most)) {
    const CurvePoint& point = all[index];
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
  std::vector<int> counts;
  for (const NodeFacts& facts : history().tree().nodes()) {
    if (facts.depth >= counts.size()) counts.resize(facts.depth + std::size_t{1});
    ++counts[facts.depth];
  }
  ChartSeries line;
  line.name = tr("nodes");
  line.look = ChartSeries::Look::Bars;
  for (std::size_t depth = 0; depth < counts.size(); ++depth)
    line.points.append(QPointF(static_cast<double>(depth), counts[depth]));
  content.series.push_back(std::move(line));
  return content;
}

ChartContent ChartsPanel::fallbacks(std::size_t most) const {
  ChartContent content;
  content.horizontal = tr("node");
  content.vertical = tr("fallbacks");
  ChartSeries line;
  line.name = tr("fallbacks");
  int fallbacks = 0;
  const std::size_t stride = strideOf(history().tree().size(), most);
  for (NodeId id = 1; id < history().tree().size(); ++id) {
    if (history().tree().node(id).has(kFallback)) ++fallbacks;
    if (id % stride == 0) line.points.append(QPointF(id, static_cast<double>(fallbacks) / id));
  }
  content.series.push_back(std::move(line));
  return content;
}

}  // namespace espalier::ui
