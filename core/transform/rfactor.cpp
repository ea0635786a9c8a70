// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// RFactor(block=C, loop=k.1): a reduction loop becomes spatial: partial results, one an iteration, are
// reduced afterwards.
//
//     for i:                          for i:
//       for k.0, k.1:                   for k.0, k.1:
//         C[i] += …              ->       C_rf[i, k.1] += …        # block C_rf
//                                     for i_f:
//                                       for k.1_f:
//                                         C[i_f] += C_rf[i_f, k.1_f]
//
// 1. Block and loop exist, the loop surrounds the block and is serial, the block reduces.
// 2. The loop carries reduction axes alone, each as `coefficient × loop + rest`.
// 3. The block's loops from its outermost own one down hold nothing else, and contain the loop; none of
//    them repeats the block. Loops around may reduce as well, through axes of their own.
// 4. The partial results have at most 256 MiB.
#include <algorithm>

#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/drawing.h"
#include "transform/editing.h"
#include "transform/factors.h"
#include "transform/legality.h"
#include "transform/members.h"
#include "transform/region.h"

namespace espalier {
namespace {

struct Plan {
  BlockId block;
  LoopId loop;
  std::vector<LoopId> nest;                  ///< the block's own loops, outermost first
  std::vector<std::size_t> outerReductions;  ///< reduction axes that loops around the nest run through
};

Outcome<Plan> plan(const Program& program, const Step& step) {
  const Outcome<BlockId> id = blockArgument(program, step);
  if (!id) return tl::unexpected(id.error());
  const Outcome<LoopId> loop = loopAroundArgument(program, step, *id);
  if (!loop) return tl::unexpected(loop.error());
  if (const auto serial = serialLoop(program, step, *loop); !serial) return tl::unexpected(serial.error());
  const Block& block = program.block(*id);
  const std::string name = program.loop(*loop).name;
  if (block.combiner == Combiner::None || useOf(program, *id, *loop) != LoopUse::Reduction)
    return refuse("not-reduction",
                  about(step) + "loop " + name + " carries no reduction of block " + block.name + ".",
                  "Take a reduction loop of a reduction block.");
  for (const std::size_t axis : axesUsing(block, *loop)) {
    const AffineForm form = affineForm(block.bindings[axis]);
    if (block.axes[axis].kind == AxisKind::Reduction && form.coefficientOf(Expr::loopVar(*loop)) > 0) {
      const auto mixed = std::any_of(form.terms.begin(), form.terms.end(), [&](const AffineForm::Term& term) {
        return term.atom.kind() != ExprKind::LoopVar && usesLoop(term.atom, *loop);
      });
      if (!mixed) continue;
    }
    return refuse("not-affine",
                  about(step) + "axis " + block.axes[axis].name + " of block " + block.name +
                      " does not run through loop " + name + " in steps of one size.",
                  "RFactor before Fuse.");
  }
  const std::optional<LoopId> own = ownNest(program, *id);
  Plan planned;
  planned.block = *id;
  planned.loop = *loop;
  if (own) {
    planned.nest = loopsBetween(program, *own, *id);
    planned.nest.insert(planned.nest.begin(), *own);
  }
  if (std::find(planned.nest.begin(), planned.nest.end(), *loop) == planned.nest.end())
    return refuse("shared-loop", about(step) + "other blocks hang below loop " + name + ".",
                  "RFactor before moving blocks into the nest.");
  const std::vector<LoopId> outside = loopsAround(program, planned.nest.front());
  const auto isOutside = [&](LoopId other) {
    return std::find(outside.begin(), outside.end(), other) != outside.end();
  };
  for (std::size_t i = 0; i < block.axes.size(); ++i) {
    if (block.axes[i].kind != AxisKind::Reduction) continue;
    const auto around = std::find_if(outside.begin(), outside.end(), [&](LoopId outer) {
      return program.loop(outer).extent > 1 && usesLoop(block.bindings[i], outer);
    });
    if (around == outside.end()) continue;
    const bool within = any(block.bindings[i], [&](const Expr& part) {
      return part.kind() == ExprKind::LoopVar && !isOutside(part.loop());
    });
    if (within)
      return refuse("shared-loop",
                    about(step) + "axis " + block.axes[i].name + " also runs through loop " +
                        program.loop(*around).name + ", which holds other blocks.",
                    "RFactor before moving blocks into the nest.");
    planned.outerReductions.push_back(i);
  }
  for (const LoopId inner : planned.nest)
    if (useOf(program, *id, inner) == LoopUse::Repeats)
      return refuse("repeats-reduction",
                    about(step) + "loop " + program.loop(inner).name + " repeats block " + block.name + ".",
                    "RFactor before moving the block.");
  const Buffer& output = program.buffer(block.output);
  if (output.bytes() > kLargestBufferBytes / program.loop(*loop).extent)
    return refuse("copy-too-large", about(step) + "the partial results would take more than 256 MiB.",
                  "Take a loop with fewer iterations.");
  return planned;
}

Outcome<Program> apply(const Program& program, const Step& step) {
  const Outcome<Plan> planned = plan(program, step);
  if (!planned) return tl::unexpected(planned.error());
  const Block original = program.block(planned->block);
  const Buffer& output = program.buffer(original.output);
  const std::int64_t extent = program.loop(planned->loop).extent;
  Program changed = program;

  Buffer partial;
  partial.name = program.freshBufferName(output.name + "_rf");
  partial.type = output.type;
  partial.shape = output.shape;
  partial.shape.push_back(extent);
  partial.memory = partial.bytes() <= kLargestStackBytes ? MemoryKind::Stack : MemoryKind::Workspace;
  const BufferId buffer = changed.add(std::move(partial));

  // The partial block takes the place of the original one, whose id goes on to the final block.
  Block first = original;
  first.name = program.freshBlockName(original.name + "_rf");
  first.output = buffer;
  first.initialises = true;
  const std::size_t factorAxis = first.axes.size();
  first.axes.push_back({program.loop(planned->loop).name, extent, AxisKind::Spatial});
  first.bindings.push_back(Expr::loopVar(planned->loop));
  first.subscripts.push_back(Expr::axisVar(factorAxis));
  for (const std::size_t i : axesUsing(original, planned->loop)) {
    const std::int64_t stride = affineForm(original.bindings[i]).coefficientOf(Expr::loopVar(planned->loop));
    first.bindings[i] = substituteLoops(
        original.bindings[i], [&](LoopId loop) { return loop == planned->loop ? Expr(0) : Expr(); });
    std::vector<Expr> sums(first.axes.size());
    sums[i] = Expr::axisVar(i) + Expr::axisVar(factorAxis) * Expr(stride);
    first.value = substituteAxes(first.value, sums);
    first.axes[i].extent = intervalOf(changed, first.bindings[i]).high + 1;
    if (simplify(changed, first.bindings[i]).isInteger()) first.axes[i].kind = AxisKind::Spatial;
  }
  // One iteration of the loops around has partial results of its own; the final block joins them all.
  for (const std::size_t i : planned->outerReductions) first.axes[i].kind = AxisKind::Spatial;
  const BlockId partialId = changed.add(std::move(first));
  replaceNode(changed, planned->block, partialId);
  tidy(changed, partialId);

  std::vector<LoopId> copied;
  for (const LoopId loop : planned->nest)
    if (loop != planned->loop && !carriesReduction(original, loop)) copied.push_back(loop);
  copied.push_back(planned->loop);
  const Mirror mirror = mirrorLoops(changed, copied, "_f", false);
  const auto atEnd = [&](LoopId loop) {
    if (const Expr copy = mirror(loop); copy.valid()) return copy;
    const bool inner = std::find(planned->nest.begin(), planned->nest.end(), loop) != planned->nest.end();
    return inner ? Expr(0) : Expr();
  };
  Block last;
  last.name = original.name;
  last.output = original.output;
  last.combiner = original.combiner;
  last.initialises = original.initialises;
  std::vector<Expr> read;
  for (std::size_t d = 0; d < original.subscripts.size(); ++d) {
    const Expr& subscript = original.subscripts[d];
    const bool plain = subscript.kind() == ExprKind::AxisVar;
    last.axes.push_back({plain ? original.axes[subscript.axis()].name : "d" + std::to_string(d),
                         plain ? original.axes[subscript.axis()].extent : output.shape[d],
                         AxisKind::Spatial});
    last.bindings.push_back(substituteLoops(overLoops(original, subscript), atEnd));
    last.subscripts.push_back(Expr::axisVar(d));
    read.push_back(Expr::axisVar(d));
  }
  last.axes.push_back({program.loop(planned->loop).name, extent, AxisKind::Reduction});
  last.bindings.push_back(mirror(planned->loop));
  read.push_back(Expr::axisVar(last.axes.size() - 1));
  for (const std::size_t i : planned->outerReductions) {
    last.axes.push_back(original.axes[i]);
    last.bindings.push_back(original.bindings[i]);
  }
  last.value = Expr::load(buffer, output.type, read);
  // A partial result exists exactly where the first point of the reduction that is left ran.
  for (const Guard& guard : original.guards)
    last.guards.push_back({substituteLoops(guard.value, atEnd), guard.limit});
  changed.block(planned->block) = std::move(last);
  insertAfter(changed, planned->nest.front(), nest(changed, mirror.copies, planned->block));
  tidy(changed, planned->block);
  return publish(std::move(changed));
}

std::vector<Step> candidatesOf(const Program& program) {
  std::vector<Step> candidates;
  for (const BlockId block : blocksOf(program))
    for (const LoopId loop : loopsAround(program, block))
      if (useOf(program, block, loop) == LoopUse::Reduction)
        candidates.push_back(
            Step{"RFactor", {}}.set("block", program.block(block).name).set("loop", program.loop(loop).name));
  return candidates;
}

Outcome<Step> complete(const Program& program, const Step& partial, Random& random) {
  return drawPlace(program, partial, random, apply, candidatesOf);
}

std::vector<Step> choices(const Program& program) {
  return legalAmong(program, apply, candidatesOf(program), 12);
}

}  // namespace

Transformation rfactorMember() {
  return {"RFactor",
          "Turns a reduction loop into a spatial one with partial results that are reduced afterwards. Pays "
          "where a long reduction is all there is to share or vectorise.",
          {{"block", "a reduction block by name"}, {"loop", "one of its reduction loops by name"}},
          complete,
          apply,
          choices};
}

}  // namespace espalier
