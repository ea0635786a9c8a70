// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QHBoxLayout>
#include <QStatusBar>
#include <QVBoxLayout>

#include "widgets/budget_meter.h"
#include "widgets/charts_panel.h"
#include "widgets/effort_panel.h"
#include "widgets/elided_label.h"
#include "widgets/export_sheet.h"
#include "widgets/keys_sheet.h"
#include "widgets/legend.h"
#include "widgets/main_window.h"
#include "widgets/measurement_panel.h"
#include "widgets/minimap.h"
#include "widgets/node_lists.h"
#include "widgets/note_sheet.h"
#include "widgets/program_panel.h"
#include "widgets/proposer_sheet.h"
#include "widgets/reasoning_panel.h"
#include "widgets/run_panel.h"
#include "widgets/steer_bar.h"

namespace espalier::ui {
namespace {

constexpr int kFrameMilliseconds = 33;
constexpr double kWholeMilliseconds = 20000;  ///< for a whole search at speed 1

}  // namespace

void MainWindow::makeCentre() {
  auto* centre = new QWidget(this);
  auto* outer = new QVBoxLayout(centre);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->setSpacing(0);
  messages_ = new MessageBar(centre);
  outer->addWidget(messages_);
  pages_ = new QStackedWidget(centre);
  outer->addWidget(pages_, 1);
  start_ = new StartPage(services_, settings_, pages_);
  pages_->addWidget(start_);

  auto* session = new QWidget(pages_);
  auto* column = new QVBoxLayout(session);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  tree_ = new TreeView(session);
  tree_->setObjectName(QStringLiteral("tree"));
  column->addWidget(tree_, 1);
  legend_ = new Legend(tree_);
  minimap_ = new Minimap(tree_);
  steerBar_ = new SteerBar(history_, texts_, session);
  column->addWidget(steerBar_);
  auto* scrubber = new QWidget(session);
  makeScrubber(scrubber);
  column->addWidget(scrubber);
  pages_->addWidget(session);
  setCentralWidget(centre);

  connect(start_, &StartPage::runWanted, this, &MainWindow::startRun);
  connect(start_, &StartPage::sessionWanted, this, &MainWindow::openSession);
  connect(start_, &StartPage::demoWanted, this, &MainWindow::playDemo);
  connect(start_, &StartPage::openWanted, this, &MainWindow::chooseFile);
  connect(start_, &StartPage::backWanted, this, &MainWindow::showSession);
  connect(tree_, &TreeView::selectionChanged, this, [this](NodeId node) {
    for (Panel* panel : panels_) panel->setNode(node);
    updateActions();
  });
  connect(tree_, &TreeView::secondChanged, this, [this](NodeId node) {
    for (Panel* panel : panels_) panel->setSecond(node);
  });
  connect(tree_, &TreeView::contextMenuRequested, this, &MainWindow::showNodeMenu);
  connect(tree_, &TreeView::laidOutAnew, this, &MainWindow::updateStatus);
  connect(tree_, &TreeView::optionsChanged, this, &MainWindow::updateActions);
  connect(tree_, &TreeView::comparingChanged, this, [this](bool on) {
    if (on)
      messages_->show(tr("Click the node to compare node %1 with. Esc ends this.").arg(tree_->selected()),
                      MessageBar::Severity::Information);
    else
      messages_->hide();
  });
  connect(steerBar_, &SteerBar::commandWanted, this, &MainWindow::steer);
  connect(steerBar_, &SteerBar::closed, tree_, qOverload<>(&QWidget::setFocus));
}

void MainWindow::makeScrubber(QWidget* parent) {
  auto* row = new QHBoxLayout(parent);
  row->setContentsMargins(8, 2, 8, 2);
  play_ = new QToolButton(parent);
  play_->setAutoRaise(true);
  play_->setCheckable(true);
  play_->setFocusPolicy(Qt::TabFocus);
  play_->setToolTip(tr("Play the search from the chosen moment"));
  play_->setAccessibleName(play_->toolTip());
  scrubber_ = new QSlider(Qt::Horizontal, parent);
  scrubber_->setAccessibleName(tr("Moment of the search"));
  scrubber_->setToolTip(tr("Shows the search as it was"));
  time_ = new QLabel(parent);
  time_->setForegroundRole(QPalette::PlaceholderText);
  time_->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("event 100,000 of 100,000")));
  time_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  toEnd_ = new QToolButton(parent);
  toEnd_->setAutoRaise(true);
  toEnd_->setFocusPolicy(Qt::TabFocus);
  toEnd_->setToolTip(tr("Back to now"));
  toEnd_->setAccessibleName(toEnd_->toolTip());
  speed_ = new QComboBox(parent);
  for (const double speed : {0.25, 0.5, 1.0, 2.0, 5.0, 20.0})
    speed_->addItem(QStringLiteral("%1×").arg(speed), speed);
  speed_->setCurrentIndex(2);
  speed_->setToolTip(tr("Speed: at 1× a whole search takes twenty seconds"));
  speed_->setAccessibleName(tr("Speed"));
  row->addWidget(play_);
  row->addWidget(scrubber_, 1);
  row->addWidget(time_);
  row->addWidget(speed_);
  row->addWidget(toEnd_);
  playTimer_.setInterval(kFrameMilliseconds);
  connect(scrubber_, &QSlider::valueChanged, this, &MainWindow::showTime);
  connect(toEnd_, &QToolButton::clicked, this, [this] { scrubber_->setValue(scrubber_->maximum()); });
  connect(play_, &QToolButton::toggled, this, [this](bool on) {
    if (!on) return playTimer_.stop();
    if (history_.atEnd()) scrubber_->setValue(0);
    played_ = 0;
    playTimer_.start();
  });
  connect(play_, &QToolButton::toggled, this, &MainWindow::dressIcons);
  connect(&playTimer_, &QTimer::timeout, this, &MainWindow::playOn);
}

