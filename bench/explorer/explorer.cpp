// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How the window copes with searches of 10^4, 10^5 and 10^6 nodes: raster engine, 1600x900, no display.
//   bench-explorer --make DIRECTORY [NODES...]   writes the session files (a million nodes: minutes, 2 GB);
//   goes on
//                                                with files that are not finished
//   bench-explorer DIRECTORY [NODES...]          opens them in the window and prints what it took
#include <malloc.h>
#include <unistd.h>

#include <QAction>
#include <QApplication>
#include <QElapsedTimer>
#include <QSlider>
#include <QTemporaryDir>
#include <QThread>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "explorer/synthetic_search.h"
#include "session/session_store.h"
#include "support/random.h"
#include "widgets/main_window.h"

namespace {

using namespace espalier;
using namespace espalier::ui;

constexpr int kFrames = 90;
constexpr int kMakeSeconds = 150;  ///< of one call
constexpr int kGrowthSeconds = 5;
constexpr int kNodesASecond = 1000;
constexpr int kWaitSeconds = 60;
constexpr NodeId kFewNodes = 1000;  ///< of the session that shows what a window costs whatever it holds

double milliseconds(const QElapsedTimer& timer) { return static_cast<double>(timer.nsecsElapsed()) * 1e-6; }

/// Times every event that the window's thread handles: nothing else can hold it up.
class WatchedApplication : public QApplication {
 public:
  using QApplication::QApplication;
  bool notify(QObject* receiver, QEvent* event) override {
    if (QThread::currentThread() != thread()) return QApplication::notify(receiver, event);
    if (depth_++ > 0) {
      const bool done = QApplication::notify(receiver, event);
      --depth_;
      return done;
    }
    const auto type = event->type();
    const char* const name = receiver->metaObject()->className();
    QElapsedTimer timer;
    timer.start();
    const bool done = QApplication::notify(receiver, event);
    --depth_;
    const double took = milliseconds(timer);
    if (took > longest_) {
      longest_ = took;
      culprit_ = std::string(name) + " " + receiver->objectName().toStdString() + ", event " +
                 std::to_string(static_cast<int>(type));
    }
    if (type == QEvent::UpdateRequest) frames_.push_back(took);
    return done;
  }
  void begin() {
    longest_ = 0;
    culprit_.clear();
    frames_.clear();
  }
  void add(double took) {
    if (took > longest_) culprit_.clear();
    longest_ = std::max(longest_, took);
  }
  [[nodiscard]] double longest() const { return longest_; }
  /// Who handled the event that took longest; empty if it was the bench itself.
  [[nodiscard]] const std::string& culprit() const { return culprit_; }
  [[nodiscard]] const std::vector<double>& frames() const { return frames_; }
  bool waitUntil(const std::function<bool()>& done) {
    QElapsedTimer timer;
    timer.start();
    while (!done()) {
      if (timer.elapsed() > kWaitSeconds * 1000) return false;
      processEvents(QEventLoop::WaitForMoreEvents | QEventLoop::AllEvents, 5);
    }
    return true;
  }

