// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "transform/running_maximum.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/legality.h"
#include "transform/placement.h"
#include "transform/region.h"

namespace espalier {
namespace {

/// Value of an expression of constants, if it is one.
std::optional<double> constantOf(const Expr& expr) {
  const auto operand = [&](std::size_t i) { return constantOf(expr.operand(i)); };
  switch (expr.kind()) {
    case ExprKind::Real: return expr.realValue();
    case ExprKind::Integer: return static_cast<double>(expr.integerValue());
    case ExprKind::Cast: return operand(0);
    case ExprKind::Add:
    case ExprKind::Sub:
    case ExprKind::Mul:
    case ExprKind::Divide: {
      const auto left = operand(0);
      const auto right = operand(1);
      if (!left || !right) return std::nullopt;
      if (expr.kind() == ExprKind::Add) return *left + *right;
      if (expr.kind() == ExprKind::Sub) return *left - *right;
      if (expr.kind() == ExprKind::Mul) return *left * *right;
      return *left / *right;
    }
    case ExprKind::Call: {
      const auto argument = operand(0);
      if (!argument) return std::nullopt;
      if (expr.function() == Function::Sqrt) return std::sqrt(*argument);
      if (expr.function() == Function::Rsqrt) return 1 / std::sqrt(*argument);
      return std::nullopt;
    }
    default: return std::nullopt;
  }
}

bool reads(const Expr& expr, BufferId buffer) {
  return any(expr,
             [&](const Expr& part) { return part.kind() == ExprKind::Load && part.buffer() == buffer; });
}

/// The constant c of `c · maximum + anything without it`.
std::optional<Expr> slopeOf(const Expr& expr, BufferId maximum) {
  if (expr.kind() == ExprKind::Load && expr.buffer() == maximum) return Expr::real(1, expr.type());
  if (expr.operands().size() != 2) return std::nullopt;
  const Expr& left = expr.operand(0);
  const Expr& right = expr.operand(1);
  const bool inLeft = reads(left, maximum);
  if (inLeft == reads(right, maximum)) return std::nullopt;
  const std::optional<Expr> slope = slopeOf(inLeft ? left : right, maximum);
  if (!slope) return std::nullopt;
  switch (expr.kind()) {
    case ExprKind::Add: return slope;
    case ExprKind::Sub: return inLeft ? *slope : Expr::real(-1, expr.type()) * *slope;
    case ExprKind::Mul: return *slope * (inLeft ? right : left);
    case ExprKind::Divide:
      if (!inLeft) return std::nullopt;
      return Expr::binary(ExprKind::Divide, *slope, right);
    default: return std::nullopt;
  }
}

/// Looks for the pattern; the first condition that does not hold ends it.
class Search {
 public:
  Search(const Program& program, const Step& step, BlockId block) : program_(program), step_(step) {
    found_.maximum.block = block;
  }

  Outcome<RunningMaximum> run() {
    if (auto refusal = findMaximum()) return tl::unexpected(*std::move(refusal));
    if (auto refusal = findReaders()) return tl::unexpected(*std::move(refusal));
    if (auto refusal = checkPlaces()) return tl::unexpected(*std::move(refusal));
    return std::move(found_);
  }

 private:
  using Finding = std::optional<Refusal>;

  Finding refusal(std::string code, const std::string& sentence, std::string hint) const {
    return Refusal{std::move(code), about(step_) + sentence, std::move(hint)};
  }
  [[nodiscard]] const Block& block(BlockId id) const { return program_.block(id); }
  [[nodiscard]] const std::string& nameOf(BlockId id) const { return program_.block(id).name; }
  [[nodiscard]] BufferId maximum() const { return block(found_.maximum.block).output; }

