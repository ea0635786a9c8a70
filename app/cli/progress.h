// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "cli/console.h"
#include "session/event.h"

namespace espalier::cli {

/// Follows the events of a run and prints a line for every sample, and what a person should know.
class ProgressPrinter {
 public:
  /// `operations` are the FLOPs of p0. A run that goes on brings what it knows already (0 = nothing).
  ProgressPrinter(Console& console, double operations, double baselineSeconds, double bestSeconds)
      : console_(console),
        operations_(operations),
        baselineSeconds_(baselineSeconds),
        bestSeconds_(bestSeconds) {}

  void tell(const Event& event);

 private:
  void sampleMeasured(const SampleMeasured& sample);

  Console& console_;
  double operations_;
  double baselineSeconds_;
  double bestSeconds_;
  std::map<NodeId, std::string> tried_;  ///< of nodes that are not yet measured
};

}  // namespace espalier::cli
