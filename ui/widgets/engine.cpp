// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/engine.h"

#include <exception>

namespace espalier::ui {
namespace {

constexpr int kBatchEveryMilliseconds = 33;

}  // namespace

/// What both threads touch, each for a moment only. Two locks, since a run may answer a command with events
/// at once.
struct Engine::Inbox {
  std::mutex eventsMutex;
  std::vector<Event> events;
  std::optional<QString> end;  ///< why the run had to be given up, empty if it had not; once it has ended
  std::mutex runMutex;
  std::vector<Command> early;    ///< posted before the run stood
  RunController* run = nullptr;  ///< while it may be posted to
  bool quit = false;
};

Engine::Engine(QObject* parent) : QObject(parent) {
  timer_.setObjectName(QStringLiteral("events"));
  timer_.setInterval(kBatchEveryMilliseconds);
  connect(&timer_, &QTimer::timeout, this, &Engine::deliver);
}

Engine::~Engine() {
  if (inbox_) {
    const std::lock_guard lock(inbox_->runMutex);
    inbox_->quit = true;
    if (inbox_->run != nullptr) inbox_->run->post(StopCommand{});
  }
  if (thread_.joinable()) thread_.join();
}

void Engine::start(RunStarter starter) {
  if (active_) return;
  if (thread_.joinable()) thread_.join();
  active_ = true;
  inbox_ = std::make_shared<Inbox>();
  timer_.start();
  thread_ = std::thread([starter = std::move(starter), inbox = inbox_] { work(starter, inbox); });
}

/// The run's thread.
void Engine::work(const RunStarter& starter, const std::shared_ptr<Inbox>& inbox) {
  QString trouble;
  try {
    auto run = starter([inbox](std::span<const Event> events) {
      const std::lock_guard lock(inbox->eventsMutex);
      inbox->events.insert(inbox->events.end(), events.begin(), events.end());
    });
    if (run) {
      {
        const std::lock_guard lock(inbox->runMutex);
        inbox->run = run->get();
        for (const Command& command : inbox->early) inbox->run->post(command);
        if (inbox->quit) inbox->run->post(StopCommand{});
      }
      if (const auto ended = (*run)->wait(); !ended) trouble = QString::fromStdString(ended.error().text());
      const std::lock_guard lock(inbox->runMutex);
      inbox->run = nullptr;
    } else {
      trouble = QString::fromStdString(run.error().text());
    }
  } catch (const std::exception& failure) {
    trouble = QString::fromUtf8(failure.what());
  }
  const std::lock_guard lock(inbox->eventsMutex);
  inbox->end = trouble;
}

void Engine::post(const Command& command) {
  if (!inbox_) return;
  const std::lock_guard lock(inbox_->runMutex);
  if (inbox_->run != nullptr) {
    inbox_->run->post(command);
  } else {
    inbox_->early.push_back(command);
  }
}

void Engine::deliver() {
  std::vector<Event> events;
  std::optional<QString> end;
  {
    const std::lock_guard lock(inbox_->eventsMutex);
    events.swap(inbox_->events);
    end = inbox_->end;
  }
  if (!events.empty()) Q_EMIT eventsArrived(events);
  if (!end) return;
  timer_.stop();
  active_ = false;
  Q_EMIT finished(*end);
}

}  // namespace espalier::ui
