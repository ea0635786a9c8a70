// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "models/search_tree.h"
#include "session/event.h"
#include "session/session_fold.h"

namespace espalier::ui {

/// A model's call while its reply arrives.
struct LiveCall {
  NodeId node = kNoNode;
  std::string model;
  std::string prompt;
  std::string thinking;
  std::string reply;
};

/// A session as the window holds it: all of its events, and what those up to a chosen one make together. At
/// the end of the list it follows what arrives; further back it shows the past while the list goes on
/// growing.
class History {
 public:
  /// Takes events in order; those that are live only are folded into liveCalls().
  void append(std::span<const Event> events);
  void clear();

  /// Events held.
  [[nodiscard]] std::size_t size() const { return events_.size(); }
  [[nodiscard]] const std::vector<Event>& events() const { return events_; }
  /// How many of them are shown.
  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] bool atEnd() const { return following_; }
  /// Shows the first `count` events; all of them and those to come if `count` is size().
  void show(std::size_t count);

  [[nodiscard]] const SearchTree& tree() const { return tree_; }
  [[nodiscard]] const SessionFold& fold() const { return fold_; }
  /// What of the events did not fit together; empty if all is well.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }
  /// Grows whenever the past was folded anew, so that nodes may have vanished.
  [[nodiscard]] std::uint64_t rebuilds() const { return rebuilds_; }

  /// Events of an expansion, shown or not: its selection, prompts, replies and proposal.
  [[nodiscard]] std::vector<const Event*> ofRequest(std::uint64_t request) const;
  [[nodiscard]] const std::unordered_map<std::uint64_t, LiveCall>& liveCalls() const { return live_; }

 private:
  void apply(const Event& event);
  void applyLive(const Event& event);

  std::vector<Event> events_;
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> byRequest_;
  std::unordered_map<std::uint64_t, LiveCall> live_;
  std::size_t position_ = 0;
  bool following_ = true;
  SearchTree tree_;
  SessionFold fold_;
  std::string trouble_;
  std::uint64_t rebuilds_ = 0;
};

}  // namespace espalier::ui
