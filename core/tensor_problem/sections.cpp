// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tensor_problem/sections.h"

#include <algorithm>
#include <cstdio>

#include "program/printer.h"
#include "transform/transformation.h"

namespace espalier {

namespace {

std::string number(const char* pattern, double value) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, value);
  return text;
}

std::string bytesText(double bytes) {
  if (bytes >= 1 << 20) return number("%.4g MiB", bytes / (1 << 20));
  return number("%.4g KiB", bytes / 1024);
}

std::string grammarText() {
  std::string text =
      "A step is Name(argument=value, ...); lists stand in brackets. Loops, blocks and buffers are named as "
      "printed. Arguments "
      "may be left out and are then drawn at random. Splitting a loop k makes k.0 (outer), k.1, ...\n";
  for (const Transformation& transformation : transformations()) {
    text += "- ";
    text += transformation.name;
    text += ": ";
    text += transformation.summary;
    text += '\n';
    for (const Parameter& parameter : transformation.parameters) {
      text += "    ";
      text += parameter.name;
      text += ": ";
      text += parameter.meaning;
      text += '\n';
    }
  }
  return text;
}

std::string hardwareText(const HardwareSheet& sheet, int threads, double bytes) {
  std::string text = (sheet.cpu.empty() ? std::string("unknown CPU") : sheet.cpu);
  if (!sheet.target.cpu.empty()) text += " (" + sheet.target.cpu + ")";
  text += ", " + std::to_string(sheet.cores) + " cores, " + std::to_string(threads) + " in use\n";
  text += "vectors of " + std::to_string(sheet.target.vectorBits) + " bits (" +
          std::to_string(sheet.target.lanes(4)) + " float lanes), " +
          std::to_string(sheet.target.vectorRegisters) + " registers; multiply-add latency " +
          number("%.0f", sheet.fmaLatencyCycles) + " cycles\n";
  text += "measured peak " + number("%.1f", sheet.peak(threads) / 1e9) + " GFLOP/s\n";
  for (const MemoryLevel& level : sheet.levels)
    text += level.name + ": " + bytesText(static_cast<double>(level.bytes)) + ", " +
            number("%.1f", sheet.bandwidth(level, threads, bytes) / 1e9) + " GB/s" +
            (level.sharedBy > 1 ? ", shared" : "") + "\n";
  return text;
}

std::string argumentRanges(const Transformation& transformation, const std::vector<Step>& choices) {
  std::string text;
  for (const Parameter& parameter : transformation.parameters) {
    if (!text.empty()) text += "; ";
    text += parameter.name;
    std::vector<std::string> names;
    for (const Step& step : choices)
      if (const auto name = step.text(parameter.name))
        if (std::find(names.begin(), names.end(), *name) == names.end()) names.push_back(*name);
    if (names.empty()) {
      text += ": ";
      text += parameter.meaning;
      continue;
    }
    text += " in {";
    constexpr std::size_t kMost = 12;
    for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) text += (i == 0 ? "" : ", ") + names[i];
    text += names.size() > kMost ? ", ...}" : "}";
  }
  return text;
}

/// The blocks that matter, each with the parts of its time that matter.
std::string bottleneckText(const Program& program, const Estimate& estimate, const MachineModel& machine) {
  std::string text = estimate.words + "\n";
  for (const BlockEstimate& block : estimate.blocks) {
    if (block.seconds < 0.1 * estimate.seconds) continue;
    text += program.block(block.block).name + ": about " + secondsText(block.seconds);
    const auto part = [&](const std::string& name, double seconds) {
      if (seconds >= 0.3 * block.seconds) text += ", " + name + " " + secondsText(seconds);
    };
    part("arithmetic", block.arithmetic);
    part("loads and stores", block.memoryIssue);
    part("latency", block.latency);
    part("instruction issue", block.frontEnd);
    for (std::size_t level = 1; level < block.traffic.size(); ++level)
      part(machine.levels[level].name + " traffic", block.traffic[level]);
    text += number("; %.0f %% of the lanes", block.vectorEfficiency * 100) +
            number(", %.0f accumulators\n", block.accumulators);
  }
  return text;
}

}  // namespace

std::string secondsText(double seconds) {
  if (seconds >= 1) return number("%.3g s", seconds);
  if (seconds >= 1e-3) return number("%.3g ms", seconds * 1e3);
  return number("%.3g us", seconds * 1e6);
}

std::vector<Section> problemSections(const Workload& workload, const HardwareSheet& sheet,
                                     const Roofline& roofline, int threads) {
  std::vector<Section> sections;
  sections.push_back({"grammar", "Transformations", grammarText()});
  sections.push_back({"hardware", "Machine", hardwareText(sheet, threads, roofline.bytes)});
  sections.push_back(
      {"workload", "Workload", workload.name + ": " + workload.summary + "\n" + workload.text});
  sections.push_back({"roofline", "Roofline", roofline.words});
  sections.push_back({"initial-program", "Initial program", print(workload.program)});
  return sections;
}

std::vector<Section> stateSections(const Program& program, const std::vector<std::string>& trace,
                                   const Estimate& estimate, const Prediction& prediction,
                                   const Roofline& roofline, const MachineModel& machine) {
  std::string steps;
  for (std::size_t i = 0; i < trace.size(); ++i) steps += std::to_string(i + 1) + ". " + trace[i] + "\n";
  std::string bottleneck = bottleneckText(program, estimate, machine);
  bottleneck += "predicted " + secondsText(prediction.seconds) + " (" + prediction.source + ")";
  if (roofline.seconds > 0)
    bottleneck += ", " + number("%.1f %% of the roofline", 100 * roofline.seconds / prediction.seconds);
  bottleneck += "\n";
  return {{"program", "Program", print(program)},
          {"trace", "Trace", steps.empty() ? "(the initial program)\n" : steps},
          {"bottleneck", "Bottleneck", bottleneck}};
}

std::vector<LegalAction> legalActionsOf(const Program& program) {
  std::vector<LegalAction> actions;
  for (const Transformation& transformation : transformations()) {
    const std::vector<Step> choices = transformation.choices(program);
    if (choices.empty()) continue;
    actions.push_back(
        {std::string(transformation.name), argumentRanges(transformation, choices), print(choices.front())});
  }
  return actions;
}

}  // namespace espalier