void MainWindow::playOn() {
  played_ +=
      speed_->currentData().toDouble() * scrubber_->maximum() * kFrameMilliseconds / kWholeMilliseconds;
  const int step = static_cast<int>(played_);
  played_ -= step;
  scrubber_->setValue(std::min(scrubber_->maximum(), scrubber_->value() + step));
  if (scrubber_->value() == scrubber_->maximum()) play_->setChecked(false);
}

void MainWindow::makeStatus() {
  stateLabel_ = new QLabel(this);
  stateLabel_->setContentsMargins(8, 0, 8, 0);
  figuresLabel_ = new ElidedLabel(this);
  meter_ = new BudgetMeter(this);
  suspicion_ = new QLabel(tr("⚠ faster than the roofline"), this);
  suspicion_->setObjectName(QStringLiteral("suspicion"));
  suspicion_->setToolTip(tr(
      "The best time is below what this machine should need at least. One of the two was measured wrongly."));
  suspicion_->setContentsMargins(0, 0, 12, 0);
  suspicion_->hide();
  statusBar()->addWidget(stateLabel_);
  statusBar()->addWidget(suspicion_);
  statusBar()->addWidget(figuresLabel_, 1);
  statusBar()->addPermanentWidget(meter_);
  statusBar()->setSizeGripEnabled(false);
}

void MainWindow::makeSheets() {
  keys_ = new KeysSheet(this);
  export_ = new ExportSheet(this);
  picture_ = new PictureSheet(this);
  proposerSheet_ = new ProposerSheet(services_, settings_, this);
  note_ = new NoteSheet(this);
  connect(export_, &ExportSheet::wanted, this, &MainWindow::writeExport);
  connect(picture_, &PictureSheet::wanted, this, &MainWindow::writePicture);
  connect(proposerSheet_, &ProposerSheet::wanted, this, &MainWindow::goOnWith);
  connect(run_, &RunPanel::proposerWanted, actionNamed("resume-with"), &QAction::trigger);
  connect(note_, &NoteSheet::written, this, [this](NodeId node, const QString& note) {
    const auto kept = annotations_.find(node);
    annotate(node, {kept != annotations_.end() && kept->second.bookmarked, note.toStdString()});
  });
}

template <class Made>
Made* MainWindow::addPanel(const char* id, const QString& title, Qt::DockWidgetArea area) {
  auto* panel = new Made(history_, texts_, this);
  auto* dock = new QDockWidget(title, this);
  dock->setObjectName(QString::fromUtf8(id));
  dock->setWidget(panel);
  // The tabs name the panels already; a floating one needs its title.
  dock->setTitleBarWidget(new QWidget(dock));
  connect(dock, &QDockWidget::topLevelChanged, dock, [dock](bool floating) {
    QWidget* bare = dock->titleBarWidget();
    dock->setTitleBarWidget(floating ? nullptr : new QWidget(dock));
    delete bare;
  });
  addDockWidget(area, dock);
  panels_.push_back(panel);
  docks_.push_back(dock);
  connect(panel, &Panel::nodeWanted, this, &MainWindow::select);
  return panel;
}

