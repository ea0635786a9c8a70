// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QFileInfo>
#include <QMenu>
#include <QMenuBar>

#include "models/figures.h"
#include "widgets/charts_panel.h"
#include "widgets/export_sheet.h"
#include "widgets/icons.h"
#include "widgets/keys_sheet.h"
#include "widgets/legend.h"
#include "widgets/main_window.h"
#include "widgets/node_lists.h"
#include "widgets/palette.h"
#include "widgets/program_panel.h"
#include "widgets/proposer_sheet.h"
#include "widgets/steer_bar.h"

namespace espalier::ui {
namespace {

std::string leastVisitsAction(std::uint32_t visits) { return "least-visits-" + std::to_string(visits); }

std::string panelAction(const QDockWidget* dock) { return "panel-" + dock->objectName().toStdString(); }

}  // namespace

QAction* MainWindow::action(const char* id, const QString& text, const QKeySequence& keys,
                            std::function<void()> carryOut) {
  auto* made = new QAction(text, this);
  made->setObjectName(QString::fromUtf8(id));
  made->setShortcut(keys);
  connect(made, &QAction::triggered, this, [carryOut = std::move(carryOut)] { carryOut(); });
  actions_.emplace(id, made);
  addAction(made);
  return made;
}

/// Its key works in the tree only, so that text fields keep their letters.
QAction* MainWindow::treeAction(const char* id, const QString& text, const QKeySequence& keys,
                                std::function<void()> carryOut) {
  QAction* made = action(id, text, keys, std::move(carryOut));
  made->setShortcutContext(Qt::WidgetWithChildrenShortcut);
  removeAction(made);
  tree_->addAction(made);
  return made;
}

QAction* MainWindow::actionNamed(const char* id) const { return actions_.at(id); }

void MainWindow::makeActions() {
  const auto selected = [this] { return tree_->selected(); };
  action("start-page", tr("&Start page"), QKeySequence::New, [this] { showStart(); });
  action("open", tr("&Open a session…"), QKeySequence::Open, [this] { chooseFile(); });
  action("export-node", tr("&Export the selected program…"), QKeySequence(Qt::CTRL | Qt::Key_E),
         [this, selected] { exportNode(selected()); });
  action("export-best", tr("Export the &best program…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E),
         [this] { exportNode(history_.tree().best()); });
  action("export-tree", tr("Export the &picture of the tree…"), {},
         [this] { picture_->ask(QFileInfo(path_).absolutePath(), QFileInfo(path_).completeBaseName()); });
  action("compare", tr("&Compare with other sessions…"), {}, [this] { askForComparison(); });
  action("compare-nothing", tr("Remove compared sessions"), {}, [this] { charts_->clearOthers(); });
  action("quit", tr("&Quit"), QKeySequence::Quit, [this] { close(); });

  QAction* undo = undo_.createUndoAction(this, tr("Undo"));
  undo->setObjectName(QStringLiteral("undo"));
  undo->setShortcut(QKeySequence::Undo);
  QAction* redo = undo_.createRedoAction(this, tr("Redo"));
  redo->setObjectName(QStringLiteral("redo"));
  redo->setShortcut(QKeySequence::Redo);
  addActions({undo, redo});
  actions_.emplace("undo", undo);
  actions_.emplace("redo", redo);
  action("find", tr("&Filter nodes"), QKeySequence::Find, [this] {
    raiseDock("table");
    table_->focusQuery();
  });

  treeAction("pause", tr("&Pause"), QKeySequence(Qt::Key_Space), [this] { togglePause(); });
  treeAction("step", tr("&Step one iteration"), QKeySequence(Qt::Key_Period),
             [this] { steer(StepCommand{false}); });
  treeAction("step-stage", tr("Step one stage"), QKeySequence(Qt::Key_Comma),
             [this] { steer(StepCommand{true}); });
  action("stop", tr("S&top"), {}, [this] { steer(StopCommand{}); });
  action("resume-run", tr("Go &on with this session"), {}, [this] { resumeRun(); });
  action("resume-with", tr("Go on with ano&ther proposer…"), {},
         [this] { proposerSheet_->ask(engine_.active()); });
  treeAction("escape", tr("End a comparison, or pause"), QKeySequence(Qt::Key_Escape), [this] {
    if (tree_->comparing()) return tree_->setComparing(false);
    if (history_.fold().state() == RunState::Running) steer(PauseCommand{});
  });

  treeAction("expand", tr("E&xpand here"), QKeySequence(Qt::Key_Return),
             [this, selected] { steer(ExpandCommand{selected()}); });
  treeAction("measure", tr("&Measure here"), QKeySequence(Qt::Key_M),
             [this, selected] { steer(MeasureCommand{selected()}); });
  treeAction("pin", tr("&Pin"), QKeySequence(Qt::Key_P), [this] { togglePin(); });
  treeAction("prune", tr("Pr&une"), QKeySequence(Qt::Key_Delete), [this] {
    togglePrune();
  })->setShortcuts({QKeySequence(Qt::Key_Delete), QKeySequence(Qt::Key_X)});
  treeAction("bookmark", tr("&Bookmark"), QKeySequence(Qt::SHIFT | Qt::Key_B), [this] { toggleBookmark(); });
  treeAction("note", tr("Write a &note…"), QKeySequence(Qt::Key_W), [this] { writeNote(); });
  treeAction("measurements", tr("What was measured"), QKeySequence(Qt::Key_I),
             [this] { raiseDock("measurements"); });
  treeAction("focus", tr("&Focus the search below"), QKeySequence(Qt::Key_O), [this] { toggleFocus(); });
  treeAction("hint", tr("&Hint to the proposer…"), QKeySequence(Qt::Key_T),
             [this, selected] { steerBar_->open(SteerBar::Mode::Hint, selected()); });
  treeAction("add", tr("&Add transformations by hand…"), QKeySequence(Qt::Key_A),
             [this, selected] { steerBar_->open(SteerBar::Mode::Add, selected()); });
  treeAction("ask", tr("Ask a&gain…"), QKeySequence(Qt::Key_Question),
             [this, selected] { steerBar_->open(SteerBar::Mode::Ask, selected()); });
  action("answer", tr("Ans&wer in place of the model…"), {}, [this, selected] {
    for (const auto& [request, call] : history_.liveCalls())
      if (call.node == selected() || history_.liveCalls().size() == 1)
        return steerBar_->open(SteerBar::Mode::Answer, call.node, request);
    messages_->show(tr("No model is being asked at this moment."), MessageBar::Severity::Information);
  });

  action("fit", tr("Show the &whole tree"), QKeySequence(Qt::CTRL | Qt::Key_0), [this] { tree_->fit(); });
  action("zoom-in", tr("Zoom &in"), QKeySequence::ZoomIn,
         [this] { tree_->zoom(1.25, tree_->viewport()->rect().center()); });
  action("zoom-out", tr("Zoom &out"), QKeySequence::ZoomOut,
         [this] { tree_->zoom(0.8, tree_->viewport()->rect().center()); });
  action("go-best", tr("Go to the &best node"), QKeySequence(Qt::CTRL | Qt::Key_B),
         [this] { select(history_.tree().best()); });
  const auto hides = [this](const char* id, const QString& text, Hiding bit) {
    action(id, text, {}, [this, bit] { tree_->setHidden(tree_->hidden() ^ bit); })->setCheckable(true);
  };
  hides("hide-failed", tr("Hide &failed nodes"), kHideFailed);
  hides("hide-pruned", tr("Hide &pruned nodes"), kHidePruned);
  hides("hide-unmeasured", tr("Hide nodes that were &never measured"), kHideUnmeasured);
  auto* least = new QActionGroup(this);
  for (const std::uint32_t visits : {0U, 2U, 4U, 8U, 16U, 64U, 256U, 1024U}) {
    QAction* made = action(leastVisitsAction(visits).c_str(),
                           visits == 0 ? tr("Show subtrees however few visits they had")
                                       : tr("Hide subtrees with fewer visits than %1").arg(visits),
                           {}, [this, visits] { tree_->setLeastVisits(visits); });
    made->setCheckable(true);
    made->setData(visits);
    least->addAction(made);
  }
  leastVisits_ = least;
  action("labels", tr("&Labels"), {}, [this] {
    tree_->setLabels(!tree_->showsLabels());
  })->setCheckable(true);
  action("path-labels", tr("Labels along the pa&th"), {}, [this] { tree_->togglePathLabels(); });
  action("legend", tr("Le&gend"), {}, [this] {
    legend_->setVisible(legend_->isHidden());
  })->setCheckable(true);
  action("compare-node", tr("Compare with a se&cond node"), {},
         [this] { tree_->setComparing(!tree_->comparing()); });
  action("next-bookmark", tr("Next boo&kmark"), {}, [this] { tree_->selectNextBookmark(); });
  treeAction("earlier", tr("Back in time"), QKeySequence(Qt::Key_BracketLeft),
             [this] { scrubber_->triggerAction(QSlider::SliderPageStepSub); });
  treeAction("later", tr("Forward in time"), QKeySequence(Qt::Key_BracketRight),
             [this] { scrubber_->triggerAction(QSlider::SliderPageStepAdd); });
  treeAction("play", tr("Play or hold"), QKeySequence(Qt::Key_Y), [this] { play_->toggle(); });
  action("next-change", tr("Next change"), QKeySequence(Qt::Key_F3), [this] { goToChange(1); });
  action("previous-change", tr("Previous change"), QKeySequence(Qt::SHIFT | Qt::Key_F3),
         [this] { goToChange(-1); });
  const auto colours = [this](const char* id, const QString& text, Qt::Key key, Metric metric) {
    treeAction(id, text, QKeySequence(key),
               [this, metric] { colour_->setCurrentIndex(colour_->findData(static_cast<int>(metric))); });
  };
  colours("colour-speedup", tr("Colour by speedup"), Qt::Key_F5, Metric::Speedup);
  colours("colour-visits", tr("Colour by visits"), Qt::Key_F6, Metric::Visits);
  colours("colour-value", tr("Colour by value"), Qt::Key_F7, Metric::Value);
  colours("colour-predicted", tr("Colour by prediction"), Qt::Key_F8, Metric::Predicted);
  action("fold", tr("F&old or unfold"), {}, [this, selected] { tree_->toggleFolded(selected()); });
  action("hoist", tr("Show only this su&btree"), {},
         [this, selected] { tree_->hoist(tree_->hoisted() == kRootNode ? selected() : kRootNode); });
  action("palette", tr("&All commands…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P), [this] {
    QList<QAction*> all;
    for (const auto& [id, each] : actions_) all << each;
    palette_->open(all);
  });
  action("default-layout", tr("&Restore the default layout"), {}, [this] { restoreLayout({}); });
  action("full-screen", tr("F&ull screen"), QKeySequence(Qt::Key_F11),
         [this] { isFullScreen() ? showNormal() : showFullScreen(); });
  action("keys", tr("&Keys"), QKeySequence::HelpContents, [this] { keys_->open(); });
  action("about", tr("&About Espalier"), {}, [this] { showAbout(); });
  const auto theme = [this](const char* id, const QString& text, ThemeChoice choice) {
    QAction* made = action(id, text, {}, [this, choice] {
      settings_.setTheme(choice);
      setTheme(choice);
    });
    made->setCheckable(true);
    made->setChecked(settings_.theme() == choice);
    return made;
  };
  auto* themes = new QActionGroup(this);
  themes->addAction(theme("theme-system", tr("As the s&ystem"), ThemeChoice::System));
  themes->addAction(theme("theme-light", tr("&Light"), ThemeChoice::Light));
  themes->addAction(theme("theme-dark", tr("&Dark"), ThemeChoice::Dark));
}

/// An action for each panel that brings it to the front, and one for each chart.
void MainWindow::makePanelActions() {
  int number = 0;
  for (QDockWidget* dock : docks_) {
    const QKeySequence keys =
        ++number <= 9 ? QKeySequence(QStringLiteral("Ctrl+%1").arg(number)) : QKeySequence();
    const std::string id = dock->objectName().toStdString();
    action(panelAction(dock).c_str(), tr("Show %1").arg(dock->windowTitle()), keys,
           [this, id] { raiseDock(id.c_str()); });
  }
  const QStringList charts = charts_->kinds();
  for (int kind = 0; kind < charts.size(); ++kind)
    action(("chart-" + std::to_string(kind)).c_str(), tr("Chart: %1").arg(charts[kind]), {}, [this, kind] {
      raiseDock("charts");
      charts_->showKind(kind);
    });
}

void MainWindow::makeTools() {
  tools_ = addToolBar(tr("Tools"));
  tools_->setObjectName(QStringLiteral("tools"));
  tools_->setMovable(false);
  tools_->setIconSize(QSize(16, 16));
  tools_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  for (const char* id : {"pause", "step", "stop", "resume-run"}) tools_->addAction(actionNamed(id));
  tools_->addSeparator();
  for (const char* id : {"expand", "add", "hint", "prune", "pin"}) tools_->addAction(actionNamed(id));
  actionNamed("expand")->setIconText(tr("Expand"));
  actionNamed("add")->setIconText(tr("Add by hand"));
  actionNamed("hint")->setIconText(tr("Hint"));
  actionNamed("step")->setIconText(tr("Step"));
  actionNamed("stop")->setIconText(tr("Stop"));
  actionNamed("resume-run")->setIconText(tr("Go on with this search"));
  auto* space = new QWidget(tools_);
  space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  tools_->addWidget(space);
  follow_ = new QComboBox(tools_);
  follow_->addItem(tr("Hold still"), static_cast<int>(Follow::Nothing));
  follow_->addItem(tr("Follow the best"), static_cast<int>(Follow::Best));
  follow_->addItem(tr("Follow the newest"), static_cast<int>(Follow::Newest));
  follow_->setAccessibleName(tr("What the view follows"));
  tools_->addWidget(follow_);
  colour_ = new QComboBox(tools_);
  const auto metric = [this](const QString& name, Metric value) {
    colour_->addItem(name, static_cast<int>(value));
  };
  metric(tr("Colour: speedup"), Metric::Speedup);
  metric(tr("Colour: prediction"), Metric::Predicted);
  metric(tr("Colour: visits"), Metric::Visits);
  metric(tr("Colour: value"), Metric::Value);
  metric(tr("Colour: depth"), Metric::Depth);
  metric(tr("Colour: age"), Metric::Age);
  colour_->setAccessibleName(tr("What the colour of a node shows"));
  tools_->addWidget(colour_);
  size_ = new QComboBox(tools_);
  const auto bySize = [this](const QString& name, Metric value) {
    size_->addItem(name, static_cast<int>(value));
  };
  bySize(tr("Size: visits"), Metric::Visits);
  bySize(tr("Size: speedup"), Metric::Speedup);
  bySize(tr("Size: value"), Metric::Value);
  bySize(tr("Size: prediction"), Metric::Predicted);
  bySize(tr("Size: depth"), Metric::Depth);
  bySize(tr("Size: age"), Metric::Age);
  size_->setAccessibleName(tr("What the size of a node shows"));
  tools_->addWidget(size_);
  connect(size_, &QComboBox::currentIndexChanged, this,
          [this] { tree_->setSizeMetric(static_cast<Metric>(size_->currentData().toInt())); });
  for (QComboBox* box : {follow_, colour_, size_}) box->setFocusPolicy(Qt::TabFocus);
  connect(follow_, &QComboBox::currentIndexChanged, this,
          [this] { tree_->setFollow(static_cast<Follow>(follow_->currentData().toInt())); });
  connect(colour_, &QComboBox::currentIndexChanged, this,
          [this] { tree_->setColourMetric(static_cast<Metric>(colour_->currentData().toInt())); });
}

void MainWindow::makeMenus() {
  const auto menu = [this](const QString& title, std::initializer_list<const char*> ids) {
    QMenu* made = menuBar()->addMenu(title);
    for (const char* id : ids)
      *id == '\0' ? made->addSeparator() : (made->addAction(actionNamed(id)), nullptr);
    return made;
  };
  QMenu* session = menu(tr("&Session"), {"start-page", "open"});
  recentMenu_ = session->addMenu(tr("Open &recent"));
  session->addSeparator();
  for (const char* id : {"export-best", "export-node", "export-tree", "compare", "compare-nothing"})
    session->addAction(actionNamed(id));
  session->addSeparator();
  session->addAction(actionNamed("quit"));
  connect(recentMenu_, &QMenu::aboutToShow, this, &MainWindow::fillRecent);
  menu(tr("&Edit"), {"undo", "redo", "", "bookmark", "next-bookmark", "note", "", "find", "palette"});
  menu(tr("Sea&rch"), {"pause", "step", "step-stage", "stop", "resume-run", "resume-with", "", "expand",
                       "measure", "add", "hint", "ask", "answer", "", "pin", "prune", "focus"});
  QMenu* view = menu(tr("&View"), {"fit",
                                   "zoom-in",
                                   "zoom-out",
                                   "go-best",
                                   "",
                                   "fold",
                                   "hoist",
                                   "hide-failed",
                                   "hide-pruned",
                                   "hide-unmeasured",
                                   "",
                                   "labels",
                                   "path-labels",
                                   "legend",
                                   "",
                                   "compare-node",
                                   "next-change",
                                   "previous-change",
                                   "",
                                   "earlier",
                                   "later",
                                   "play",
                                   ""});
  QMenu* few = new QMenu(tr("Hide subtrees of &few visits"), this);
  few->addActions(leastVisits_->actions());
  view->insertMenu(actionNamed("labels"), few);
  view->insertSeparator(actionNamed("labels"));
  QMenu* panels = view->addMenu(tr("&Panels"));
  for (QDockWidget* dock : docks_) panels->addAction(actionNamed(panelAction(dock).c_str()));
  panels->addSeparator();
  for (QDockWidget* dock : docks_) panels->addAction(dock->toggleViewAction());
  QMenu* theme = view->addMenu(tr("&Theme"));
  for (const char* id : {"theme-system", "theme-light", "theme-dark"}) theme->addAction(actionNamed(id));
  view->addAction(actionNamed("default-layout"));
  view->addAction(actionNamed("full-screen"));
  menu(tr("&Help"), {"keys", "about"});
}

void MainWindow::fillRecent() {
  recentMenu_->clear();
  for (const QString& path : settings_.recent()) {
    QAction* made = recentMenu_->addAction(path);
    connect(made, &QAction::triggered, this, [this, path] { openSession(path); });
  }
  if (recentMenu_->isEmpty()) recentMenu_->addAction(tr("None yet"))->setEnabled(false);
}

QIcon MainWindow::symbol(Symbol symbol) const {
  return icon(symbol, theme_.color(Ink::Text), theme_.color(Ink::TextFaint));
}

void MainWindow::dressIcons() {
  actionNamed("step")->setIcon(symbol(Symbol::Step));
  actionNamed("stop")->setIcon(symbol(Symbol::Stop));
  actionNamed("resume-run")->setIcon(symbol(Symbol::Play));
  actionNamed("expand")->setIcon(symbol(Symbol::Expand));
  actionNamed("add")->setIcon(symbol(Symbol::Write));
  actionNamed("hint")->setIcon(symbol(Symbol::Hint));
  actionNamed("prune")->setIcon(symbol(Symbol::Prune));
  actionNamed("pin")->setIcon(symbol(Symbol::Pin));
  play_->setIcon(symbol(play_->isChecked() ? Symbol::Pause : Symbol::Play));
  toEnd_->setIcon(symbol(Symbol::ToEnd));
}

void MainWindow::updateActions() {
  const bool session = history_.size() > 0;
  const bool live = engine_.active();
  const NodeId node = tree_->selected();
  const bool chosen = history_.tree().contains(node);
  for (const char* id : {"pause", "step", "step-stage", "stop", "answer"}) actionNamed(id)->setEnabled(live);
  for (const char* id : {"expand", "measure", "pin", "prune", "focus", "hint", "add", "ask"})
    actionNamed(id)->setEnabled(live && chosen);
  actionNamed("resume-with")->setEnabled(session && !path_.isEmpty());
  actionNamed("export-best")->setEnabled(history_.tree().contains(history_.tree().best()));
  actionNamed("resume-run")->setEnabled(session && !live && !path_.isEmpty());
  actionNamed("resume-run")->setVisible(!live);
  for (const char* id : {"pause", "step", "stop"}) actionNamed(id)->setVisible(live);
  for (const char* id :
       {"export-node", "fold", "hoist", "bookmark", "note", "measurements", "path-labels", "compare-node"})
    actionNamed(id)->setEnabled(chosen);
  for (const char* id : {"export-tree", "compare", "compare-nothing", "fit", "zoom-in", "zoom-out", "go-best",
                         "hide-failed", "hide-pruned", "hide-unmeasured", "labels", "legend", "find",
                         "next-change", "previous-change", "next-bookmark", "earlier", "later", "play"})
    actionNamed(id)->setEnabled(session);
  actionNamed("hide-failed")->setChecked(tree_->hidden() & kHideFailed);
  actionNamed("hide-pruned")->setChecked(tree_->hidden() & kHidePruned);
  actionNamed("hide-unmeasured")->setChecked(tree_->hidden() & kHideUnmeasured);
  for (QAction* each : leastVisits_->actions()) {
    each->setChecked(each->data().toUInt() == tree_->leastVisits());
    each->setEnabled(session);
  }
  actionNamed("labels")->setChecked(tree_->showsLabels());
  actionNamed("legend")->setChecked(!legend_->isHidden());
  updateLegend();
  const bool paused = history_.fold().state() == RunState::Paused;
  actionNamed("pause")->setText(paused ? tr("&Resume") : tr("&Pause"));
  actionNamed("pause")->setIcon(symbol(paused ? Symbol::Play : Symbol::Pause));
  const bool pruned = chosen && history_.tree().node(node).has(kPruned);
  const bool pinned = chosen && history_.tree().node(node).has(kPinned);
  actionNamed("prune")->setText(pruned ? tr("Unpr&une") : tr("Pr&une"));
  actionNamed("pin")->setText(pinned ? tr("Un&pin") : tr("&Pin"));
  const bool focused = chosen && node != kRootNode && history_.tree().focus() == node;
  actionNamed("focus")->setText(focused ? tr("Search every&where again") : tr("&Focus the search below"));
}

void MainWindow::showNodeMenu(NodeId, const QPoint& where) {
  QMenu menu(this);
  for (const char* id :
       {"expand", "measure", "add", "hint", "ask", "", "pin", "prune", "focus", "", "bookmark", "note",
        "compare-node", "path-labels", "", "fold", "hoist", "", "export-node"})
    *id == '\0' ? menu.addSeparator() : (menu.addAction(actionNamed(id)), nullptr);
  menu.exec(where);
}

void MainWindow::raiseDock(const char* id) {
  for (QDockWidget* dock : docks_)
    if (dock->objectName() == QString::fromUtf8(id)) {
      dock->show();
      dock->raise();
    }
}

void MainWindow::goToChange(int direction) {
  raiseDock("diff");
  direction > 0 ? diff_->nextChange() : diff_->previousChange();
}

void MainWindow::showAbout() {
  messages_->show(
      tr("Espalier %1 grows a tree of schedules for a tensor program and keeps the fastest. Its core "
         "is under the Apache License 2.0, this window under the GNU GPL 3 or later.")
          .arg(QApplication::applicationVersion()),
      MessageBar::Severity::Information);
}

}  // namespace espalier::ui
