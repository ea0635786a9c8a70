// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/reference.h"

#include <algorithm>
#include <map>
#include <optional>

#include "measure/error_terms.h"
#include "measure/reference_order.h"
#include "program/analysis.h"
#include "program/interpreter.h"

namespace espalier {
namespace {

/// Builds the program with bounds: a bound buffer for every written float buffer, a block beside every block.
class BoundsBuilder {
 public:
  explicit BoundsBuilder(const Program& program) : original_(program), result_(promoteToDouble(program)) {}

  Program build() {
    // Arguments keep their places; the bounds of written ones follow in order, so they are made first.
    for (const BufferId id : argumentsOf(original_))
      if (isWritten(id) && isFloat(original_.buffer(id).type)) addBound(id, BufferRole::Output);
    for (const BlockId id : blocksOf(original_)) {
      const BufferId output = original_.block(id).output;
      if (isFloat(original_.buffer(output).type) && bounds_.count(output) == 0)
        addBound(output, BufferRole::Intermediate);
    }
    std::vector<NodeRef> roots;
    roots.swap(result_.roots);
    for (const auto& [buffer, bound] : bounds_)
      if (needsStart(buffer)) addElementwise("start", bound, Expr::real(0, DataType::Float64));
    for (const NodeRef root : roots) addRoot(root);
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool isWritten(BufferId id) const {
    const BufferRole role = original_.buffer(id).role;
    return role == BufferRole::Output || role == BufferRole::Accumulated;
  }

  void addBound(BufferId buffer, BufferRole role) {
    Buffer bound = result_.buffer(buffer);
    bound.name = result_.freshBufferName(bound.name + "_bound");
    bound.role = role;
    bounds_[buffer] = result_.add(std::move(bound));
  }

  /// Something adds to the buffer without setting it first, or updates it in place.
  [[nodiscard]] bool needsStart(BufferId buffer) const {
    if (original_.buffer(buffer).role == BufferRole::Accumulated) return true;
    const auto writers = writersOf(original_, buffer);
    return std::any_of(writers.begin(), writers.end(), [&](BlockId id) {
      const Block& block = original_.block(id);
      return block.combiner != Combiner::None && !block.initialises;
    });
  }

  /// `target[i, …] = value` over all of the buffer, as the next root.
  void addElementwise(const std::string& name, BufferId target, const Expr& value) {
    Block block;
    const Buffer buffer = result_.buffer(target);
    block.name = result_.freshBlockName(buffer.name + "_" + name);
    std::vector<LoopId> loops;
    for (std::size_t d = 0; d < buffer.shape.size(); ++d) {
      Loop loop;
      loop.name = result_.freshLoopName(buffer.name + "_" + name + std::to_string(d));
      loop.extent = buffer.shape[d];
      loops.push_back(result_.add(std::move(loop)));
      block.axes.push_back({"i" + std::to_string(d), buffer.shape[d], AxisKind::Spatial});
      block.bindings.push_back(Expr::loopVar(loops.back()));
      block.subscripts.push_back(Expr::axisVar(d));
    }
    block.output = target;
    block.value = value;
    NodeRef node = result_.add(std::move(block));
    for (std::size_t d = loops.size(); d-- > 0;) {
      result_.loop(loops[d]).body = {node};
      node = loops[d];
    }
    result_.roots.push_back(node);
  }

  [[nodiscard]] Expr wholeLoad(BufferId buffer) const {
    std::vector<Expr> subscripts;
    for (std::size_t d = 0; d < result_.buffer(buffer).shape.size(); ++d)
      subscripts.push_back(Expr::axisVar(d));
    return Expr::load(buffer, DataType::Float64, std::move(subscripts));
  }

  void addRoot(NodeRef root) {
    const auto nest = perfectNestAt(result_, root);
    if (!nest) {
      addBesideAll(root);
      result_.roots.push_back(root);
      return;
    }
    const Block& block = original_.block(nest->block);
    if (bounds_.count(block.output) == 0) {
      result_.roots.push_back(root);
      return;
    }
    const BufferId bound = bounds_.at(block.output);
    const Expr old = Expr::call(Function::Abs, {wholeLoad(block.output)});
    if (block.combiner == Combiner::Sum && !block.initialises)
      addElementwise(
          "old", bound,
          wholeLoad(bound) + Expr::real(summationFactor(block) * unitOf(block), DataType::Float64) * old);
    if (block.combiner == Combiner::Product && !block.initialises)
      addElementwise("old", bound, wholeLoad(bound) + old);
    addCopyOfNest(*nest, boundBlock(nest->block));
    result_.roots.push_back(root);
    if (block.combiner == Combiner::Product) addElementwise("rest", bound, wholeLoad(bound) - old);
  }

  /// Blocks with bounds right before theirs, under the same loops.
  void addBesideAll(NodeRef root) {
    std::vector<BlockId> blocks;
    if (const auto* loop = std::get_if<LoopId>(&root)) blocks = blocksBelow(result_, *loop);
    for (const BlockId id : blocks) {
      if (bounds_.count(original_.block(id).output) == 0) continue;
      const BlockId bound = result_.add(boundBlock(id));
      const LoopId parent = *parentBelow(root, id);
      auto& body = result_.loop(parent).body;
      body.insert(std::find(body.begin(), body.end(), NodeRef(id)), NodeRef(bound));
    }
  }

  [[nodiscard]] std::optional<LoopId> parentBelow(NodeRef node, BlockId block) const {
    const auto* loop = std::get_if<LoopId>(&node);
    if (loop == nullptr) return std::nullopt;
    for (const NodeRef child : result_.loop(*loop).body) {
      if (child == NodeRef(block)) return *loop;
      if (const auto found = parentBelow(child, block)) return found;
    }
    return std::nullopt;
  }

  void addCopyOfNest(const PerfectNest& nest, Block block) {
    std::map<LoopId, LoopId> copies;
    std::vector<LoopId> order;
    for (const LoopId id : nest.loops) {
      Loop loop = result_.loop(id);
      loop.name = result_.freshLoopName(loop.name + "_bound");
      loop.body.clear();
      order.push_back(copies[id] = result_.add(std::move(loop)));
    }
    const auto renamed = [&](const Expr& expr) {
      return substituteLoops(expr, [&](LoopId id) { return Expr::loopVar(copies.at(id)); });
    };
    for (Expr& binding : block.bindings) binding = renamed(binding);
    for (Guard& guard : block.guards) guard.value = renamed(guard.value);
    NodeRef node = result_.add(std::move(block));
    for (std::size_t i = order.size(); i-- > 0;) {
      result_.loop(order[i]).body = {node};
      node = order[i];
    }
    result_.roots.push_back(node);
  }

  [[nodiscard]] double unitOf(const Block& block) const {
    return roundingUnit(original_.buffer(block.output).type);
  }

  [[nodiscard]] Block boundBlock(BlockId id) const {
    const Block& block = original_.block(id);
    const ErrorTerms terms(bounds_);
    Block bound = result_.block(id);
    bound.name = result_.freshBlockName(bound.name + "_bound");
    bound.output = bounds_.at(block.output);
    switch (block.combiner) {
      case Combiner::None: bound.value = terms.errorOf(block.value); break;
      case Combiner::Sum: bound.value = terms.errorOf(block.value, summationFactor(block)); break;
      case Combiner::Max:
      case Combiner::Min:
        bound.combiner = Combiner::Max;
        bound.value = terms.errorOf(block.value);
        break;
      case Combiner::Product:
        bound.value =
            Expr::call(Function::Abs, {promoteToDouble(block.value)}) + terms.errorOf(block.value, 1);
        break;
    }
    return bound;
  }

  const Program& original_;
  Program result_;
  BoundBuffers bounds_;
};

}  // namespace

Program promoteToDouble(const Program& program) {
  Program result = program;
  for (Buffer& buffer : result.buffers)
    if (buffer.type == DataType::Float32) buffer.type = DataType::Float64;
  for (Block& block : result.blocks) block.value = promoteToDouble(block.value);
  return result;
}

Program withErrorBounds(const Program& program) { return BoundsBuilder(program).build(); }

}  // namespace espalier
