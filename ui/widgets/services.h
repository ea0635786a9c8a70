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

/// What a new run is to do.
struct NewRun {
  std::string workload;            ///< name, or path of a .tc file
  std::vector<std::string> sizes;  ///< `M=64`, for .tc files
  std::string session;             ///< path of the new file
  std::string proposer = "rules";  ///< rules, llm, random
  std::string llmUrl;
  std::string llmModel;
  int samples = 64;
  int threads = 0;                ///< 0 = all cores
  std::optional<double> maxCost;  ///< US dollars
};

/// What the window needs of the program around it, so that it sees no tensor program, no compiler and no
/// hardware.
class Services {
 public:
  virtual ~Services() = default;
  [[nodiscard]] virtual std::vector<WorkloadChoice> workloads() const = 0;
  [[nodiscard]] virtual RunStarter newRun(const NewRun& run) const = 0;
  /// Goes on with a session of the file.
  [[nodiscard]] virtual RunStarter resumeRun(const std::string& path) const = 0;
  /// Programs of the nodes of a run.
  [[nodiscard]] virtual TextService::Factory textsOf(const RunStarted& run) const = 0;
  /// Formats as `trace`, `c`, `object`, …; the paths written. May take seconds.
  [[nodiscard]] virtual Result<std::vector<std::string>> exportNode(const std::string& session, NodeId node,
                                                                    const std::string& format,
                                                                    const std::string& path) const = 0;
};

}  // namespace espalier::ui
