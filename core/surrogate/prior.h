// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "program/program.h"
#include "surrogate/machine_model.h"
#include "surrogate/nest_facts.h"

namespace espalier {

/// Estimated time of one block, in seconds of wall clock over all of its instances, and where it goes. The
/// parts overlap in an out-of-order core, so `seconds` lies between the largest part and their sum.
struct BlockEstimate {
  BlockId block;
  double seconds = 0;
  double arithmetic = 0;   ///< multiply-adds and other vector arithmetic
  double memoryIssue = 0;  ///< load, broadcast, gather and store instructions, spills included
  double latency = 0;      ///< waiting for the previous accumulation
  double frontEnd = 0;     ///< all instructions, loop control, code that outgrows the instruction cache
  double launch = 0;       ///< starting and ending parallel loops
  /// By level of the machine model: time to bring in what the faster levels do not hold. Entry 0 (L1) stays
  /// 0.
  std::vector<double> traffic;
  std::vector<double> trafficBytes;

  double multiplyAdds = 0;        ///< scalar multiply-adds of all instances
  double vectorInstructions = 0;  ///< arithmetic instructions of all instances
  double vectorEfficiency = 1;    ///< used lanes / lanes, 1/lanes for scalar code
  double accumulators = 0;        ///< independent accumulations in the innermost body
  double registersNeeded = 0;     ///< vector registers the innermost body wants
  double loads = 0;               ///< executed vector loads
  double broadcasts = 0;
  double gathers = 0;  ///< single-element loads of gathers and scatters
  double stores = 0;
  double codeBytes = 0;
  double parallelism = 1;  ///< threads that have work on average
  bool copies = false;     ///< moves data only: packing, write-back
};

/// The analytic prior: time of a whole program from its loop nest and the machine alone.
struct Estimate {
  double seconds = 0;
  std::vector<BlockEstimate> blocks;  ///< in order of execution
  std::string bound;                  ///< short and stable: "arithmetic", "L2 traffic", "latency", …
  std::string words;                  ///< `bound by L2 traffic: 2.1 bytes per multiply-add`
};

[[nodiscard]] Estimate estimate(const Program& program, const MachineModel& machine);
/// The same from facts that are already at hand.
[[nodiscard]] Estimate estimate(const Program& program, const NestFacts& facts, const MachineModel& machine);

}  // namespace espalier
