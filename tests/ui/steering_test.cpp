// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a person can do to a search, by real keys, on the real tuner: a toy problem and a proposer that
// answers when the test lets it.
#include <gtest/gtest.h>

#include <QAction>
#include <QApplication>
#include <QDockWidget>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

#include "search/toy_problem.h"
#include "session/session_store.h"
#include "tuner/tuner.h"
#include "widgets/main_window.h"
#include "widgets/panel.h"
#include "widgets/steer_bar.h"
#include "window/tuner_run.h"

namespace espalier::ui {
namespace {

/// What the test and the proposer's threads share.
struct Script {
  std::mutex mutex;
  std::condition_variable changed;
  std::mutex hardware;  ///< locked: no build begins
  int permits = 0;      ///< answers that may be given
  int calls = 0;
  std::vector<std::string> prompts;  ///< as edited by the person
  std::vector<std::string> hints;
  std::map<std::string, std::string> parameters;

  void allow(int answers) {
    const std::lock_guard lock(mutex);
    permits += answers;
    changed.notify_all();
  }
  template <class Ask>
  auto ask(Ask question) {
    const std::lock_guard lock(mutex);
    return question();
  }
};

/// Streams its thoughts at once and its answer when the script permits one.
class GatedProposer final : public Proposer {
 public:
  explicit GatedProposer(std::shared_ptr<Script> script) : script_(std::move(script)) {}
  std::string name() const override { return "gated"; }
  int concurrency() const override { return 1; }
  Proposal propose(const ProposalContext& context, Random&, const ProposalControl& control) override {
    Exchange exchange;
    exchange.model = "gated-1";
    exchange.prompt = context.editedPrompt.value_or("prompt for node " + std::to_string(context.node.node));
    control.promptSent(exchange);
    control.replyDelta("counting digits", true);
    control.replyDelta("I would set one", false);
    Proposal proposal;
    proposal.proposer = "gated-1";
    const std::stop_callback wake(control.stop, [this] {
      const std::lock_guard lock(script_->mutex);
      script_->changed.notify_all();
    });
    std::unique_lock lock(script_->mutex);
    if (context.editedPrompt) script_->prompts.push_back(*context.editedPrompt);
    script_->hints.insert(script_->hints.end(), context.hints.begin(), context.hints.end());
    const int call = script_->calls++;
    script_->changed.wait(lock, [&] { return script_->permits > 0 || control.stop.stop_requested(); });
    if (control.stop.stop_requested()) return proposal;
    --script_->permits;
    exchange.reply = "set one";
    proposal.reasoning = "the digits ask for it";
    proposal.items = {std::string("Set(") + static_cast<char>('a' + call % 4) + ", " +
                      std::to_string(1 + call / 4 % 6) + ")"};
    proposal.exchanges.push_back(exchange);
    return proposal;
  }
  Result<void> setParameter(const std::string& parameter, const std::string& value) override {
    const std::lock_guard lock(script_->mutex);
    script_->parameters[parameter] = value;
    return {};
  }

 private:
  std::shared_ptr<Script> script_;
};

class ToyTexts final : public NodeTexts {
 public:
  Result<std::string> text(const State& state, TextLevel) override {
    return "program of " + std::to_string(state.trace.size()) + " steps\n";
  }
  Result<std::vector<Section>> describe(const State& state) override { return problem_.describe(state); }
  Result<Application> tryItems(const State& state, const std::vector<std::string>& items) override {
    Random random(1);
    return problem_.apply(state, items, random);
  }
  Result<std::vector<LegalAction>> legalActions(const State& state) override {
    return problem_.legalActions(state);
  }

 private:
  test::ToyProblem problem_;
};

class ToyServices final : public Services {
 public:
  std::vector<WorkloadChoice> workloads() const override {
    return {{QStringLiteral("toy"), QStringLiteral("Digits"), true}};
  }
  std::vector<ProfileChoice> profiles() const override { return {}; }
  RunStarter newRun(const NewRun& run) const override {
    return start(run.session, &SessionStore::create, run.samples);
  }
  RunStarter resumeRun(const std::string& path, const std::optional<ProposerChoice>&) const override {
    return start(
        path, [](const auto& file) { return SessionStore::open(file, SessionStore::Access::Write); }, 0);
  }
  TextService::Factory textsOf(const RunStarted&) const override {
    return []() -> Result<std::unique_ptr<NodeTexts>> { return std::make_unique<ToyTexts>(); };
  }
  Result<std::vector<std::string>> exportNode(const std::string&, NodeId, const std::string&,
                                              const std::string&) const override {
    return std::vector<std::string>{};
  }

