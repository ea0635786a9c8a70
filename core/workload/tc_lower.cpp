// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "workload/tc_lower.h"

#include <algorithm>
#include <set>
#include <utility>

#include "workload/tc_signature.h"
#include "workload/tc_statement.h"

namespace espalier {
namespace {

constexpr std::size_t kMostStatements = 200;

/// One statement on its way to a loop nest.
struct Nest {
  Block block;  ///< without name and bindings
  SourceSpan span;
};

Expr renameBuffer(const Expr& expr, BufferId from, BufferId to) {
  return rewrite(expr, [&](const Expr& part) {
    return part.kind() == ExprKind::Load && part.buffer() == from
               ? Expr::load(to, part.type(), part.operands())
               : part;
  });
}

void collectLoads(const Expr& expr, std::set<BufferId>& loads) {
  forEach(expr, [&](const Expr& part) {
    if (part.kind() == ExprKind::Load) loads.insert(part.buffer());
  });
}

class KernelLowering {
 public:
  KernelLowering(const TcKernel& kernel, TcSizes& sizes, const std::vector<std::string>& constants,
                 TcDiagnostics& diagnostics)
      : kernel_(kernel), sizes_(sizes), diagnostics_(diagnostics) {
    if (kernel.statements.size() > kMostStatements)
      diagnostics.fail(
          kernel.span,
          "kernel `" + kernel.name + "` has more than " + std::to_string(kMostStatements) + " statements.",
          "Split it into several kernels.");
    else
      tensors_ = declareTensors(kernel, sizes, constants, buffers_, diagnostics);
  }

  std::optional<Program> run() {
    for (std::size_t i = 0; i < kernel_.statements.size() && !diagnostics_.failed(); ++i) statement(i);
    checkOutputs();
    if (diagnostics_.failed()) return std::nullopt;
    const auto live = liveBuffers();
    checkTemporaries(live);
    if (diagnostics_.failed()) return std::nullopt;
    return assemble(live);
  }

 private:
  void statement(std::size_t position) {
    const auto& statement = kernel_.statements[position];
    auto& target = tensors_.find(statement.target)->second;
    if (target.origin == TcTensor::Origin::Input) {
      diagnostics_.fail(statement.span, "`" + statement.target + "` is an input and cannot be written.",
                        "Write to an output, or compute a tensor with a name of its own.");
      return;
    }
    TcDiagnostics attempt = diagnostics_;
    auto computation = resolveStatement(statement, sizes_, tensors_, nullptr, attempt);
    if (attempt.failed() && !target.shape) {
      // Alone it may not say how large its target is (`C(i) = 0`); then a later statement does.
      if (const auto shape = shapeFromLater(position)) {
        TcDiagnostics second = diagnostics_;
        computation = resolveStatement(statement, sizes_, tensors_, &*shape, second);
        if (!second.failed()) attempt = second;
      }
    }
    // A tensor that does not exist yet is the better reason why a range is unknown.
    checkReads(statement, computation);
    if (attempt.failed() && !diagnostics_.failed()) diagnostics_ = attempt;
    if (diagnostics_.failed()) return;
    place(statement, target, computation);
  }

  /// The shape that a later statement gives to the target of this one, if its own reads determine it.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> shapeFromLater(std::size_t position) const {
    for (std::size_t i = position + 1; i < kernel_.statements.size(); ++i) {
      const auto& later = kernel_.statements[i];
      if (later.target != kernel_.statements[position].target) continue;
      TcDiagnostics scratch = diagnostics_;
      const auto computation = resolveStatement(later, sizes_, tensors_, nullptr, scratch);
      if (scratch.failed()) continue;
      std::vector<std::int64_t> shape;
      for (std::size_t d = 0; d < computation.spatial; ++d) shape.push_back(computation.ranges[d].high + 1);
      return shape;
    }
    return std::nullopt;
  }

  void checkReads(const TcStatement& statement, const TcComputation& computation) {
    for (const auto& read : computation.reads) {
      auto& tensor = tensors_.find(read.tensor)->second;
      if (tensor.written || (read.tensor == statement.target && tensor.origin == TcTensor::Origin::Output))
        continue;
      if (tensor.origin == TcTensor::Origin::Output && tensor.shape) {
        accumulate(tensor);
        continue;
      }
      diagnostics_.fail(read.span, "`" + read.tensor + "` is read before it is computed.",
                        tensor.origin == TcTensor::Origin::Output
                            ? "To read what the caller passes in, give the output a type and a shape."
                            : "Move the statement that computes it up.");
      return;
    }
  }

  void accumulate(TcTensor& tensor) {
    tensor.accumulated = true;
    tensor.written = true;
    buffers_[tensor.buffer.index].role = BufferRole::Accumulated;
  }

