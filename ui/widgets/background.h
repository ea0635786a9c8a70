// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace espalier::ui {

/// A thread that carries out jobs one after another; what comes of them is handed to the window's thread.
///
/// Both ways lead through a standard mutex: ThreadSanitizer follows that, and nothing that Qt hands over.
class Background : public QObject {
 public:
  enum class AtEnd { Drop, CarryOut };  ///< jobs that still wait when the object ends

  explicit Background(AtEnd atEnd, QObject* parent = nullptr);
  /// Waits for the job that is under way, and for those that wait if they are to be carried out.
  ~Background() override;

  /// From the window's thread.
  void run(std::function<void()> job);
  /// From a job. Carried out in the window's thread, in order; dropped once this object has ended.
  void answer(std::function<void()> work);

 protected:
  bool event(QEvent* event) override;

 private:
  void work();

  AtEnd atEnd_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::function<void()>> answers_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace espalier::ui