 private:
  int depth_ = 0;
  double longest_ = 0;
  std::string culprit_;
  std::vector<double> frames_;
};

/// Grows a search by a thousand nodes a second until it is stopped.
class GrowingRun final : public RunController {
 public:
  GrowingRun(RunSink sink, std::shared_ptr<SyntheticSearch> search)
      : thread_([this, sink = std::move(sink), search = std::move(search)] { grow(sink, *search); }) {}
  ~GrowingRun() override {
    stop();
    thread_.join();
  }
  void post(Command command) override {
    if (std::holds_alternative<StopCommand>(command)) stop();
  }
  bool running() const override { return !stopped_; }
  Result<void> wait() override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopped_.load(); });
    return {};
  }

 private:
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }
  void grow(const RunSink& sink, SyntheticSearch& search) {
    const auto began = std::chrono::steady_clock::now();
    std::size_t made = 0;
    while (!stopped_) {
      std::this_thread::sleep_until(began + std::chrono::milliseconds(1000 * made / kNodesASecond));
      sink(search.next());
      ++made;
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> stopped_ = false;
  std::thread thread_;
};

class PlainTexts final : public NodeTexts {
 public:
  Result<std::string> text(const State& state, TextLevel) override {
    std::string text;
    for (const std::string& step : state.trace) text += step + "\n";
    return text;
  }
  Result<std::vector<Section>> describe(const State&) override { return std::vector<Section>{}; }
  Result<Application> tryItems(const State& state, const std::vector<std::string>&) override {
    return Application{state, {}};
  }
  Result<std::vector<LegalAction>> legalActions(const State&) override { return std::vector<LegalAction>{}; }
};

class BenchServices final : public Services {
 public:
  std::vector<WorkloadChoice> workloads() const override { return {}; }
  std::vector<ProfileChoice> profiles() const override { return {}; }
  RunStarter newRun(const NewRun&) const override {
    return [](RunSink) -> Result<std::unique_ptr<RunController>> { return inputError("Not here."); };
  }
  RunStarter resumeRun(const std::string&, const std::optional<ProposerChoice>&) const override {
    return [search = search](RunSink sink) -> Result<std::unique_ptr<RunController>> {
      return std::make_unique<GrowingRun>(std::move(sink), search);
    };
  }
  TextService::Factory textsOf(const RunStarted&) const override {
    return []() -> Result<std::unique_ptr<NodeTexts>> { return std::make_unique<PlainTexts>(); };
  }
  Result<std::vector<std::string>> exportNode(const std::string&, NodeId, const std::string&,
                                              const std::string&) const override {
    return std::vector<std::string>{};
  }
  std::shared_ptr<SyntheticSearch> search;
};

std::string fileOf(const std::string& directory, NodeId nodes) {
  return directory + "/explorer-" + std::to_string(nodes) + ".espalier";
}

/// Writes a session file, or goes on with it; false if it is not finished yet.
bool make(const std::string& path, NodeId nodes) {
  QElapsedTimer timer;
  timer.start();
  auto store = std::filesystem::exists(path) ? SessionStore::open(path, SessionStore::Access::Write)
                                             : SessionStore::create(path);
  if (!store) {
    std::fprintf(stderr, "%s\n", store.error().text().c_str());
    std::exit(3);
  }
  const std::uint64_t there = (*store)->lastSequence().value_or(0);
  SyntheticSearch search(nodes);
  std::vector<Event> batch;
  std::size_t written = 0;
  while (search.nodes() < nodes && timer.elapsed() < kMakeSeconds * 1000) {
    for (Event& event : search.next())
      if (event.sequence > there) batch.push_back(std::move(event));
    if (batch.size() < 2000 && search.nodes() < nodes) continue;
    if (!(*store)->append(batch)) std::exit(4);
    written += batch.size();
    batch.clear();
  }
  const bool whole = search.nodes() >= nodes;
  if (!(*store)->close()) std::exit(4);
  std::printf("%s: %zu events written in %.0f s, %u of %u nodes, %.0f MB\n", path.c_str(), written,
              milliseconds(timer) * 1e-3, search.nodes(), nodes,
              static_cast<double>(std::filesystem::file_size(path)) * 1e-6);
  return whole;
}

std::size_t residentBytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

void report(const WatchedApplication& application, const char* what, std::vector<double> times) {
  if (times.empty()) times.push_back(0);
  std::sort(times.begin(), times.end());
  const double median = times[times.size() / 2];
  std::printf(
      "  %-8s median %7.2f ms (%5.0f fps), worst %7.2f ms, longest stall of the thread %7.2f ms (%s)\n", what,
      median, 1000 / std::max(median, 1e-3), times.back(), application.longest(),
      application.culprit().c_str());
  std::fflush(stdout);
}

class Explorer {
 public:
  Explorer(WatchedApplication& application, const std::string& directory, NodeId nodes)
      : application_(application), directory_(directory), path_(fileOf(directory, nodes)), nodes_(nodes) {
    window_.resize(1600, 900);
    window_.show();
    QApplication::processEvents();
  }

  void run() {
    open();
    TreeView& view = window_.tree();
    frames("fit", [&](int) { view.fit(); });
    const QPointF middle(view.width() / 2.0, view.height() / 3.0);
    frames("zoom", [&](int frame) { view.zoom(frame < kFrames / 2 ? 1.4 : 1 / 1.4, middle); });
    // Until siblings stand ten pixels apart, in the thick of the tree, so that the picture is full.
    view.select(nodes_ / 2);
    view.centreOn(view.selected());
    while (view.viewportState().columnWidth < 10)
      view.zoom(1.4, QPointF(view.width() / 2.0, view.height() / 2.0));
    frames("pan", [&](int) {
      view.scrollTo(view.viewportState().left + 20 / view.viewportState().columnWidth,
                    view.viewportState().top);
    });
    inspect();
    scrub();
    grow();
    panels();
  }

 private:
  bool waitForTree(NodeId nodes) {
    return application_.waitUntil([&] {
      return window_.history().tree().size() == nodes && window_.tree().treeLayout().places.size() == nodes;
    });
  }

  /// A small session first: what pages, panels and fonts take is no part of what a node takes.
  void openFew() {
    const std::size_t empty = residentBytes();
    window_.openSession(QString::fromStdString(fileOf(directory_, kFewNodes)));
    waitForTree(kFewNodes);
    QElapsedTimer timer;
    timer.start();
    application_.waitUntil([&] { return timer.elapsed() > 1000; });
    ::malloc_trim(0);
    std::printf("  window   %.1f MB with a session of %u nodes, %.1f MB of them to show any session\n",
                static_cast<double>(residentBytes()) * 1e-6, kFewNodes,
                (static_cast<double>(residentBytes()) - static_cast<double>(empty)) * 1e-6);
  }

  void open() {
    openFew();
    const std::size_t before = residentBytes();
    application_.begin();
    QElapsedTimer timer;
    timer.start();
    QElapsedTimer call;
    call.start();
    window_.openSession(QString::fromStdString(path_));
    application_.add(milliseconds(call));
    const bool shown = waitForTree(nodes_);
    call.restart();
    window_.tree().viewport()->repaint();
    application_.add(milliseconds(call));
    const double took = milliseconds(timer);
    application_.waitUntil([&] { return timer.elapsed() > 1000 + static_cast<qint64>(took); });
    ::malloc_trim(0);
    const std::size_t after = residentBytes();
    std::printf("%u nodes, %zu events, file of %.0f MB: %s\n", nodes_, window_.history().size(),
                static_cast<double>(std::filesystem::file_size(path_)) * 1e-6, shown ? "shown" : "NOT SHOWN");
    std::printf("  open     %.3f s until the tree is drawn, longest stall of the thread %.2f ms\n",
                took * 1e-3, application_.longest());
    std::printf("  memory   %.0f bytes for each node beyond the first %u (resident set)\n",
                (static_cast<double>(after) - static_cast<double>(before)) / (nodes_ - kFewNodes), kFewNodes);
    std::fflush(stdout);
  }

  void frames(const char* what, const std::function<void(int)>& move) {
    application_.begin();
    std::vector<double> times;
    for (int frame = 0; frame < kFrames; ++frame) {
      QElapsedTimer timer;
      timer.start();
      move(frame);
      window_.tree().viewport()->repaint();
      times.push_back(milliseconds(timer));
      application_.add(times.back());
      QApplication::processEvents();
    }
    report(application_, what, std::move(times));
  }

  /// Selecting nodes, with all panels in view that the window opens with.
  void inspect() {
    Random random(7);
    application_.begin();
    std::vector<double> times;
    for (int i = 0; i < kFrames; ++i) {
      QElapsedTimer timer;
      timer.start();
      window_.select(static_cast<NodeId>(random.below(nodes_)));
      times.push_back(milliseconds(timer));
      application_.add(times.back());
      QApplication::processEvents();
    }
    report(application_, "inspect", std::move(times));
  }

  /// The slider set to moments all over the search, backwards and forwards.
  void scrub() {
    auto* slider = window_.findChild<QSlider*>();
    Random random(11);
    application_.begin();
    std::vector<double> times;
    for (int i = 0; i < 24; ++i) {
      const int to = static_cast<int>(random.below(static_cast<std::uint64_t>(slider->maximum())));
      QElapsedTimer timer;
      timer.start();
      QElapsedTimer call;
      call.start();
      slider->setValue(to);
      application_.add(milliseconds(call));
      application_.waitUntil([&] { return window_.history().position() == static_cast<std::size_t>(to); });
      times.push_back(milliseconds(timer));
    }
    report(application_, "scrub", std::move(times));
    slider->setValue(slider->maximum());
    application_.waitUntil([&] { return window_.history().atEnd(); });
  }

  void grow() {
    window_.tree().fit();
    services_.search = std::make_shared<SyntheticSearch>(nodes_);
    while (services_.search->nodes() < nodes_) (void)services_.search->next();
    application_.begin();
    const std::size_t before = window_.history().tree().size();
    window_.findChild<QAction*>(QStringLiteral("resume-run"))->trigger();
    QElapsedTimer timer;
    timer.start();
    application_.waitUntil([&] { return timer.elapsed() > kGrowthSeconds * 1000; });
    const std::vector<double> times = application_.frames();
    report(application_, "growth", times);
    std::printf("           %.0f nodes and %.1f frames a second\n",
                static_cast<double>(window_.history().tree().size() - before) / kGrowthSeconds,
                static_cast<double>(times.size()) / kGrowthSeconds);
  }

  void inFront(const QString& name, const std::function<void()>& bring) {
    application_.begin();
    QElapsedTimer timer;
    timer.start();
    bring();
    application_.add(milliseconds(timer));
    application_.waitUntil([&] { return timer.elapsed() > 1200; });
    std::printf("  growing with %-24s longest stall of the thread %7.2f ms (%s)\n", name.toUtf8().constData(),
                application_.longest(), application_.culprit().c_str());
    std::fflush(stdout);
  }

  /// While it grows, every panel and every chart in front for a moment.
  void panels() {
    for (QDockWidget* dock : window_.findChildren<QDockWidget*>())
      inFront(dock->objectName(), [dock] {
        dock->show();
        dock->raise();
      });
    for (int kind = 0; QAction* chart = window_.findChild<QAction*>(QStringLiteral("chart-%1").arg(kind));
         ++kind)
      inFront(chart->objectName(), [chart] { chart->trigger(); });
    window_.engine().post(StopCommand{});
    application_.waitUntil([&] { return !window_.engine().active(); });
  }

  WatchedApplication& application_;
  std::string directory_;
  std::string path_;
  NodeId nodes_;
  BenchServices services_;
  MainWindow window_{services_};
};

}  // namespace