  /// Decides which version of the target the statement writes, and appends its nest.
  void place(const TcStatement& statement, TcTensor& target, TcComputation& computation) {
    const bool anew = statement.combiner == Combiner::None || statement.initialises;
    const bool firstWrite = !target.written;
    if (!target.shape && !giveShape(statement, target, computation)) return;
    bool covers = true;
    for (std::size_t d = 0; d < computation.spatial; ++d)
      covers =
          covers && computation.ranges[d].low == 0 && computation.ranges[d].high + 1 == (*target.shape)[d];

    if (firstWrite && (!anew || computation.readsTarget)) {
      if (target.origin != TcTensor::Origin::Output) {
        diagnostics_.fail(statement.operatorSpan,
                          "this accumulates into `" + statement.target + "`, which holds nothing yet.",
                          "Write the operator with `!` to start from its identity.");
        return;
      }
      accumulate(target);
    } else if (firstWrite && !covers) {
      diagnostics_.fail(statement.span,
                        "this leaves elements of `" + statement.target +
                            "` undefined: " + uncovered(statement, target, computation) + ".",
                        "Give the range with `where` from 0 on, or compute the whole tensor first.");
      return;
    } else if (!firstWrite && anew && covers && !target.accumulated) {
      computation.value = retire(statement.target, target, computation.value);
      computation.readsTarget = false;
    }
    if (computation.readsTarget &&
        (statement.combiner != Combiner::None || !computation.readsOwnElementOnly)) {
      diagnostics_.fail(statement.span,
                        "this statement reads elements of `" + statement.target + "` while it changes them.",
                        "Compute a tensor with a name of its own.");
      return;
    }
    target.written = true;
    append(statement, target, computation);
  }

  bool giveShape(const TcStatement& statement, TcTensor& target, const TcComputation& computation) {
    std::vector<std::int64_t> shape;
    for (std::size_t d = 0; d < computation.spatial; ++d) shape.push_back(computation.ranges[d].high + 1);
    for (const auto& output : kernel_.outputs) {
      if (output.name != statement.target || output.extents.empty()) continue;
      if (!bindExtents(output, shape, statement)) return false;
    }
    if (!checkElements(statement.target, shape, statement.span, diagnostics_)) return false;
    buffers_[target.buffer.index].shape = shape;
    target.shape = std::move(shape);
    return true;
  }

  /// The extents that a signature leaves open take their values from the first statement.
  bool bindExtents(const TcParameter& output, const std::vector<std::int64_t>& shape,
                   const TcStatement& statement) {
    for (std::size_t d = 0; d < output.extents.size(); ++d) {
      const auto& extent = output.extents[d];
      const auto known = sizes_.find(extent.symbol);
      const bool open = !extent.symbol.empty() && known == sizes_.end();
      const std::int64_t declared = open ? 0 : extent.symbol.empty() ? extent.value : known->second;
      if (d < shape.size() && open) sizes_.emplace(extent.symbol, shape[d]);
      if (d < shape.size() && output.extents.size() == shape.size() && (open || declared == shape[d]))
        continue;
      diagnostics_.fail(extent.span,
                        "the declared shape of `" + output.name + "` differs from " +
                            shapeText(tensors_.find(statement.target)->second.type, shape) +
                            ", which its first statement computes.",
                        "Correct the shape, or leave it out.");
      return false;
    }
    return true;
  }

  [[nodiscard]] static std::string uncovered(const TcStatement& statement, const TcTensor& target,
                                             const TcComputation& computation) {
    for (std::size_t d = 0; d < computation.spatial; ++d) {
      const auto& range = computation.ranges[d];
      if (range.low == 0 && range.high + 1 == (*target.shape)[d]) continue;
      return "`" + statement.subscripts[d].name + "` runs from " + std::to_string(range.low) + " to " +
             std::to_string(range.high) + " of 0 to " + std::to_string((*target.shape)[d] - 1);
    }
    return {};
  }

  /// Makes what was computed so far an intermediate of another name; what reads it follows.
  Expr retire(const std::string& name, const TcTensor& target, const Expr& value) {
    Buffer earlier = buffers_[target.buffer.index];
    earlier.role = BufferRole::Intermediate;
    for (int suffix = 1;; ++suffix) {
      earlier.name = name + "_" + std::to_string(suffix);
      const bool taken = tensors_.count(earlier.name) != 0 ||
                         std::any_of(buffers_.begin(), buffers_.end(),
                                     [&](const Buffer& buffer) { return buffer.name == earlier.name; });
      if (!taken) break;
    }
    const BufferId retired{static_cast<std::uint32_t>(buffers_.size())};
    buffers_.push_back(std::move(earlier));
    for (auto& nest : nests_) {
      nest.block.value = renameBuffer(nest.block.value, target.buffer, retired);
      if (nest.block.output == target.buffer) nest.block.output = retired;
    }
    return renameBuffer(value, target.buffer, retired);
  }

