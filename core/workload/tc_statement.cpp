// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "workload/tc_statement.h"

#include <algorithm>

#include "workload/tc_signature.h"

namespace espalier {
namespace {

constexpr std::size_t kMostIndices = 24;

/// What an index tensor holds is not known here: reads through it are not checked.
bool readsTensor(const Expr& subscript) {
  return any(subscript, [](const Expr& part) { return part.kind() == ExprKind::Load; });
}

class StatementResolver {
 public:
  StatementResolver(const TcStatement& statement, const TcSizes& sizes, const TcTensors& tensors,
                    const std::vector<std::int64_t>* targetShape, TcDiagnostics& diagnostics)
      : statement_(statement),
        sizes_(sizes),
        tensors_(tensors),
        target_(tensors.find(statement.target)->second),
        targetShape_(target_.shape ? &*target_.shape : targetShape),
        diagnostics_(diagnostics),
        expressions_(diagnostics, sizes, tensors) {}

  TcComputation run() {
    TcComputation result;
    declareTargetIndices();
    result.spatial = statement_.subscripts.size();
    for (const auto& binding : statement_.bindings) expressions_.bind(binding);
    result.value = expressions_.value(statement_.value, target_.type);
    result.reads = expressions_.accesses();
    const std::size_t used = expressions_.variables().size();
    for (const auto& exists : statement_.exists) expressions_.exists(exists);
    if (diagnostics_.failed()) return result;
    if (expressions_.variables().size() > used) {
      const auto& extra = expressions_.variables()[used];
      diagnostics_.fail(extra.span, "`" + extra.name + "` appears in `exists` only.",
                        "Use indices of the statement here.");
      return result;
    }
    checkReduction(result.spatial);
    TcRanges ranges(used);
    applyWhere(ranges);
    if (diagnostics_.failed()) return result;
    infer(ranges);
    if (diagnostics_.failed()) return result;
    for (const auto& variable : expressions_.variables()) result.indices.push_back(variable.name);
    for (const auto& range : ranges) result.ranges.push_back(*range);
    checkTarget(ranges);
    for (const auto& read : result.reads) checkRead(read, ranges);
    result.value = clampConditionalReads(result.value, false, ranges);
    noteReadsOfTarget(result);
    return result;
  }

 private:
  void declareTargetIndices() {
    for (const auto& subscript : statement_.subscripts) {
      const bool name = subscript.kind == TcExpression::Kind::Name;
      if (!name || sizes_.count(subscript.name) != 0 || tensors_.count(subscript.name) != 0) {
        diagnostics_.fail(
            subscript.span,
            "a subscript on the left must be an index, `" + std::string(diagnostics_.text(subscript.span)) +
                "` is " +
                (name ? sizes_.count(subscript.name) != 0 ? "a size." : "a tensor." : "an expression."),
            "Use a plain index here and put the arithmetic on the right side.");
        return;
      }
      const std::size_t before = expressions_.variables().size();
      if (expressions_.declare(subscript.name, subscript.span) < before) {
        diagnostics_.fail(subscript.span, "the index `" + subscript.name + "` stands twice on the left.",
                          "Use distinct indices, and a condition on the right side for a diagonal.");
        return;
      }
    }
    if (targetShape_ != nullptr && targetShape_->size() != statement_.subscripts.size())
      diagnostics_.fail(statement_.span, "`" + statement_.target + "` has " +
                                             std::to_string(targetShape_->size()) +
                                             " dimensions, but is written with " +
                                             std::to_string(statement_.subscripts.size()) + " indices.");
  }

  void checkReduction(std::size_t spatial) {
    if (statement_.combiner != Combiner::None || expressions_.variables().size() <= spatial) return;
    const auto& variable = expressions_.variables()[spatial];
    diagnostics_.fail(variable.span,
                      "the index `" + variable.name +
                          "` appears only on the right, so this is a reduction, but `=` does not say which.",
                      "Write +=!, *=!, max=! or min=!. If `" + variable.name + "` is a size, give --size " +
                          variable.name + "=VALUE.");
  }

