// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/session_reader.h"

#include <future>
#include <optional>
#include <utility>

#include "models/figures.h"

namespace espalier::ui {
namespace {

constexpr int kLookEveryMilliseconds = 500;
constexpr std::size_t kEventsAtOnce = 1000;  ///< so that the window takes each batch in a few milliseconds

/// What a layout relies on; a damaged session may lack it.
bool childrenFollowParents(const ChunkedVector<std::uint32_t>& parents) {
  for (std::size_t node = 0; node < parents.size(); ++node)
    if (node == 0 ? parents[0] != kNoNode : parents[node] >= node) return false;
  return true;
}

}  // namespace

Result<LoadedSession> loadSession(const std::string& path, const std::atomic<bool>* cancelled) {
  auto store = SessionStore::open(path, SessionStore::Access::Read);
  if (!store) return tl::unexpected(store.error());
  auto digest = (*store)->readDigest(cancelled);
  if (!digest) return tl::unexpected(digest.error());
  // The shape of the tree is known before its figures are summed up: it is laid out meanwhile.
  LayoutInput input;
  for (std::size_t index = 0; index < digest->size(); ++index)
    if (digest->entry(index).kind == DigestKind::NodeAdded)
      input.parents.push_back(digest->entry(index).parent());
  const bool sound = childrenFollowParents(input.parents);
  auto layingOut = std::async(std::launch::async, [&]() -> std::optional<TreeLayout> {
    return sound ? layOut(input, cancelled) : std::nullopt;
  });
  Moment now;
  now.advance(*digest, digest->size());
  auto layout = layingOut.get();
  if (layout && layout->places.size() != now.tree.size()) layout.reset();
  LoadedSession loaded{path, History(*std::move(digest), std::move(now)),
                       std::move(layout).value_or(TreeLayout{}), *std::move(store)};
  loaded.history.setSource(fileSource(path));
  return loaded;
}

/// One file that is followed. Used by one job at a time.
struct SessionReader::Followed {
  std::unique_ptr<SessionStore> store;
  std::uint64_t after = 0;
  bool busy = false;
};

SessionReader::SessionReader(QObject* parent) : QObject(parent) {
  timer_.setInterval(kLookEveryMilliseconds);
  connect(&timer_, &QTimer::timeout, this, &SessionReader::look);
}

SessionReader::~SessionReader() {
  if (cancelled_) cancelled_->store(true);
  forgetFold();
}

void SessionReader::open(const QString& path) {
  if (cancelled_) cancelled_->store(true);
  auto cancelled = std::make_shared<std::atomic<bool>>(false);
  cancelled_ = cancelled;
  opening_ = true;
  background_.run([this, cancelled, path = path.toStdString()] {
    auto loaded = std::make_shared<Result<LoadedSession>>(loadSession(path, cancelled.get()));
    background_.answer([this, cancelled, loaded] {
      if (cancelled != cancelled_) return;
      opening_ = false;
      if (!*loaded) {
        Q_EMIT failed(fromUtf8(loaded->error().text()));
      } else {
        Q_EMIT opened(std::make_shared<LoadedSession>(std::move(**loaded)));
      }
    });
  });
}

void SessionReader::follow(std::unique_ptr<SessionStore> store, std::uint64_t after) {
  followed_ = std::make_shared<Followed>();
  followed_->store = std::move(store);
  followed_->after = after;
  timer_.start();
}

void SessionReader::stopFollowing() {
  timer_.stop();
  if (followed_ != nullptr) discard(std::exchange(followed_, nullptr));
}

void SessionReader::look() {
  if (followed_ == nullptr || followed_->busy) return;
  followed_->busy = true;
  background_.run([this, followed = followed_] {
    auto events = std::make_shared<Result<std::vector<Event>>>(
        followed->store->read(followed->after + 1, kEventsAtOnce));
    background_.answer([this, followed, events] {
      followed->busy = false;
      if (followed != followed_) return;
      if (!*events) {
        stopFollowing();
        Q_EMIT failed(fromUtf8(events->error().text()));
        return;
      }
      if ((*events)->empty()) return;
      followed->after = (*events)->back().sequence;
      Q_EMIT eventsArrived(**events);
      if ((*events)->size() == kEventsAtOnce) look();
    });
  });
}

void SessionReader::foldUpTo(SessionDigest digest, std::size_t position) {
  forgetFold();
  auto cancelled = std::make_shared<std::atomic<bool>>(false);
  foldCancelled_ = cancelled;
  background_.run([this, shared = std::make_shared<SessionDigest>(std::move(digest)), position, cancelled] {
    auto moment = std::make_shared<Moment>();
    if (!moment->advance(*shared, position, cancelled.get())) return;
    background_.answer([this, moment, cancelled] {
      if (cancelled == foldCancelled_)
        Q_EMIT momentReady(moment);
      else
        discard(moment);
    });
  });
}

}  // namespace espalier::ui
