// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "models/moment.h"
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

/// Where the texts of a session are read from when someone looks at a node.
class EventSource {
 public:
  virtual ~EventSource() = default;
  /// All events about a node, in order; as many as can be had.
  [[nodiscard]] virtual std::vector<Event> ofNode(NodeId node) = 0;
  /// The selection, prompts, replies and proposal of an expansion of a node.
  [[nodiscard]] virtual std::vector<Event> ofRequest(NodeId node, std::uint64_t request) = 0;
};

/// Reads a session file, opening it for each question only, so that its writer can make one plain file of it.
[[nodiscard]] std::unique_ptr<EventSource> fileSource(std::string path);

/// A session as the window holds it: its digest, and what the events up to a chosen one make together. At the
/// end it follows what arrives; further back it shows the past while the session goes on growing. Texts stay
/// in the file and are read for the nodes that someone looks at.
class History {
 public:
  History() = default;
  /// A session that was read elsewhere; `now` stands at its end.
  History(SessionDigest digest, Moment now);

  /// Takes events in order; those that are live only are folded into liveCalls().
  void append(std::span<const Event> events);
  /// Where texts come from. Without a source all events are kept.
  void setSource(std::unique_ptr<EventSource> source);

  /// Events held.
  [[nodiscard]] std::size_t size() const { return digest_.size(); }
  [[nodiscard]] const SessionDigest& digest() const { return digest_; }
  /// How many of them are shown.
  [[nodiscard]] std::size_t position() const { return moment_.position; }
  [[nodiscard]] bool atEnd() const { return following_; }
  /// Shows the first `count` events; all of them and those to come if `count` is size().
  void show(std::size_t count);
  /// Events that show() would have to go through. Half a million take some 10 ms.
  [[nodiscard]] std::size_t workOf(std::size_t count) const;
  /// The same as show(), with the work done elsewhere on a digest that this one's continues. Returns what was
  /// shown before, since letting go of a large tree takes its time as well.
  [[nodiscard]] Moment exchange(Moment moment);

  [[nodiscard]] const SearchTree& tree() const { return moment_.tree; }
  [[nodiscard]] const RunFold& fold() const { return moment_.runs; }
  /// Marks a node of the tree as shown; what a person marked is no part of the events.
  void setBookmarked(NodeId node, bool on) { moment_.tree.setBookmarked(node, on); }
  /// What of the events did not fit together; empty if all is well.
  [[nodiscard]] const std::string& trouble() const { return moment_.trouble; }
  /// Grows whenever the past was folded anew, so that nodes may have vanished.
  [[nodiscard]] std::uint64_t rebuilds() const { return rebuilds_; }

  // About a node of the tree; may read the session file.
  /// What was said and done up to the event shown.
  [[nodiscard]] const NodeRecord& record(NodeId node) const { return details(node).record; }
  [[nodiscard]] const State& stateOf(NodeId node) const { return details(node).state; }
  /// The expansion that led to it: its selection, prompts, replies and proposal.
  [[nodiscard]] const std::vector<Event>& expansionOf(NodeId node) const { return details(node).expansion; }
  /// Hints for it and all above it, the root's first.
  [[nodiscard]] std::vector<std::string> hintsFor(NodeId node) const;

  [[nodiscard]] const std::unordered_map<std::uint64_t, LiveCall>& liveCalls() const { return live_; }

 private:
  struct Details {
    NodeRecord record;
    State state;
    std::vector<Event> expansion;
  };
  void applyLive(const Event& event);
  void keep(const Event& event);
  [[nodiscard]] const Details& details(NodeId node) const;
  [[nodiscard]] Details readDetails(NodeId node) const;

  SessionDigest digest_;
  Moment moment_;
  bool following_ = true;
  std::uint64_t rebuilds_ = 0;
  std::unordered_map<std::uint64_t, LiveCall> live_;
  std::deque<Event> recent_;  ///< the latest of the session, or all of it
  std::unique_ptr<EventSource> source_;
  mutable std::map<NodeId, std::unique_ptr<Details>> details_;
  mutable std::deque<NodeId> detailed_;  ///< in the order of reading
};

}  // namespace espalier::ui
