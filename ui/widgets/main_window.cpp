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
#include <QStatusBar>
#include <QStyle>

#include "models/figures.h"
#include "widgets/charts_panel.h"
#include "widgets/minimap.h"
#include "widgets/palette.h"
#include "widgets/panel.h"
#include "widgets/render.h"
#include "widgets/run_panel.h"
#include "widgets/steer_bar.h"

namespace espalier::ui {
namespace {

// What the window's thread does itself, since it takes it less than a frame or two.
constexpr std::uint64_t kEventsReadAtOnce = 1000;
constexpr std::size_t kEventsFoldedAtOnce = 600000;

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
  makeTools();
  makeMenus();
  makeStatus();
  palette_ = new CommandPalette(this);
  connect(palette_, &CommandPalette::nodeWanted, this, &MainWindow::select);
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
  start_->refresh();
  pages_->setCurrentIndex(0);
  for (QDockWidget* dock : docks_) dock->hide();
  tools_->hide();
  statusBar()->setVisible(engine_.active());
  updateActions();
}

void MainWindow::beginSession(const QString& path) {
  const bool first = pages_->currentIndex() == 0;
  reader_.stopFollowing();
  play_->setChecked(false);
  undo_.clear();
  reader_.forgetFold();
  reader_.discard(std::exchange(history_, History()));
  stored_ = false;
  path_ = path;
  tree_->setTree(&history_.tree());
  charts_->clearOthers();
  messages_->hide();
  steerBar_->hide();
  setWindowFilePath(path);
  setWindowTitle(tr("%1 — Espalier").arg(QFileInfo(path).completeBaseName()));
  pages_->setCurrentIndex(1);
  tools_->show();
  statusBar()->show();
  if (first) {
    restoreLayout(settings_.docks());
    tools_->show();
  }
  tree_->setFocus();
}

void MainWindow::openSession(const QString& path) {
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
  if (history_.tree().contains(history_.tree().best())) tree_->select(history_.tree().best());
}

void MainWindow::startRun(const NewRun& run) {
  if (engine_.active()) {
    messages_->show(tr("A search is running already."), MessageBar::Severity::Warning);
    return;
  }
  beginSession(QString::fromStdString(run.session));
  stateLabel_->setText(tr("Opening the workload and looking at the machine…"));
  history_.setSource(fileSource(run.session));
  engine_.start(services_.newRun(run));
  run_->setSteerable(true);
  updateActions();
}

void MainWindow::resumeRun() {
  if (engine_.active() || path_.isEmpty()) return;
  reader_.stopFollowing();
  engine_.start(services_.resumeRun(path_.toStdString()));
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
    if (const auto* received = std::get_if<CommandReceived>(&event.body);
        received != nullptr && !received->accepted)
      messages_->show(fromUtf8(received->words), MessageBar::Severity::Warning);
  }
}

void MainWindow::runFinished(const QString& trouble) {
  if (!trouble.isEmpty()) messages_->show(trouble, MessageBar::Severity::Failure);
  run_->setSteerable(false);
  undo_.clear();
  historyChanged();
}

void MainWindow::historyChanged() {
  if (rebuilds_ != history_.rebuilds()) {
    rebuilds_ = history_.rebuilds();
    tree_->treeReplaced();
  } else {
    tree_->treeChanged();
  }
  for (Panel* panel : panels_) panel->historyChanged();
  updateStatus();
  updateActions();
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
  if (history_.workOf(wanted) > kEventsFoldedAtOnce)
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
  const double best = history_.tree().best() == kNoNode
                          ? 0
                          : history_.tree().baselineSeconds() / history_.tree().bestSeconds();
  figuresLabel_->setText(tr("%1 · %2 samples, %3 failed · %4 nodes · best %5 (%6)")
                             .arg(fromUtf8(fold.run()->problem.name))
                             .arg(fold.totals().samples)
                             .arg(fold.totals().failedSamples)
                             .arg(grouped(static_cast<std::int64_t>(history_.tree().size())),
                                  speedupText(best), duration(history_.tree().bestSeconds())));
  const RunTotals& totals = fold.totals();
  costLabel_->setText(
      tr("%1 calls · %2 tokens · %3")
          .arg(totals.calls)
          .arg(grouped(totals.usage.prompt + totals.usage.completion), money(totals.costUsd)));
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
  setStyleSheet(
      QStringLiteral("QMainWindow::separator { width: 5px; height: 5px; background: %1; }"
                     "QToolBar { border: none; border-bottom: 1px solid %2; padding: 3px; spacing: 3px; }"
                     "QStatusBar { border-top: 1px solid %2; } QStatusBar::item { border: none; }"
                     "QHeaderView::section { background: %1; border: none; border-bottom: 1px solid %2; "
                     "padding: 3px 6px; }"
                     "QDockWidget::title { padding: 5px 8px; background: %1; }")
          .arg(name(Ink::SurfaceRaised), name(Ink::Border)));
  tree_->setTheme(theme_);
  minimap_->setTheme(theme_);
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

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  if (firstFile(event->mimeData()).endsWith(QStringLiteral(".espalier"))) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) { openSession(firstFile(event->mimeData())); }

}  // namespace espalier::ui
