// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/measurement_panel.h"

#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>
#include <array>
#include <cmath>

#include "models/core_words.h"
#include "models/figures.h"
#include "widgets/text_service.h"

namespace espalier::ui {
namespace {

QString row(const QString& name, const QString& value) {
  return QStringLiteral("<tr><td class=\"faint\">%1</td><td>%2</td></tr>").arg(name, value);
}

double quantile(std::vector<double> sorted, double share) {
  if (sorted.empty()) return 0;
  std::sort(sorted.begin(), sorted.end());
  return sorted[static_cast<std::size_t>(std::lround(share * static_cast<double>(sorted.size() - 1)))];
}

}  // namespace

/// All repeats of all samples as dots over a logarithmic axis of time, with lines for the figure that counts,
/// the prediction, the initial program and the roofline.
class MeasurementPanel::RepeatsPlot : public QWidget {
 public:
  explicit RepeatsPlot(QWidget* parent) : QWidget(parent) { setFixedHeight(132); }

  void show(const std::vector<double>& repeats, double seconds, double predicted, double baseline,
            double roofline) {
    repeats_ = repeats;
    marks_ = {{seconds, MeasurementPanel::tr("measured"), Ink::Series1},
              {predicted, MeasurementPanel::tr("predicted"), Ink::Series2},
              {baseline, MeasurementPanel::tr("initial"), Ink::Series5},
              {roofline, MeasurementPanel::tr("roofline"), Ink::Series3}};
    std::erase_if(marks_, [](const Mark& mark) { return mark.seconds <= 0; });
    update();
  }
  void setTheme(const Theme& theme) {
    theme_ = theme;
    update();
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), theme_.color(Ink::Canvas));
    std::vector<double> all = repeats_;
    for (const Mark& mark : marks_) all.push_back(mark.seconds);
    if (all.empty()) {
      painter.setPen(theme_.color(Ink::TextFaint));
      painter.drawText(rect(), Qt::AlignCenter, MeasurementPanel::tr("Not measured"));
      return;
    }
    const auto [least, most] = std::minmax_element(all.begin(), all.end());
    const double from = std::log(*least * 0.8);
    const double to = std::log(std::max(*most * 1.25, *least * 2));
    const double left = 14;
    const double right = width() - 14.0;
    const auto x = [&](double seconds) {
      return left + (std::log(seconds) - from) / (to - from) * (right - left);
    };
    const double axis = height() - 24.0;
    painter.setPen(theme_.color(Ink::Border));
    painter.drawLine(QPointF(left, axis), QPointF(right, axis));
    ticks(painter, std::exp(from), std::exp(to), axis, x);
    labels(painter, axis, x);
    QColor dot = theme_.color(Ink::Series1);
    dot.setAlpha(150);
    painter.setPen(Qt::NoPen);
    painter.setBrush(dot);
    for (std::size_t i = 0; i < repeats_.size(); ++i)
      painter.drawEllipse(QPointF(x(repeats_[i]), axis - 10 - static_cast<double>(i * 7 % 26)), 3.5, 3.5);
  }

 private:
  struct Mark {
    double seconds;
    QString name;
    Ink ink;
  };

  template <class X>
  void ticks(QPainter& painter, double from, double to, double axis, const X& x) {
    painter.setPen(theme_.color(Ink::TextFaint));
    double last = -1e9;
    for (double decade = std::pow(10, std::floor(std::log10(from))); decade < to; decade *= 10)
      for (const double step : {1.0, 2.0, 5.0}) {
        const double at = decade * step;
        if (at < from || at > to || x(at) - last < 62) continue;
        last = x(at);
        painter.drawLine(QPointF(last, axis), QPointF(last, axis + 3));
        // A label near an edge is shifted inwards rather than cut off.
        const QString words = duration(at);
        const double wide = fontMetrics().horizontalAdvance(words) + 2.0;
        const double left = std::clamp(last - wide / 2, 4.0, std::max(4.0, width() - wide - 4));
        painter.drawText(QRectF(left, axis + 4, wide, 18), Qt::AlignHCenter | Qt::AlignTop, words);
      }
  }

  template <class X>
  void labels(QPainter& painter, double axis, const X& x) {
    // Names stand in rows so that they do not cover each other.
    std::sort(marks_.begin(), marks_.end(),
              [](const Mark& a, const Mark& b) { return a.seconds < b.seconds; });
    const double line = fontMetrics().height();
    std::array<double, 3> ends{-1e9, -1e9, -1e9};
    std::vector<std::pair<QRectF, const Mark*>> names;
    for (const Mark& mark : marks_) {
      const double at = x(mark.seconds);
      const double wide = fontMetrics().horizontalAdvance(mark.name) + 6.0;
      const double begin = std::clamp(at - wide / 2, 4.0, width() - wide - 4);
      std::size_t level = 0;
      while (level + 1 < ends.size() && ends[level] > begin) ++level;
      ends[level] = begin + wide;
      const double top = 4 + static_cast<double>(level) * line;
      painter.setPen(QPen(theme_.color(mark.ink), 1.6));
      painter.drawLine(QPointF(at, top + line), QPointF(at, axis));
      names.push_back({QRectF(begin, top, wide, line), &mark});
    }
    for (const auto& [place, mark] : names) {
      painter.fillRect(place, theme_.color(Ink::Canvas));
      painter.setPen(theme_.color(mark->ink));
      painter.drawText(place, Qt::AlignCenter, mark->name);
    }
  }

  Theme theme_ = Theme::light();
  std::vector<double> repeats_;
  std::vector<Mark> marks_;
};

