// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "session/event.h"
#include "support/random.h"

namespace espalier {

/// A search as it would be recorded, made up: at most two children a node, every third node measured,
/// reasonings and traces of the usual length; only the terms of every selection are left out. The same seed
/// gives the same events.
class SyntheticSearch {
 public:
  explicit SyntheticSearch(std::uint64_t seed);
  /// The events that add the next node; the first time also those that begin the run.
  [[nodiscard]] std::vector<Event> next();
  [[nodiscard]] NodeId nodes() const { return static_cast<NodeId>(nodes_.size()); }

 private:
  struct Node {
    NodeId parent = kNoNode;
    NodeId children[2] = {kNoNode, kNoNode};
    std::uint32_t step = 0;  ///< of the text of its own step
  };
  void add(EventBody body);
  [[nodiscard]] NodeId chooseParent();
  [[nodiscard]] std::vector<std::string> traceOf(NodeId node) const;
  void measure(NodeId node);

  Random random_;
  std::vector<Node> nodes_;
  std::vector<Event> events_;
  std::uint64_t sequence_ = 0;
  std::int64_t milliseconds_ = 1700000000000;
  int samples_ = 0;
  double best_ = 1;
};

}  // namespace espalier
