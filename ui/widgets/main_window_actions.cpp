// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QMenu>
#include <QMenuBar>

#include "models/figures.h"
#include "widgets/charts_panel.h"
#include "widgets/icons.h"
#include "widgets/main_window.h"
#include "widgets/node_lists.h"
#include "widgets/palette.h"
#include "widgets/steer_bar.h"

namespace espalier::ui {

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
         [this] { exportNode(); });
  action("export-tree", tr("Export the &picture of the tree…"), {}, [this] { exportTree(); });
  action("compare", tr("&Compare with another session…"), {}, [this] { compareSession(); });
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
    for (QDockWidget* dock : docks_)
      if (dock->objectName() == QStringLiteral("table")) {
        dock->show();
        dock->raise();
      }
    table_->focusQuery();
  });

  treeAction("pause", tr("&Pause"), QKeySequence(Qt::Key_Space), [this] { togglePause(); });
  treeAction("step", tr("&Step one iteration"), QKeySequence(Qt::Key_Period),
             [this] { steer(StepCommand{false}); });
  treeAction("step-stage", tr("Step one stage"), QKeySequence(Qt::Key_Comma),
             [this] { steer(StepCommand{true}); });
  action("stop", tr("S&top"), {}, [this] { steer(StopCommand{}); });
  action("resume-run", tr("Go &on with this session"), {}, [this] { resumeRun(); });

  treeAction("expand", tr("E&xpand here"), QKeySequence(Qt::Key_Return),
             [this, selected] { steer(ExpandCommand{selected()}); });
  treeAction("measure", tr("&Measure here"), QKeySequence(Qt::Key_M),
             [this, selected] { steer(MeasureCommand{selected()}); });
  treeAction("pin", tr("&Pin"), QKeySequence(Qt::Key_P), [this] { togglePin(); });
  treeAction("prune", tr("Pr&une"), QKeySequence(Qt::Key_Delete), [this] { togglePrune(); });
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
  action("hide-failed", tr("Hide &failed nodes"), {},
         [this] { tree_->setHideFailed(!tree_->hidesFailed()); });
  action("fold", tr("F&old or unfold"), {}, [this, selected] { tree_->toggleFolded(selected()); });
  action("hoist", tr("Show only this su&btree"), {},
         [this, selected] { tree_->hoist(tree_->hoisted() == kRootNode ? selected() : kRootNode); });
  action("palette", tr("&All commands…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_P), [this] {
    QList<QAction*> all;
    for (const auto& [id, each] : actions_) all << each;
    for (QDockWidget* dock : docks_) all << dock->toggleViewAction();
    palette_->open(all);
  });
  action("default-layout", tr("&Restore the default layout"), {}, [this] { restoreLayout({}); });
  action("full-screen", tr("F&ull screen"), QKeySequence(Qt::Key_F11),
         [this] { isFullScreen() ? showNormal() : showFullScreen(); });
  action("keys", tr("&Keys"), QKeySequence::HelpContents, [this] { showKeys(); });
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
  for (const char* id : {"export-node", "export-tree", "compare", "compare-nothing"})
    session->addAction(actionNamed(id));
  session->addSeparator();
  session->addAction(actionNamed("quit"));
  connect(recentMenu_, &QMenu::aboutToShow, this, &MainWindow::fillRecent);
  menu(tr("&Edit"), {"undo", "redo", "", "find", "palette"});
  menu(tr("Sea&rch"), {"pause", "step", "step-stage", "stop", "resume-run", "", "expand", "measure", "add",
                       "hint", "ask", "answer", "", "pin", "prune", "focus"});
  QMenu* view =
      menu(tr("&View"), {"fit", "zoom-in", "zoom-out", "go-best", "", "fold", "hoist", "hide-failed", ""});
  QMenu* panels = view->addMenu(tr("&Panels"));
  int number = 0;
  for (QDockWidget* dock : docks_) {
    QAction* toggle = dock->toggleViewAction();
    if (++number <= 9) toggle->setShortcut(QKeySequence(QStringLiteral("Ctrl+%1").arg(number)));
    panels->addAction(toggle);
  }
  QMenu* theme = view->addMenu(tr("&Theme"));
  for (const char* id : {"theme-system", "theme-light", "theme-dark"}) theme->addAction(actionNamed(id));
  view->addAction(actionNamed("default-layout"));
  view->addAction(actionNamed("full-screen"));
  menu(tr("&Help"), {"keys"});
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
  return icon(symbol, theme_.color(Ink::Text), theme_.color(Ink::Border));
}

void MainWindow::dressIcons() {
  actionNamed("step")->setIcon(symbol(Symbol::Step));
  actionNamed("stop")->setIcon(symbol(Symbol::Stop));
  actionNamed("resume-run")->setIcon(symbol(Symbol::Play));
  play_->setIcon(symbol(Symbol::Play));
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
  actionNamed("resume-run")->setEnabled(session && !live && !path_.isEmpty());
  actionNamed("resume-run")->setVisible(!live);
  for (const char* id : {"pause", "step", "stop"}) actionNamed(id)->setVisible(live);
  for (const char* id : {"export-node", "fold", "hoist"}) actionNamed(id)->setEnabled(chosen);
  for (const char* id : {"export-tree", "compare", "compare-nothing", "fit", "zoom-in", "zoom-out", "go-best",
                         "hide-failed", "find"})
    actionNamed(id)->setEnabled(session);
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
  for (const char* id : {"expand", "measure", "add", "hint", "ask", "", "pin", "prune", "focus", "", "fold",
                         "hoist", "export-node"})
    *id == '\0' ? menu.addSeparator() : (menu.addAction(actionNamed(id)), nullptr);
  menu.exec(where);
}

void MainWindow::showKeys() {
  const QString tree =
      tr("In the tree: arrows walk, R root, C centre, Z whole tree, N next best, H fold, Shift+H only this "
         "subtree, "
         "F hide failed, U unfold all, + and − zoom. Wheel zooms at the pointer, dragging moves, a double "
         "click folds, "
         "Ctrl+click compares.");
  const QString search =
      tr("Search: Space pause, . one iteration, , one stage, Return expand, M measure, A add, T hint, ? ask "
         "again, "
         "P pin, Delete prune, O focus.");
  const QString window =
      tr("Window: Ctrl+Shift+P all commands, Ctrl+F filter, Ctrl+B best, Ctrl+Z undo, Ctrl+1 … 9 panels.");
  messages_->show(tree + QLatin1Char('\n') + search + QLatin1Char('\n') + window,
                  MessageBar::Severity::Information);
}

}  // namespace espalier::ui
