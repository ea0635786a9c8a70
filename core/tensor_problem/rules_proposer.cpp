// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "tensor_problem/rules_proposer.h"

#include <algorithm>
#include <cstdio>
#include <tuple>

#include "program/analysis.h"
#include "tensor_problem/sections.h"
#include "transform/step.h"

namespace espalier {

namespace {

constexpr std::size_t kFirstLook = 4;    ///< tiles for each kind of schedule
constexpr std::size_t kCloserLook = 64;  ///< tiles for the best kinds, shared among the contractions
constexpr std::size_t kBestKinds = 3;
constexpr std::int64_t kOnlineBlock = 128;  ///< keys that a running maximum goes through at a time
constexpr std::int64_t kOnlineRow = 512;    ///< rows from this length on are worth it
constexpr std::int64_t kShortLoop = 8;      ///< iterations that may be written out
constexpr int kRulesAlone = 64;             ///< samples; every second step after them is the search's own
constexpr double kBoldness = 0.25;          ///< how often a runner-up is proposed instead of the favourite
constexpr std::uint64_t kRunnersUp = 5;

std::string number(const char* pattern, double value) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, value);
  return text;
}

/// What a trace begins with before it schedules block by block: inlining, and moving blocks below loops or
/// tiles of loops.
std::vector<std::string> placementsOf(const std::vector<std::string>& trace) {
  const auto is = [](const std::string& step, std::string_view name) { return step.starts_with(name); };
  std::size_t end = 0;
  for (std::size_t i = 0; i < trace.size(); ++i) {
    const bool places = is(trace[i], "Compute") || is(trace[i], "OnlineSoftmax");
    if (places) end = i + 1;
    if (!places && !is(trace[i], "TileSize(") && !is(trace[i], "Reorder(")) break;
  }
  return {trace.begin(), trace.begin() + static_cast<std::ptrdiff_t>(end)};
}

/// Blocks as the schedule saw them: after they found their places.
std::vector<BlockShape> shapesOf(const TensorProblem& problem, const std::vector<std::string>& trace) {
  const auto state = problem.stateOf(placementsOf(trace));
  return kernelShapes(state ? problem.programOf(*state) : problem.initialProgram());
}

bool startsWith(const std::vector<std::string>& trace, const std::vector<std::string>& prefix) {
  return trace.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), trace.begin());
}

std::size_t contractionsAmong(const std::vector<BlockShape>& shapes) {
  return static_cast<std::size_t>(std::count_if(shapes.begin(), shapes.end(), [](const BlockShape& shape) {
    return shape.kind == BlockKind::Contraction;
  }));
}

/// What leads from one trace to another: the steps behind the common beginning, or those that were decided
/// anew.
std::vector<std::string> itemsBetween(const std::vector<std::string>& from,
                                      const std::vector<std::string>& to) {
  if (startsWith(to, from)) return {to.begin() + static_cast<std::ptrdiff_t>(from.size()), to.end()};
  std::vector<std::string> items;
  for (std::size_t i = 0; i < to.size(); ++i)
    if (i >= from.size() || from[i] != to[i]) items.push_back(to[i]);
  return items;
}

/// Schedules in which all blocks work on one tile after the other, so that what they hand on stays near: the
/// last block's loops are tiled one at a time.
std::vector<DraftOptions> fusedTiles(const std::vector<BlockShape>& shapes, bool streams) {
  std::vector<DraftOptions> drafts;
  if (shapes.size() < 2) return drafts;
  const bool takesMaximum = std::any_of(shapes.begin(), shapes.end(),
                                        [](const BlockShape& shape) { return shape.row >= kOnlineRow; });
  const auto loops = static_cast<int>(shapes.back().axes.size());
  for (int tiled = 1; tiled <= loops; ++tiled)
    for (const int outer : {tiled - 1, tiled - 2}) {
      if (outer < 0) continue;
      for (const std::int64_t tile : {16, 32, 64, 128})
        for (const std::int64_t online : {std::int64_t{0}, kOnlineBlock}) {
          if (online > 0 && !takesMaximum) continue;
          drafts.push_back(
              {.fusedLoops = outer, .tiledLoop = tiled, .fusedTile = tile, .onlineBlock = online});
          drafts.push_back(drafts.back());
          drafts.back().rowCopy = RowCopy::ByRows;
          drafts.back().prefetch = streams;
        }
    }
  return drafts;
}

}  // namespace

