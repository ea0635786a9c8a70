// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The window offscreen, with real key and mouse events. Any unexpected message of Qt fails the test.
#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QDockWidget>
#include <QImage>
#include <QLineEdit>
#include <QPainter>
#include <QSlider>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <condition_variable>
#include <mutex>

#include "models/node_models.h"
#include "session/session_store.h"
#include "widgets/main_window.h"
#include "widgets/palette.h"
#include "widgets/render.h"

namespace espalier::ui {
namespace {

Event event(std::uint64_t sequence, EventBody body) {
  return {sequence, 1700000000000 + static_cast<std::int64_t>(sequence), std::move(body)};
}

/// A chain of nodes, each measured, ten percent faster than the one above.
std::vector<Event> chain(NodeId nodes, bool finished) {
  std::vector<Event> events;
  const auto add = [&](EventBody body) { events.push_back(event(events.size() + 1, std::move(body))); };
  RunStarted run;
  run.problem.name = "chain";
  add(run);
  BaselineMeasured baseline;
  baseline.measurement.valid = true;
  baseline.measurement.seconds = 1;
  add(baseline);
  double seconds = 1;
  for (NodeId node = 0; node < nodes; ++node) {
    NodeAdded added;
    added.node = node;
    added.parent = node == 0 ? kNoNode : node - 1;
    added.state.hash = node + 1000;
    added.source = "rules";
    if (node > 0) {
      added.request = node - 1;
      added.state.trace.assign(node, "Step()");
      added.items = {{"Step()", true, "Step()", "", "", ""}};
    }
    add(added);
    if (node == 0) continue;
    CandidateChosen chosen;
    chosen.sample = static_cast<int>(node);
    chosen.node = node;
    add(chosen);
    SampleMeasured measured;
    measured.sample = static_cast<int>(node);
    measured.node = node;
    measured.measurement.valid = true;
    measured.measurement.seconds = seconds *= 0.9;
    measured.measurement.repeats = {seconds};
    add(measured);
    NewBest best;
    best.sample = measured.sample;
    best.node = node;
    best.seconds = seconds;
    add(best);
  }
  if (finished) add(RunFinished{"samples", "done"});
  return events;
}

/// A run that does what it is told and nothing else: every command comes back as an event with what it
/// changed.
class EchoRun final : public RunController {
 public:
  explicit EchoRun(RunSink sink) : sink_(std::move(sink)) {
    const auto events = chain(6, false);
    next_ = events.size() + 1;
    sink_(events);
  }
  void post(Command command) override {
    const std::lock_guard lock(mutex_);
    CommandReceived received;
    received.command = command;
    say(received);
    if (const auto* prune = std::get_if<PruneCommand>(&command))
      say(NodeMarked{prune->node, NodeMark::Pruned});
    if (const auto* unprune = std::get_if<UnpruneCommand>(&command))
      say(NodeMarked{unprune->node, NodeMark::Unpruned});
    if (std::holds_alternative<PauseCommand>(command)) say(RunPaused{});
    if (std::holds_alternative<ResumeCommand>(command)) say(RunContinued{});
    if (std::holds_alternative<StopCommand>(command)) {
      say(RunFinished{"stopped", "You stopped it."});
      stopped_ = true;
      changed_.notify_all();
    }
  }
  bool running() const override { return !stopped_; }
  Result<void> wait() override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopped_.load(); });
    return {};
  }

 private:
  void say(EventBody body) {
    const std::vector<Event> events{event(next_++, std::move(body))};
    sink_(events);
  }
  RunSink sink_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> stopped_ = false;
  std::uint64_t next_ = 1;
};

class PlainTexts final : public NodeTexts {
 public:
  Result<std::string> text(const State& state, TextLevel) override {
    return "program of " + std::to_string(state.trace.size()) + " steps\n";
  }
  Result<std::vector<Section>> describe(const State&) override { return std::vector<Section>{}; }
  Result<Application> tryItems(const State& state, const std::vector<std::string>&) override {
    return Application{state, {}};
  }
  Result<std::vector<LegalAction>> legalActions(const State&) override { return std::vector<LegalAction>{}; }
};

class TestServices final : public Services {
 public:
  std::vector<WorkloadChoice> workloads() const override {
    return {{QStringLiteral("chain"), QStringLiteral("A chain"), true}};
  }
  RunStarter newRun(const NewRun&) const override {
    return [](RunSink sink) -> Result<std::unique_ptr<RunController>> {
      return std::make_unique<EchoRun>(std::move(sink));
    };
  }
  RunStarter resumeRun(const std::string&) const override {
    return [](RunSink) -> Result<std::unique_ptr<RunController>> {
      return inputError("It cannot go on.", "Start anew.");
    };
  }
  TextService::Factory textsOf(const RunStarted&) const override {
    return []() -> Result<std::unique_ptr<NodeTexts>> { return std::make_unique<PlainTexts>(); };
  }
  Result<std::vector<std::string>> exportNode(const std::string&, NodeId, const std::string&,
                                              const std::string&) const override {
    return std::vector<std::string>{};
  }
};

class WindowTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(folder_.isValid());
    window_.resize(1400, 900);
    window_.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&window_));
  }
  QString sessionFile(NodeId nodes) {
    const QString path = folder_.filePath(QStringLiteral("chain.espalier"));
    auto store = SessionStore::create(path.toStdString());
    EXPECT_TRUE(store && (*store)->append(chain(nodes, true)) && (*store)->close());
    return path;
  }
  void begin() {
    NewRun run;
    run.workload = "chain";
    run.session = folder_.filePath(QStringLiteral("new.espalier")).toStdString();
    window_.startRun(run);
    ASSERT_TRUE(QTest::qWaitFor([this] { return window_.history().tree().size() == 6; }));
    ASSERT_TRUE(QTest::qWaitFor([this] { return window_.tree().treeLayout().places.size() == 6; }));
    window_.tree().setFocus();
  }
  void key(Qt::Key code, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QTest::keyClick(&window_.tree(), code, modifiers);
  }
  bool lastCommandIs(std::string_view kind) {
    return QTest::qWaitFor([this, kind] {
      const SessionDigest& digest = window_.history().digest();
      for (std::size_t index = digest.size(); index-- > 0;)
        if (digest.entry(index).kind == DigestKind::Whole)
          if (const auto* received =
                  std::get_if<CommandReceived>(&digest.whole(digest.entry(index).place()).body))
            return kindOf(received->command) == kind;
      return false;
    });
  }

  QTemporaryDir folder_;
  TestServices services_;
  MainWindow window_{services_};
};

TEST_F(WindowTest, OpensASessionAndWalksIt) {
  window_.openSession(sessionFile(5));
  EXPECT_EQ(window_.history().tree().size(), 5U);
  EXPECT_EQ(window_.tree().selected(), 4U);
  window_.tree().setFocus();
  ASSERT_TRUE(QTest::qWaitFor([this] { return window_.tree().treeLayout().places.size() == 5; }));
  key(Qt::Key_Up);
  EXPECT_EQ(window_.tree().selected(), 3U);
  key(Qt::Key_R);
  EXPECT_EQ(window_.tree().selected(), 0U);
  key(Qt::Key_Down);
  EXPECT_EQ(window_.tree().selected(), 1U);
}

TEST_F(WindowTest, AClickSelectsANode) {
  window_.openSession(sessionFile(5));
  ASSERT_TRUE(QTest::qWaitFor([this] { return window_.tree().treeLayout().places.size() == 5; }));
  const auto& view = window_.tree().viewportState();
  const auto& place = window_.tree().treeLayout().places[2];
  QTest::mouseClick(window_.tree().viewport(), Qt::LeftButton, {},
                    QPointF(view.x(place.column), view.y(place.row)).toPoint());
  EXPECT_EQ(window_.tree().selected(), 2U);
}

TEST_F(WindowTest, ReportsAFileThatIsNoSession) {
  const QString path = folder_.filePath(QStringLiteral("nothing.espalier"));
  window_.openSession(path);
  EXPECT_EQ(window_.history().size(), 0U);
  auto* bar = window_.findChild<MessageBar*>();
  ASSERT_NE(bar, nullptr);
  EXPECT_TRUE(bar->isVisible());
  EXPECT_FALSE(bar->text().isEmpty());
}

TEST_F(WindowTest, SteersARunByKeysAndTakesItBack) {
  begin();
  window_.select(2);
  key(Qt::Key_Space);
  EXPECT_TRUE(lastCommandIs("pause"));
  EXPECT_TRUE(QTest::qWaitFor([this] { return window_.history().fold().state() == RunState::Paused; }));
  key(Qt::Key_Delete);
  EXPECT_TRUE(QTest::qWaitFor([this] { return window_.history().tree().node(2).has(kPruned); }));
  QTest::keyClick(&window_, Qt::Key_Z, Qt::ControlModifier);
  EXPECT_TRUE(QTest::qWaitFor([this] { return !window_.history().tree().node(2).has(kPruned); }));
  key(Qt::Key_Return);
  EXPECT_TRUE(lastCommandIs("expand"));
  key(Qt::Key_Period);
  EXPECT_TRUE(lastCommandIs("step"));
  key(Qt::Key_Space);
  EXPECT_TRUE(lastCommandIs("resume"));
}