  ToyServices() {
    problem->onBuild = [script = script](const State&) { const std::lock_guard pass(script->hardware); };
  }

  std::shared_ptr<Script> script = std::make_shared<Script>();
  std::shared_ptr<test::ToyProblem> problem = std::make_shared<test::ToyProblem>();

 private:
  template <class Open>
  RunStarter start(const std::string& path, Open open, int samples) const {
    return [this, path, open, samples](RunSink sink) -> Result<std::unique_ptr<RunController>> {
      auto session = open(path);
      if (!session) return tl::unexpected(session.error());
      TunerSetup setup;
      setup.problem = problem;
      setup.proposer = std::make_unique<GatedProposer>(script);
      setup.options.samples = samples;
      setup.options.confirm = false;
      setup.changeThreads = [toy = problem](int threads) { return toy->setThreads(threads); };
      setup.session = std::move(*session);
      setup.sink = std::move(sink);
      return std::make_unique<TunerRun>(std::move(setup));
    };
  }
};

class Steering : public testing::Test {
 protected:
  void SetUp() override {
    window_.resize(1400, 900);
    window_.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&window_));
    NewRun run;
    run.workload = "toy";
    run.session = session();
    run.samples = 0;
    window_.startRun(run);
    ASSERT_TRUE(until([this] { return tree().size() >= 1 && !window_.history().liveCalls().empty(); }));
    window_.tree().setFocus();
  }
  void TearDown() override {
    window_.engine().post(StopCommand{});
    EXPECT_TRUE(until([this] { return !window_.engine().active(); }));
    const auto stored = readSession(session());
    ASSERT_TRUE(stored) << stored.error().text();
    EXPECT_TRUE(foldEvents(*stored));
    EXPECT_EQ(window_.history().trouble(), "");
    EXPECT_EQ(window_.history().size(), stored->size());
  }

  std::string session() const { return folder_.filePath(QStringLiteral("toy.espalier")).toStdString(); }
  const SearchTree& tree() { return window_.history().tree(); }
  template <class Done>
  static bool until(Done done) {
    return QTest::qWaitFor(done, 20000);
  }
  /// Lets the proposer answer until the tree has so many nodes.
  void growTo(std::size_t nodes) {
    while (tree().size() < nodes) {
      const std::size_t before = window_.history().size();
      services_.script->allow(1);
      ASSERT_TRUE(until([this, before] { return window_.history().size() > before; }));
      ASSERT_TRUE(
          until([this] { return !window_.history().liveCalls().empty() || !window_.engine().active(); }));
    }
    ASSERT_TRUE(until([this] { return window_.tree().treeLayout().places.size() >= tree().size(); }));
  }
  void key(int code, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QTest::keyClick(&window_.tree(), static_cast<Qt::Key>(code), modifiers);
  }
  /// What became of the latest command of a kind: "accepted", or why not.
  QString answerTo(std::string_view kind) {
    QString answer;
    (void)until([&] {
      const SessionDigest& digest = window_.history().digest();
      for (std::size_t index = digest.size(); index-- > seen_;) {
        if (digest.entry(index).kind != DigestKind::Whole) continue;
        const auto* received = std::get_if<CommandReceived>(&digest.whole(digest.entry(index).place()).body);
        if (received == nullptr || kindOf(received->command) != kind) continue;
        answer = received->accepted ? QStringLiteral("accepted") : QString::fromStdString(received->words);
        seen_ = index + 1;
        return true;
      }
      return false;
    });
    return answer;
  }
  void write(const char* text) {
    auto* bar = window_.findChild<SteerBar*>();
    ASSERT_NE(bar, nullptr);
    ASSERT_TRUE(bar->isVisible());
    auto* edit = bar->findChild<QPlainTextEdit*>();
    edit->selectAll();
    QTest::keyClicks(edit, QString::fromUtf8(text));
    QTest::keyClick(edit, Qt::Key_Return, Qt::ControlModifier);
    EXPECT_TRUE(until([bar] { return !bar->isVisible(); }));
  }

