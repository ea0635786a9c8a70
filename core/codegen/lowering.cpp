// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "codegen/lowering.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <string>
#include <utility>

#include "codegen/guard_regions.h"
#include "codegen/lane_pattern.h"
#include "codegen/storage.h"
#include "codegen/tail_padding.h"
#include "program/prefetch.h"
#include "transform/legality.h"

namespace espalier {
namespace {

/// About a second of LLVM; its time grows faster than the code, most of all with the number of loops.
constexpr std::int64_t kMostBlockInstances = 4000;  // a gather or scatter counts as one for each lane
constexpr std::int64_t kMostLoopInstances = 1000;
/// Emitted blocks after which loops are no longer cut where guards change.
constexpr std::int64_t kMostCutBlocks = 1500;
/// Vector groups up to this many are emitted one after the other, more as a loop.
constexpr std::int64_t kMostReplicatedGroups = 8;
/// Undecided values of a serial loop up to this many are lowered one by one.
constexpr std::int64_t kMostSingleValues = 2;

struct PlannedPrefetch {
  LoopId pace{};  ///< the loop in whose body the requests stand
  LoopId loop{};  ///< the one that is annotated
  Prefetch prefetch;
  PrefetchPlan plan;
};

class Lowering {
 public:
  Lowering(const Program& program, const Target& target)
      : program_(program), target_(target), vectorised_(loopsThatBecomeLanes(program)) {
    result_.storage = planStorage(program, target, vectorised_);
    for (const Loop& loop : program.loops) result_.ranges.push_back({0, loop.extent - 1});
    values_.resize(program.loops.size());
    for (const LoopId loop : loopsOf(program)) {
      for (const Prefetch& prefetch : program.loop(loop).prefetches) {
        auto plan = planPrefetch(program, loop, prefetch);
        if (!plan || !plan->even) continue;
        const LoopId pace = plan->pace.empty() ? loop : plan->pace.back();
        prefetches_.push_back({pace, loop, prefetch, std::move(*plan)});
      }
    }
  }

