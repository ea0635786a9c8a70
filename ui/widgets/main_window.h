// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QActionGroup>
#include <QComboBox>
#include <QDockWidget>
#include <QLabel>
#include <QMainWindow>
#include <QSlider>
#include <QStackedWidget>
#include <QToolBar>
#include <QToolButton>
#include <QUndoStack>
#include <map>
#include <memory>

#include "models/history.h"
#include "session/annotations.h"
#include "widgets/background.h"
#include "widgets/engine.h"
#include "widgets/icons.h"
#include "widgets/message_bar.h"
#include "widgets/services.h"
#include "widgets/session_reader.h"
#include "widgets/settings.h"
#include "widgets/start_page.h"
#include "widgets/text_service.h"
#include "widgets/tree_view.h"

namespace espalier::ui {

class BudgetMeter;
class ChartsPanel;
class CommandPalette;
class DiffPanel;
class ExportSheet;
class KeysSheet;
class Legend;
class Minimap;
class NoteSheet;
class Panel;
class PictureSheet;
class ProposerSheet;
class RunPanel;
class SteerBar;
class TablePanel;

/// The window: the tree in the middle, panels about the selected node around it, a search behind it.
class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  explicit MainWindow(const Services& services, QWidget* parent = nullptr);
  ~MainWindow() override;

  void openSession(const QString& path);
  /// Opens it at its beginning and plays it.
  void playDemo(const QString& path);
  /// The start page with a named layer or a .tc file chosen.
  void chooseWorkload(const QString& workload);
  /// A session is opened, a .tc file or a named layer chosen.
  void open(const QString& what);
  void startRun(const NewRun& run);
  void select(NodeId node);
  void setTheme(ThemeChoice choice);
  [[nodiscard]] const History& history() const { return history_; }
  [[nodiscard]] TreeView& tree() { return *tree_; }
  [[nodiscard]] Engine& engine() { return engine_; }

 protected:
  void closeEvent(QCloseEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  // main_window_parts.cpp
  void makeCentre();
  void makePanels();
  void makeScrubber(QWidget* parent);
  void makeStatus();
  void makeSheets();
  template <class Made>
  Made* addPanel(const char* id, const QString& title, Qt::DockWidgetArea area);
  void arrange();
  void keepTreeLarge();
  void showResult();
  /// The layout as it was saved, or the one that the window comes with.
  void restoreLayout(const QByteArray& docks);
  // main_window_actions.cpp
  void makeActions();
  void makePanelActions();
  void makeTools();
  void makeMenus();
  QAction* action(const char* id, const QString& text, const QKeySequence& keys,
                  std::function<void()> carryOut);
  QAction* treeAction(const char* id, const QString& text, const QKeySequence& keys,
                      std::function<void()> carryOut);
  [[nodiscard]] QAction* actionNamed(const char* id) const;
  void updateActions();
  [[nodiscard]] QIcon symbol(Symbol symbol) const;
  void dressIcons();
  void showNodeMenu(NodeId node, const QPoint& where);
  void raiseDock(const char* id);
  void goToChange(int direction);
  void showAbout();
  // main_window_steering.cpp
  void steer(const Command& command);
  void steerUndoably(const QString& text, const Command& forward, const Command& backward);
  void togglePause();
  void togglePin();
  void togglePrune();
  void toggleFocus();
  void exportNode(NodeId node);
  void writeExport(NodeId node, const QString& format, const QString& path);
  void writePicture(const QString& path, bool wholeTree, bool dark);
  void compareSession(const QString& path);
  void askForComparison();
  void goOnWith(const ProposerChoice& proposer);
  // main_window_notes.cpp
  void loadAnnotations();
  void annotate(NodeId node, const Annotation& annotation);
  void toggleBookmark();
  void writeNote();
  void showAnnotations();

  void beginSession(const QString& path);
  void adoptSession(LoadedSession& session);
  void adoptMoment(Moment& moment);
  void resumeRun(const std::optional<ProposerChoice>& proposer = {});
  void showBegun();
  void takeEvents(const std::vector<Event>& events);
  void tellNotices(const std::vector<Event>& events);
  void runFinished(const QString& trouble);
  void showStart();
  void showSession();
  void showTime(int position);
  void playOn();
  void historyChanged();
  /// The node that was looked at may not be there yet; then the best so far is worth a look.
  void lookAtSomething();
  void updateStatus();
  void updateMeter();
  void updateLegend();
  [[nodiscard]] QString inFlight() const;
  void updateScrubber();
  void applyTheme();
  void chooseFile();
  void fillRecent();

  const Services& services_;
  Settings settings_;
  Theme theme_ = Theme::light();
  History history_;
  Engine engine_;
  TextService texts_;
  QString path_;
  SessionReader reader_;
  QTimer playTimer_;
  QUndoStack undo_;
  std::uint64_t rebuilds_ = 0;
  bool stored_ = false;  ///< what is shown has texts to ask for
  QByteArray defaultDocks_;
  QString demo_;  ///< is played as soon as it is open
  Annotations annotations_;
  std::optional<ProposerChoice> proposerAfter_;  ///< the run was stopped to go on with it
  std::optional<double> maxCost_;                ///< of the run in this window
  double played_ = 0;                            ///< events since the last that was shown, a part of one

  QStackedWidget* pages_ = nullptr;
  StartPage* start_ = nullptr;
  MessageBar* messages_ = nullptr;
  TreeView* tree_ = nullptr;
  Minimap* minimap_ = nullptr;
  SteerBar* steerBar_ = nullptr;
  QSlider* scrubber_ = nullptr;
  Legend* legend_ = nullptr;
  QToolButton* play_ = nullptr;
  QComboBox* speed_ = nullptr;
  QToolButton* toEnd_ = nullptr;
  QLabel* time_ = nullptr;
  QToolBar* tools_ = nullptr;
  QComboBox* follow_ = nullptr;
  QComboBox* colour_ = nullptr;
  QComboBox* size_ = nullptr;
  QMenu* recentMenu_ = nullptr;
  QActionGroup* leastVisits_ = nullptr;
  CommandPalette* palette_ = nullptr;
  KeysSheet* keys_ = nullptr;
  ExportSheet* export_ = nullptr;
  PictureSheet* picture_ = nullptr;
  ProposerSheet* proposerSheet_ = nullptr;
  NoteSheet* note_ = nullptr;
  QLabel* stateLabel_ = nullptr;
  QLabel* figuresLabel_ = nullptr;
  QLabel* suspicion_ = nullptr;
  BudgetMeter* meter_ = nullptr;
  std::map<std::string, QAction*, std::less<>> actions_;
  std::vector<Panel*> panels_;
  std::vector<QDockWidget*> docks_;
  ChartsPanel* charts_ = nullptr;
  DiffPanel* diff_ = nullptr;
  TablePanel* table_ = nullptr;
  RunPanel* run_ = nullptr;
  Background files_{Background::AtEnd::CarryOut};  ///< writes exports and notes
};

}  // namespace espalier::ui
