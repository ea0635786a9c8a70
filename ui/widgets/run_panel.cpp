// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/run_panel.h"

#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <cmath>

#include "models/core_words.h"
#include "models/figures.h"
#include "models/run_parameters.h"

namespace espalier::ui {
namespace {

QString row(const QString& name, const QString& value) {
  return QStringLiteral("<tr><td class=\"faint\">%1</td><td>%2</td></tr>").arg(name, value);
}

/// Fractions to four digits.
QString shortened(const QString& value) {
  bool valid = false;
  const double number = value.toDouble(&valid);
  return valid && number != std::floor(number) ? QString::number(number, 'g', 4) : value;
}

}  // namespace

RunPanel::RunPanel(const History& history, TextService& texts, QWidget* parent)
    : Panel(history, texts, parent), text_(new RichText(this)), form_(new QWidget(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(text_, 1);
  column->addWidget(form_);
  auto* grid = new QGridLayout(form_);
  grid->setContentsMargins(12, 6, 12, 8);
  grid->setHorizontalSpacing(10);
  grid->setVerticalSpacing(4);
  grid->setColumnStretch(1, 1);
  grid->setColumnStretch(3, 1);
  int count = 0;
  const auto field = [&](const char* name, const QString& words, const QString& help) {
    auto* line = new QLineEdit(form_);
    line->setObjectName(QString::fromUtf8(name));
    line->setToolTip(help);
    auto* label = new QLabel(words, form_);
    label->setBuddy(line);
    grid->addWidget(label, count / 2, count % 2 * 2);
    grid->addWidget(line, count / 2, count % 2 * 2 + 1);
    ++count;
    fields_[name] = line;
    connect(line, &QLineEdit::editingFinished, this, [this, line, key = std::string(name)] {
      if (!line->isModified() || line->text().trimmed().isEmpty()) return;
      line->setModified(false);
      Q_EMIT parameterWanted(fromUtf8(key), line->text().trimmed(),
                             parameterText(this->history().fold(), key));
    });
  };
  field("samples", tr("Samples"), tr("The run ends when this many candidates were measured."));
  field("time-limit", tr("Seconds"), tr("The run ends after this time; 0 is no limit."));
  field("exploration", tr("Exploration c"), tr("Weight of the exploration term of UCT."));
  field("branching", tr("Branching"),
        tr("Children that a node may have before those below it are selected."));
  field("max-cost", tr("Most cost, $"), tr("What asking a model may cost."));
  field("max-tokens", tr("Most tokens"), tr("How many tokens may be sent to and received from a model."));
  field("threads", tr("Threads"),
        tr("Cores that the program runs on. A change sets earlier measurements aside; the best program is "
           "measured anew first."));
  field("history-depth", tr("Ancestors"), tr("How many ancestors of a node a proposer is shown."));
  auto* other = new QPushButton(tr("Another proposer…"), form_);
  other->setToolTip(tr("Goes on with another proposer or model."));
  grid->addWidget(other, count / 2, 0, 1, 4, Qt::AlignRight);
  connect(other, &QPushButton::clicked, this, &RunPanel::proposerWanted);
  setSteerable(false);
}

void RunPanel::setTheme(const Theme& theme) {
  text_->setTheme(theme);
  Panel::setTheme(theme);
}

void RunPanel::setSteerable(bool steerable) {
  steerable_ = steerable;
  form_->setVisible(steerable);
}

QString RunPanel::html() const {
  const RunFold& fold = history().fold();
  const RunStarted* run = fold.run();
  if (run == nullptr) return tr("No run yet.");
  const ProblemInfo& problem = run->problem;
  QString html = QStringLiteral("<h2>%1</h2><table cellspacing=\"0\">").arg(escaped(problem.name));
  const QString state = fold.finish()                      ? tr("finished: %1").arg(endWords(*fold.finish()))
                        : fold.state() == RunState::Paused ? tr("paused")
                        : steerable_                       ? tr("running")
                                                           : tr("running elsewhere, or interrupted");
  html += row(tr("State"), state.toHtmlEscaped());
  QString search = strategyWords(run->strategy);
  if (run->strategy == "mcts") search += tr(", proposals by %1").arg(proposerWords(run->proposer));
  search += tr(", preset %1, seed %2").arg(fromUtf8(run->preset)).arg(run->seed);
  html += row(tr("Search"), search.toHtmlEscaped());
  html += row(tr("Threads"), QString::number(problem.threads));
  const double baseline = history().tree().baselineSeconds();
  html += row(tr("Initial program"), duration(baseline));
  if (const NodeId best = history().tree().best(); best != kNoNode) {
    html += row(tr("Best"), tr("<b>%1</b>, %2, node %3")
                                .arg(speedupText(baseline / history().tree().bestSeconds()),
                                     duration(history().tree().bestSeconds()), nodeLink(best)));
    if (problem.operations > 0)
      html +=
          row(tr("Rate"),
              tr("%1 GFLOP/s").arg(fixedText(problem.operations / history().tree().bestSeconds() * 1e-9, 1)));
    if (problem.rooflineSeconds > 0)
      html += row(tr("Of the roofline"),
                  rooflineShareHtml(problem.rooflineSeconds / history().tree().bestSeconds() * 100));
  }
  const RunTotals& totals = fold.totals();
  html += row(tr("Samples"), tr("%1, %2 failed").arg(totals.samples).arg(totals.failedSamples));
  html += row(tr("Expansions"), tr("%1, %2 fallbacks, %3 duplicates")
                                    .arg(totals.expansions)
                                    .arg(totals.fallbacks)
                                    .arg(totals.duplicates));
  html += row(tr("Time"), duration(totals.elapsedSeconds));
  if (totals.calls > 0)
    html += row(tr("Model"), tr("%1 calls, %2 tokens in, %3 out, %4")
                                 .arg(totals.calls)
                                 .arg(grouped(totals.usage.prompt), grouped(totals.usage.completion),
                                      money(totals.costUsd)));
  html += QStringLiteral("</table>");
  for (const Section& section : problem.sections)
    if (section.key == "workload" || section.key == "roofline")
      html += QStringLiteral("<h3>%1</h3><p>%2</p>")
                  .arg(escaped(section.title),
                       escaped(section.text).replace(QLatin1Char('\n'), QStringLiteral("<br>")));
  return html;
}

void RunPanel::refresh() {
  text_->showHtml(html());
  for (const auto& [name, line] : fields_)
    if (!line->hasFocus()) {
      line->setText(shortened(parameterText(history().fold(), name)));
      line->setCursorPosition(0);
    }
}

}  // namespace espalier::ui
