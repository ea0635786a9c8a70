// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/options.h"
#include "cli/summary.h"
#include "measure/hardware.h"
#include "session/event.h"
#include "session/session_fold.h"
#include "support/outcome.h"
#include "tuner/tune_options.h"

namespace espalier {
class TensorProblem;
}

namespace espalier::cli {

/// A session as it was read: its events and what they make together.
struct SessionView {
  std::string path;
  std::vector<Event> events;
  SessionFold fold;

  [[nodiscard]] const RunStarted& run() const {
    return *fold.run();
  }  ///< the latest one; there always is one
};

/// What a model was asked and answered for a node; siblings from one reply share it.
struct Conversation {
  std::vector<PromptSent> prompts;
  std::vector<ReplyFinished> replies;
};

/// The options that a run was begun with.
[[nodiscard]] Result<TuneOptions> optionsOf(const RunStarted& run);
[[nodiscard]] Result<SessionView> readSessionView(const std::string& path);
/// What a new run has where its user says nothing.
struct StartingPoint {
  TuneOptions options;
  std::optional<int> threads;          ///< empty: all that there are
  std::optional<HardwareSheet> sheet;  ///< empty: this machine's as it is now
};
/// The defaults, or what the session had that is replayed: only with them the search is the same. Of another
/// machine the sheet is left aside.
[[nodiscard]] Result<StartingPoint> startingPoint(const SearchOptions& search);
/// The node that the options name; without a word the best, or the root where nothing valid was measured.
[[nodiscard]] Result<NodeId> chooseNode(const SessionView& session, const NodeOptions& options);
[[nodiscard]] Conversation conversationOf(const SessionView& session, NodeId node);
/// The result so far, with the words of the best one's verification.
[[nodiscard]] Summary summaryOf(const SessionView& session);
/// What the session tunes, without a worker: for reading programs and generating code.
[[nodiscard]] Result<std::unique_ptr<TensorProblem>> offlineProblem(const SessionView& session);

}  // namespace espalier::cli
