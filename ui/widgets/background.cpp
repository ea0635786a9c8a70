// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/background.h"

#include <QCoreApplication>
#include <QEvent>
#include <utility>

namespace espalier::ui {

Background::Background(AtEnd atEnd, QObject* parent)
    : QObject(parent), atEnd_(atEnd), thread_([this] { work(); }) {}

Background::~Background() {
  std::deque<std::function<void()>> dropped;  // what they hold is freed outside the lock
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    if (atEnd_ == AtEnd::Drop) dropped.swap(jobs_);
  }
  changed_.notify_one();
  thread_.join();
}

void Background::run(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
}

void Background::answer(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (answers_.empty()) QCoreApplication::postEvent(this, new QEvent(QEvent::User));
  answers_.push_back(std::move(work));
}

bool Background::event(QEvent* event) {
  std::vector<std::function<void()>> answers;
  {
    const std::lock_guard lock(mutex_);  // taken before the event is looked at, which answer() made under it
    if (event->type() == QEvent::User) answers.swap(answers_);
  }
  if (event->type() != QEvent::User) return QObject::event(event);
  for (const std::function<void()>& work : answers) work();
  return true;
}

void Background::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ended_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
  }
}

}  // namespace espalier::ui
