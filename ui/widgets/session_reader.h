// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/history.h"
#include "models/tree_layout.h"
#include "session/session_store.h"
#include "support/outcome.h"
#include "widgets/background.h"

namespace espalier::ui {

/// A session file ready to be shown.
struct LoadedSession {
  std::string path;
  History history;
  TreeLayout layout;                    ///< of the whole tree
  std::unique_ptr<SessionStore> store;  ///< open for reading on
};

/// Takes a second for a million nodes.
[[nodiscard]] Result<LoadedSession> loadSession(const std::string& path,
                                                const std::atomic<bool>* cancelled = nullptr);

/// Reads session files on a thread of its own, and looks into one that another process goes on writing.
class SessionReader : public QObject {
  Q_OBJECT

 public:
  explicit SessionReader(QObject* parent = nullptr);
  ~SessionReader() override;

  /// Gives up what it was doing; opened() or failed() follows.
  void open(const QString& path);
  [[nodiscard]] bool opening() const { return opening_; }
  /// Asks the file for events after this one, twice a second; eventsArrived() brings them.
  void follow(std::unique_ptr<SessionStore> store, std::uint64_t after);
  void stopFollowing();
  [[nodiscard]] bool following() const { return followed_ != nullptr; }
  /// The events up to `position` folded anew; momentReady() brings them. A newer question replaces an older
  /// one.
  void foldUpTo(SessionDigest digest, std::size_t position);
  void forgetFold() {
    if (foldCancelled_) foldCancelled_->store(true);
    foldCancelled_.reset();
  }
  /// Lets go of something large away from the window's thread.
  template <class Large>
  void discard(Large large) {
    auto last = std::make_shared<Large>(std::move(large));
    background_.run([last] {});
  }

 Q_SIGNALS:
  void opened(std::shared_ptr<espalier::ui::LoadedSession> session);
  void failed(const QString& words);
  void eventsArrived(const std::vector<espalier::Event>& events);
  void momentReady(std::shared_ptr<espalier::ui::Moment> moment);

 private:
  struct Followed;
  void look();

  std::shared_ptr<std::atomic<bool>> cancelled_;
  bool opening_ = false;
  std::shared_ptr<Followed> followed_;
  QTimer timer_;
  std::shared_ptr<std::atomic<bool>> foldCancelled_;  ///< of the latest question
  Background background_{Background::AtEnd::Drop};
};

}  // namespace espalier::ui
