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

constexpr int kLookForEventsMilliseconds = 500;

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
  followTimer_.setInterval(kLookForEventsMilliseconds);
  connect(&followTimer_, &QTimer::timeout, this, &MainWindow::followFile);
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
  followTimer_.stop();
  followed_.reset();
  play_->setChecked(false);
  undo_.clear();
  history_.clear();
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
  const auto events = (*store)->read();
  if (!events) return messages_->show(fromUtf8(events.error().text()), MessageBar::Severity::Failure);
  beginSession(file);
  settings_.addRecent(file);
  takeEvents(*events);
  if (history_.fold().state() != RunState::Finished) {
    followed_ = std::move(*store);
    followTimer_.start();
  }
  if (!history_.trouble().empty())
    messages_->show(fromUtf8(history_.trouble()), MessageBar::Severity::Failure);
  if (history_.tree().contains(history_.tree().best())) tree_->select(history_.tree().best());
}

void MainWindow::followFile() {
  const auto events = followed_->read(history_.events().empty() ? 1 : history_.events().back().sequence + 1);
  if (!events) {
    followTimer_.stop();
    return messages_->show(fromUtf8(events.error().text()), MessageBar::Severity::Failure);
  }
  if (!events->empty()) takeEvents(*events);
  if (history_.atEnd() && history_.fold().state() == RunState::Finished) followTimer_.stop();
}

void MainWindow::startRun(const NewRun& run) {
  if (engine_.active()) {
    messages_->show(tr("A search is running already."), MessageBar::Severity::Warning);
    return;
  }
  beginSession(QString::fromStdString(run.session));
  stateLabel_->setText(tr("Opening the workload and looking at the machine…"));
  engine_.start(services_.newRun(run));
  run_->setSteerable(true);
  updateActions();
}

void MainWindow::resumeRun() {
  if (engine_.active() || path_.isEmpty()) return;
  followTimer_.stop();
  followed_.reset();
  engine_.start(services_.resumeRun(path_.toStdString()));
  run_->setSteerable(true);
  stateLabel_->setText(tr("Opening the session…"));
  updateActions();
}

void MainWindow::takeEvents(const std::vector<Event>& events) {
  history_.append(events);
  if (!stored_ && history_.fold().run() != nullptr) {
    texts_.reset(services_.textsOf(*history_.fold().run()));
    stored_ = true;
    settings_.addRecent(QFileInfo(path_).absoluteFilePath());
    tree_->select(kRootNode);
  }
  if (engine_.active()) tellNotices(events);
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
  history_.show(static_cast<std::size_t>(position));
  updateScrubber();
  historyChanged();
}

void MainWindow::updateStatus() {
  const SessionFold& fold = history_.fold();
  if (fold.run() == nullptr) return;
  QString state;
  switch (fold.state()) {
    case RunState::Empty: break;
    case RunState::Running:
      state =
          engine_.active() ? tr("Running") : (followTimer_.isActive() ? tr("Following") : tr("Interrupted"));
      break;
    case RunState::Paused: state = engine_.active() ? tr("Paused") : tr("Interrupted while paused"); break;
    case RunState::Finished: state = tr("Finished"); break;
  }
  if (!history_.atEnd()) state = tr("In the past");
  stateLabel_->setText(QStringLiteral("<b>%1</b>").arg(state));
  const double best =
      fold.tree().best() == kNoNode ? 0 : fold.tree().baselineSeconds() / fold.tree().bestSeconds();
  figuresLabel_->setText(tr("%1 · %2 samples, %3 failed · %4 nodes · best %5 (%6)")
                             .arg(fromUtf8(fold.run()->problem.name))
                             .arg(fold.totals().samples)
                             .arg(fold.totals().failedSamples)
                             .arg(grouped(static_cast<std::int64_t>(fold.tree().size())), speedupText(best),
                                  duration(fold.tree().bestSeconds())));
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
