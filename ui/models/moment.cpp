// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/moment.h"

namespace espalier::ui {

bool Moment::advance(const SessionDigest& digest, std::size_t to, const std::atomic<bool>* cancelled) {
  // The tree first, run by run of entries: the curve needs to know the best after each sample.
  std::size_t told = position;
  const auto tellRuns = [&](std::size_t end) {
    for (; told < end; ++told) {
      const DigestEntry& entry = digest.entry(told);
      const bool whole = entry.kind == DigestKind::Whole;
      runs.at(entry.milliseconds,
              whole && std::holds_alternative<RunStarted>(digest.whole(entry.place()).body));
      switch (entry.kind) {
        case DigestKind::Whole: runs.apply(digest.whole(entry.place()).body); break;
        case DigestKind::ProposalArrived: runs.proposal(entry.has(kDigestFallback)); break;
        case DigestKind::NodeAdded:
          if (entry.has(kDigestRequested)) runs.expansion(entry.has(kDigestFallback), false);
          break;
        case DigestKind::ProposalRejected:
          runs.expansion(entry.has(kDigestFallback), entry.has(kDigestDuplicate));
          break;
        case DigestKind::ReplyFinished: {
          const SessionDigest::Call& call = digest.call(entry.place());
          runs.call(call.usage, call.costUsd);
          break;
        }
        default: break;
      }
    }
  };
  const auto given = [&] { return cancelled != nullptr && cancelled->load(std::memory_order_relaxed); };
  const bool fits = tree.apply(digest, position, to, [&](std::size_t index) {
    if (given()) return false;
    tellRuns(index + 1);
    const DigestEntry& entry = digest.entry(index);
    runs.sample({.number = entry.sample(),
                 .node = entry.node,
                 .measuredSeconds = entry.has(kDigestValid) ? entry.value() : 0,
                 .predictedSeconds = static_cast<double>(entry.predictedSeconds()),
                 .bestSeconds = tree.bestSeconds(),
                 .baselineSeconds = tree.baselineSeconds()});
    return true;
  });
  if (given()) return false;
  tellRuns(to);
  position = to;
  if (!fits && trouble.empty())
    trouble =
        "An event of the session does not fit those before it. The session is damaged; restore it from a "
        "copy, "
        "or start a new one.";
  return true;
}

}  // namespace espalier::ui