  Finding findMaximum() {
    const BlockId id = found_.maximum.block;
    const Buffer& output = program_.buffer(maximum());
    if (block(id).combiner != Combiner::Max || !block(id).initialises || !isFloat(output.type))
      return refusal("not-maximum", "block " + nameOf(id) + " does not take the maximum of a row.",
                     "Name the block that takes the maximum, before DecomposeReduction.");
    if (output.isArgument() || writersOf(program_, maximum()).size() > 1)
      return refusal("not-intermediate", output.name + " is seen by the caller or written by several blocks.",
                     "Only a maximum that one block hands on inside the kernel can be a running one.");
    for (std::size_t i = 0; i < block(id).axes.size(); ++i) {
      if (block(id).axes[i].kind != AxisKind::Reduction || block(id).axes[i].extent == 1) continue;
      if (found_.length > 0) return notPlain(id);
      found_.maximum.axis = i;
      found_.length = block(id).axes[i].extent;
    }
    if (found_.length == 0) return notPlain(id);
    if (auto finding = completeMember(found_.maximum)) return finding;
    forEach(block(id).value, [&](const Expr& part) {
      if (part.kind() != ExprKind::Load || scores_) return;
      for (std::size_t d = 0; d < part.operands().size(); ++d)
        if (isAxis(part.operand(d), found_.maximum.axis)) {
          scores_ = part.buffer();
          rowDimension_ = d;
        }
    });
    return scores_ ? std::nullopt : notPlain(id);
  }

  static bool isAxis(const Expr& expr, std::size_t axis) {
    return expr.kind() == ExprKind::AxisVar && expr.axis() == axis;
  }

  Finding notPlain(BlockId id) const {
    return refusal("not-plain-row",
                   "block " + nameOf(id) + " does not run along the row through one whole loop of its own.",
                   "OnlineSoftmax before tiling, fusing or moving what lies below that loop.");
  }

  /// The loop of the axis along the row: a serial loop of the block's own nest that serves this axis alone.
  Finding completeMember(RowMember& member) const {
    const Block& body = block(member.block);
    const Expr& binding = body.bindings[member.axis];
    if (binding.kind() != ExprKind::LoopVar || body.axes[member.axis].extent != found_.length)
      return notPlain(member.block);
    member.loop = binding.loop();
    const Loop& loop = program_.loop(member.loop);
    const std::optional<LoopId> own = ownNest(program_, member.block);
    bool inNest = own == member.loop;
    if (own)
      for (const LoopId inner : loopsBetween(program_, *own, member.block))
        inNest = inNest || inner == member.loop;
    const bool guarded = std::any_of(body.guards.begin(), body.guards.end(),
                                     [&](const Guard& guard) { return usesLoop(guard.value, member.loop); });
    if (!inNest || guarded || loop.kind != LoopKind::Serial || loop.extent != found_.length ||
        axesUsing(body, member.loop).size() != 1)
      return notPlain(member.block);
    return std::nullopt;
  }

  /// The axis that runs along the row where the block reads `buffer`.
  [[nodiscard]] std::optional<std::size_t> rowAxis(BlockId id, BufferId buffer, std::size_t dimension) const {
    std::optional<std::size_t> axis;
    forEach(block(id).value, [&](const Expr& part) {
      if (part.kind() != ExprKind::Load || part.buffer() != buffer || axis) return;
      if (part.operand(dimension).kind() == ExprKind::AxisVar) axis = part.operand(dimension).axis();
    });
    return axis;
  }

  /// The constant f of a value that is proportional to exp(f · maximum).
  [[nodiscard]] std::optional<Expr> factorOf(const Expr& value) const {
    const auto depends = [&](const Expr& expr) {
      return any(expr, [&](const Expr& part) {
        return part.kind() == ExprKind::Load &&
               (part.buffer() == maximum() || weightFactors_.contains(part.buffer()));
      });
    };
    switch (value.kind()) {
      case ExprKind::Load: {
        const auto weight = weightFactors_.find(value.buffer());
        return weight == weightFactors_.end() ? std::nullopt : std::optional(weight->second);
      }
      case ExprKind::Call: {
        if (value.function() != Function::Exp) return std::nullopt;
        return slopeOf(value.operand(0), maximum());
      }
      case ExprKind::Mul:
        if (depends(value.operand(0)) == depends(value.operand(1))) return std::nullopt;
        return factorOf(value.operand(depends(value.operand(0)) ? 0 : 1));
      case ExprKind::Divide:
        if (depends(value.operand(1))) return std::nullopt;
        return factorOf(value.operand(0));
      default: return std::nullopt;
    }
  }

  /// The same falling constant for all.
  bool takeFactor(const Expr& factor) {
    const std::optional<double> value = constantOf(factor);
    if (!value || !(*value < 0)) return false;
    if (!found_.factor.valid()) found_.factor = Expr::real(*value, factor.type());
    return found_.factor.realValue() == *value;
  }