MeasurementPanel::MeasurementPanel(const History& history, TextService& texts, QWidget* parent)
    : Panel(history, texts, parent), plot_(new RepeatsPlot(this)), text_(new RichText(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(plot_);
  column->addWidget(text_, 1);
  connect(text_, &RichText::nodeWanted, this, &Panel::nodeWanted);
}

void MeasurementPanel::setTheme(const Theme& theme) {
  plot_->setTheme(theme);
  text_->setTheme(theme);
  Panel::setTheme(theme);
}

QString MeasurementPanel::facts() const {
  const RunFold& fold = history().fold();
  const NodeRecord& record = history().record(node());
  const NodeFacts& place = history().tree().node(node());
  const double baseline = history().tree().baselineSeconds();
  const ProblemInfo* problem = fold.run() == nullptr ? nullptr : &fold.run()->problem;
  QString html = QStringLiteral("<table cellspacing=\"0\">");
  for (const NodeRecord::Sample& sample : record.samples) {
    const Measurement& measured = sample.measurement;
    const Conditions under = fold.conditionsOf(sample.sample);
    const bool setAside = sample.sample < fold.firstComparable();
    const QString title =
        setAside ? tr("Sample %1, set aside").arg(sample.sample) : tr("Sample %1").arg(sample.sample);
    if (!measured.valid) {
      html += row(title, QStringLiteral("<span class=\"bad\">") +
                             tr("failed: %1").arg(failureWords(measured.failure).toHtmlEscaped()) +
                             QStringLiteral("</span><br>") + escaped(measured.detail));
      continue;
    }
    html += row(title, QStringLiteral("<b>%1</b> · %2")
                           .arg(duration(measured.seconds), speedupText(baseline / measured.seconds)));
    if (fold.conditions().size() > 1) html += row(tr("threads"), QString::number(under.threads));
    if (!measured.repeats.empty())
      html += row(tr("repeats"),
                  tr("%1, from %2 to %3, median %4")
                      .arg(measured.repeats.size())
                      .arg(duration(quantile(measured.repeats, 0)), duration(quantile(measured.repeats, 1)),
                           duration(quantile(measured.repeats, 0.5))));
    html += row(tr("verified"), (measured.verified ? QStringLiteral("<span class=\"good\">✓</span> ")
                                                   : QStringLiteral("<span class=\"warn\">") +
                                                         tr("not compared") + QStringLiteral("</span> ")) +
                                    escaped(measured.verification));
    if (!measured.detail.empty()) html += row(tr("conditions"), escaped(measured.detail));
    if (sample.predictedSeconds > 0)
      html += row(
          tr("predicted then"),
          tr("%1, %2 of what was measured")
              .arg(duration(sample.predictedSeconds),
                   fixedText(sample.predictedSeconds / measured.seconds * 100, 0) + QStringLiteral(" %")));
    if (under.rooflineSeconds > 0)
      html += row(tr("of the roofline"), rooflineShareHtml(under.rooflineSeconds / measured.seconds * 100));
    if (problem != nullptr && problem->operations > 0)
      html +=
          row(tr("rate"), tr("%1 GFLOP/s").arg(fixedText(problem->operations / measured.seconds * 1e-9, 1)));
    html += row(tr("build"), duration(measured.buildSeconds));
  }
  if (record.samples.empty()) html += row(tr("Measured"), tr("not yet"));
  if (place.predictedSeconds > 0)
    html += row(tr("Predicted now"), duration(static_cast<double>(place.predictedSeconds)));
  if (const auto& confirmed = fold.confirmation(); confirmed && confirmed->node == node())
    html += row(tr("In a fresh process"),
                QStringLiteral("<b>%1</b>").arg(duration(confirmed->measurement.seconds)));
  html += row(tr("Visits"), tr("%1, mean value %2").arg(place.visits).arg(fixedText(place.mean(), 3)));
  html += QStringLiteral("</table>");
  if (record.prediction && !record.prediction->words.empty())
    html += QStringLiteral("<h3>%1</h3><p>%2</p>")
                .arg(tr("What the model of the machine says"), escaped(record.prediction->words));
  return html;
}

void MeasurementPanel::refresh() {
  const RunFold& fold = history().fold();
  if (!hasNode()) {
    plot_->show({}, 0, 0, 0, 0);
    return text_->showHtml(tr("Select a node of the tree."));
  }
  std::vector<double> repeats;
  double measured = 0;
  const int first = fold.firstComparable();
  for (const NodeRecord::Sample& sample : history().record(node()).samples) {
    if (sample.sample < first) continue;  // measured with other threads
    repeats.insert(repeats.end(), sample.measurement.repeats.begin(), sample.measurement.repeats.end());
    if (sample.measurement.valid) measured = sample.measurement.seconds;
  }
  if (node() == kRootNode && fold.baseline()) repeats = fold.baseline()->repeats;
  plot_->show(repeats, measured, static_cast<double>(history().tree().node(node()).predictedSeconds),
              history().tree().baselineSeconds(),
              fold.run() == nullptr ? 0 : fold.run()->problem.rooflineSeconds);
  if (described_ != node()) {
    described_ = node();
    sections_.clear();
    texts().describe(history().stateOf(node()), this,
                     [this, asked = node()](const Result<std::vector<Section>>& sections) {
                       if (asked != node() || !sections) return;
                       for (const Section& section : *sections)
                         if (section.key == "bottleneck" || section.key == "costs" || section.key == "cost")
                           sections_ +=
                               QStringLiteral("<h3>%1</h3><pre style=\"white-space: pre-wrap\">%2</pre>")
                                   .arg(escaped(section.title), escaped(section.text));
                       if (hasNode()) text_->showHtml(facts() + sections_);
                     });
  }
  text_->showHtml(facts() + sections_);
}

}  // namespace espalier::ui
