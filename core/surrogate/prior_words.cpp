// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "surrogate/prior_words.h"

#include <algorithm>
#include <cstdio>

namespace espalier {

namespace {

std::string format(const char* pattern, double value) {
  char text[160];
  std::snprintf(text, sizeof text, pattern, value);
  return text;
}

}  // namespace

void explain(const Program& program, const MachineModel& machine, Estimate& result) {
  const auto slowest =
      std::max_element(result.blocks.begin(), result.blocks.end(),
                       [](const BlockEstimate& a, const BlockEstimate& b) { return a.seconds < b.seconds; });
  if (slowest == result.blocks.end()) {
    result.bound = "nothing";
    result.words = "the program computes nothing";
    return;
  }
  const BlockEstimate& block = *slowest;
  struct Part {
    double seconds;
    std::string name;
    std::string detail;
  };
  std::vector<Part> parts;
  const double perWork =
      std::max(1.0, block.multiplyAdds > 0 ? block.multiplyAdds : block.vectorInstructions);
  const char* work = block.multiplyAdds > 0 ? "multiply-add" : "operation";
  parts.push_back({block.arithmetic, "arithmetic",
                   block.vectorEfficiency < 0.9
                       ? format("only %.0f %% of the vector lanes are used", block.vectorEfficiency * 100)
                       : "vector arithmetic, " + format("%.0f accumulators", block.accumulators)});
  std::string issue = format("%.2f loads and stores per arithmetic instruction",
                             (block.loads + block.broadcasts + block.gathers + block.stores) /
                                 std::max(1.0, block.vectorInstructions));
  if (block.gathers > block.loads + block.broadcasts) issue += ", most of them gathers";
  if (block.registersNeeded > machine.vectorRegisters)
    issue += format(", %.0f vector registers wanted", block.registersNeeded) +
             format(" of %.0f", machine.vectorRegisters);
  parts.push_back({block.memoryIssue, "load and store issue", issue});
  parts.push_back({block.latency, "accumulation latency",
                   format("%.0f independent accumulators", block.accumulators) +
                       format(" where %.0f hide the latency",
                              machine.multiplyAddLatency * machine.multiplyAddsPerCycle)});
  parts.push_back({block.frontEnd, "instruction issue",
                   block.codeBytes > machine.codeBytes
                       ? format("unrolled code of %.0f KiB", block.codeBytes / 1024)
                       : std::string("loop control and addresses")});
  for (std::size_t level = 1; level < block.traffic.size(); ++level)
    parts.push_back({block.traffic[level], machine.levels[level].name + " traffic",
                     format("%.2g bytes per ", block.trafficBytes[level] / perWork) + work});
  parts.push_back({block.launch, "parallel launches", "the parallel loop starts too often"});
  const auto worst = std::max_element(parts.begin(), parts.end(),
                                      [](const Part& a, const Part& b) { return a.seconds < b.seconds; });
  result.bound = worst->name;
  result.words = "bound by " + worst->name + ": " + worst->detail;
  if (result.blocks.size() > 1)
    result.words +=
        " (block " + program.block(block.block).name +
        format(", %.0f %% of the estimated time)", 100 * block.seconds / std::max(1e-30, result.seconds));
  if (machine.threads > 1 && block.parallelism < 0.75 * machine.threads)
    result.words +=
        format("; %.1f", block.parallelism) + format(" of %.0f threads have work", machine.threads);
}

}  // namespace espalier