  QTemporaryDir folder_;
  ToyServices services_;
  MainWindow window_{services_};
  std::size_t seen_ = 0;
};

TEST_F(Steering, ShowsAReplyWhileItArrives) {
  window_.select(kRootNode);
  auto* dock = window_.findChild<QDockWidget*>(QStringLiteral("reasoning"));
  ASSERT_NE(dock, nullptr);
  dock->show();
  dock->raise();
  auto* text = dock->findChild<RichText*>();
  ASSERT_NE(text, nullptr);
  EXPECT_TRUE(until([text] {
    return text->toPlainText().contains(QStringLiteral("counting digits")) &&
           text->toPlainText().contains(QStringLiteral("I would set one"));
  }));
  EXPECT_EQ(tree().size(), 1U);  // nothing was answered yet
}

TEST_F(Steering, PausesStepsGoesOnAndStops) {
  growTo(3);
  key(Qt::Key_Space);
  EXPECT_EQ(answerTo("pause"), QStringLiteral("accepted"));
  EXPECT_TRUE(until([this] { return window_.history().fold().state() == RunState::Paused; }));
  key(Qt::Key_Period);
  EXPECT_EQ(answerTo("step"), QStringLiteral("accepted"));
  services_.script->allow(50);
  EXPECT_TRUE(until([this] { return window_.history().fold().state() == RunState::Paused; }));
  const int samples = window_.history().fold().totals().samples;
  EXPECT_GE(samples, 1);
  key(Qt::Key_Comma);
  EXPECT_EQ(answerTo("step"), QStringLiteral("accepted"));
  EXPECT_TRUE(until([this] { return window_.history().fold().state() == RunState::Paused; }));
  key(Qt::Key_Space);
  EXPECT_EQ(answerTo("resume"), QStringLiteral("accepted"));
  EXPECT_TRUE(until([this, samples] { return window_.history().fold().totals().samples > samples + 3; }));
  window_.findChild<QAction*>(QStringLiteral("stop"))->trigger();
  EXPECT_TRUE(until([this] { return !window_.engine().active(); }));
  EXPECT_EQ(window_.history().fold().state(), RunState::Finished);
  EXPECT_EQ(window_.history().fold().finish()->reason, "stopped");
  EXPECT_TRUE(until([this] {
    return window_.findChild<MessageBar*>()->text().startsWith(
        QStringLiteral("The search has ended: stopped on request. The best program is "));
  }));
  EXPECT_EQ(window_.tree().selected(), tree().best());
}

