// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// ComputeAt(block=P, loop=i.0): a producer is computed piece by piece where its consumers need it.
//
//     for i, j:                       for i.0:
//       T[i, j] = …                     for i_P, j_P:
//     for i.0:                 ->         T[i_P, j_P] = …         # i = i.0*8 + i_P
//       for i.1, j:                     for i.1, j:
//         C[i, j] = T[i, j] …             C[i, j] = T[i.1, j] …
//
// The box of T that is read below the loop is computed at the start of its body, T shrinks to that box and is
// private to the iteration. What several iterations need is computed several times.
//
// 1. P writes an intermediate, is the only one to do so, and does not read it.
// 2. P is not below the loop, and all blocks that read T are.
// 3. P writes T[axis, axis, …] with all its spatial axes: it has not been moved before.
// 4. What P reads is complete before P now, and in loops that surround the new place as well.
// 5. No vectorised loop is at or around the loop.
#include <algorithm>

#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/drawing.h"
#include "transform/editing.h"
#include "transform/legality.h"
#include "transform/members.h"
#include "transform/placement.h"
#include "transform/region.h"

namespace espalier {
namespace {

struct Plan {
  BlockId producer;
  LoopId loop;
  std::vector<BlockId> consumers;
  std::vector<std::size_t> axes;  ///< the axis of each dimension
  Region region;
};

Outcome<Plan> plan(const Program& program, const Step& step, BlockId producer, LoopId loop) {
  const Block& block = program.block(producer);
  const Buffer& buffer = program.buffer(block.output);
  const std::string loopName = program.loop(loop).name;
  if (buffer.role != BufferRole::Intermediate)
    return refuse(
        "not-intermediate",
        about(step) + "block " + block.name + " writes " + buffer.name + ", which the caller sees in full.",
        "Move a block that writes an intermediate, or use ReverseComputeAt.");
  if (writersOf(program, block.output).size() > 1)
    return refuse("several-writers", about(step) + "several blocks write " + buffer.name + ".",
                  "Move before DecomposeReduction.");
  Plan planned{producer, loop, {}, {}, {}};
  std::vector<LoopId> path = loopsAround(program, loop);
  path.push_back(loop);
  const std::vector<LoopId> around = loopsAround(program, producer);
  if (std::find(around.begin(), around.end(), loop) != around.end())
    return refuse("already-there",
                  about(step) + "block " + block.name + " is below loop " + loopName + " already.",
                  "Choose a loop of a consumer.");
  const std::vector<BlockId> below = blocksBelow(program, loop);
  for (const BlockId reader : readersOf(program, block.output)) {
    if (reader == producer)
      return refuse("in-place", about(step) + "block " + block.name + " reads what it writes.",
                    "Leave it where it is.");
    if (std::find(below.begin(), below.end(), reader) == below.end())
      return refuse("consumer-outside",
                    about(step) + "block " + program.block(reader).name + " reads " + buffer.name +
                        " and is not below loop " + loopName + ".",
                    "Choose a loop that surrounds every consumer.");
    planned.consumers.push_back(reader);
  }
  if (planned.consumers.empty())
    return refuse("no-consumer", about(step) + "nothing reads " + buffer.name + ".",
                  "Leave the block where it is.");
  const auto axes = plainAxes(block.subscripts);
  const auto spatial = std::count_if(block.axes.begin(), block.axes.end(),
                                     [](const Axis& axis) { return axis.kind == AxisKind::Spatial; });
  if (!axes || static_cast<std::size_t>(spatial) != axes->size() || !runsOverItsAxes(program, block))
    return refuse("already-placed",
                  about(step) + "block " + block.name + " computes a piece of " + buffer.name +
                      " for one place already.",
                  "Decide its place once.");
  planned.axes = *axes;
  if (auto refusal = missingInput(program, step, producer, path, {}))
    return tl::unexpected(*std::move(refusal));
  for (const LoopId outer : path)
    if (program.loop(outer).kind == LoopKind::Vectorized)
      return refuse(
          "allocates-inside",
          about(step) + buffer.name + " would lie inside vectorised loop " + program.loop(outer).name + ".",
          "Move before Vectorize, or to a loop outside it.");
  std::vector<std::vector<Expr>> loads;
  for (const BlockId consumer : planned.consumers)
    for (auto& load : loadsOf(program, consumer, block.output)) loads.push_back(std::move(load));
  planned.region = regionOf(program, block.output, loads, loopsBelow(program, loop));
  return planned;
}

}  // namespace

Outcome<Program> computeAt(const Program& program, const Step& step, BlockId producer, LoopId loop) {
  const Outcome<Plan> planned = plan(program, step, producer, loop);
  if (!planned) return tl::unexpected(planned.error());
  const BufferId id = program.block(producer).output;
  const Region& region = planned->region;
  Program changed = program;

  for (const BlockId consumer : planned->consumers) {
    std::vector<Expr> bases;
    for (std::size_t d = 0; d < region.base.size(); ++d) {
      auto base = overAxes(changed, consumer, region.base[d], "base" + std::to_string(d));
      if (!base)
        return refuse("not-a-tile",
                      about(step) + "the part of " + program.buffer(id).name + " that block " +
                          program.block(consumer).name +
                          " reads there starts at an expression it cannot count from.",
                      "Choose another loop.");
      bases.push_back(*std::move(base));
    }
    redirectLoads(changed, consumer, id, id, [&](const std::vector<Expr>& subscripts) {
      std::vector<Expr> relative;
      for (std::size_t d = 0; d < subscripts.size(); ++d) relative.push_back(subscripts[d] - bases[d]);
      return relative;
    });
  }

  removeNode(changed, movableNode(changed, producer));
  std::vector<LoopId> loops;
  std::vector<std::string> taken;
  Block& old = changed.block(producer);
  Block block = old;
  block.guards.clear();
  for (std::size_t i = 0; i < block.axes.size(); ++i) {
    const Axis& axis = block.axes[i];
    const auto place = std::find(planned->axes.begin(), planned->axes.end(), i);
    if (place == planned->axes.end()) continue;
    const auto d = static_cast<std::size_t>(place - planned->axes.begin());
    loops.push_back(axisLoop(changed, axis.name, block.name, region.extent[d], taken));
    block.bindings[i] = region.base[d] + Expr::loopVar(loops.back());
    block.guards.push_back({block.bindings[i], axis.extent});
  }
  for (std::size_t i = 0; i < block.axes.size(); ++i) {
    if (block.axes[i].kind != AxisKind::Reduction) continue;
    loops.push_back(axisLoop(changed, block.axes[i].name, block.name, block.axes[i].extent, taken));
    block.bindings[i] = Expr::loopVar(loops.back());
  }
  changed.block(producer) = block;
  const NodeRef node = nest(changed, loops, producer);
  std::vector<NodeRef>& body = changed.loop(loop).body;
  body.insert(body.begin(), node);
  tidy(changed, producer);
  for (std::size_t d = 0; d < region.base.size(); ++d) {
    const Expr base = *overAxes(changed, producer, region.base[d], "base" + std::to_string(d));
    changed.block(producer).subscripts[d] = block.subscripts[d] - base;
  }
  Buffer& buffer = changed.buffer(id);
  buffer.shape = region.extent;
  buffer.memory = buffer.bytes() <= kLargestStackBytes ? MemoryKind::Stack : MemoryKind::Workspace;
  return publish(std::move(changed));
}

namespace {

Outcome<Program> apply(const Program& program, const Step& step) {
  const Outcome<BlockId> block = blockArgument(program, step);
  if (!block) return tl::unexpected(block.error());
  const Outcome<LoopId> loop = loopArgument(program, step);
  if (!loop) return tl::unexpected(loop.error());
  return computeAt(program, step, *block, *loop);
}

std::vector<Step> candidatesOf(const Program& program) {
  std::vector<Step> candidates;
  for (const BlockId block : blocksOf(program)) {
    if (program.buffer(program.block(block).output).role != BufferRole::Intermediate) continue;
    for (const BlockId reader : readersOf(program, program.block(block).output)) {
      for (const LoopId loop : loopsAround(program, reader))
        candidates.push_back(Step{"ComputeAt", {}}
                                 .set("block", program.block(block).name)
                                 .set("loop", program.loop(loop).name));
      break;
    }
  }
  return candidates;
}

Outcome<Step> complete(const Program& program, const Step& partial, Random& random) {
  return drawPlace(program, partial, random, apply, candidatesOf);
}

std::vector<Step> choices(const Program& program) {
  return legalAmong(program, apply, candidatesOf(program), 12);
}

}  // namespace

Transformation computeAtMember() {
  return {"ComputeAt",
          "Computes a producer piece by piece inside a loop of its consumers. Pays when the piece stays in "
          "cache and little is computed twice.",
          {{"block", "a block that writes an intermediate, by name"},
           {"loop", "a loop that surrounds every reader of the intermediate, by name"}},
          complete,
          apply,
          choices};
}

}  // namespace espalier