std::string RulesProposer::describeProgram(const Program& program) const {
  const MachineModel& machine = problem_.machine();
  std::string text;
  const Roofline& roofline = problem_.roofline();
  if (roofline.seconds > 0) text += "Roofline: " + roofline.words + ". ";
  text += "Vectors hold " + std::to_string(machine.lanes(4)) + " floats, " +
          std::to_string(machine.vectorRegisters) + " registers; " +
          number("%.0f accumulators hide the multiply-add latency. ",
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
  const std::int64_t rows = choice.tileRows * choice.tileSecondRows;
  std::string text = shape.name + ": register tile of " +
                     (choice.tileSecondRows > 1 ? std::to_string(choice.tileSecondRows) + " x " : "") +
                     std::to_string(choice.tileRows) + " x " + std::to_string(choice.tileColumns) + " (" +
                     std::to_string(rows * vectors) + " accumulators, " +
                     std::to_string(vectors * choice.tileSecondRows) + " vectors and " +
                     std::to_string(choice.tileRows) + " broadcasts a step)";
  if (shape.depthAxis) {
    text += "; " + std::to_string(choice.depthBlock) + " steps of " + shape.axes[*shape.depthAxis].loopName +
            " at a time";
    const double panel = 4.0 * static_cast<double>(choice.depthBlock * choice.tileColumns);
    text +=
        number(", a panel of %.1f KiB", panel / 1024) +
        (panel <= machine.levels.front().bytes * 0.6 ? " that stays in " + machine.levels.front().name : "");
  }
  if (!factors.rows.empty() && factors.rows[0] > 1)
    text += "; blocks of " + std::to_string(choice.rowBlock) + " rows for the next cache";
  if (!factors.lanes.empty() && machine.threads > 1)
    text += "; " + std::to_string(factors.lanes[0] * (factors.rows.empty() ? 1 : factors.rows[0])) +
            " chunks for " + std::to_string(machine.threads) + " threads";
  return text;
}

double RulesProposer::addState(const State& from, const State& state, std::vector<std::string> items,
                               const std::string& decision, std::vector<Variant>& variants) const {
  const Prediction prediction = problem_.predict({&state, 1}).front();
  if (state.hash != from.hash)
    variants.push_back({state, std::move(items), prediction.seconds, prediction.words, decision});
  return prediction.seconds;
}

std::optional<State> RulesProposer::stateWith(const std::vector<std::string>& trace, const BlockShape& shape,
                                              const ContractionChoice& choice) const {
  const auto changed = withChoice(trace, shape, choice);
  if (!changed) return std::nullopt;
  auto state = problem_.stateOf(*changed);
  if (!state) return std::nullopt;
  return *std::move(state);
}

double RulesProposer::vary(const Draft& draft, const State& from, std::size_t perBlock,
                           std::vector<Variant>& variants) const {
  std::vector<std::string> base = draft.state.trace;
  double best = addState(from, draft.state, itemsBetween(from.trace, draft.state.trace),
                         "The plain schedule for every block", variants);
  for (const BlockShape& shape : shapesOf(problem_, base)) {
    if (shape.kind != BlockKind::Contraction || !choiceIn(base, shape)) continue;
    std::vector<std::string> bestTrace = base;
    for (const ContractionChoice& choice : contractionChoices(shape, problem_.machine(), perBlock)) {
      const auto state = stateWith(base, shape, choice);
      if (!state) continue;
      const double seconds = addState(from, *state, itemsBetween(from.trace, state->trace),
                                      describeChoice(shape, choice), variants);
      if (seconds < best) {
        best = seconds;
        bestTrace = state->trace;
      }
    }
    base = bestTrace;
  }
  return best;
}

std::vector<RulesProposer::Variant> RulesProposer::wholeSchedules(const State& from) const {
  struct Kind {
    Draft draft;
    double seconds;
  };
  std::vector<Variant> variants;
  std::vector<Kind> kinds;
  std::set<std::vector<std::string>> seen;
  const auto consider = [&](const DraftOptions& options) {
    Draft draft = draftSchedule(problem_, from, options, {});
    if (!seen.insert(draft.state.trace).second) return;
    const double seconds = vary(draft, from, kFirstLook, variants);
    kinds.push_back({std::move(draft), seconds});
  };
  const std::vector<BlockShape> shapes = kernelShapes(problem_.programOf(from));
  const std::size_t contractions = contractionsAmong(shapes);
  const std::vector<Buffer>& buffers = problem_.initialProgram().buffers;
  const bool streams = std::any_of(buffers.begin(), buffers.end(), [&](const Buffer& buffer) {
    const auto& levels = problem_.machine().levels;
    return buffer.role == BufferRole::Constant && levels.size() > 2 &&
           static_cast<double>(buffer.bytes()) > levels[levels.size() - 2].bytes / 2;
  });
  for (const int fused : {0, 1, 2})
    for (const bool layout : {true, false}) {
      consider({layout, false, RowCopy::None, false, fused});
      if (contractions == 0 || fused > 0) continue;
      if (!layout) consider({layout, true, RowCopy::None, false, fused});
      for (const RowCopy rows : {RowCopy::None, RowCopy::ByDepth, RowCopy::ByRows})
        consider({layout, false, rows, true, fused});
      consider({layout, false, RowCopy::ByDepth, false, fused});
      if (!layout || !streams) continue;
      for (const bool localOutput : {true, false}) {
        DraftOptions options{.localOutput = localOutput, .fusedLoops = fused, .prefetch = true};
        consider(options);
        options.rowCopy = RowCopy::ByDepth;
        consider(options);
        options.rowCopy = RowCopy::ByRows;
        consider(options);
      }
    }
  for (const DraftOptions& options : fusedTiles(shapes, streams)) consider(options);
  constexpr double kSmall = 5e7;  // operations that one thread does in a fraction of a millisecond
  if (contractions == 0 || problem_.info().operations < kSmall)
    for (const int fused : {0, 1, 2})
      for (const int vectors : {2, 1, 4, 8})
        for (const bool share : {true, false})
          if (contractions == 0 || vectors == 2)
            for (const bool join : {false, true})
              if (!join || (contractions == 0 && fused > 0))
                consider({.fusedLoops = fused, .vectors = vectors, .share = share, .join = join});
  std::sort(kinds.begin(), kinds.end(), [](const Kind& a, const Kind& b) {
    return std::tie(a.seconds, a.draft.state.trace) < std::tie(b.seconds, b.draft.state.trace);
  });
  if (kinds.size() > kBestKinds) kinds.resize(kBestKinds);
  if (contractions > 0)
    for (const Kind& kind : kinds)
      vary(kind.draft, from, std::max(kFirstLook, kCloserLook / contractions), variants);
  return variants;
}

std::vector<RulesProposer::Variant> RulesProposer::otherDecisions(const State& from) const {
  std::vector<Variant> variants;
  const std::vector<BlockShape> shapes = shapesOf(problem_, from.trace);
  const std::size_t contractions = contractionsAmong(shapes);
  vary(Draft{from, {}, {}}, from, std::max(kFirstLook, kCloserLook / std::max<std::size_t>(1, contractions)),
       variants);
  varyWidths(from, variants);
  varyByOneStep(from, variants);
  varyDetails(from, variants);
  return variants;
}

void RulesProposer::addItem(const State& from, const std::string& item, const std::string& decision,
                            std::vector<Variant>& variants) const {
  Random unused(0);  // the item is complete
  const Application applied = problem_.apply(from, {&item, 1}, unused);
  if (applied.changed()) addState(from, applied.state, {applied.items.front().applied}, decision, variants);
}

void RulesProposer::varyWidths(const State& from, std::vector<Variant>& variants) const {
  for (const std::string& text : from.trace) {
    const auto step = parseStep(text);
    if (!step || step->name != "TileSize") continue;
    const auto factors = step->integers("factors");
    if (!factors || factors->size() != 2) continue;
    const std::string lanes =
        print(Step{"Vectorize", {}}.set("loop", step->text("loop").value_or("") + ".1"));
    if (std::find(from.trace.begin(), from.trace.end(), lanes) == from.trace.end()) continue;
    for (const std::int64_t vectors : {1, 2, 4, 8, 16}) {
      const std::int64_t width = vectors * problem_.machine().lanes(4);
      if (width == (*factors)[1]) continue;
      // An outer factor of 0 stands for what is left over.
      addItem(from, print(Step(*step).set("factors", std::vector<std::int64_t>{0, width})),
              "Block " + step->text("block").value_or("") + " in steps of " + std::to_string(width) +
                  " elements, " + std::to_string(vectors) + " vectors",
              variants);
    }
  }
}

void RulesProposer::varyByOneStep(const State& from, std::vector<Variant>& variants) const {
  for (const BlockShape& shape : shapesOf(problem_, from.trace)) {
    if (shape.kind != BlockKind::Contraction) continue;
    const auto choice = choiceIn(from.trace, shape);
    if (!choice) continue;
    for (const ContractionChoice& neighbour : neighboursOf(shape, *choice, problem_.machine())) {
      const auto state = stateWith(from.trace, shape, neighbour);
      if (state)
        addState(from, *state, itemsBetween(from.trace, state->trace),
                 "One step from what stands: " + describeChoice(shape, neighbour), variants);
    }
  }
}

void RulesProposer::varyDetails(const State& from, std::vector<Variant>& variants) const {
  for (const std::string& text : from.trace) {
    const auto step = parseStep(text);
    if (!step || step->name != "Prefetch") continue;
    const std::int64_t ahead = step->integer("ahead").value_or(1);
    for (const std::int64_t other : {ahead / 2, ahead * 2})
      if (other > 0)
        addItem(from, print(Step(*step).set("ahead", other)),
                "Fetch " + step->text("buffer").value_or("") + " " + std::to_string(other) +
                    " iterations ahead in place of " + std::to_string(ahead),
                variants);
  }
  const Program program = problem_.programOf(from);
  for (const LoopId id : loopsOf(program)) {
    const Loop& loop = program.loop(id);
    if (loop.kind != LoopKind::Serial || loop.extent < 2 || loop.extent > kShortLoop) continue;
    addItem(from, print(Step{"Unroll", {}}.set("loop", loop.name)),
            "Write out the " + std::to_string(loop.extent) + " iterations of " + loop.name +
                ", so that what they load is shared",
            variants);
  }
}

void RulesProposer::rememberAttempts(const ProposalContext& context) {
  for (const TriedProposal& attempt : context.attempts) {
    std::vector<std::string> applied;
    for (const AppliedItem& item : attempt.items)
      if (item.accepted) applied.push_back(item.applied);
    Random unused(0);
    proposed_.insert(problem_.apply(context.node.state, applied, unused).state.hash);
  }
}

Proposal RulesProposer::propose(const ProposalContext& context, Random& random, const ProposalControl&) {
  Proposal proposal;
  if (context.samplesDone >= kRulesAlone && context.request % 2 == 1) {
    proposal.proposer = "random";
    proposal.random = true;
    proposal.reasoning =
        "The rules had their say in the first " + std::to_string(kRulesAlone) +
        " samples: every second step is left to the search, which knows designs that no rule writes.";
    return proposal;
  }
  proposal.proposer = name();
  const State& from = context.node.state;
  std::vector<Variant> variants;
  if (from.trace.empty()) {
    if (whole_.empty() || wholeThreads_ != problem_.options().threads) {
      whole_ = wholeSchedules(from);
      wholeThreads_ = problem_.options().threads;
    }
    std::vector<State> states;
    for (const Variant& variant : whole_) states.push_back(variant.state);
    const std::vector<Prediction> predictions = problem_.predict(states);
    for (std::size_t i = 0; i < whole_.size(); ++i) {
      whole_[i].seconds = predictions[i].seconds;
      whole_[i].words = predictions[i].words;
    }
    variants = whole_;
  } else {
    variants = otherDecisions(from);
  }
  rememberAttempts(context);
  const std::size_t considered = variants.size();
  std::erase_if(variants, [&](const Variant& variant) { return proposed_.contains(variant.state.hash); });
  std::sort(variants.begin(), variants.end(), [](const Variant& a, const Variant& b) {
    return std::tie(a.seconds, a.items) < std::tie(b.seconds, b.items);
  });
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
  proposal.reasoning += chosen.decision + ". Of " + std::to_string(considered) +
                        " variants this one is predicted to take " + secondsText(chosen.seconds) +
                        " and is " + chosen.words +
                        (pick > 0 ? " (a runner-up, to test the prediction)." : ".");
  if (context.bestSeconds > 0)
    proposal.reasoning += " The best measured so far takes " + secondsText(context.bestSeconds) + ".";
  proposal.items = chosen.items;
  return proposal;
}

}  // namespace espalier
