// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// CacheWrite(block=C, loop=j.0, memory=register): what block C writes below loop j.0 is gathered in a tile of
// its own and written back once at the end of the loop's body.
//
//     for i.0, j.0:                   for i.0, j.0:
//       for k:                          for k:
//         for i.1, j.1:                   for i.1, j.1:
//           C[i, j] += …        ->          C_local[i.1, j.1] += …
//                                       for i.1_w, j.1_w:
//                                         C[i, j] = C_local[i.1_w, j.1_w]      # C_write
//
// Reduction loops at or above the loop make the tile a partial sum: it starts from the identity every time,
// and C_write combines it into C. If C does not set its output first, C_write combines as well.
//
// 1. Block and loop exist, the loop surrounds the block, and some loop lies between them.
// 2. Nothing else below the loop touches the block's output, and the block does not read it.
// 3. What the block writes below the loop is a box: no term of a subscript mixes loops above and below.
//    The same holds for its reduction axes.
// 4. The tile is at most 8 KiB for registers, 128 KiB for the stack, 256 MiB for the workspace.
// 5. No vectorised loop is at or around the loop, no parallel loop between it and the block.
#include <algorithm>

#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/drawing.h"
#include "transform/editing.h"
#include "transform/legality.h"
#include "transform/members.h"
#include "transform/region.h"

