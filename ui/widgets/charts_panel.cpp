// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts_panel.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QImage>
#include <QPainter>
#include <QPointer>
#include <QSvgGenerator>
#include <QThreadPool>
#include <QVBoxLayout>
#include <array>
#include <map>

#include "models/figures.h"
#include "session/session_store.h"

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

constexpr std::size_t kPicturePoints = 1000;  ///< of a series in a picture
constexpr std::size_t kAllPoints = SIZE_MAX;

std::size_t strideOf(std::size_t points, std::size_t most) { return points / most + 1; }

ChartSeries stepsOf(const QString& name, Ink ink, const std::vector<CurvePoint>& curve, int axis,
                    std::size_t most) {
  ChartSeries series;
  series.name = name;
  series.ink = ink;
  series.look = ChartSeries::Look::Steps;
  for (std::size_t index = 0; index < curve.size(); ++index) {
    const CurvePoint& point = curve[index];
    if (point.speedup <= 0) continue;
    const bool level = index > 0 && index + 1 < curve.size() && curve[index - 1].speedup == point.speedup;
    if (curve.size() > most && level) continue;
    series.points.append(QPointF(horizontalOf(point, axis), point.speedup));
  }
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
  timer_.setSingleShot(true);
  timer_.setInterval(kEveryMilliseconds);
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
  others_.push_back({name, fold.curve()});
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

void ChartsPanel::takeEvents(const std::vector<Event>& events) { timeline_.append(events); }

void ChartsPanel::setSession(const QString& path) {
  session_ = path;
  timelineRead_ = false;
  timeline_ = {};
  refresh();
}

void ChartsPanel::readTimeline() {
  if (std::exchange(timelineRead_, true) || session_.isEmpty()) return;
  const QPointer<ChartsPanel> panel(this);
  QThreadPool::globalInstance()->start([panel, session = session_] {
    constexpr std::size_t kAtOnce = 20000;
    auto timeline = std::make_shared<WorkTimeline>();
    if (auto store = SessionStore::open(session.toStdString(), SessionStore::Access::Read))
      for (std::uint64_t first = 1;;) {
        const auto events = (*store)->read(first, kAtOnce);
        if (!events || events->empty()) break;
        timeline->append(*events);
        first = events->back().sequence + 1;
      }
    QMetaObject::invokeMethod(QCoreApplication::instance(), [panel, session, timeline] {
      if (panel == nullptr || panel->session_ != session) return;
      panel->timeline_.prepend(std::move(*timeline));
      panel->timelineView_->update();
    });
  });
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

Result<void> ChartsPanel::exportTo(const QString& path) const {
  const QString suffix = QFileInfo(path).suffix().toLower();
  const bool spans = kind() == kTimeline;
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
  if (spans) {
    readTimeline();
    timelineView_->showUntil(history().atEnd() ? UINT64_MAX : history().position());
    return timelineView_->mark(node());
  }
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
    content.series.push_back(stepsOf(others_[i].name, kInks[i % kInks.size()], others_[i].curve, axis, most));
  content.series.push_back(stepsOf(tr("best so far"), Ink::Series1, history().fold().curve(), axis, most));
  ChartSeries dots;
  dots.name = tr("each sample");
  dots.ink = Ink::Series5;
  dots.look = ChartSeries::Look::Dots;
  const std::vector<CurvePoint>& all = history().fold().curve();
  const std::size_t stride = strideOf(all.size(), most);
  for (std::size_t index = 0; index < all.size(); ++index) {
    const CurvePoint& point = all[index];
    if (index % stride != 0 && point.node != node()) continue;
    const double speedup = history().tree().contains(point.node) ? history().tree().speedup(point.node) : 0;
    dots.points.append(QPointF(horizontalOf(point, axis), speedup));
    dots.nodes.push_back(point.node);
  }
  content.series.push_back(std::move(dots));
  addRoofline(content, axis);
  return content;
}

/// The speedup that the machine allows, as far as the samples reach.
void ChartsPanel::addRoofline(ChartContent& content, int axis) const {
  const RunFold& fold = history().fold();
  if (fold.run() == nullptr || fold.run()->problem.rooflineSeconds <= 0 || fold.curve().empty()) return;
  const double speedup = history().tree().baselineSeconds() / fold.run()->problem.rooflineSeconds;
  ChartSeries line;
  line.name = tr("roofline");
  line.ink = Ink::Series3;
  line.look = ChartSeries::Look::Dashes;
  line.points = {{horizontalOf(fold.curve().front(), axis), speedup},
                 {horizontalOf(fold.curve().back(), axis), speedup}};
  content.series.push_back(std::move(line));
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
  const std::size_t stride = strideOf(all.size(), most);
  for (std::size_t index = 0; index < all.size(); ++index) {
    const CurvePoint& point = all[index];
    if (index % stride != 0 && point.node != node()) continue;
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
  line.look = ChartSeries::Look::Bars;
  for (const auto& [depth, count] : counts) line.points.append(QPointF(depth, count));
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