  Result<LoweredProgram> run() {
    std::vector<LoweredNode> body = lowerList(program_.roots);
    if (tooLarge()) {
      return inputError("The program is too large to compile: unrolling makes more than " +
                            std::to_string(kMostBlockInstances) + " copies of its blocks or more than " +
                            std::to_string(kMostLoopInstances) + " copies of its loops.",
                        "Unroll less, or unroll smaller tiles.");
    }
    result_.body = inScope(std::nullopt, std::move(body));
    findTailPadding(result_);
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool tooLarge() const {
    return result_.blockInstances > kMostBlockInstances || result_.loopInstances > kMostLoopInstances;
  }

  std::function<Interval(const Expr&)> ranges() {
    return [this](const Expr& variable) { return result_.ranges.at(variable.loop().index); };
  }

  LoopId newVariable(std::int64_t low, std::int64_t high) {
    result_.ranges.push_back({low, high});
    return LoopId{static_cast<std::uint32_t>(result_.ranges.size() - 1)};
  }

  /// Over lowered variables, and over Program loops where these are not entered yet.
  Expr substituted(const Expr& expr) {
    const auto lowered = [this](LoopId loop) {
      // Folding can bring a lowered variable up to where a loop variable stood; it is final.
      return loop.index < values_.size() ? values_[loop.index] : Expr();
    };
    Expr result = simplify(substituteLoops(expr, lowered), ranges());
    for (const auto& [atom, variable] : named_) {
      const Expr named =
          rewrite(result, [&](const Expr& part) { return equal(part, atom) ? variable : part; });
      if (!named.sameAs(result)) result = simplify(named, ranges());
    }
    return result;
  }

  std::vector<LoweredNode> lowerList(const std::vector<NodeRef>& nodes) {
    std::vector<LoweredNode> list;
    for (const NodeRef& node : nodes) {
      if (tooLarge()) return {};
      std::vector<LoweredNode> part;
      if (const LoopId* loop = std::get_if<LoopId>(&node)) {
        part = lowerLoop(*loop);
      } else {
        part = lowerBlock(program_.block(std::get<BlockId>(node)));
      }
      std::move(part.begin(), part.end(), std::back_inserter(list));
    }
    return list;
  }

  /// The body of one iteration (or of a range of them, if `value` is a variable), with its stack memory.
  std::vector<LoweredNode> lowerBody(LoopId loop, Expr value) {
    values_[loop.index] = std::move(value);
    std::vector<LoweredNode> body = lowerChoices(loop);
    // Among lanes, each would ask for the same.
    const bool asks = !body.empty() && !lane_.valid();
    for (const PlannedPrefetch& planned : prefetches_)
      if (asks && planned.pace == loop) body.insert(body.begin(), LoweredNode{lowerPrefetch(planned)});
    values_[loop.index] = Expr();
    return body;
  }

  /// The share of one step of the innermost loop: `requests` lines of the iteration that comes later.
  LoweredPrefetch lowerPrefetch(const PlannedPrefetch& planned) {
    const PrefetchPlan& plan = planned.plan;
    std::vector<Expr> first;
    for (const Expr& subscript : plan.subscripts) {
      first.push_back(substituteLoops(subscript, [&](LoopId loop) {
        if (std::find(plan.below.begin(), plan.below.end(), loop) != plan.below.end()) return Expr(0);
        const Expr value = loop.index < values_.size() ? values_[loop.index] : Expr();
        return loop == planned.loop ? value + Expr(planned.prefetch.ahead) : value;
      }));
    }
    const Storage& storage = result_.storage.of(planned.prefetch.buffer);
    Expr base(0);
    for (std::size_t i = 0; i < first.size(); ++i) base = base + first[i] * Expr(storage.strides[i]);

    Expr step(0);
    for (const LoopId loop : plan.pace) step = step * Expr(program_.loop(loop).extent) + values_[loop.index];
    const std::int64_t requests =
        std::min(kMostLinesPerRequest, (plan.lines + plan.executions - 1) / plan.executions);
    LoweredPrefetch lowered;
    lowered.buffer = planned.prefetch.buffer;
    for (std::int64_t i = 0; i < requests; ++i) {
      Expr line = step * Expr(requests) + Expr(i);
      if (plan.executions > plan.lines) line = floorDiv(step * Expr(plan.lines), Expr(plan.executions));
      Expr offset = base;
      for (std::size_t d = plan.dimensions.size(); d-- > 0;) {
        const auto& [stride, count] = plan.dimensions[d];
        // The outermost index may run past its count where lines and steps do not match: it asks for more.
        const Expr index = d == 0 ? line : floorMod(line, Expr(count));
        line = floorDiv(line, Expr(count));
        offset = offset + index * Expr(stride);
      }
      lowered.offsets.push_back(simplify(offset, ranges()));
    }
    return lowered;
  }

  /// What is below the loop, once for each range of a quotient or remainder of loops around on which guards
  /// depend: a fused loop leaves them, and its own values cannot be cut where such a guard changes.
  std::vector<LoweredNode> lowerChoices(LoopId loop) {
    std::vector<GuardRegion> regions;
    LoopId variable{};
    const Expr atom = undecidedAtom(loop, variable, regions);
    if (!atom.valid()) return inScope(loop, lowerList(program_.loop(loop).body));
    LoweredChoice choice;
    choice.value = atom;
    for (const GuardRegion& region : regions) {
      LoweredLoop piece;
      piece.begin = region.begin;
      piece.end = region.end;
      piece.variable = newVariable(region.begin, region.end - 1);
      named_.emplace_back(
          atom, region.end - region.begin == 1 ? Expr(region.begin) : Expr::loopVar(piece.variable));
      piece.body = lowerChoices(loop);
      named_.pop_back();
      choice.pieces.push_back(std::move(piece));
    }
    while (!choice.pieces.empty() && choice.pieces.back().body.empty()) choice.pieces.pop_back();
    std::vector<LoweredNode> list;
    if (!choice.pieces.empty()) list.push_back({std::move(choice)});
    return list;
  }

  /// A quotient or remainder of entered variables that decides a guard below the loop in some of its ranges;
  /// the regions are those of `variable`, which stands for it in the guards.
  Expr undecidedAtom(LoopId loop, LoopId& variable, std::vector<GuardRegion>& regions) {
    if (result_.blockInstances >= kMostCutBlocks) return {};
    for (const BlockId id : blocksBelow(program_, loop)) {
      for (const Guard& guard : program_.block(id).guards) {
        const AffineForm form = affineForm(substituted(guard.value));
        for (const AffineForm::Term& term : form.terms) {
          const bool division =
              term.atom.kind() == ExprKind::FloorDiv || term.atom.kind() == ExprKind::FloorMod;
          if (!division || any(term.atom, [&](const Expr& part) { return !entered(part); })) continue;
          const Interval values = intervalOf(term.atom, ranges());
          variable = newVariable(values.low, values.high);
          AffineForm renamed = form;
          for (AffineForm::Term& other : renamed.terms)
            if (equal(other.atom, term.atom)) other.atom = Expr::loopVar(variable);
          regions = guardRegions(variable, values, {{fromAffine(renamed), guard.limit}}, result_.ranges);
          if (regions.size() > 1) return term.atom;
        }
      }
    }
    return {};
  }

  /// False for loops that are still below and for lanes.
  [[nodiscard]] bool entered(const Expr& part) const {
    if (part.kind() != ExprKind::LoopVar) return true;
    return part.loop().index >= values_.size() &&
           (!lane_.valid() || lane_.isInteger() || part.loop() != lane_.loop());
  }

  std::vector<LoweredNode> inScope(std::optional<LoopId> scope, std::vector<LoweredNode> body) {
    LoweredScope node;
    for (std::uint32_t i = 0; i < result_.storage.buffers.size(); ++i) {
      const Storage& storage = result_.storage.buffers[i];
      const bool onStack = storage.place == Place::Registers || storage.place == Place::Stack;
      if (onStack && storage.used && storage.scope == scope) node.buffers.push_back(BufferId{i});
    }
    if (node.buffers.empty() || body.empty()) return body;
    node.body = std::move(body);
    std::vector<LoweredNode> list;
    list.push_back({std::move(node)});
    return list;
  }

  std::vector<LoweredNode> lowerLoop(LoopId id) {
    const Loop& loop = program_.loop(id);
    if (loop.extent == 1) return lowerBody(id, Expr(0));
    const bool lanes = std::find(vectorised_.begin(), vectorised_.end(), id) != vectorised_.end();
    const std::vector<GuardRegion> regions = regionsOf(id, lanes);
    if (loop.kind == LoopKind::Parallel && !inParallel_) return lowerParallel(id, regions);
    std::vector<LoweredNode> list;
    for (const GuardRegion& region : regions) {
      std::vector<LoweredNode> part = lanes ? lowerLanes(id, region) : lowerRegion(id, region);
      std::move(part.begin(), part.end(), std::back_inserter(list));
    }
    return list;
  }

  std::vector<GuardRegion> regionsOf(LoopId loop, bool lanes) {
    const Interval whole{0, program_.loop(loop).extent - 1};
    if (result_.blockInstances >= kMostCutBlocks) return {{whole.low, whole.high + 1, true}};
    return regionsOf(loop, whole, lanes);
  }

  /// Cuts again within each region: with fewer values around, a quotient or remainder may turn out to be
  /// plain.
  std::vector<GuardRegion> regionsOf(LoopId loop, Interval values, bool lanes) {
    Interval& range = result_.ranges[loop.index];
    const Interval before = std::exchange(range, values);
    std::vector<Guard> guards;
    bool leftToChoices = false;
    for (const BlockId id : blocksBelow(program_, loop)) {
      for (const Guard& guard : program_.block(id).guards) {
        const Expr value = substituted(guard.value);
        if (!usesLoop(value, loop)) continue;
        // A remainder changes again and again along the loop: lowerChoices takes care of it, except among
        // lanes.
        const bool remainder = !lanes && any(value, [&](const Expr& part) {
          return part.kind() == ExprKind::FloorMod && usesLoop(part, loop);
        });
        leftToChoices = leftToChoices || remainder;
        if (!remainder) guards.push_back({value, guard.limit});
      }
    }
    std::vector<GuardRegion> regions = guardRegions(loop, values, guards, result_.ranges);
    if (regions.size() > 1) {
      std::vector<GuardRegion> finer;
      for (const GuardRegion& region : regions) {
        const std::vector<GuardRegion> parts = regionsOf(loop, {region.begin, region.end - 1}, lanes);
        finer.insert(finer.end(), parts.begin(), parts.end());
      }
      regions = std::move(finer);
    } else {
      regions.front().undecided = regions.front().undecided || leftToChoices;
    }
    result_.ranges[loop.index] = before;
    return regions;
  }

  std::vector<LoweredNode> lowerRegion(LoopId id, const GuardRegion& region) {
    const bool unrolled = program_.loop(id).kind == LoopKind::Unrolled;
    const std::int64_t length = region.end - region.begin;
    if (length == 1) return lowerBody(id, region.begin);
    std::vector<LoweredNode> list;
    if (region.undecided && (unrolled || length <= kMostSingleValues)) {
      for (std::int64_t value = region.begin; value < region.end; ++value) {
        std::vector<LoweredNode> part = lowerBody(id, value);
        std::move(part.begin(), part.end(), std::back_inserter(list));
      }
      return list;
    }
    LoweredLoop loop = lowerAsLoop(id, region, unrolled);
    if (!loop.body.empty()) list.push_back({std::move(loop)});
    return list;
  }

  LoweredLoop lowerAsLoop(LoopId id, const GuardRegion& region, bool unrolled) {
    LoweredLoop loop;
    loop.variable = newVariable(region.begin, region.end - 1);
    loop.begin = region.begin;
    loop.end = region.end;
    loop.unrolled = unrolled;
    const std::int64_t before = copies_;
    if (unrolled) {
      copies_ *= region.end - region.begin;
    } else {
      result_.loopInstances += copies_;
    }
    loop.body =
        lowerBody(id, region.end - region.begin == 1 ? Expr(region.begin) : Expr::loopVar(loop.variable));
    copies_ = before;
    return loop;
  }

  std::vector<LoweredNode> lowerParallel(LoopId id, const std::vector<GuardRegion>& regions) {
    LoweredParallel parallel;
    inParallel_ = true;
    for (const GuardRegion& region : regions) {
      LoweredLoop piece = lowerAsLoop(id, region, false);
      if (piece.body.empty()) continue;
      parallel.iterations = region.end;
      parallel.pieces.push_back(std::move(piece));
    }
    inParallel_ = false;
    std::vector<LoweredNode> list;
    if (parallel.pieces.empty()) return list;
    result_.parallel = true;
    list.push_back({std::move(parallel)});
    return list;
  }

  std::vector<LoweredNode> lowerLanes(LoopId id, const GuardRegion& region) {
    const int width = lanesOf(program_, target_, id);
    // Vectors that share a reduction become one, as wide as all of them: it is halved until one is left.
    const auto length = static_cast<unsigned>(region.end - region.begin);
    if (!region.undecided && std::has_single_bit(length) && joinsLanes(program_, id))
      return lowerGroup(id, region.begin, static_cast<int>(length), static_cast<int>(length));
    const std::int64_t groups = (region.end - region.begin) / width;
    std::vector<LoweredNode> list;
    if (groups == 1) {
      list = lowerGroup(id, region.begin, width, width);
    } else if (groups > 1) {
      LoweredLoop loop;
      loop.variable = newVariable(0, groups - 1);
      loop.end = groups;
      loop.unrolled = groups <= kMostReplicatedGroups;
      const std::int64_t before = copies_;
      if (loop.unrolled) {
        copies_ *= groups;
      } else {
        result_.loopInstances += copies_;
      }
      loop.body =
          lowerGroup(id, Expr::loopVar(loop.variable) * Expr(width) + Expr(region.begin), width, width);
      copies_ = before;
      if (!loop.body.empty()) list.push_back({std::move(loop)});
    }
    std::int64_t next = region.begin + groups * width;
    while (next < region.end) {
      const int rest = static_cast<int>(region.end - next);
      // One masked group where masks are free, else full groups of narrower vectors.
      const int power = std::has_single_bit(static_cast<unsigned>(rest)) || target_.vectorBits < 512
                            ? static_cast<int>(std::bit_floor(static_cast<unsigned>(rest)))
                            : static_cast<int>(std::bit_ceil(static_cast<unsigned>(rest)));
      const int active = std::min(rest, power);
      std::vector<LoweredNode> part = lowerGroup(id, next, power, active);
      std::move(part.begin(), part.end(), std::back_inserter(list));
      next += active;
    }
    return list;
  }

  std::vector<LoweredNode> lowerGroup(LoopId id, const Expr& first, int width, int active) {
    LoweredLanes lanes;
    // Lanes that are switched off decide nothing.
    lanes.variable = newVariable(0, active - 1);
    lanes.width = width;
    lanes.active = active;
    lane_ = Expr::loopVar(lanes.variable);
    // A single lane is a scalar; its buffers stay laid out for lanes, and it uses the first.
    if (width == 1) lane_ = Expr(0);
    lanes.body = lowerBody(id, first + lane_);
    lane_ = Expr();
    std::vector<LoweredNode> list;
    if (lanes.body.empty()) return list;
    if (width == 1) return std::move(lanes.body);
    list.push_back({std::move(lanes)});
    return list;
  }

  Expr offsetOf(BufferId buffer, const std::vector<Expr>& subscripts) {
    const Storage& storage = result_.storage.of(buffer);
    Expr offset(0);
    for (std::size_t i = 0; i < subscripts.size(); ++i)
      offset = offset + subscripts[i] * Expr(storage.strides[i]);
    if (storage.lanes > 0 && lane_.valid()) offset = offset + lane_;
    return simplify(offset, ranges());
  }

  std::vector<LoweredNode> lowerBlock(const Block& block) {
    LoweredBlock lowered;
    for (const Guard& guard : block.guards) {
      const Expr value = substituted(guard.value);
      const Interval interval = intervalOf(value, ranges());
      if (interval.low >= guard.limit) return {};
      if (interval.high >= guard.limit) lowered.guards.push_back({value, guard.limit});
    }
    std::vector<Expr> bindings;
    for (const Expr& binding : block.bindings) bindings.push_back(substituted(binding));
    const auto resolved = [&](const Expr& expr) {
      return flattenLoads(simplify(substituteAxes(expr, bindings), ranges()));
    };

    lowered.name = block.name;
    lowered.output = block.output;
    std::vector<Expr> subscripts;
    for (const Expr& subscript : block.subscripts) subscripts.push_back(resolved(subscript));
    lowered.offset = offsetOf(block.output, subscripts);
    lowered.value = resolved(block.value);
    lowered.combiner = block.combiner;
    lowered.initialises = block.initialises && block.combiner != Combiner::None;
    for (std::size_t axis = 0; lowered.initialises && axis < block.axes.size(); ++axis) {
      if (block.axes[axis].kind != AxisKind::Reduction) continue;
      const Interval interval = intervalOf(bindings[axis], ranges());
      if (interval.low > 0) lowered.initialises = false;
      if (interval.high > 0) lowered.firstPoint.push_back(ofFirstLane(bindings[axis]));
    }
    lowered.streams = block.streams;
    std::int64_t size = 1 + laneByLane(lowered.offset, true) * (lowered.combiner == Combiner::None ? 1 : 2);
    forEach(lowered.value, [&](const Expr& part) {
      if (part.kind() == ExprKind::Load) size += laneByLane(part.operand(0));
    });
    result_.blockInstances += copies_ * size;
    std::vector<LoweredNode> list;
    list.push_back({std::move(lowered)});
    return list;
  }

  /// Lanes that share a reduction are joined before they meet the element: its first lane says which point
  /// that is.
  Expr ofFirstLane(const Expr& reduction) {
    if (!lane_.valid() || lane_.isInteger()) return reduction;
    const LoopId lane = lane_.loop();
    return simplify(rewrite(reduction,
                            [&](const Expr& part) {
                              return part.kind() == ExprKind::LoopVar && part.loop() == lane ? Expr(0) : part;
                            }),
                    ranges());
  }

  /// Lanes that are read or written one by one, since they do not lie side by side; 2 for those that a
  /// shuffle brings together.
  std::int64_t laneByLane(const Expr& offset, bool stored = false) {
    if (!lane_.valid() || lane_.isInteger() || !usesLoop(offset, lane_.loop())) return 0;
    for (const AffineForm::Term& term : affineForm(offset).terms) {
      const bool alone = term.atom.kind() == ExprKind::LoopVar;
      if (!usesLoop(term.atom, lane_.loop()) || (alone && term.coefficient == 1)) continue;
      const auto lanes = static_cast<int>(result_.ranges.at(lane_.loop().index).high + 1);
      const auto pattern = lanePattern(offset, lane_.loop(), lanes, result_.ranges);
      if (pattern && pattern->consecutive()) return 0;
      return pattern && !stored && pattern->span() <= kWidestPattern * lanes ? 2 : lanes;
    }
    return 0;
  }

  Expr flattenLoads(const Expr& expr) {
    return rewrite(expr, [this](const Expr& part) {
      if (part.kind() != ExprKind::Load) return part;
      return Expr::load(part.buffer(), part.type(), {offsetOf(part.buffer(), part.operands())});
    });
  }

  const Program& program_;
  const Target& target_;
  std::vector<LoopId> vectorised_;
  std::vector<PlannedPrefetch> prefetches_;
  LoweredProgram result_;
  std::vector<Expr> values_;                  ///< by Program loop; empty where it is not entered
  std::vector<std::pair<Expr, Expr>> named_;  ///< quotients and remainders that a variable stands for
  Expr lane_;                                 ///< the variable of the vectorised loop around, if any
  std::int64_t copies_ = 1;                   ///< how often the code at hand will be emitted
  bool inParallel_ = false;
};

}  // namespace

Result<LoweredProgram> lower(const Program& program, const Target& target) {
  return Lowering(program, target).run();
}

}  // namespace espalier
