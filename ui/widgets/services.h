// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <optional>
#include <string>
#include <vector>

#include "session/session_fold.h"
#include "widgets/engine.h"
#include "widgets/text_service.h"

namespace espalier::ui {

struct WorkloadChoice {
  QString name;
  QString title;
  bool small = false;  ///< tunes in seconds
};

/// A way to reach a model that is known by name.
struct ProfileChoice {
  QString name;
  QString description;
  QString
      missingKey;  ///< the environment variable that ought to hold its key and does not; empty if all is well
};

/// Who proposes transformations.
struct ProposerChoice {
  std::string name = "rules";  ///< rules, llm, recorded, random
  std::string profile;         ///< of llm; empty = the server and model below
  std::string llmUrl;
  std::string llmModel;
  std::string recording;          ///< of recorded: a session, or exchanges with a model
  std::optional<double> maxCost;  ///< US dollars
};

/// What a new run is to do.
struct NewRun {
  std::string workload;            ///< name, or path of a .tc file
  std::string kernel;              ///< which def of the file; empty = the only one
  std::vector<std::string> sizes;  ///< `M=64`, for .tc files
  std::string session;             ///< path of the new file
  std::string strategy = "mcts";   ///< mcts, evolutionary, random
  ProposerChoice proposer;
  int samples = 64;
  int threads = 0;  ///< 0 = all cores
};

/// What the window needs of the program around it, so that it sees no tensor program, no compiler and no
/// hardware.
class Services {
 public:
  virtual ~Services() = default;
  [[nodiscard]] virtual std::vector<WorkloadChoice> workloads() const = 0;
  [[nodiscard]] virtual std::vector<ProfileChoice> profiles() const = 0;
  [[nodiscard]] virtual RunStarter newRun(const NewRun& run) const = 0;
  /// Goes on with a session of the file; with another proposer, if one is given.
  [[nodiscard]] virtual RunStarter resumeRun(const std::string& path,
                                             const std::optional<ProposerChoice>& proposer) const = 0;
  /// Programs of the nodes of a run.
  [[nodiscard]] virtual TextService::Factory textsOf(const RunStarted& run) const = 0;
  /// Formats as `trace`, `c`, `object`, …; the paths written. May take seconds.
  [[nodiscard]] virtual Result<std::vector<std::string>> exportNode(const std::string& session, NodeId node,
                                                                    const std::string& format,
                                                                    const std::string& path) const = 0;
};

}  // namespace espalier::ui
