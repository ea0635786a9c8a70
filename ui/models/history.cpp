// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/history.h"

#include <algorithm>
#include <optional>

namespace espalier::ui {
namespace {

std::optional<std::uint64_t> requestOf(const EventBody& body) {
  if (const auto* selected = std::get_if<NodeSelected>(&body)) return selected->request;
  if (const auto* sent = std::get_if<PromptSent>(&body)) return sent->request;
  if (const auto* reply = std::get_if<ReplyFinished>(&body)) return reply->request;
  if (const auto* proposal = std::get_if<ProposalArrived>(&body)) return proposal->request;
  return std::nullopt;
}

}  // namespace

void History::append(std::span<const Event> events) {
  for (const Event& event : events) {
    if (event.sequence == 0) {
      applyLive(event);
      continue;
    }
    if (const auto* reply = std::get_if<ReplyFinished>(&event.body)) live_.erase(reply->request);
    if (const auto request = requestOf(event.body)) byRequest_[*request].push_back(events_.size());
    events_.push_back(event);
    if (following_) {
      apply(events_.back());
      position_ = events_.size();
    }
  }
}

void History::clear() { *this = History(); }

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

void History::apply(const Event& event) {
  tree_.apply(event);
  if (const auto applied = fold_.apply(event); !applied && trouble_.empty())
    trouble_ = applied.error().text();
  if (std::holds_alternative<ValuesRefreshed>(event.body)) tree_.takeValues(fold_.tree());
  if (std::holds_alternative<RunFinished>(event.body)) live_.clear();
}

void History::show(std::size_t count) {
  count = std::min(count, events_.size());
  following_ = count == events_.size();
  if (count < position_) {
    tree_ = SearchTree();
    fold_ = SessionFold();
    trouble_.clear();
    position_ = 0;
    ++rebuilds_;
  }
  while (position_ < count) apply(events_[position_++]);
}

std::vector<const Event*> History::ofRequest(std::uint64_t request) const {
  std::vector<const Event*> found;
  if (const auto at = byRequest_.find(request); at != byRequest_.end())
    for (const std::size_t index : at->second) found.push_back(&events_[index]);
  return found;
}

}  // namespace espalier::ui