int main(int argc, char** argv) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  const QTemporaryDir configuration;
  qputenv("XDG_CONFIG_HOME", configuration.path().toUtf8());
  qInstallMessageHandler([](QtMsgType, const QMessageLogContext&, const QString&) {});
  const bool making = argc > 1 && std::strcmp(argv[1], "--make") == 0;
  if (argc < (making ? 3 : 2)) {
    std::fprintf(stderr, "bench-explorer [--make] DIRECTORY [NODES...]\n");
    return 2;
  }
  const std::string directory = argv[making ? 2 : 1];
  std::vector<NodeId> sizes;
  for (int i = making ? 3 : 2; i < argc; ++i) sizes.push_back(static_cast<NodeId>(std::atol(argv[i])));
  if (sizes.empty()) sizes = {10000, 100000, 1000000};
  if (making) sizes.insert(sizes.begin(), kFewNodes);
  if (making) {
    bool whole = true;
    for (const NodeId nodes : sizes) whole = make(fileOf(directory, nodes), nodes) && whole;
    return whole ? 0 : 1;
  }
  QApplication::setStyle(QStringLiteral("Fusion"));
  WatchedApplication application(argc, argv);
  for (const NodeId nodes : sizes) {
    if (!std::filesystem::exists(fileOf(directory, nodes)) ||
        !std::filesystem::exists(fileOf(directory, kFewNodes))) {
      std::fprintf(stderr, "%s does not exist: bench-explorer --make %s\n", fileOf(directory, nodes).c_str(),
                   directory.c_str());
      return 3;
    }
    Explorer(application, directory, nodes).run();
  }
  return 0;
}
