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
  ProgressPrinter(Console& console, double operations) : console_(console), operations_(operations) {}

  void tell(const Event& event);

 private:
  void sampleMeasured(const SampleMeasured& sample);

  Console& console_;
  double operations_ = 0;
  double baselineSeconds_ = 0;
  double bestSeconds_ = 0;
  std::map<NodeId, std::string> tried_;  ///< of nodes that are not yet measured
};

}  // namespace espalier::cli
