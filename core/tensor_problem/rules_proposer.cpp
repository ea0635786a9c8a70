// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tensor_problem/rules_proposer.h"

#include <algorithm>
#include <cstdio>

#include "tensor_problem/sections.h"

namespace espalier {

namespace {

constexpr std::size_t kChoicesPerBlock = 48;
constexpr double kBoldness = 0.25;       ///< how often a runner-up is proposed instead of the favourite
constexpr std::uint64_t kRunnersUp = 5;

std::string number(const char* pattern, double value) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, value);
  return text;
}

/// Blocks as the schedule saw them: after the inlining that a trace begins with.
std::vector<BlockShape> shapesOf(const TensorProblem& problem, const std::vector<std::string>& trace) {
  std::vector<std::string> inlining;
  for (const std::string& step : trace) {
    if (step.rfind("ComputeInline", 0) != 0) break;
    inlining.push_back(step);
  }
  const auto state = problem.stateOf(inlining);
  return kernelShapes(state ? problem.programOf(*state) : problem.initialProgram());
}

bool startsWith(const std::vector<std::string>& trace, const std::vector<std::string>& prefix) {
  return trace.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), trace.begin());
}

/// What leads from one trace to another: the steps behind the common beginning, or those that were decided anew.
std::vector<std::string> itemsBetween(const std::vector<std::string>& from, const std::vector<std::string>& to) {
  if (startsWith(to, from)) return {to.begin() + static_cast<std::ptrdiff_t>(from.size()), to.end()};
  std::vector<std::string> items;
  for (std::size_t i = 0; i < to.size(); ++i)
    if (i >= from.size() || from[i] != to[i]) items.push_back(to[i]);
  return items;
}

}  // namespace

std::string RulesProposer::describeProgram(const Program& program) const {
  const MachineModel& machine = problem_.machine();
  std::string text;
  const Roofline& roofline = problem_.roofline();
  if (roofline.seconds > 0) text += "Roofline: " + roofline.words + ". ";
  text += "Vectors hold " + std::to_string(machine.lanes(4)) + " floats, " + std::to_string(machine.vectorRegisters) +
          " registers; " + number("%.0f accumulators hide the multiply-add latency. ",
                                  machine.multiplyAddLatency * machine.multiplyAddsPerCycle);
  for (const BlockShape& shape : kernelShapes(program)) {
    switch (shape.kind) {
      case BlockKind::Contraction: text += shape.name + " is a contraction"; break;
      case BlockKind::RowReduction: text += shape.name + " reduces rows"; break;
      case BlockKind::Elementwise: text += shape.name + " is element-wise"; break;
    }
    if (shape.vectorAxis) text += ", lanes along " + shape.axes[*shape.vectorAxis].loopName;
    if (shape.kind == BlockKind::Contraction && shape.rowAxis)
      text += ", rows along " + shape.axes[*shape.rowAxis].loopName;
    text += ". ";
  }
  return text;
}

std::string RulesProposer::describeChoice(const BlockShape& shape, const ContractionChoice& choice) const {
  const MachineModel& machine = problem_.machine();
  const auto lanes = std::max(1, machine.lanes(4));
  const std::int64_t vectors = (choice.tileColumns + lanes - 1) / lanes;
  const ContractionFactors factors = factorsOf(shape, choice);
  std::string text = shape.name + ": register tile of " + std::to_string(choice.tileRows) + " x " +
                     std::to_string(choice.tileColumns) + " (" + std::to_string(choice.tileRows * vectors) +
                     " accumulators, " + std::to_string(vectors) + " vectors and " + std::to_string(choice.tileRows) +
                     " broadcasts a step)";
  if (shape.depthAxis) {
    text += "; " + std::to_string(choice.depthBlock) + " steps of " + shape.axes[*shape.depthAxis].loopName + " at a time";
    const double panel = 4.0 * static_cast<double>(choice.depthBlock * choice.tileColumns);
    text += number(", a panel of %.1f KiB", panel / 1024) +
            (panel <= machine.levels.front().bytes * 0.6 ? " that stays in " + machine.levels.front().name : "");
  }
  if (!factors.rows.empty() && factors.rows[0] > 1)
    text += "; blocks of " + std::to_string(choice.rowBlock) + " rows for the next cache";
  if (!factors.lanes.empty() && machine.threads > 1)
    text += "; " + std::to_string(factors.lanes[0] * (factors.rows.empty() ? 1 : factors.rows[0])) +
            " chunks for " + std::to_string(machine.threads) + " threads";
  return text;
}

