// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "codegen/init_hoisting.h"

#include <algorithm>
#include <utility>

#include "program/analysis.h"

namespace espalier {
namespace {

bool carriesSpatial(const Block& block, LoopId loop) {
  const std::vector<std::size_t> axes = axesUsing(block, loop);
  return std::any_of(axes.begin(), axes.end(),
                     [&](std::size_t axis) { return block.axes[axis].kind == AxisKind::Spatial; });
}

bool touches(const Block& block, BufferId buffer) {
  if (block.output == buffer) return true;
  const std::vector<BufferId> read = buffersReadBy(block);
  return std::find(read.begin(), read.end(), buffer) != read.end();
}

void hoist(Program& program, BlockId id) {
  const std::vector<LoopId> around = loopsAround(program, id);
  const auto first = std::find_if(around.begin(), around.end(),
                                  [&](LoopId loop) { return carriesReduction(program.block(id), loop); });
  if (first == around.end()) return;
  for (auto loop = first; loop != around.end(); ++loop) {
    if (carriesReduction(program.block(id), *loop) && carriesSpatial(program.block(id), *loop)) return;
  }
  for (const BlockId other : blocksBelow(program, *first)) {
    if (other != id && touches(program.block(other), program.block(id).output)) return;
  }

  std::vector<std::pair<LoopId, Expr>> replaced;
  std::vector<LoopId> copies;
  for (auto loop = first; loop != around.end(); ++loop) {
    if (!carriesSpatial(program.block(id), *loop)) {
      replaced.emplace_back(*loop, Expr(0));
      continue;
    }
    Loop copy = program.loop(*loop);
    copy.name = program.freshLoopName(copy.name + ".init");
    copy.body.clear();
    copies.push_back(program.add(std::move(copy)));
    replaced.emplace_back(*loop, Expr::loopVar(copies.back()));
  }
  const auto replacement = [&](LoopId loop) {
    const auto found = std::find_if(replaced.begin(), replaced.end(),
                                    [&](const auto& entry) { return entry.first == loop; });
    return found == replaced.end() ? Expr() : found->second;
  };

  Block init = program.block(id);
  init.name = program.freshBlockName(init.name + ".init");
  for (std::size_t axis = 0; axis < init.axes.size(); ++axis) {
    init.bindings[axis] = init.axes[axis].kind == AxisKind::Reduction
                              ? Expr(0)
                              : substituteLoops(init.bindings[axis], replacement);
    init.axes[axis].kind = AxisKind::Spatial;
  }
  for (Guard& guard : init.guards) guard.value = substituteLoops(guard.value, replacement);
  init.value = identityOf(init.combiner, program.buffer(init.output).type);
  init.combiner = Combiner::None;
  init.initialises = false;
  program.block(id).initialises = false;

  NodeRef nest = program.add(std::move(init));
  for (auto copy = copies.rbegin(); copy != copies.rend(); ++copy) {
    program.loop(*copy).body.push_back(nest);
    nest = *copy;
  }
  std::vector<NodeRef>& siblings = siblingsOf(program, *first);
  const auto position = static_cast<std::ptrdiff_t>(indexIn(siblings, *first));
  siblings.insert(siblings.begin() + position, nest);
}

}  // namespace

Program hoistInitialisations(Program program) {
  for (const BlockId id : blocksOf(program)) {
    if (program.block(id).initialises) hoist(program, id);
  }
  return program;
}

}  // namespace espalier
