// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/history.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "session/session_store.h"

namespace espalier::ui {
namespace {

constexpr std::size_t kRecentEvents = 4096;  ///< kept beside a source
constexpr std::size_t kDetailedNodes = 256;  ///< whose texts are kept

std::optional<std::uint64_t> requestOf(const EventBody& body) {
  if (const auto* selected = std::get_if<NodeSelected>(&body)) return selected->request;
  if (const auto* sent = std::get_if<PromptSent>(&body)) return sent->request;
  if (const auto* reply = std::get_if<ReplyFinished>(&body)) return reply->request;
  if (const auto* proposal = std::get_if<ProposalArrived>(&body)) return proposal->request;
  return std::nullopt;
}

class FileSource final : public EventSource {
 public:
  explicit FileSource(std::string path) : path_(std::move(path)) {}
  std::vector<Event> ofNode(NodeId node) override {
    const auto store = SessionStore::open(path_, SessionStore::Access::Read);
    if (!store) return {};
    return (*store)->readNode(node).value_or(std::vector<Event>{});
  }
  std::vector<Event> ofRequest(NodeId node, std::uint64_t request) override {
    const auto store = SessionStore::open(path_, SessionStore::Access::Read);
    if (!store) return {};
    return (*store)->readRequest(node, request).value_or(std::vector<Event>{});
  }

 private:
  std::string path_;
};

}  // namespace

std::unique_ptr<EventSource> fileSource(std::string path) {
  return std::make_unique<FileSource>(std::move(path));
}

History::History(SessionDigest digest, Moment now) : digest_(std::move(digest)), moment_(std::move(now)) {}

void History::append(std::span<const Event> events) {
  for (const Event& event : events) {
    if (event.sequence == 0) {
      applyLive(event);
      continue;
    }
    if (event.sequence <= digest_.last()) continue;  // known already
    if (const auto* reply = std::get_if<ReplyFinished>(&event.body)) live_.erase(reply->request);
    if (std::holds_alternative<RunFinished>(event.body)) live_.clear();
    digest_.append(event);
    keep(event);
  }
  if (following_) moment_.advance(digest_, digest_.size());
}

void History::setSource(std::unique_ptr<EventSource> source) { source_ = std::move(source); }

void History::keep(const Event& event) {
  recent_.push_back(event);
  if (source_ != nullptr && recent_.size() > kRecentEvents) recent_.pop_front();
  if (const auto known = details_.find(nodeOf(event.body)); known != details_.end()) {
    std::erase(detailed_, known->first);
    details_.erase(known);
  }
}

void History::applyLive(const Event& event) {
  if (const auto* sent = std::get_if<PromptSent>(&event.body)) {
    LiveCall& call = live_[sent->request];
    call = {sent->node, sent->model, sent->prompt, {}, {}};
  } else if (const auto* delta = std::get_if<ReplyDelta>(&event.body)) {
    LiveCall& call = live_[delta->request];
    call.node = delta->node;
    (delta->thinking ? call.thinking : call.reply) += delta->text;
  }
}

std::size_t History::workOf(std::size_t count) const {
  count = std::min(count, size());
  return count < position() ? count : count - position();
}

void History::show(std::size_t count) {
  count = std::min(count, size());
  following_ = count == size();
  if (count == position()) return;
  if (count < position()) {
    moment_ = Moment();
    ++rebuilds_;
  }
  details_.clear();
  detailed_.clear();
  moment_.advance(digest_, count);
}

Moment History::exchange(Moment moment) {
  const bool back = moment.position < position();
  std::swap(moment_, moment);
  details_.clear();
  detailed_.clear();
  if (back) ++rebuilds_;
  following_ = moment_.position == size();
  return moment;
}

const History::Details& History::details(NodeId node) const {
  if (const auto known = details_.find(node); known != details_.end()) return *known->second;
  if (detailed_.size() >= kDetailedNodes) {
    details_.erase(detailed_.front());
    detailed_.pop_front();
  }
  detailed_.push_back(node);
  return *details_.emplace(node, std::make_unique<Details>(readDetails(node))).first->second;
}

History::Details History::readDetails(NodeId node) const {
  Details details;
  const bool complete =
      source_ == nullptr || (!recent_.empty() && recent_.front().sequence == digest_.first());
  std::vector<Event> events;
  if (complete) {
    for (const Event& event : recent_)
      if (nodeOf(event.body) == node) events.push_back(event);
  } else {
    events = source_->ofNode(node);
  }
  for (const Event& event : events) {
    if (event.sequence > position()) break;
    addToRecord(details.record, event);
    if (const auto* added = std::get_if<NodeAdded>(&event.body)) details.state = added->state;
  }
  const std::uint64_t request = details.record.request;
  if (request == kNoRequest || !tree().contains(node)) return details;
  if (!complete) {
    details.expansion = source_->ofRequest(tree().node(node).parent, request);
  } else {
    for (const Event& event : recent_)
      if (requestOf(event.body) == request) details.expansion.push_back(event);
  }
  return details;
}

std::vector<std::string> History::hintsFor(NodeId node) const {
  std::vector<std::string> hints;
  const std::vector<NodeId> path = tree().pathToRoot(node);
  for (auto above = path.rbegin(); above != path.rend(); ++above) {
    const std::vector<std::string>& own = fold().hintsOf(*above);
    hints.insert(hints.end(), own.begin(), own.end());
  }
  return hints;
}

}  // namespace espalier::ui
