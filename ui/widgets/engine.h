// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "session/command.h"
#include "session/event.h"
#include "support/outcome.h"

namespace espalier::ui {

/// Takes events on the search's thread; must not wait.
using RunSink = std::function<void(std::span<const Event>)>;

/// A run that was started. Its destructor stops it in order and waits for it.
class RunController {
 public:
  virtual ~RunController() = default;
  virtual void post(Command command) = 0;  ///< from the window's thread
  [[nodiscard]] virtual bool running() const = 0;
  /// Waits for the end; why it had to be given up, if it had.
  [[nodiscard]] virtual Result<void> wait() = 0;
};

/// Starts a run that sends its events to the sink. Called on a thread of its own, since opening a problem may
/// take seconds.
using RunStarter = std::function<Result<std::unique_ptr<RunController>>(RunSink)>;

/// Runs a search beside the window: events arrive on the window's thread in batches, at most one every 33 ms;
/// commands go the other way. Neither side waits for the other.
class Engine : public QObject {
  Q_OBJECT

 public:
  explicit Engine(QObject* parent = nullptr);
  ~Engine() override;

  /// Begins; one run at a time.
  void start(RunStarter starter);
  void post(const Command& command);
  [[nodiscard]] bool active() const { return active_; }

 Q_SIGNALS:
  void eventsArrived(const std::vector<espalier::Event>& events);
  /// The run ended and everything it sent was delivered; `trouble` is empty if all went well.
  void finished(const QString& trouble);

 private:
  struct Inbox;
  void deliver();
  static void work(const RunStarter& starter, const std::shared_ptr<Inbox>& inbox);

  std::shared_ptr<Inbox> inbox_;
  std::thread thread_;
  QTimer timer_;
  bool active_ = false;
};

}  // namespace espalier::ui