  void applyWhere(TcRanges& ranges) {
    for (const auto& range : statement_.ranges) {
      const auto& variables = expressions_.variables();
      const auto found = std::find_if(variables.begin(), variables.end(),
                                      [&](const auto& variable) { return variable.name == range.name; });
      if (found == variables.end()) {
        diagnostics_.fail(range.span, "`" + range.name + "` is no index of this statement.");
        return;
      }
      auto& interval = ranges[static_cast<std::size_t>(found - variables.begin())];
      if (interval) {
        diagnostics_.fail(range.span, "the range of `" + range.name + "` is given twice.");
        return;
      }
      const std::int64_t low = expressions_.size(range.low);
      const std::int64_t high = expressions_.size(range.high);
      if (diagnostics_.failed()) return;
      if (low >= high || low < -kMostElements || high > kMostElements) {
        diagnostics_.fail({range.low.span.begin, range.high.span.end},
                          "the range " + std::to_string(low) + ":" + std::to_string(high) + " of `" +
                              range.name + "` is " + (low >= high ? "empty." : "too large."),
                          "The end of a range is excluded, and must be larger than its start.");
        return;
      }
      interval = Interval{low, high - 1};
    }
  }

  void infer(TcRanges& ranges) {
    // A condition may keep a read inside its tensor, so such reads decide only what nothing else decides.
    std::vector<TcSubscript> subscripts;
    if (targetShape_ != nullptr)
      for (std::size_t d = 0; d < targetShape_->size(); ++d)
        subscripts.push_back({Expr::axisVar(d), (*targetShape_)[d]});
    for (const bool conditional : {false, true}) {
      for (const auto& access : expressions_.accesses()) {
        const auto& tensor = tensors_.find(access.tensor)->second;
        const auto* shape = access.tensor == statement_.target ? targetShape_
                            : tensor.shape                     ? &*tensor.shape
                                                               : nullptr;
        if (access.conditional != conditional || shape == nullptr ||
            shape->size() != access.subscripts.size())
          continue;
        for (std::size_t d = 0; d < shape->size(); ++d)
          subscripts.push_back({access.subscripts[d], (*shape)[d]});
      }
      inferRanges(subscripts, ranges);
    }
    if (ranges.size() > kMostIndices)
      diagnostics_.fail(statement_.span,
                        "this statement has more than " + std::to_string(kMostIndices) + " indices.");
    double points = 1;
    for (std::size_t v = 0; v < ranges.size(); ++v) {
      const auto& variable = expressions_.variables()[v];
      if (!ranges[v]) {
        diagnostics_.fail(variable.span, "the range of the index `" + variable.name + "` cannot be inferred.",
                          "Add `where " + variable.name + " in 0:N`, or, if `" + variable.name +
                              "` is a size, give --size " + variable.name + "=VALUE.");
        return;
      }
      if (ranges[v]->low > ranges[v]->high) {
        diagnostics_.fail(variable.span,
                          "the index `" + variable.name + "` has no values: it would run from " +
                              std::to_string(ranges[v]->low) + " to " + std::to_string(ranges[v]->high) + ".",
                          "The tensors are too small for these subscripts; check the sizes.");
        return;
      }
      points *= static_cast<double>(ranges[v]->high - ranges[v]->low + 1);
    }
    if (points > 4e18)
      diagnostics_.fail(statement_.span, "this statement has more than 2^62 points.",
                        "Choose smaller sizes.");
  }

  void checkTarget(const TcRanges& ranges) {
    for (std::size_t d = 0; d < statement_.subscripts.size(); ++d) {
      const auto& subscript = statement_.subscripts[d];
      const std::int64_t high = targetShape_ == nullptr ? ranges[d]->high : (*targetShape_)[d] - 1;
      if (ranges[d]->low >= 0 && ranges[d]->high <= high) continue;
      diagnostics_.fail(
          subscript.span,
          "the index `" + subscript.name + "` runs from " + std::to_string(ranges[d]->low) + " to " +
              std::to_string(ranges[d]->high) + ", but dimension " + std::to_string(d) + " of `" +
              statement_.target + "` " +
              (targetShape_ == nullptr ? "starts at 0." : "has the extent " + std::to_string(high + 1) + "."),
          "Give its range: `where " + subscript.name + " in 0:" + std::to_string(high + 1) + "`.");
      return;
    }
  }

