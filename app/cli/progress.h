// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "cli/console.h"
#include "session/event.h"
#include "session/session_fold.h"

namespace espalier::cli {

/// Follows the events of a run and prints a line for every sample, and what a person should know.
class ProgressPrinter {
 public:
  /// `operations` are the FLOPs of p0; `before` is what a run that goes on has done already.
  ProgressPrinter(Console& console, double operations, const SessionFold& before)
      : console_(console),
        operations_(operations),
        before_(before),
        baselineSeconds_(before.tree().baselineSeconds()),
        bestSeconds_(before.tree().bestSeconds()) {}

  void tell(const Event& event);

 private:
  void sampleMeasured(const SampleMeasured& sample);
  [[nodiscard]] std::string triedFor(NodeId node);

  Console& console_;
  double operations_;
  const SessionFold& before_;
  double baselineSeconds_;
  double bestSeconds_;
  std::map<NodeId, std::string> tried_;  ///< of nodes that are not yet measured
};

}  // namespace espalier::cli
