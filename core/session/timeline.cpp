// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "session/timeline.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <variant>
#include <vector>

namespace espalier {
namespace {

/// Stretches of time in milliseconds.
class Stretches {
 public:
  void add(std::int64_t begin, std::int64_t end) {
    if (begin < end) stretches_.emplace_back(begin, end);
  }

  void append(const Stretches& other) {
    stretches_.insert(stretches_.end(), other.stretches_.begin(), other.stretches_.end());
  }

  /// In order and apart from each other.
  [[nodiscard]] Stretches merged() const {
    Stretches result;
    auto sorted = stretches_;
    std::sort(sorted.begin(), sorted.end());
    for (const auto& [begin, end] : sorted) {
      if (!result.stretches_.empty() && begin <= result.stretches_.back().second)
        result.stretches_.back().second = std::max(result.stretches_.back().second, end);
      else
        result.stretches_.emplace_back(begin, end);
    }
    return result;
  }

  /// What of this is not in the other; both merged.
  [[nodiscard]] Stretches without(const Stretches& other) const {
    Stretches result;
    auto next = other.stretches_.begin();
    for (auto [begin, end] : stretches_) {
      while (next != other.stretches_.end() && next->second <= begin) ++next;
      for (auto hole = next; hole != other.stretches_.end() && hole->first < end; ++hole) {
        result.add(begin, hole->first);
        begin = std::max(begin, hole->second);
      }
      result.add(begin, end);
    }
    return result;
  }

  [[nodiscard]] double seconds() const {
    double sum = 0;
    for (const auto& [begin, end] : stretches_) sum += static_cast<double>(end - begin) / 1000;
    return sum;
  }

 private:
  std::vector<std::pair<std::int64_t, std::int64_t>> stretches_;
};

/// One run of the session, from RunStarted on.
struct Run {
  std::int64_t begin = 0;  ///< 0 = nothing was asked for yet
  std::int64_t end = 0;    ///< the last measurement
  double asking = 0;
  std::map<std::uint64_t, std::int64_t> answered;  ///< by request
  std::map<NodeId, std::int64_t> waiting;          ///< since when a node could be measured
  Stretches building;
  Stretches measuring;
  Stretches candidates;
  Stretches pauses;
  std::int64_t pausedSince = 0;

  void beginAt(std::int64_t time) {
    if (time != 0 && (begin == 0 || time < begin)) begin = time;
  }

  void note(const ProposalArrived& arrived) {
    beginAt(arrived.askedMilliseconds);
    answered[arrived.request] = arrived.answeredMilliseconds;
  }
  void note(const ReplyFinished& reply) {
    asking += reply.exchange.recorded ? 0 : reply.exchange.latencySeconds;
  }
  void note(const NodeAdded& node, std::int64_t now) {
    if (node.parent == kNoNode) return;
    const auto answer = answered.find(node.request);
    waiting[node.node] = answer != answered.end() && answer->second != 0 ? answer->second : now;
  }
  void note(const BuildFinished& built, std::int64_t now) {
    const auto since = waiting.extract(built.node);
    if (built.buildBeganMilliseconds == 0) {
      end = now;
      return;
    }
    beginAt(built.buildBeganMilliseconds);
    const auto buildEnd =
        built.buildBeganMilliseconds + static_cast<std::int64_t>(built.seconds * 1000 + 0.5);
    building.add(built.buildBeganMilliseconds, std::min(buildEnd, built.measureEndedMilliseconds));
    measuring.add(built.measureBeganMilliseconds, built.measureEndedMilliseconds);
    candidates.add(since ? since.mapped() : built.buildBeganMilliseconds, built.measureEndedMilliseconds);
    end = std::max(end, built.measureEndedMilliseconds);
  }
  void note(const NodeMarked& marked) {
    if (marked.mark == NodeMark::Pruned) waiting.erase(marked.node);
  }

  void addTo(Timeline& timeline) {
    if (begin == 0 || end <= begin) return;
    for (const auto& [node, since] : waiting) candidates.add(since, end);
    if (pausedSince != 0) pauses.add(pausedSince, end);
    Stretches whole;
    whole.add(begin, end);
    Stretches work = measuring;
    work.append(building);
    const Stretches busy = work.merged();
    const Stretches still = pauses.merged();
    const Stretches there = candidates.merged().without(still);
    timeline.search += whole.without(still).seconds();
    timeline.asking += asking;
    timeline.working += busy.seconds();
    timeline.measuring += measuring.merged().seconds();
    timeline.candidates += there.seconds();
    timeline.idle += there.without(busy).seconds();
  }
};

}  // namespace

Timeline timelineOf(std::span<const Event> events) {
  Timeline timeline;
  Run run;
  for (const Event& event : events) {
    if (event.sequence == 0) continue;
    if (std::holds_alternative<RunStarted>(event.body)) {
      run.addTo(timeline);
      run = Run();
    } else if (std::holds_alternative<RunPaused>(event.body)) {
      run.pausedSince = event.milliseconds;
    } else if (std::holds_alternative<RunContinued>(event.body)) {
      if (run.pausedSince != 0) run.pauses.add(run.pausedSince, event.milliseconds);
      run.pausedSince = 0;
    } else {
      std::visit(
          [&](const auto& body) {
            if constexpr (requires { run.note(body); })
              run.note(body);
            else if constexpr (requires { run.note(body, event.milliseconds); })
              run.note(body, event.milliseconds);
          },
          event.body);
    }
  }
  run.addTo(timeline);
  return timeline;
}

}  // namespace espalier
