// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A search that does what it is told, and a window on it.
#pragma once

#include <gtest/gtest.h>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <condition_variable>
#include <mutex>

#include "session/session_store.h"
#include "widgets/main_window.h"

namespace espalier::ui {

inline Event event(std::uint64_t sequence, EventBody body) {
  return {sequence, 1700000000000 + static_cast<std::int64_t>(sequence), std::move(body)};
}

/// A chain of nodes, each measured, ten percent faster than the one above.
inline std::vector<Event> chain(NodeId nodes, bool finished) {
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
  std::vector<ProfileChoice> profiles() const override {
    return {{QStringLiteral("local"), QStringLiteral("A server on this machine"), QString()},
            {QStringLiteral("away"), QStringLiteral("A server elsewhere"), QStringLiteral("AWAY_KEY")}};
  }
  RunStarter newRun(const NewRun& run) const override {
    return
        [impossible = run.workload == "impossible"](RunSink sink) -> Result<std::unique_ptr<RunController>> {
          if (impossible) return inputError("There is no such workload.", "Choose another.");
          return std::make_unique<EchoRun>(std::move(sink));
        };
  }
  RunStarter resumeRun(const std::string&, const std::optional<ProposerChoice>&) const override {
    return [](RunSink) -> Result<std::unique_ptr<RunController>> {
      return inputError("It cannot go on.", "Start anew.");
    };
  }
  TextService::Factory textsOf(const RunStarted&) const override {
    return []() -> Result<std::unique_ptr<NodeTexts>> { return std::make_unique<PlainTexts>(); };
  }
  Result<std::vector<std::string>> exportNode(const std::string&, NodeId node, const std::string& format,
                                              const std::string& path) const override {
    QFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::WriteOnly)) return environmentError(path + " cannot be written.", {});
    file.write(QByteArray::fromStdString(format + " of node " + std::to_string(node)));
    return std::vector<std::string>{path};
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

}  // namespace espalier::ui