TEST_F(Steering, MarksNodesAndTakesItBack) {
  growTo(4);
  window_.select(1);
  key(Qt::Key_P);
  EXPECT_EQ(answerTo("pin"), QStringLiteral("accepted"));
  EXPECT_TRUE(tree().node(1).has(kPinned));
  key(Qt::Key_Delete);
  EXPECT_EQ(answerTo("prune"), QStringLiteral("accepted"));
  EXPECT_TRUE(tree().node(1).has(kPruned));
  key(Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(answerTo("unprune"), QStringLiteral("accepted"));
  EXPECT_FALSE(tree().node(1).has(kPruned));
  key(Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(answerTo("unpin"), QStringLiteral("accepted"));
  EXPECT_FALSE(tree().node(1).has(kPinned));
  window_.findChild<QAction*>(QStringLiteral("redo"))->trigger();
  EXPECT_EQ(answerTo("pin"), QStringLiteral("accepted"));
  key(Qt::Key_O);
  EXPECT_EQ(answerTo("focus"), QStringLiteral("accepted"));
  EXPECT_TRUE(until([this] { return tree().focus() == 1; }));
  key(Qt::Key_O);
  EXPECT_EQ(answerTo("focus"), QStringLiteral("accepted"));
  EXPECT_TRUE(until([this] { return tree().focus() == kRootNode; }));
}

TEST_F(Steering, ExpandsAndMeasuresWhereItIsTold) {
  growTo(3);
  window_.select(2);
  const std::uint32_t before = tree().node(2).children;
  key(Qt::Key_Return);
  EXPECT_EQ(answerTo("expand"), QStringLiteral("accepted"));
  services_.script->allow(3);
  EXPECT_TRUE(until([this, before] { return tree().node(2).children > before; }));
  key(Qt::Key_M);
  EXPECT_NE(answerTo("measure"), QString());
  services_.script->allow(20);
  EXPECT_TRUE(until([this] { return tree().node(2).sample > 0; }));
}

TEST_F(Steering, AHintReachesTheProposerAndCanBeTakenBack) {
  window_.select(kRootNode);
  key(Qt::Key_T);
  write("mind digit b");
  EXPECT_EQ(answerTo("hint"), QStringLiteral("accepted"));
  EXPECT_TRUE(tree().node(kRootNode).has(kHinted));
  growTo(4);
  EXPECT_TRUE(services_.script->ask([&] {
    return std::find(services_.script->hints.begin(), services_.script->hints.end(), "mind digit b") !=
           services_.script->hints.end();
  }));
  key(Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(answerTo("hint"), QStringLiteral("accepted"));
  EXPECT_FALSE(tree().node(kRootNode).has(kHinted));
}

TEST_F(Steering, AddsTransformationsByHand) {
  window_.select(kRootNode);
  key(Qt::Key_A);
  write("Set(c, 4)");
  EXPECT_EQ(answerTo("add-transformations"), QStringLiteral("accepted"));
  ASSERT_TRUE(until([this] { return tree().size() == 2; }));
  EXPECT_TRUE(tree().node(1).has(kHandMade));
  EXPECT_EQ(window_.history().stateOf(1).trace, (std::vector<std::string>{"Set(c, 4)"}));
}

TEST_F(Steering, AsksAgainWithAnEditedPromptForASibling) {
  growTo(3);
  window_.select(2);
  const NodeId parent = tree().node(2).parent;
  ASSERT_EQ(window_.history().expansionOf(2).empty(), false);
  key(Qt::Key_Question);
  auto* edit = window_.findChild<SteerBar*>()->findChild<QPlainTextEdit*>();
  EXPECT_EQ(edit->toPlainText(), QStringLiteral("prompt for node %1").arg(parent));
  write("think of digit d");
  EXPECT_EQ(answerTo("ask-again"), QStringLiteral("accepted"));
  const std::uint32_t before = tree().node(parent).children;
  services_.script->allow(3);
  EXPECT_TRUE(until([this] {
    return services_.script->ask(
        [this] { return services_.script->prompts == std::vector<std::string>{"think of digit d"}; });
  }));
  EXPECT_TRUE(until([this, parent, before] { return tree().node(parent).children > before; }));
}

TEST_F(Steering, AnswersInPlaceOfTheModel) {
  window_.select(kRootNode);
  window_.findChild<QAction*>(QStringLiteral("answer"))->trigger();
  write("Set(d, 1)");
  EXPECT_EQ(answerTo("answer"), QStringLiteral("accepted"));
  ASSERT_TRUE(until([this] { return tree().size() == 2; }));
  EXPECT_EQ(window_.history().stateOf(1).trace, (std::vector<std::string>{"Set(d, 1)"}));
}

TEST_F(Steering, ChangesParametersLive) {
  auto* dock = window_.findChild<QDockWidget*>(QStringLiteral("run"));
  ASSERT_NE(dock, nullptr);
  dock->show();
  dock->raise();
  const auto set = [&](const char* name, const char* value) {
    auto* line = dock->findChild<QLineEdit*>(QString::fromUtf8(name));
    ASSERT_NE(line, nullptr) << name;
    line->setFocus();
    line->selectAll();
    QTest::keyClicks(line, QString::fromUtf8(value));
    QTest::keyClick(line, Qt::Key_Return);
    EXPECT_EQ(answerTo("set-parameter"), QStringLiteral("accepted")) << name;
    EXPECT_EQ(window_.history().fold().parameters().at(name), value);
  };
  set("exploration", "0.5");
  set("branching", "3");
  set("max-cost", "0.25");
  EXPECT_EQ(services_.script->ask([this] { return services_.script->parameters["max-cost"]; }), "0.25");
  set("samples", "4");
  services_.script->allow(100);
  EXPECT_TRUE(until([this] { return !window_.engine().active(); }));
  EXPECT_EQ(window_.history().fold().totals().samples, 4);
}

/// Measurements with other threads are kept, named, and compared with nothing; undo brings the threads back.
TEST_F(Steering, ChangesThreadsLiveAndTakesItBack) {
  services_.script->allow(12);
  // Until all that was proposed is measured and the next answer is waited for.
  ASSERT_TRUE(until([this] {
    const auto measured = [](const NodeFacts& facts) { return facts.parent == kNoNode || facts.sample > 0; };
    return window_.history().fold().totals().expansions == 12 && tree().size() > 5 &&
           std::all_of(tree().nodes().begin(), tree().nodes().end(), measured) &&
           !window_.history().liveCalls().empty();
  }));
  const NodeId best = tree().best();
  ASSERT_NE(best, kNoNode);
  const double before = tree().bestSeconds();
  auto* dock = window_.findChild<QDockWidget*>(QStringLiteral("run"));
  dock->show();
  dock->raise();
  auto* line = dock->findChild<QLineEdit*>(QStringLiteral("threads"));
  ASSERT_NE(line, nullptr);
  EXPECT_EQ(line->text(), QStringLiteral("1"));
  const auto set = [&](const char* value) {
    line->setFocus();
    line->selectAll();
    QTest::keyClicks(line, QString::fromUtf8(value));
    QTest::keyClick(line, Qt::Key_Return);
    return answerTo("set-parameter");
  };
  EXPECT_NE(set("9"), QStringLiteral("accepted"));
  EXPECT_EQ(set("2"), QStringLiteral("accepted"));
  EXPECT_TRUE(
      window_.findChild<MessageBar*>()->text().startsWith(QStringLiteral("Threads from here on: 2.")));
  ASSERT_TRUE(until(
      [&] { return tree().node(best).sample > 0 && window_.history().fold().conditions().size() == 2; }));
  EXPECT_EQ(tree().best(), best);
  EXPECT_NEAR(tree().bestSeconds(), before / 2, 1e-9);
  EXPECT_EQ(window_.history().fold().run()->problem.threads, 2);
  window_.select(best);
  auto* measurements = window_.findChild<QDockWidget*>(QStringLiteral("measurements"));
  measurements->show();
  measurements->raise();
  auto* words = measurements->findChild<RichText*>();
  EXPECT_TRUE(until([words] { return words->toPlainText().contains(QStringLiteral("set aside")); }));
  dock->raise();
  EXPECT_TRUE(until([line] { return line->text() == QStringLiteral("2"); }));
  window_.tree().setFocus();
  key(Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(answerTo("set-parameter"), QStringLiteral("accepted"));
  EXPECT_TRUE(until([this] { return window_.history().fold().run()->problem.threads == 1; }));
}

TEST_F(Steering, SaysWhyACommandWasRefused) {
  window_.select(kRootNode);
  key(Qt::Key_A);
  write("Jump(high)");
  EXPECT_NE(answerTo("add-transformations"), QStringLiteral("accepted"));
  auto* bar = window_.findChild<MessageBar*>();
  EXPECT_TRUE(until([bar] { return bar->isVisible() && !bar->text().isEmpty(); }));
}

/// A window that handles no event for a while holds up nothing: the search goes on, and all of it arrives
/// afterwards.
TEST_F(Steering, AHeldUpWindowDoesNotHoldUpTheSearch) {
  services_.script->allow(1000);
  const int before = services_.problem->measurements;
  while (services_.problem->measurements < before + 100) std::this_thread::yield();
  EXPECT_TRUE(until([this] { return window_.history().fold().totals().samples >= 100; }));
}

/// Hardware that does not answer holds up no key, no click and no picture.
TEST_F(Steering, AHeldUpSearchDoesNotHoldUpTheWindow) {
  growTo(4);
  std::unique_lock closed(services_.script->hardware);
  services_.script->allow(3);
  window_.select(kRootNode);
  key(Qt::Key_Down);
  EXPECT_EQ(window_.tree().selected(), 1U);
  const auto& view = window_.tree().viewportState();
  const auto& place = window_.tree().treeLayout().places[2];
  QTest::mouseClick(window_.tree().viewport(), Qt::LeftButton, {},
                    QPointF(view.x(place.column), view.y(place.row)).toPoint());
  EXPECT_EQ(window_.tree().selected(), 2U);
  EXPECT_FALSE(window_.grab().isNull());
  closed.unlock();
  window_.engine().post(StopCommand{});
  EXPECT_TRUE(until([this] { return !window_.engine().active(); }));
}

TEST_F(Steering, GoesOnWithASessionAfterItsWindowWasClosed) {
  growTo(4);
  window_.close();
  window_.engine().post(StopCommand{});
  ASSERT_TRUE(until([this] { return !window_.engine().active(); }));
  const std::size_t nodes = tree().size();
  MainWindow again(services_);
  again.show();
  again.openSession(QString::fromStdString(session()));
  ASSERT_TRUE(until([&] { return again.history().tree().size() == nodes; }));
  again.findChild<QAction*>(QStringLiteral("resume-run"))->trigger();
  services_.script->allow(3);
  EXPECT_TRUE(until([&] { return again.history().tree().size() > nodes; }));
  again.engine().post(StopCommand{});
  EXPECT_TRUE(until([&] { return !again.engine().active(); }));
  // What the first window knows is no longer all of the file; bring it up to date for the last checks.
  window_.openSession(QString::fromStdString(session()));
  EXPECT_TRUE(until([&] { return window_.history().size() == again.history().size(); }));
}

constexpr const char* kVictimsSession = "ESPALIER_TEST_SESSION";

/// The process that the next test kills: a window with a run, which says what it shows.
TEST(KilledWindow, Victim) {
  const std::string session = qgetenv(kVictimsSession).toStdString();
  if (session.empty()) GTEST_SKIP() << "run by the next test";
  const ToyServices services;
  MainWindow window(services);
  window.show();
  NewRun run;
  run.workload = "toy";
  run.session = session;
  run.samples = 0;
  window.startRun(run);
  services.script->allow(1 << 20);
  int shown = 0;
  (void)QTest::qWaitFor(
      [&] {
        for (const int samples = window.history().fold().totals().samples; shown < samples;)
          std::printf("sample %d\n", ++shown);
        std::fflush(stdout);
        return false;
      },
      60000);
}

TEST(KilledWindow, LosesNothingButWhatIsInFlight) {
  const QTemporaryDir folder;
  for (const int until : {1, 2, 5, 13, 40}) {
    const QString session = folder.filePath(QStringLiteral("killed-%1.espalier").arg(until));
    QProcess victim;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QString::fromUtf8(kVictimsSession), session);
    victim.setProcessEnvironment(environment);
    victim.start(QCoreApplication::applicationFilePath(),
                 {QStringLiteral("--gtest_filter=KilledWindow.Victim")});
    QByteArray said;
    const QByteArray wanted = "sample " + QByteArray::number(until) + "\n";
    while (!said.contains(wanted)) {
      ASSERT_TRUE(victim.waitForReadyRead(60000)) << said.toStdString();
      said += victim.readAllStandardOutput();
    }
    victim.kill();
    ASSERT_TRUE(victim.waitForFinished(60000));
    said += victim.readAllStandardOutput();
    const auto shown = said.count("sample ");
    const auto stored = readSession(session.toStdString());
    ASSERT_TRUE(stored) << stored.error().text();
    const auto fold = foldEvents(*stored);
    ASSERT_TRUE(fold) << fold.error().text();
    EXPECT_GE(fold->totals().samples, shown);
    EXPECT_NE(fold->state(), RunState::Finished);
    EXPECT_TRUE(SessionStore::open(session.toStdString(), SessionStore::Access::Write));
  }
}

}  // namespace
}  // namespace espalier::ui