void MainWindow::makePanels() {
  setDockNestingEnabled(true);
  setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
  setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
  setCorner(Qt::TopRightCorner, Qt::RightDockWidgetArea);
  auto* program = addPanel<ProgramPanel>("program", tr("Program"), Qt::RightDockWidgetArea);
  diff_ = addPanel<DiffPanel>("diff", tr("Diff"), Qt::RightDockWidgetArea);
  auto* reasoning = addPanel<ReasoningPanel>("reasoning", tr("Reasoning"), Qt::RightDockWidgetArea);
  reasoning->setAnnotations(annotations_);
  connect(program, &ProgramPanel::stepsKnown, reasoning, &ReasoningPanel::setStepLines);
  connect(reasoning, &ReasoningPanel::stepWanted, this, [this, program](int step) {
    raiseDock("program");
    program->showStep(step);
  });
  addPanel<MeasurementPanel>("measurements", tr("Measurements"), Qt::RightDockWidgetArea);
  addPanel<WhyPanel>("why", tr("Why"), Qt::RightDockWidgetArea);
  run_ = addPanel<RunPanel>("run", tr("Run"), Qt::RightDockWidgetArea);
  charts_ = addPanel<ChartsPanel>("charts", tr("Charts"), Qt::BottomDockWidgetArea);
  table_ = addPanel<TablePanel>("table", tr("Table"), Qt::BottomDockWidgetArea);
  connect(charts_, &ChartsPanel::exported, this, [this](const QString& words, bool good) {
    messages_->show(words, good ? MessageBar::Severity::Information : MessageBar::Severity::Failure);
  });
  addPanel<OutlinePanel>("outline", tr("Outline"), Qt::BottomDockWidgetArea);
  addPanel<EffortPanel>("effort", tr("Effort"), Qt::BottomDockWidgetArea);
  arrange();
  defaultDocks_ = saveState();
  connect(run_, &RunPanel::parameterWanted, this,
          [this](const QString& name, const QString& value, const QString& before) {
            const SetParameterCommand forward{name.toStdString(), value.toStdString()};
            if (before.isEmpty()) return steer(forward);
            steerUndoably(tr("set %1 to %2").arg(name, value), forward,
                          SetParameterCommand{name.toStdString(), before.toStdString()});
          });
}

/// A smaller window would take all from the tree, the docks' sizes being their own.
void MainWindow::keepTreeLarge() {
  if (pages_->currentIndex() != 1) return;
  const auto shrink = [this](Qt::DockWidgetArea area, Qt::Orientation orientation, int size) {
    QList<QDockWidget*> docks;
    for (QDockWidget* dock : docks_)
      if (!dock->isHidden() && !dock->isFloating() && dockWidgetArea(dock) == area) docks << dock;
    if (!docks.isEmpty()) resizeDocks(docks, QList<int>(docks.size(), size), orientation);
  };
  if (tree_->height() < height() * 2 / 5) shrink(Qt::BottomDockWidgetArea, Qt::Vertical, height() * 3 / 10);
  if (tree_->width() < width() / 2) shrink(Qt::RightDockWidgetArea, Qt::Horizontal, width() * 2 / 5);
}

/// Program and diff above, what is said about the node below; curves and lists under the tree.
void MainWindow::arrange() {
  const auto dock = [this](std::size_t index) { return docks_[index]; };
  splitDockWidget(dock(0), dock(2), Qt::Vertical);
  tabifyDockWidget(dock(0), dock(1));
  for (std::size_t index = 3; index <= 5; ++index) tabifyDockWidget(dock(2), dock(index));
  tabifyDockWidget(dock(6), dock(7));
  tabifyDockWidget(dock(6), dock(8));
  tabifyDockWidget(dock(6), dock(9));
}

void MainWindow::restoreLayout(const QByteArray& docks) {
  for (QDockWidget* dock : docks_) dock->show();
  if (!docks.isEmpty() && restoreState(docks)) return;
  restoreState(defaultDocks_);
  for (const std::size_t front : {0U, 2U, 6U}) docks_[front]->raise();
  resizeDocks({docks_[0], docks_[2]}, {width() * 2 / 5, width() * 2 / 5}, Qt::Horizontal);
  resizeDocks({docks_[0], docks_[2]}, {height() / 2, height() / 2}, Qt::Vertical);
  resizeDocks({docks_[6]}, {height() * 3 / 10}, Qt::Vertical);
}

}  // namespace espalier::ui