namespace espalier {
namespace {

const char* nameOfMemory(MemoryKind memory) {
  switch (memory) {
    case MemoryKind::Register: return "register";
    case MemoryKind::Stack: return "stack";
    case MemoryKind::Workspace: return "workspace";
  }
  return "";
}

/// One dimension of the tile.
struct Side {
  Expr subscript;  ///< over loops
  Expr base;       ///< the part that stands still below the loop
  std::int64_t extent = 1;
};

struct Plan {
  BlockId block;
  LoopId loop;
  std::vector<LoopId> inner;    ///< loops between the loop and the block
  std::vector<LoopId> spatial;  ///< those of them that move within the tile
  std::vector<LoopId> outerReductions;
  std::vector<Side> sides;
  MemoryKind memory = MemoryKind::Register;
};

std::int64_t tileBytes(const Program& program, const Plan& plan) {
  std::int64_t bytes = bytesOf(program.buffer(program.block(plan.block).output).type);
  for (const Side& side : plan.sides) bytes *= side.extent;
  return bytes;
}

Outcome<MemoryKind> memoryOf(const Program& program, const Step& step, const Plan& plan) {
  const std::int64_t bytes = tileBytes(program, plan);
  const std::string loop = program.loop(plan.loop).name;
  if (bytes > kLargestBufferBytes)
    return refuse("tile-too-large", about(step) + "the tile would take " + std::to_string(bytes) + " bytes.",
                  "Take a loop further inside than " + loop + ", or tile first.");
  if (step.find("memory") == nullptr) {
    if (bytes <= kLargestRegisterBytes) return MemoryKind::Register;
    return bytes <= kLargestStackBytes ? MemoryKind::Stack : MemoryKind::Workspace;
  }
  const Outcome<std::string> name = textArgument(step, "memory");
  if (!name) return tl::unexpected(name.error());
  if (*name == "workspace") return MemoryKind::Workspace;
  if (*name != "register" && *name != "stack")
    return refuse("wrong-argument", about(step) + "memory " + *name + " is not known.",
                  "Take register, stack or workspace.");
  if (bytes > (*name == "register" ? kLargestRegisterBytes : kLargestStackBytes))
    return refuse(
        "tile-too-large",
        about(step) + "a tile of " + std::to_string(bytes) + " bytes does not fit memory " + *name + ".",
        "Take a larger memory, or a loop further inside than " + loop + ".");
  return *name == "register" ? MemoryKind::Register : MemoryKind::Stack;
}

Outcome<Plan> plan(const Program& program, const Step& step) {
  const Outcome<BlockId> id = blockArgument(program, step);
  if (!id) return tl::unexpected(id.error());
  const Outcome<LoopId> loop = loopAroundArgument(program, step, *id);
  if (!loop) return tl::unexpected(loop.error());
  const Block& block = program.block(*id);
  const std::string loopName = program.loop(*loop).name;
  const std::string output = program.buffer(block.output).name;
  Plan planned{*id, *loop, loopsBetween(program, *loop, *id), {}, {}, {}, MemoryKind::Register};
  if (planned.inner.empty())
    return refuse("nothing-between",
                  about(step) + "no loop lies between loop " + loopName + " and block " + block.name + ".",
                  "Take a loop further outside.");
  if (program.buffer(block.output).memory == MemoryKind::Register)
    return refuse("already-cached", about(step) + output + " is a tile in registers already.",
                  "Leave it as it is.");
  for (const Access& access : accessesOf(program, blocksBelow(program, *loop))) {
    if (access.buffer != block.output || (access.block == *id && access.writes)) continue;
    return refuse(
        "shared-output",
        about(step) + "block " + program.block(access.block).name + " touches " + output + " below loop " +
            loopName + " as well.",
        "CacheWrite before DecomposeReduction, and before moving consumers below " + loopName + ".");
  }
  std::vector<LoopId> path = loopsAround(program, *loop);
  path.push_back(*loop);
  for (const LoopId outer : path)
    if (program.loop(outer).kind == LoopKind::Vectorized)
      return refuse(
          "allocates-inside",
          about(step) + "the tile would lie inside vectorised loop " + program.loop(outer).name + ".",
          "CacheWrite before Vectorize, at a loop outside it.");
  for (const LoopId inner : planned.inner)
    if (program.loop(inner).kind == LoopKind::Parallel)
      return refuse("parallel-below",
                    about(step) + "parallel loop " + program.loop(inner).name + " lies between.",
                    "Take a loop at or below " + program.loop(inner).name + ".");
  for (const LoopId outer : path)
    if (carriesReduction(block, outer) && program.loop(outer).extent > 1)
      planned.outerReductions.push_back(outer);

  for (const Expr& subscript : block.subscripts) {
    const Expr written = inLoops(program, block, subscript);
    const auto parts = splitExpr(written, planned.inner);
    if (!parts)
      return refuse("not-a-tile",
                    about(step) + "what block " + block.name + " writes below loop " + loopName +
                        " is no box of " + output + ".",
                    "Take a loop above the fused one, or do not fuse across " + loopName + ".");
    const Interval range = intervalOf(program, parts->inner);
    planned.sides.push_back(
        {written, simplify(program, parts->outer + Expr(range.low)), range.high - range.low + 1});
  }
  for (std::size_t i = 0; i < block.axes.size(); ++i)
    if (block.axes[i].kind == AxisKind::Reduction && !splitExpr(block.bindings[i], planned.inner))
      return refuse("not-a-tile",
                    about(step) + "reduction axis " + block.axes[i].name +
                        " runs through a loop fused across " + loopName + ".",
                    "Take a loop above the fused one.");
  for (const LoopId inner : planned.inner)
    if (std::any_of(planned.sides.begin(), planned.sides.end(),
                    [&](const Side& side) { return usesLoop(side.subscript, inner); }))
      planned.spatial.push_back(inner);
  const Outcome<MemoryKind> memory = memoryOf(program, step, planned);
  if (!memory) return tl::unexpected(memory.error());
  planned.memory = *memory;
  return planned;
}

/// Cuts the reduction axes of the block down to what runs below the loop; the rest becomes spatial.
void keepInnerReductions(Program& program, const Plan& plan) {
  const std::size_t count = program.block(plan.block).axes.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (program.block(plan.block).axes[i].kind != AxisKind::Reduction) continue;
    const Expr binding = program.block(plan.block).bindings[i];
    const Parts parts = *splitExpr(binding, plan.inner);
    if (parts.inner.isInteger()) {
      program.block(plan.block).axes[i].kind = AxisKind::Spatial;
      continue;
    }
    if (parts.outer.isInteger(0)) continue;
    Block& block = program.block(plan.block);
    block.bindings[i] = parts.inner;
    block.axes[i].extent = intervalOf(program, parts.inner).high + 1;
    const std::size_t base =
        axisFor(program, plan.block, AxisKind::Spatial, parts.outer, block.axes[i].name + "_base");
    std::vector<Expr> sums(program.block(plan.block).axes.size());
    sums[i] = Expr::axisVar(i) + Expr::axisVar(base);
    program.block(plan.block).value = substituteAxes(program.block(plan.block).value, sums);
  }
}

/// `axis − base` for each side of the tile.
std::vector<Expr> relative(Program& program, BlockId block, const Plan& plan,
                           const std::vector<Expr>& subscripts) {
  std::vector<Expr> result;
  for (std::size_t d = 0; d < subscripts.size(); ++d)
    result.push_back(subscripts[d] -
                     *overAxes(program, block, plan.sides[d].base, "base" + std::to_string(d)));
  return result;
}

Outcome<Program> apply(const Program& program, const Step& step) {
  const Outcome<Plan> planned = plan(program, step);
  if (!planned) return tl::unexpected(planned.error());
  const Block original = program.block(planned->block);
  const Buffer& output = program.buffer(original.output);
  Program changed = program;

  Buffer tile;
  tile.name = program.freshBufferName(output.name + "_local");
  tile.type = output.type;
  tile.memory = planned->memory;
  for (const Side& side : planned->sides) tile.shape.push_back(side.extent);
  const BufferId local = changed.add(std::move(tile));

  const Mirror mirror = mirrorLoops(changed, planned->spatial, "_w", true);
  const auto atWriteBack = [&](LoopId loop) {
    if (const Expr copy = mirror(loop); copy.valid()) return copy;
    const bool inner = std::find(planned->inner.begin(), planned->inner.end(), loop) != planned->inner.end();
    return inner ? Expr(0) : Expr();
  };
  Block back;
  back.name = program.freshBlockName(original.name + "_write");
  back.output = original.output;
  for (std::size_t d = 0; d < planned->sides.size(); ++d) {
    const Expr& subscript = original.subscripts[d];
    const bool plain = subscript.kind() == ExprKind::AxisVar;
    Axis axis{plain ? original.axes[subscript.axis()].name : "d" + std::to_string(d), output.shape[d],
              AxisKind::Spatial};
    if (plain) axis.extent = original.axes[subscript.axis()].extent;
    back.axes.push_back(std::move(axis));
    back.bindings.push_back(substituteLoops(planned->sides[d].subscript, atWriteBack));
    back.subscripts.push_back(Expr::axisVar(d));
  }
  for (const LoopId loop : planned->outerReductions) {
    back.axes.push_back({program.loop(loop).name, program.loop(loop).extent, AxisKind::Reduction});
    back.bindings.push_back(Expr::loopVar(loop));
  }
  const bool combines =
      original.combiner != Combiner::None && (!original.initialises || !planned->outerReductions.empty());
  if (combines) {
    back.combiner = original.combiner;
    back.initialises = original.initialises;
  }
  // The tile holds a value exactly where the first point of the inner reductions ran.
  for (const Guard& guard : original.guards)
    back.guards.push_back({substituteLoops(guard.value, atWriteBack), guard.limit});
  const std::vector<Expr> subscripts = back.subscripts;
  const BlockId writer = changed.add(std::move(back));
  changed.loop(planned->loop).body.push_back(nest(changed, mirror.copies, writer));
  tidy(changed, writer);
  const std::vector<Expr> from = relative(changed, writer, *planned, subscripts);
  changed.block(writer).value = Expr::load(local, output.type, from);

  keepInnerReductions(changed, *planned);
  const std::vector<Expr> to = relative(changed, planned->block, *planned, original.subscripts);
  changed.block(writer).streams = original.streams;
  Block& block = changed.block(planned->block);
  block.streams = false;
  block.output = local;
  block.subscripts = to;
  block.initialises = block.combiner != Combiner::None;
  tidy(changed, planned->block);
  return publish(std::move(changed));
}

std::vector<Step> candidatesOf(const Program& program) {
  std::vector<Step> candidates;
  for (const BlockId block : blocksOf(program)) {
    if (program.block(block).combiner == Combiner::None) continue;
    const std::vector<LoopId> around = loopsAround(program, block);
    for (std::size_t i = 0; i + 1 < around.size(); ++i)
      candidates.push_back(Step{"CacheWrite", {}}
                               .set("block", program.block(block).name)
                               .set("loop", program.loop(around[i]).name));
  }
  return candidates;
}

Outcome<Step> complete(const Program& program, const Step& partial, Random& random) {
  const auto draw = [&](const Step& given, Random& source) -> std::optional<Step> {
    if (has(given, {"block", "loop"})) return given;
    std::vector<Step> candidates = candidatesOf(program);
    for (const std::string_view argument : {"block", "loop"})
      if (const auto name = given.text(argument))
        std::erase_if(candidates, [&](const Step& step) { return step.text(argument) != name; });
    if (candidates.empty()) {
      const auto name = drawBlock(program, given, source);
      const auto block = name ? program.findBlock(*name) : std::nullopt;
      if (!block) return name ? std::optional(given) : std::nullopt;
      const auto loop = drawLoop(program, *block, source, [](LoopId) { return true; });
      if (!loop) return std::nullopt;
      return Step(given).set("block", *name).set("loop", given.text("loop").value_or(*loop));
    }
    Step step = source.pick(candidates);
    if (const ArgumentValue* memory = given.find("memory")) step.set("memory", *memory);
    return step;
  };
  const Outcome<Step> drawn = drawLegal(program, partial, random, apply, draw);
  if (!drawn) return drawn;
  const Outcome<Plan> planned = plan(program, *drawn);
  return Step{drawn->name, {}}
      .set("block", program.block(planned->block).name)
      .set("loop", program.loop(planned->loop).name)
      .set("memory", nameOfMemory(planned->memory));
}

std::vector<Step> choices(const Program& program) {
  std::vector<Step> steps = legalAmong(program, apply, candidatesOf(program), 12);
  for (Step& step : steps) {
    const Outcome<Plan> planned = plan(program, step);
    step.set("memory", nameOfMemory(planned->memory));
  }
  return steps;
}

}  // namespace

Transformation cacheWriteMember() {
  return {"CacheWrite",
          "Gathers what a block writes below a loop in a small tile and writes it back once. Pays by keeping "
          "accumulators in registers across the reduction loop.",
          {{"block", "a block by name, usually a reduction"},
           {"loop", "the loop around the tile by name: spatial tile loops below it make the tile"},
           {"memory", "register (at most 8 KiB), stack (at most 128 KiB) or workspace"}},
          complete,
          apply,
          choices};
}

}  // namespace espalier