void RulesProposer::vary(const Draft& draft, const State& from, std::vector<Variant>& variants) {
  std::vector<std::string> base = draft.state.trace;
  std::map<std::string, ContractionChoice> decided = draft.choices;
  const auto add = [&](const State& state, const std::string& decision) {
    const Prediction prediction = problem_.predict({&state, 1}).front();
    if (state.hash != from.hash)
      variants.push_back({state, itemsBetween(from.trace, state.trace), prediction.seconds, prediction.words, decision});
    return prediction.seconds;
  };
  const std::vector<BlockShape> shapes = shapesOf(problem_, base);
  double best = add(draft.state, "the plain schedule for every block");
  for (const BlockShape& shape : shapes) {
    if (shape.kind != BlockKind::Contraction || !choiceIn(base, shape)) continue;
    std::vector<std::string> bestTrace = base;
    for (const ContractionChoice& choice : contractionChoices(shape, problem_.machine(), kChoicesPerBlock)) {
      const auto state = problem_.stateOf(withChoice(base, shape, choice));
      if (!state) continue;
      const double seconds = add(*state, describeChoice(shape, choice));
      if (seconds < best) {
        best = seconds;
        bestTrace = state->trace;
      }
    }
    base = bestTrace;
  }
}

std::vector<RulesProposer::Variant> RulesProposer::wholeSchedules(const State& from) {
  std::vector<Variant> variants;
  std::set<std::vector<std::string>> seen;
  for (const bool layout : {true, false})
    for (const bool pack : {false, true})
      for (const bool local : {false, true})
        for (const RowCopy rows : {RowCopy::None, RowCopy::ByDepth, RowCopy::ByRows}) {
          if (layout && pack) continue;
          const Draft draft = draftSchedule(problem_, from, {layout, pack, rows, local}, {});
          if (seen.insert(draft.state.trace).second) vary(draft, from, variants);
        }
  return variants;
}

std::vector<RulesProposer::Variant> RulesProposer::otherDecisions(const State& from) {
  std::vector<Variant> variants;
  vary(Draft{from, {}, {}}, from, variants);
  return variants;
}

Proposal RulesProposer::propose(const ProposalContext& context, Random& random, const ProposalControl&) {
  Proposal proposal;
  proposal.proposer = name();
  const State& from = context.node.state;
  std::vector<Variant> variants = from.trace.empty() ? wholeSchedules(from) : otherDecisions(from);
  if (variants.empty() && !from.trace.empty()) variants = wholeSchedules(from);
  const std::size_t considered = variants.size();
  std::erase_if(variants, [&](const Variant& variant) { return proposed_.contains(variant.state.hash); });
  std::stable_sort(variants.begin(), variants.end(),
                   [](const Variant& a, const Variant& b) { return a.seconds < b.seconds; });
  if (variants.empty()) {
    proposal.reasoning = "Every variant that the rules know from here was proposed already.";
    return proposal;
  }
  std::size_t pick = 0;
  if (variants.size() > 1 && random.chance(kBoldness))
    pick = 1 + random.below(std::min<std::uint64_t>(kRunnersUp, variants.size() - 1));
  const Variant& chosen = variants[pick];
  proposed_.insert(chosen.state.hash);

  proposal.reasoning = from.trace.empty() ? describeProgram(problem_.initialProgram())
                                          : "The nest stands; its tiles can be decided anew. ";
  proposal.reasoning += chosen.decision + ". Of " + std::to_string(considered) + " variants this one is predicted to take " +
                        secondsText(chosen.seconds) + " and is " + chosen.words +
                        (pick > 0 ? " (a runner-up, to test the prediction)." : ".");
  if (context.bestSeconds > 0) proposal.reasoning += " The best measured so far takes " + secondsText(context.bestSeconds) + ".";
  proposal.items = chosen.items;
  return proposal;
}

}  // namespace espalier
