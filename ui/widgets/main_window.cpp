// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/main_window.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenuBar>
#include <QMimeData>
#include <QResizeEvent>
#include <QStatusBar>
#include <QStyle>

#include "models/core_words.h"
#include "models/figures.h"
#include "models/run_parameters.h"
#include "widgets/budget_meter.h"
#include "widgets/charts_panel.h"
#include "widgets/export_sheet.h"
#include "widgets/keys_sheet.h"
#include "widgets/legend.h"
#include "widgets/minimap.h"
#include "widgets/note_sheet.h"
#include "widgets/palette.h"
#include "widgets/panel.h"
#include "widgets/proposer_sheet.h"
#include "widgets/render.h"
#include "widgets/run_panel.h"
#include "widgets/steer_bar.h"

namespace espalier::ui {
namespace {

// What the window's thread does itself, since it takes it less than a frame or two.
constexpr std::uint64_t kEventsReadAtOnce = 1000;
constexpr std::size_t kFewEvents = 4000;  ///< their cost does not depend on the size of the tree
constexpr std::size_t kEventsFoldedAtOnce = 200000;

QString firstFile(const QMimeData* data) {
  return data->hasUrls() && !data->urls().isEmpty() ? data->urls().constFirst().toLocalFile() : QString();
}

}  // namespace

MainWindow::MainWindow(const Services& services, QWidget* parent) : QMainWindow(parent), services_(services) {
  setObjectName(QStringLiteral("espalier"));
  setWindowTitle(tr("Espalier"));
  setAcceptDrops(true);
  resize(1500, 900);
  makeCentre();
  makeActions();
  makePanels();
  makePanelActions();
  makeTools();
  makeMenus();
  makeStatus();
  palette_ = new CommandPalette(this);
  connect(palette_, &CommandPalette::nodeWanted, this, &MainWindow::select);
  makeSheets();
  connect(&engine_, &Engine::eventsArrived, this, &MainWindow::takeEvents);
  connect(&engine_, &Engine::finished, this, &MainWindow::runFinished);
  connect(&reader_, &SessionReader::opened, this,
          [this](const std::shared_ptr<LoadedSession>& session) { adoptSession(*session); });
  connect(&reader_, &SessionReader::failed, this,
          [this](const QString& words) { messages_->show(words, MessageBar::Severity::Failure); });
  connect(&reader_, &SessionReader::eventsArrived, this, &MainWindow::takeEvents);
  connect(&reader_, &SessionReader::momentReady, this,
          [this](const std::shared_ptr<Moment>& moment) { adoptMoment(*moment); });
  setTheme(settings_.theme());
  if (const QByteArray geometry = settings_.geometry(); !geometry.isEmpty()) restoreGeometry(geometry);
  showStart();
}

MainWindow::~MainWindow() = default;

void MainWindow::showStart() {
  if (pages_->currentIndex() == 1) settings_.setLayout(saveGeometry(), saveState());
  start_->setBehind(history_.size() > 0 ? QFileInfo(path_).completeBaseName() : QString());
  start_->refresh();
  pages_->setCurrentIndex(0);
  for (QDockWidget* dock : docks_) dock->hide();
  tools_->hide();
  statusBar()->setVisible(engine_.active());
  updateActions();
}

void MainWindow::showSession() {
  if (pages_->currentIndex() == 0) {
    pages_->setCurrentIndex(1);
    restoreLayout(settings_.docks());
    tools_->show();
    statusBar()->show();
  }
  updateActions();
  tree_->setFocus();
}

void MainWindow::beginSession(const QString& path) {
  reader_.stopFollowing();
  play_->setChecked(false);
  undo_.clear();
  reader_.forgetFold();
  reader_.discard(std::exchange(history_, History()));
  stored_ = false;
  path_ = path;
  tree_->setTree(&history_.tree());
  charts_->clearOthers();
  charts_->sessionChanged();
  annotations_.clear();
  maxCost_.reset();
  messages_->hide();
  steerBar_->hide();
  setWindowFilePath(path);
  setWindowTitle(tr("%1 — Espalier").arg(QFileInfo(path).completeBaseName()));
  showSession();
}

void MainWindow::openSession(const QString& path) {
  if (!path_.isEmpty() && history_.size() > 0 && QFileInfo(path) == QFileInfo(path_) && engine_.active())
    return showSession();
  if (engine_.active()) {
    messages_->show(tr("A search is running. Stop it before another session is opened."),
                    MessageBar::Severity::Warning);
    return;
  }
  const QString file = QFileInfo(path).absoluteFilePath();
  auto store = SessionStore::open(file.toStdString(), SessionStore::Access::Read);
  if (!store) return messages_->show(fromUtf8(store.error().text()), MessageBar::Severity::Failure);
  const auto last = (*store)->lastSequence();
  if (!last) return messages_->show(fromUtf8(last.error().text()), MessageBar::Severity::Failure);
  if (*last > kEventsReadAtOnce) {
    store->reset();
    reader_.open(file);
    return messages_->show(tr("Opening %1…").arg(QFileInfo(file).fileName()),
                           MessageBar::Severity::Information);
  }
  auto loaded = loadSession(file.toStdString());
  if (!loaded) return messages_->show(fromUtf8(loaded.error().text()), MessageBar::Severity::Failure);
  adoptSession(*loaded);
}

void MainWindow::adoptSession(LoadedSession& session) {
  if (engine_.active()) return;
  const QString file = QString::fromStdString(session.path);
  beginSession(file);
  settings_.addRecent(file);
  reader_.discard(std::exchange(history_, std::move(session.history)));
  rebuilds_ = history_.rebuilds();
  tree_->setTree(&history_.tree(), std::move(session.layout));
  showBegun();
  if (history_.fold().state() != RunState::Finished)
    reader_.follow(std::move(session.store), history_.digest().last());
  if (!history_.trouble().empty())
    messages_->show(fromUtf8(history_.trouble()), MessageBar::Severity::Failure);
  else if (history_.size() == 0)
    messages_->show(tr("No search has begun in this session yet. It shows here as soon as one does."),
                    MessageBar::Severity::Information);
  loadAnnotations();
  if (history_.tree().contains(history_.tree().best())) tree_->select(history_.tree().best());
  if (std::exchange(demo_, QString()) == file) {
    showTime(0);
    play_->setChecked(true);
  }
}

void MainWindow::playDemo(const QString& path) {
  demo_ = QFileInfo(path).absoluteFilePath();
  openSession(path);
}

void MainWindow::chooseWorkload(const QString& workload) {
  if (pages_->currentIndex() != 0) showStart();
  start_->choose(workload);
}

void MainWindow::open(const QString& what) {
  const std::vector<WorkloadChoice> layers = services_.workloads();
  const bool layer = std::any_of(layers.begin(), layers.end(),
                                 [&](const WorkloadChoice& choice) { return choice.name == what; });
  layer || what.endsWith(QStringLiteral(".tc")) ? chooseWorkload(what) : openSession(what);
}

void MainWindow::startRun(const NewRun& run) {
  if (engine_.active()) {
    messages_->show(tr("A search is running already."), MessageBar::Severity::Warning);
    return;
  }
  beginSession(QString::fromStdString(run.session));
  maxCost_ = run.proposer.maxCost;
  stateLabel_->setText(tr("Opening the workload and looking at the machine…"));
  history_.setSource(fileSource(run.session));
  engine_.start(services_.newRun(run));
  run_->setSteerable(true);
  updateActions();
}

void MainWindow::resumeRun(const std::optional<ProposerChoice>& proposer) {
  if (engine_.active() || path_.isEmpty()) return;
  if (!history_.atEnd()) showTime(static_cast<int>(history_.size()));
  play_->setChecked(false);
  if (proposer) maxCost_ = proposer->maxCost;
  reader_.stopFollowing();
  engine_.start(services_.resumeRun(path_.toStdString(), proposer));
  run_->setSteerable(true);
  stateLabel_->setText(tr("Opening the session…"));
  updateActions();
}

void MainWindow::takeEvents(const std::vector<Event>& events) {
  history_.append(events);
  if (engine_.active()) tellNotices(events);
  showBegun();
  if (reader_.following() && history_.atEnd() && history_.fold().state() == RunState::Finished)
    reader_.stopFollowing();
}

/// Events came. With the first of a run its problem is known, and with it who can tell of programs.
void MainWindow::showBegun() {
  if (!stored_ && history_.fold().run() != nullptr) {
    texts_.reset(services_.textsOf(*history_.fold().run()));
    stored_ = true;
    settings_.addRecent(QFileInfo(path_).absoluteFilePath());
    tree_->select(kRootNode);
  }
  updateScrubber();
  historyChanged();
}

void MainWindow::tellNotices(const std::vector<Event>& events) {
  for (const Event& event : events) {
    if (const auto* notice = std::get_if<Notice>(&event.body)) {
      const auto severity = notice->severity == "error"     ? MessageBar::Severity::Failure
                            : notice->severity == "warning" ? MessageBar::Severity::Warning
                                                            : MessageBar::Severity::Information;
      messages_->show(fromUtf8(notice->text), severity);
    }
    if (const auto* received = std::get_if<CommandReceived>(&event.body)) {
      if (!received->accepted) messages_->show(fromUtf8(received->words), MessageBar::Severity::Warning);
      if (const auto effect = effectWords(*received))
        messages_->show(*effect, MessageBar::Severity::Information);
    }
  }
}

void MainWindow::runFinished(const QString& trouble) {
  if (history_.size() == 0) {  // it never began: back to the form, as it was filled in
    path_.clear();
    setWindowTitle(tr("Espalier"));
    showStart();
  }
  if (!trouble.isEmpty()) messages_->show(trouble, MessageBar::Severity::Failure);
  run_->setSteerable(false);
  undo_.clear();
  historyChanged();
  showResult();
  if (const auto proposer = std::exchange(proposerAfter_, std::nullopt); proposer && trouble.isEmpty())
    resumeRun(proposer);
}

/// Who chose no node while the search ran wants to see what came of it.
void MainWindow::showResult() {
  const SearchTree& tree = history_.tree();
  if (!history_.fold().finish() || !tree.contains(tree.best())) return;
  if (tree_->selected() == kRootNode) tree_->select(tree.best());
  messages_->mention(tr("The search has ended: %1. The best program is %2 as fast as the initial one (%3). "
                        "Ctrl+Shift+E exports it.")
                         .arg(endWords(*history_.fold().finish()),
                              speedupText(tree.baselineSeconds() / tree.bestSeconds()),
                              duration(tree.bestSeconds())));
}

void MainWindow::lookAtSomething() {
  const SearchTree& tree = history_.tree();
  if (!tree.contains(tree_->selected()) && tree.contains(tree.best())) tree_->select(tree.best());
}

void MainWindow::historyChanged() {
  if (rebuilds_ != history_.rebuilds()) {
    rebuilds_ = history_.rebuilds();
    showAnnotations();
    tree_->treeReplaced();
  } else {
    tree_->treeChanged();
  }
  for (Panel* panel : panels_) panel->historyChanged();
  updateStatus();
  updateActions();
  // Apart from all that, so that neither holds up the window for long.
  if (!history_.tree().contains(tree_->selected()))
    QMetaObject::invokeMethod(this, &MainWindow::lookAtSomething, Qt::QueuedConnection);
}

void MainWindow::updateScrubber() {
  const QSignalBlocker quiet(scrubber_);
  scrubber_->setMaximum(static_cast<int>(history_.size()));
  scrubber_->setPageStep(std::max(1, static_cast<int>(history_.size() / 20)));
  scrubber_->setValue(static_cast<int>(history_.position()));
  time_->setText(history_.atEnd() ? tr("%1 events").arg(grouped(static_cast<std::int64_t>(history_.size())))
                                  : tr("event %1 of %2")
                                        .arg(grouped(static_cast<std::int64_t>(history_.position())),
                                             grouped(static_cast<std::int64_t>(history_.size()))));
  toEnd_->setEnabled(!history_.atEnd());
}

void MainWindow::showTime(int position) {
  const auto wanted = static_cast<std::size_t>(position);
  reader_.forgetFold();
  const std::size_t work = history_.workOf(wanted);
  if (work > kFewEvents && work + history_.tree().size() > kEventsFoldedAtOnce)
    return reader_.foldUpTo(history_.digest().shared(), wanted);
  history_.show(wanted);
  updateScrubber();
  historyChanged();
}

void MainWindow::adoptMoment(Moment& moment) {
  reader_.discard(history_.exchange(std::move(moment)));
  // The end may have moved on meanwhile.
  if (scrubber_->value() == scrubber_->maximum()) history_.show(history_.size());
  updateScrubber();
  historyChanged();
}

void MainWindow::updateStatus() {
  const RunFold& fold = history_.fold();
  if (fold.run() == nullptr) return;
  QString state;
  switch (fold.state()) {
    case RunState::Empty: break;
    case RunState::Running:
      state = engine_.active() ? tr("Running") : (reader_.following() ? tr("Following") : tr("Interrupted"));
      break;
    case RunState::Paused: state = engine_.active() ? tr("Paused") : tr("Interrupted while paused"); break;
    case RunState::Finished: state = tr("Finished"); break;
  }
  if (!history_.atEnd()) state = tr("In the past");
  stateLabel_->setText(QStringLiteral("<b>%1</b>").arg(state));
  QStringList words{fromUtf8(fold.run()->problem.name)};
  const SearchTree& tree = history_.tree();
  double percent = 0;
  if (tree.contains(tree.best())) {
    const double seconds = tree.bestSeconds();
    words << tr("best %1 (%2)").arg(speedupText(tree.baselineSeconds() / seconds), duration(seconds));
    percent = fold.run()->problem.rooflineSeconds / seconds * 100;
    if (percent > 0) words << tr("%1 % of the roofline").arg(fixedText(percent, 0));
  }
  if (fold.conditions().size() > 1) words << tr("threads: %1").arg(fold.conditions().back().threads);
  suspicion_->setVisible(percent > kSuspiciousPercent);
  words << tr("nodes: %1").arg(grouped(static_cast<std::int64_t>(tree.size())));
  if (tree_->leastVisits() > 0 || tree_->hidden() != kHideNothing)
    words << tr("shown: %1").arg(grouped(static_cast<std::int64_t>(tree_->laidOut())));
  if (fold.totals().failedSamples > 0) words << tr("failed: %1").arg(grouped(fold.totals().failedSamples));
  if (const QString flight = inFlight(); !flight.isEmpty()) words << flight;
  figuresLabel_->setText(words.join(QStringLiteral("  ·  ")));
  updateMeter();
  updateLegend();
}

/// What was begun and has not arrived yet.
QString MainWindow::inFlight() const {
  if (!engine_.active() || !history_.atEnd()) return {};
  const std::size_t samples = history_.tree().inFlight();
  const auto calls = history_.liveCalls().size();
  QStringList words;
  if (history_.tree().baselineSeconds() == 0 && samples == 0) words << tr("measuring the initial program");
  if (samples > 0) words << tr("measuring: %1").arg(samples);
  if (calls > 0) words << tr("models asked: %1").arg(calls);
  return words.join(QStringLiteral(", "));
}

void MainWindow::updateMeter() {
  const RunFold& fold = history_.fold();
  const RunTotals& totals = fold.totals();
  const auto gauge = [](const QString& words, double used, std::optional<double> limit, bool costly) {
    return Gauge{words, limit ? used / *limit : -1, costly};
  };
  std::vector<Gauge> gauges;
  const auto samples = limitOf(fold, "samples");
  gauges.push_back(gauge(
      samples
          ? tr("samples %1 of %2").arg(grouped(totals.samples), grouped(static_cast<std::int64_t>(*samples)))
          : tr("samples %1").arg(grouped(totals.samples)),
      totals.samples, samples, false));
  const std::int64_t used = totals.usage.prompt + totals.usage.completion;
  const auto tokens = limitOf(fold, "max-tokens");
  if (totals.calls > 0 || tokens)
    gauges.push_back(gauge(tr("tokens %1").arg(grouped(used)), static_cast<double>(used), tokens, true));
  auto cost = limitOf(fold, "max-cost");
  if (!cost) cost = maxCost_;
  gauges.push_back(
      gauge(cost ? tr("%1 of %2").arg(money(totals.costUsd), money(*cost)) : money(totals.costUsd),
            totals.costUsd, cost, true));
  meter_->show(std::move(gauges));
}

void MainWindow::updateLegend() {
  const SearchTree& tree = history_.tree();
  const QString name = colour_->currentText();
  const QString best =
      tree.contains(tree.best()) ? speedupText(tree.baselineSeconds() / tree.bestSeconds()) : QString();
  switch (tree_->colourMetric()) {
    case Metric::Speedup:
    case Metric::Predicted: {
      const double low = lowestToldApart(tree);
      return legend_->setScale(name, (low > 1 ? QStringLiteral("≤ ") : QString()) + speedupText(low), best);
    }
    case Metric::Visits:
      return legend_->setScale(name, QStringLiteral("0"),
                               tree.size() == 0 ? QString() : grouped(tree.node(kRootNode).visits));
    case Metric::Value: return legend_->setScale(name, QStringLiteral("0"), QStringLiteral("1"));
    case Metric::Depth: return legend_->setScale(name, QStringLiteral("0"), tr("12 and more"));
    case Metric::Age: return legend_->setScale(name, tr("first"), tr("last"));
  }
}

void MainWindow::select(NodeId node) {
  if (history_.tree().contains(node)) tree_->select(node, true);
}

void MainWindow::chooseFile() {
  const QString path = QFileDialog::getOpenFileName(this, tr("Open a session"), QString(),
                                                    tr("Sessions (*.espalier);;All files (*)"));
  if (!path.isEmpty()) openSession(path);
}

void MainWindow::setTheme(ThemeChoice choice) {
  const Theme system = Theme::matching(QApplication::style()->standardPalette());
  theme_ =
      choice == ThemeChoice::System ? system : (choice == ThemeChoice::Dark ? Theme::dark() : Theme::light());
  applyTheme();
}

void MainWindow::applyTheme() {
  QApplication::setPalette(theme_.palette());
  const auto name = [this](Ink ink) { return theme_.color(ink).name(); };
  statusBar()->setStyleSheet(
      QStringLiteral("QStatusBar { border-top: 1px solid %1; } QStatusBar::item { border: none; }")
          .arg(name(Ink::Border)));
  suspicion_->setStyleSheet(QStringLiteral("QLabel { color: %1; }").arg(name(Ink::Warning)));
  tree_->setTheme(theme_);
  minimap_->setTheme(theme_);
  legend_->setTheme(theme_);
  meter_->setTheme(theme_);
  start_->setTheme(theme_);
  messages_->setTheme(theme_);
  for (Panel* panel : panels_) panel->setTheme(theme_);
  dressIcons();
  updateActions();
}

void MainWindow::closeEvent(QCloseEvent* event) {
  settings_.setLayout(saveGeometry(), pages_->currentIndex() == 1 ? saveState() : QByteArray());
  event->accept();
}

void MainWindow::resizeEvent(QResizeEvent* event) {
  QMainWindow::resizeEvent(event);
  const QSize before = event->oldSize();
  if (event->size().width() < before.width() || event->size().height() < before.height())
    QMetaObject::invokeMethod(this, &MainWindow::keepTreeLarge,
                              Qt::QueuedConnection);  // once all have places
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  const QString file = firstFile(event->mimeData());
  if (file.endsWith(QStringLiteral(".espalier")) || file.endsWith(QStringLiteral(".tc")))
    event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) { open(firstFile(event->mimeData())); }

}  // namespace espalier::ui