TEST_F(WindowTest, ShowsThePast) {
  window_.openSession(sessionFile(5));
  auto* slider = window_.findChild<QSlider*>();
  ASSERT_NE(slider, nullptr);
  slider->setValue(6);
  EXPECT_FALSE(window_.history().atEnd());
  EXPECT_LT(window_.history().tree().size(), 5U);
  slider->setValue(0);
  EXPECT_EQ(window_.history().tree().size(), 0U);
  slider->setValue(slider->maximum());
  EXPECT_EQ(window_.history().tree().size(), 5U);
}

TEST_F(WindowTest, EveryPanelAndBothThemesCanBeShown) {
  window_.openSession(sessionFile(5));
  for (const ThemeChoice theme : {ThemeChoice::Light, ThemeChoice::Dark}) {
    window_.setTheme(theme);
    for (QDockWidget* dock : window_.findChildren<QDockWidget*>()) {
      dock->show();
      dock->raise();
      QTest::qWait(1);
      EXPECT_FALSE(dock->grab().toImage().isNull());
    }
  }
}

TEST_F(WindowTest, ClosingStopsTheRun) {
  begin();
  EXPECT_TRUE(window_.engine().active());
  window_.close();
}

TEST_F(WindowTest, SaysWhyARunCannotGoOn) {
  window_.openSession(sessionFile(3));
  auto* action = window_.findChild<QAction*>(QStringLiteral("resume-run"));
  ASSERT_NE(action, nullptr);
  action->trigger();
  auto* bar = window_.findChild<MessageBar*>();
  EXPECT_TRUE(QTest::qWaitFor([bar] { return bar->text().contains(QStringLiteral("It cannot go on.")); }));
}

TEST(Models, KeepTheRulesOfQt) {
  History history;
  NodeTable table(history);
  NodeOutline outline(history);
  const QAbstractItemModelTester first(&table, QAbstractItemModelTester::FailureReportingMode::Fatal);
  const QAbstractItemModelTester second(&outline, QAbstractItemModelTester::FailureReportingMode::Fatal);
  const auto events = chain(8, true);
  for (const Event& each : events) {
    history.append(std::span(&each, 1));
    table.update();
    outline.update();
  }
  EXPECT_EQ(table.rowCount(), 8);
  history.show(9);
  table.update();
  outline.update();
  EXPECT_LT(table.rowCount(), 8);
  table.setTest(*parseNodeQuery("speedup > 1.1"));
  outline.update();
}

TEST(Render, WritesEveryFormat) {
  const QTemporaryDir folder;
  const std::string session = folder.filePath(QStringLiteral("a.espalier")).toStdString();
  auto store = SessionStore::create(session);
  ASSERT_TRUE(store && (*store)->append(chain(20, true)) && (*store)->close());
  for (const char* name : {"t.png", "t.svg", "t.pdf"}) {
    const std::string path = folder.filePath(QString::fromUtf8(name)).toStdString();
    const auto written = renderSession(session, path, QSize(400, 300), Theme::dark());
    EXPECT_TRUE(written) << (written ? "" : written.error().text());
    EXPECT_GT(QFileInfo(QString::fromStdString(path)).size(), 500) << name;
  }
  const QImage image(folder.filePath(QStringLiteral("t.png")));
  EXPECT_EQ(image.size(), QSize(800, 600));
  EXPECT_FALSE(renderSession(session, folder.filePath(QStringLiteral("t.gif")).toStdString(), QSize(400, 300),
                             Theme::light()));
  EXPECT_FALSE(renderSession("/nowhere/a.espalier", "/nowhere/a.png", QSize(400, 300), Theme::light()));
}

TEST(Palette, FindsByLettersInOrder) {
  EXPECT_TRUE(matchScore(QStringLiteral("ghb"), QStringLiteral("Go to the best node")));
  EXPECT_FALSE(matchScore(QStringLiteral("xyz"), QStringLiteral("Go to the best node")));
  EXPECT_GT(*matchScore(QStringLiteral("pru"), QStringLiteral("Prune")),
            *matchScore(QStringLiteral("pru"), QStringLiteral("Export the picture of the tree")));
}

void failOnWarning(QtMsgType type, const QMessageLogContext&, const QString& message) {
  if (message.contains(QStringLiteral("XDG_RUNTIME_DIR")) ||
      message.contains(QStringLiteral("propagateSizeHints")))
    return;
  if (type != QtDebugMsg && type != QtInfoMsg) ADD_FAILURE() << message.toStdString();
}

}  // namespace
}  // namespace espalier::ui

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  qputenv("QT_QPA_PLATFORM", "offscreen");
  const QTemporaryDir configuration;
  qputenv("XDG_CONFIG_HOME", configuration.path().toUtf8());
  qRegisterMetaType<espalier::NodeId>("espalier::NodeId");
  QApplication::setStyle(QStringLiteral("Fusion"));
  const QApplication application(argc, argv);
  qInstallMessageHandler(espalier::ui::failOnWarning);
  return RUN_ALL_TESTS();
}