  void append(const TcStatement& statement, const TcTensor& target, const TcComputation& computation) {
    Nest nest;
    nest.span = statement.span;
    std::vector<Expr> indices;
    for (std::size_t i = 0; i < computation.indices.size(); ++i) {
      const auto& range = computation.ranges[i];
      nest.block.axes.push_back({computation.indices[i], range.high - range.low + 1,
                                 i < computation.spatial ? AxisKind::Spatial : AxisKind::Reduction});
      indices.push_back(Expr::axisVar(i) + Expr::integer(range.low));
    }
    nest.block.output = target.buffer;
    nest.block.subscripts.assign(indices.begin(),
                                 indices.begin() + static_cast<std::ptrdiff_t>(computation.spatial));
    nest.block.combiner = statement.combiner;
    nest.block.initialises = statement.initialises;
    nest.block.value = substituteAxes(computation.value, indices);
    nests_.push_back(std::move(nest));
  }

  void checkOutputs() {
    for (const auto& output : kernel_.outputs) {
      const auto tensor = tensors_.find(output.name);
      if (diagnostics_.failed() || tensor == tensors_.end()) return;
      const bool computed =
          std::any_of(kernel_.statements.begin(), kernel_.statements.end(),
                      [&](const TcStatement& statement) { return statement.target == output.name; });
      if (!computed)
        diagnostics_.fail(output.span, "the output `" + output.name + "` is never computed.",
                          "Write a statement for it, or remove it from the signature.");
    }
  }

  /// Arguments, and what they depend on.
  [[nodiscard]] std::set<BufferId> liveBuffers() const {
    std::set<BufferId> live;
    for (std::size_t i = 0; i < buffers_.size(); ++i)
      if (buffers_[i].isArgument()) live.insert(BufferId{static_cast<std::uint32_t>(i)});
    for (std::size_t before = 0; before != live.size();) {
      before = live.size();
      for (const auto& nest : nests_)
        if (live.count(nest.block.output) != 0) collectLoads(nest.block.value, live);
    }
    return live;
  }

  void checkTemporaries(const std::set<BufferId>& live) {
    for (const auto& nest : nests_) {
      const auto& buffer = buffers_[nest.block.output.index];
      const auto tensor = tensors_.find(buffer.name);
      if (live.count(nest.block.output) != 0 || tensor == tensors_.end()) continue;
      diagnostics_.fail(nest.span, "`" + buffer.name + "` is computed but neither returned nor used.",
                        "Add it to the outputs after `->`, or remove the statement.");
      return;
    }
  }

  [[nodiscard]] Program assemble(const std::set<BufferId>& live) {
    Program program;
    program.name = kernel_.name;
    std::vector<BufferId> moved(buffers_.size());
    for (const bool arguments : {true, false})
      for (std::size_t i = 0; i < buffers_.size(); ++i) {
        if (live.count(BufferId{static_cast<std::uint32_t>(i)}) == 0 || buffers_[i].isArgument() != arguments)
          continue;
        moved[i] = program.add(std::move(buffers_[i]));
      }
    for (auto& nest : nests_) {
      if (live.count(nest.block.output) == 0) continue;
      nest.block.output = moved[nest.block.output.index];
      nest.block.value = rewrite(nest.block.value, [&](const Expr& part) {
        return part.kind() == ExprKind::Load
                   ? Expr::load(moved[part.buffer().index], part.type(), part.operands())
                   : part;
      });
      addNest(program, std::move(nest.block));
    }
    return program;
  }

  static void addNest(Program& program, Block block) {
    block.name = program.freshBlockName(program.buffer(block.output).name);
    // Loops are hung at once, so that fresh names see them.
    std::optional<LoopId> parent;
    const auto hang = [&](NodeRef node) {
      (parent ? program.loop(*parent).body : program.roots).push_back(node);
    };
    for (const auto& axis : block.axes) {
      const LoopId loop =
          program.add(Loop{program.freshLoopName(axis.name), axis.extent, LoopKind::Serial, {}});
      block.bindings.push_back(Expr::loopVar(loop));
      hang(loop);
      parent = loop;
    }
    hang(program.add(std::move(block)));
  }

  const TcKernel& kernel_;
  TcSizes& sizes_;
  TcDiagnostics& diagnostics_;
  std::vector<Buffer> buffers_;
  TcTensors tensors_;
  std::vector<Nest> nests_;
};

}  // namespace

std::optional<Program> lowerKernel(const TcKernel& kernel, TcSizes& sizes,
                                   const std::vector<std::string>& constants, TcDiagnostics& diagnostics) {
  return KernelLowering(kernel, sizes, constants, diagnostics).run();
}

}  // namespace espalier