  Finding findReaders() {
    std::vector<BlockId> late;
    for (const BlockId reader : readersOf(program_, maximum())) {
      if (reader == found_.maximum.block)
        return refusal("in-place", "block " + nameOf(reader) + " reads what it writes.",
                       "Leave it as it is.");
      if (block(reader).combiner == Combiner::Sum) {
        if (auto finding = addSum(reader, *scores_, rowDimension_)) return finding;
      } else if (!addWeight(reader)) {
        late.push_back(reader);
      }
    }
    for (const RowWeight& weight : found_.weights)
      for (const BlockId reader : readersOf(program_, block(weight.member.block).output)) {
        const bool known = std::any_of(found_.sums.begin(), found_.sums.end(),
                                       [&](const RowSum& sum) { return sum.member.block == reader; });
        if (known) continue;
        if (auto finding = addSum(reader, block(weight.member.block).output, weight.dimension))
          return finding;
      }
    if (found_.sums.empty())
      return refusal("no-sum",
                     "no sum of exponentials depends on " + program_.buffer(maximum()).name +
                         " in a way that can be scaled afterwards.",
                     "The maximum must be taken off inside an exp whose results are summed along the row.");
    for (const RowWeight& weight : found_.weights) found_.order.push_back(weight.member.block);
    for (const RowSum& sum : found_.sums) found_.order.push_back(sum.member.block);
    std::sort(found_.order.begin(), found_.order.end(), [&](BlockId left, BlockId right) {
      return positionOf(program_, left) < positionOf(program_, right);
    });
    for (const BlockId reader : late)
      if (positionOf(program_, reader) < positionOf(program_, found_.order.back()))
        return refusal("needs-whole-maximum",
                       "block " + nameOf(reader) + " reads " + program_.buffer(maximum()).name +
                           " before the sums are done, and is no product with one exp of it.",
                       "ComputeInline it, or leave the maximum as it is.");
    return std::nullopt;
  }

  /// False if the block is no weight.
  bool addWeight(BlockId id) {
    const Block& body = block(id);
    const Buffer& output = program_.buffer(body.output);
    if (body.combiner != Combiner::None || output.isArgument() ||
        writersOf(program_, body.output).size() > 1 || !isFloat(output.type))
      return false;
    const std::optional<Expr> factor = factorOf(body.value);
    const std::optional<std::size_t> axis = rowAxis(id, *scores_, rowDimension_);
    if (!factor || !axis || !constantOf(*factor)) return false;
    RowWeight weight{{id, *axis, {}}, 0};
    const auto place = std::find_if(body.subscripts.begin(), body.subscripts.end(),
                                    [&](const Expr& subscript) { return isAxis(subscript, *axis); });
    if (place == body.subscripts.end()) return false;
    weight.dimension = static_cast<std::size_t>(place - body.subscripts.begin());
    for (const BlockId reader : readersOf(program_, body.output))
      if (block(reader).combiner != Combiner::Sum) return false;
    if (completeMember(weight.member) || !takeFactor(*factor)) return false;
    weightFactors_.emplace(body.output, *factor);
    found_.weights.push_back(weight);
    return true;
  }

  Finding addSum(BlockId id, BufferId along, std::size_t dimension) {
    const Block& body = block(id);
    const std::optional<Expr> factor = factorOf(body.value);
    if (body.combiner != Combiner::Sum || !body.initialises || !factor || !takeFactor(*factor) ||
        writersOf(program_, body.output).size() > 1)
      return refusal("not-scalable",
                     "block " + nameOf(id) + " is no sum from zero of values that scale with the maximum.",
                     "Only sums of products with one exp can be scaled down afterwards.");
    const std::optional<std::size_t> axis = rowAxis(id, along, dimension);
    if (!axis || body.axes[*axis].kind != AxisKind::Reduction) return notPlain(id);
    RowSum sum{{id, *axis, {}}, {}};
    if (auto finding = completeMember(sum.member)) return finding;
    if (!findPlace(sum)) return notPlain(id);
    found_.sums.push_back(std::move(sum));
    return std::nullopt;
  }