  void checkRead(const TcAccess& read, const TcRanges& ranges) {
    if (read.tensor == statement_.target && read.subscripts.size() != statement_.subscripts.size()) {
      diagnostics_.fail(read.span, "`" + read.tensor + "` is written with " +
                                       std::to_string(statement_.subscripts.size()) +
                                       " indices, but read with " + std::to_string(read.subscripts.size()) +
                                       " subscripts.");
      return;
    }
    const auto& tensor = tensors_.find(read.tensor)->second;
    if (read.conditional || !tensor.shape) return;
    for (std::size_t d = 0; d < read.subscripts.size(); ++d) {
      const auto bounds = boundsOf(read.subscripts[d], ranges);
      const std::int64_t extent = (*tensor.shape)[d];
      if (bounds ? bounds->low >= 0 && bounds->high < extent : readsTensor(read.subscripts[d])) continue;
      if (!bounds) {
        diagnostics_.fail(read.spans[d], "nothing can be said about the range of this subscript.",
                          "Subscripts are made of indices, sizes, integers and elements of int32 tensors.");
        return;
      }
      diagnostics_.fail(read.spans[d],
                        "this subscript runs from " + std::to_string(bounds->low) + " to " +
                            std::to_string(bounds->high) + ", but dimension " + std::to_string(d) + " of `" +
                            read.tensor + "` has the extent " + std::to_string(extent) + ".",
                        "Check the sizes and ranges, or guard the read with a condition: `c ? " +
                            read.tensor + "(…) : 0`.");
      return;
    }
  }

  /// Both values of a Select are computed, so a read that its condition keeps inside the tensor needs
  /// subscripts that are inside in any case.
  Expr clampConditionalReads(const Expr& expr, bool conditional, const TcRanges& ranges) const {
    if (expr.operands().empty()) return expr;
    std::vector<Expr> operands;
    for (std::size_t i = 0; i < expr.operands().size(); ++i) {
      const bool guarded = (expr.kind() == ExprKind::Select && i > 0) ||
                           ((expr.kind() == ExprKind::And || expr.kind() == ExprKind::Or) && i == 1);
      operands.push_back(clampConditionalReads(expr.operand(i), conditional || guarded, ranges));
    }
    if (conditional && expr.kind() == ExprKind::Load) {
      const auto* shape = shapeOf(expr.buffer());
      for (std::size_t d = 0; shape != nullptr && d < operands.size(); ++d) {
        const auto bounds = boundsOf(operands[d], ranges);
        const Expr last = Expr::integer((*shape)[d] - 1);
        if (!bounds && readsTensor(operands[d])) continue;
        if (!bounds || bounds->high >= (*shape)[d]) operands[d] = minimum(operands[d], last);
        if (!bounds || bounds->low < 0) operands[d] = maximum(operands[d], Expr::integer(0));
      }
    }
    return expr.withOperands(std::move(operands));
  }

  [[nodiscard]] const std::vector<std::int64_t>* shapeOf(BufferId buffer) const {
    for (const auto& [name, tensor] : tensors_)
      if (tensor.buffer == buffer && tensor.shape) return &*tensor.shape;
    return nullptr;
  }

  void noteReadsOfTarget(TcComputation& result) const {
    for (const auto& read : result.reads) {
      if (read.tensor != statement_.target) continue;
      result.readsTarget = true;
      for (std::size_t d = 0; d < read.subscripts.size(); ++d) {
        const auto& subscript = read.subscripts[d];
        if (subscript.kind() != ExprKind::AxisVar || subscript.axis() != d)
          result.readsOwnElementOnly = false;
      }
    }
  }

  const TcStatement& statement_;
  const TcSizes& sizes_;
  const TcTensors& tensors_;
  const TcTensor& target_;
  const std::vector<std::int64_t>* targetShape_;
  TcDiagnostics& diagnostics_;
  TcExpressions expressions_;
};

}  // namespace

TcComputation resolveStatement(const TcStatement& statement, const TcSizes& sizes, const TcTensors& tensors,
                               const std::vector<std::int64_t>* targetShape, TcDiagnostics& diagnostics) {
  return StatementResolver(statement, sizes, tensors, targetShape, diagnostics).run();
}

}  // namespace espalier