  /// Through the weight that it reads, or straight from its own loads of the maximum.
  bool findPlace(RowSum& sum) const {
    const auto own = loadsOf(program_, sum.member.block, maximum());
    if (!own.empty()) {
      sum.place = own.front();
    } else {
      for (const RowWeight& weight : found_.weights) {
        const Block& body = block(weight.member.block);
        const auto loads = loadsOf(program_, sum.member.block, body.output);
        if (loads.empty()) continue;
        std::map<LoopId, Expr> solved;
        for (std::size_t d = 0; d < body.subscripts.size(); ++d) {
          const Expr written = inLoops(program_, body, body.subscripts[d]);
          if (written.kind() == ExprKind::LoopVar) solved.emplace(written.loop(), loads.front()[d]);
        }
        const std::vector<Expr> element = loadsOf(program_, weight.member.block, maximum()).front();
        for (const Expr& subscript : element)
          sum.place.push_back(simplify(program_, substituteLoops(subscript, [&](LoopId loop) {
                                         const auto place = solved.find(loop);
                                         return place == solved.end() ? Expr() : place->second;
                                       })));
        break;
      }
    }
    const std::vector<LoopId> around = loopsAround(program_, sum.member.block);
    return std::all_of(sum.place.begin(), sum.place.end(), [&](const Expr& subscript) {
      return !any(subscript, [&](const Expr& part) {
        if (part.kind() == ExprKind::Load) return true;
        return part.kind() == ExprKind::LoopVar &&
               (std::find(around.begin(), around.end(), part.loop()) == around.end() ||
                carriesReduction(block(sum.member.block), part.loop()));
      });
    });
  }

  Finding checkPlaces() const {
    std::vector<BlockId> members{found_.maximum.block};
    members.insert(members.end(), found_.order.begin(), found_.order.end());
    const std::optional<LoopId> parent = parentOf(program_, movableNode(program_, members.front()));
    Program copy = program_;
    const std::vector<NodeRef> siblings = siblingsOf(copy, movableNode(program_, members.front()));
    std::vector<NodeRef> nodes;
    for (const BlockId member : members) {
      const NodeRef node = movableNode(program_, member);
      if (parentOf(program_, node) != parent)
        return refusal("apart",
                       "blocks " + nameOf(members.front()) + " and " + nameOf(member) +
                           " do not hang below the same loop.",
                       "ComputeAt moves blocks below one loop.");
      nodes.push_back(node);
      if (parent) {
        std::vector<LoopId> above = loopsAround(program_, *parent);
        above.push_back(*parent);
        for (const LoopId loop : above)
          if (useOf(program_, member, loop) == LoopUse::Reduction)
            return refusal("inside-reduction",
                           "loop " + program_.loop(loop).name + " above it carries a reduction of block " +
                               nameOf(member) + ".",
                           "OnlineSoftmax before cutting the row.");
      }
    }
    if (positionOf(program_, members[1]) < positionOf(program_, members[0]))
      return refusal("input-not-ready", "block " + nameOf(members[1]) + " comes before the maximum.", "");
    const std::size_t first = indexIn(siblings, nodes.front());
    const std::size_t last = indexIn(siblings, nodes.back());
    for (std::size_t i = first; i < last; ++i) {
      if (std::find(nodes.begin(), nodes.end(), siblings[i]) != nodes.end()) continue;
      for (const BlockId between : blocksIn(siblings[i]))
        if (meets(between, members))
          return refusal("stands-between",
                         "block " + nameOf(between) + " stands between and touches what the sums touch.",
                         "Move or inline block " + nameOf(between) + " first.");
    }
    return std::nullopt;
  }

  [[nodiscard]] std::vector<BlockId> blocksIn(const NodeRef& node) const {
    if (const BlockId* block = std::get_if<BlockId>(&node)) return {*block};
    return blocksBelow(program_, std::get<LoopId>(node));
  }

  [[nodiscard]] bool meets(BlockId between, const std::vector<BlockId>& members) const {
    const auto touches = [&](BlockId id, BufferId buffer) {
      const std::vector<BufferId> read = buffersReadBy(block(id));
      return block(id).output == buffer || std::find(read.begin(), read.end(), buffer) != read.end();
    };
    return std::any_of(members.begin(), members.end(), [&](BlockId member) {
      return touches(between, block(member).output) || touches(member, block(between).output);
    });
  }

  const Program& program_;
  const Step& step_;
  RunningMaximum found_;
  std::optional<BufferId> scores_;
  std::size_t rowDimension_ = 0;
  std::map<BufferId, Expr> weightFactors_;
};

}  // namespace

Outcome<RunningMaximum> runningMaximum(const Program& program, const Step& step, BlockId block) {
  return Search(program, step, block).run();
}

}  // namespace espalier
