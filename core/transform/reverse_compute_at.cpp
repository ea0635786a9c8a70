// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// ReverseComputeAt(block=E, loop=j.0): a consumer is computed where its input has just been finished.
//
//     for i.0, j.0:                   for i.0, j.0:
//       for k, i.1, j.1:                for k, i.1, j.1:
//         T[i, j] += …          ->        T[i.1, j.1] += …
//     for i, j:                         for i.1_E, j.1_E:
//       Y[i, j] = max(T[i, j], 0)         Y[i, j] = max(T[i.1_E, j.1_E], 0)
//
// E follows the loops and guards of the last writer P of its input, so that each of its points runs once,
// right after the input is complete. An intermediate that is then used inside the loop only shrinks to what
// one iteration touches.
//
// 1. E is not below the loop and comes after it; a block P below the loop writes what E reads (or E
//    updates P's output in place).
// 2. P and E name the elements by plain axes, all reads of E alike, and P covers the buffer. The other
//    axes of E run through loops that are E's own.
// 3. Elements that P's loop iteration touches are touched by no other iteration: no reduction loop is at
//    or above the loop.
// 4. Every other input of E is complete before the loop starts, or is finished by the same iteration.
// 5. Between the new and the old place nothing touches what E writes.
// 6. No loop becomes spatial and reduction for E at once.
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
  BlockId consumer;
  LoopId loop;
  BlockId producer;
  BufferId buffer;                ///< what links the two
  std::vector<std::size_t> axes;  ///< E's axis of each dimension of the buffer
  std::vector<LoopId> path;       ///< loops around the new place, outermost first
  std::vector<LoopId> moving;     ///< those of them that do not surround E now
  std::vector<LoopId> inner;      ///< loops between the loop and P
  bool inPlace = false;
};

bool isBelow(const Program& program, BlockId block, LoopId loop) {
  const std::vector<LoopId> around = loopsAround(program, block);
  return std::find(around.begin(), around.end(), loop) != around.end();
}

tl::unexpected<Refusal> notFinished(const Program& program, const Step& step, const Plan& plan,
                                    BlockId writer) {
  return refuse("not-finished",
                about(step) + "block " + program.block(writer).name + " has not finished " +
                    program.buffer(plan.buffer).name + " at the end of an iteration of loop " +
                    program.loop(plan.loop).name + ".",
                "Choose a loop above all reduction loops of " + program.block(writer).name + ".");
}

/// Condition 3: iterations of the moving loops own their elements.
bool finishes(const Program& program, const Plan& plan, BlockId writer) {
  const std::vector<LoopId> fixed = commonLoops(plan.path, loopsAround(program, plan.consumer));
  const std::vector<Access> left = accessesOf(program, {writer});
  const std::vector<Access> right = accessesOf(program, {plan.producer});
  return decidedLoops(program, left.front(), right.front(), plan.moving, fixed).size() == plan.moving.size();
}

Outcome<Plan> findProducer(const Program& program, const Step& step, Plan planned) {
  const Block& consumer = program.block(planned.consumer);
  bool found = false;
  for (const BufferId buffer : buffersReadBy(consumer)) {
    // The link of the highest rank says most about where the consumer's points go.
    if (found && program.buffer(buffer).shape.size() <= program.buffer(planned.buffer).shape.size()) continue;
    for (const BlockId writer : writersOf(program, buffer)) {
      if (writer == planned.consumer || !isBelow(program, writer, planned.loop)) continue;
      found = true;
      planned.producer = writer;
      planned.buffer = buffer;
      planned.inPlace = consumer.output == buffer;
    }
  }
  if (!found)
    return refuse("no-producer",
                  about(step) + "nothing below loop " + program.loop(planned.loop).name +
                      " writes what block " + consumer.name + " reads.",
                  "Choose a loop around a producer of its inputs.");
  return planned;
}

/// Condition 2.
Outcome<Plan> matchAxes(const Program& program, const Step& step, Plan planned) {
  const Block& consumer = program.block(planned.consumer);
  const Block& producer = program.block(planned.producer);
  std::optional<std::vector<std::size_t>> axes;
  bool alike = true;
  forEach(consumer.value, [&](const Expr& part) {
    if (part.kind() != ExprKind::Load || part.buffer() != planned.buffer) return;
    const auto these = plainAxes(part.operands());
    alike = alike && these && (!axes || *axes == *these);
    axes = these;
  });
  const auto written = plainAxes(producer.subscripts);
  if (!alike || !axes || !written)
    return refuse("not-elementwise",
                  about(step) + "block " + consumer.name + " does not read " +
                      program.buffer(planned.buffer).name + " element by element as " + producer.name +
                      " writes it.",
                  "Only a consumer whose subscripts are plain axes can follow its producer.");
  for (std::size_t d = 0; d < axes->size(); ++d)
    if (producer.axes[(*written)[d]].extent < consumer.axes[(*axes)[d]].extent)
      return refuse("not-covered",
                    about(step) + "block " + producer.name + " writes only a part of " +
                        program.buffer(planned.buffer).name + ".",
                    "Leave the block where it is.");
  for (const std::size_t axis : *written)
    if (!coversAxis(program, producer, axis))
      return refuse("not-covered",
                    about(step) + "block " + producer.name + " writes only a part of " +
                        program.buffer(planned.buffer).name + ".",
                    "Leave the block where it is.");
  if (!runsOverItsAxes(program, consumer))
    return refuse("already-placed",
                  about(step) + "block " + consumer.name + " runs over a part of its axes only.",
                  "Decide its place once.");
  const std::vector<LoopId> around = loopsAround(program, planned.consumer);
  const std::optional<LoopId> own = ownNest(program, planned.consumer);
  const auto shared = own ? std::find(around.begin(), around.end(), *own) : around.end();
  for (std::size_t i = 0; i < consumer.axes.size(); ++i) {
    if (std::find(axes->begin(), axes->end(), i) != axes->end()) continue;
    for (auto outer = around.begin(); outer != shared; ++outer)
      if (usesLoop(consumer.bindings[i], *outer))
        return refuse("already-placed",
                      about(step) + "block " + consumer.name + " is tied to loop " +
                          program.loop(*outer).name + ", which it shares with other blocks.",
                      "Decide its place once.");
  }
  planned.axes = *axes;
  return planned;
}

/// Conditions 4 and 5.
std::optional<Refusal> misplaced(const Program& program, const Step& step, const Plan& plan) {
  const std::vector<BlockId> order = blocksOf(program);
  const std::vector<BlockId> below = blocksBelow(program, plan.moving.front());
  const std::size_t start = positionOf(program, below.front());
  const std::size_t end = positionOf(program, plan.consumer);
  const Block& consumer = program.block(plan.consumer);
  const std::vector<BufferId> inputs = buffersReadBy(consumer);
  for (std::size_t i = start; i < end; ++i) {
    const BlockId other = order[i];
    const Block& block = program.block(other);
    const bool inLoop = isBelow(program, other, plan.loop);
    const std::vector<BufferId> reads = buffersReadBy(block);
    const bool touchesOutput = block.output == consumer.output ||
                               std::find(reads.begin(), reads.end(), consumer.output) != reads.end();
    const bool ownsLink =
        plan.inPlace && inLoop && block.output == plan.buffer && loadsOf(program, other, plan.buffer).empty();
    if (touchesOutput && !ownsLink)
      return Refusal{"output-touched",
                     about(step) + "block " + block.name + " touches " +
                         program.buffer(consumer.output).name + " in between.",
                     "Leave " + consumer.name + " after it."};
    if (std::find(inputs.begin(), inputs.end(), block.output) == inputs.end() || inLoop) continue;
    return Refusal{"input-not-ready",
                   about(step) + "block " + block.name + " writes " + program.buffer(block.output).name +
                       ", which " + consumer.name + " reads, outside loop " + program.loop(plan.loop).name +
                       ".",
                   "Move " + block.name + " first."};
  }
  return std::nullopt;
}

Outcome<Plan> plan(const Program& program, const Step& step, BlockId id, LoopId loop) {
  Plan planned;
  planned.consumer = id;
  planned.loop = loop;
  const std::string name = program.block(id).name;
  if (isBelow(program, id, loop))
    return refuse("already-there",
                  about(step) + "block " + name + " is below loop " + program.loop(loop).name + " already.",
                  "Choose a loop of a producer.");
  planned.path = loopsAround(program, loop);
  planned.path.push_back(loop);
  const std::vector<LoopId> fixed = commonLoops(planned.path, loopsAround(program, id));
  planned.moving.assign(planned.path.begin() + static_cast<std::ptrdiff_t>(fixed.size()), planned.path.end());
  if (positionOf(program, id) < positionOf(program, blocksBelow(program, loop).front()))
    return refuse("before-loop",
                  about(step) + "block " + name + " runs before loop " + program.loop(loop).name + ".",
                  "ComputeAt moves producers.");
  Outcome<Plan> found = findProducer(program, step, std::move(planned));
  if (found) found = matchAxes(program, step, *std::move(found));
  if (!found) return found;
  for (const BlockId writer : writersOf(program, found->buffer)) {
    if (writer == id) continue;
    if (isBelow(program, writer, loop) && !finishes(program, *found, writer))
      return notFinished(program, step, *found, writer);
  }
  found->inner = loopsBetween(program, loop, found->producer);
  if (auto refusal = outputTied(program, step, id, found->path)) return tl::unexpected(*std::move(refusal));
  if (auto refusal = misplaced(program, step, *found)) return tl::unexpected(*std::move(refusal));
  return found;
}

/// Condition 6.
std::optional<LoopId> mixedLoop(const Program& program, BlockId id) {
  const Block& block = program.block(id);
  if (block.combiner == Combiner::None) return std::nullopt;
  for (const LoopId loop : loopsAround(program, id)) {
    bool spatial = false;
    bool reduction = false;
    for (const std::size_t axis : axesUsing(block, loop))
      (block.axes[axis].kind == AxisKind::Spatial ? spatial : reduction) = true;
    if (spatial && reduction && program.loop(loop).extent > 1) return loop;
  }
  return std::nullopt;
}

/// Condition 4 for inputs that are written below the loop too: each is finished by the iteration that reads
/// it.
std::optional<BlockId> unfinishedInput(const Program& program, const Plan& plan) {
  const std::vector<LoopId> fixed(plan.path.begin(),
                                  plan.path.end() - static_cast<std::ptrdiff_t>(plan.moving.size()));
  const std::vector<Access> mine = accessesOf(program, {plan.consumer});
  for (const Access& other : accessesOf(program, blocksBelow(program, plan.loop))) {
    if (!other.writes || other.block == plan.consumer) continue;
    for (const Access& access : mine)
      if (access.buffer == other.buffer &&
          decidedLoops(program, other, access, plan.moving, fixed).size() != plan.moving.size())
        return other.block;
  }
  return std::nullopt;
}

}  // namespace

Outcome<Program> reverseComputeAt(const Program& program, const Step& step, BlockId consumer, LoopId loop) {
  const Outcome<Plan> planned = plan(program, step, consumer, loop);
  if (!planned) return tl::unexpected(planned.error());
  Program changed = program;
  removeNode(changed, movableNode(changed, consumer));
  const Block producer = changed.block(planned->producer);
  std::vector<Expr> written;
  for (const Expr& subscript : producer.subscripts) written.push_back(inLoops(changed, producer, subscript));
  std::vector<LoopId> followed;
  for (const LoopId inner : planned->inner)
    if (std::any_of(written.begin(), written.end(),
                    [&](const Expr& subscript) { return usesLoop(subscript, inner); }))
      followed.push_back(inner);
  Block block = changed.block(consumer);
  const Mirror mirror = mirrorLoops(changed, followed, "_" + block.name, false);
  const auto follow = [&](LoopId id) {
    if (const Expr copy = mirror(id); copy.valid()) return copy;
    const bool inner = std::find(planned->inner.begin(), planned->inner.end(), id) != planned->inner.end();
    return inner ? Expr(0) : Expr();
  };
  block.guards.clear();
  for (const Guard& guard : producer.guards)
    block.guards.push_back({substituteLoops(guard.value, follow), guard.limit});
  std::vector<LoopId> loops = mirror.copies;
  std::vector<std::string> taken;
  for (const LoopId copy : mirror.copies) taken.push_back(changed.loop(copy).name);
  for (std::size_t i = 0; i < block.axes.size(); ++i) {
    const auto place = std::find(planned->axes.begin(), planned->axes.end(), i);
    if (place != planned->axes.end()) {
      block.bindings[i] =
          substituteLoops(written[static_cast<std::size_t>(place - planned->axes.begin())], follow);
      block.guards.push_back({block.bindings[i], block.axes[i].extent});
    } else {
      loops.push_back(axisLoop(changed, block.axes[i].name, block.name, block.axes[i].extent, taken));
      block.bindings[i] = Expr::loopVar(loops.back());
    }
  }
  changed.block(consumer) = block;
  const NodeRef node = nest(changed, loops, consumer);
  changed.loop(loop).body.push_back(node);
  tidy(changed, consumer);
  if (const auto mixed = mixedLoop(changed, consumer))
    return refuse("mixed-fusion",
                  about(step) + "loop " + changed.loop(*mixed).name +
                      " would be spatial and reduction for block " + block.name + " at once.",
                  "Choose a loop that is not fused.");
  if (const auto writer = unfinishedInput(changed, *planned))
    return notFinished(program, step, *planned, *writer);
  for (const BufferId buffer : buffersReadBy(program.block(consumer)))
    for (const BlockId writer : writersOf(program, buffer))
      if (isBelow(program, writer, loop)) compact(changed, buffer);
  return publish(std::move(changed));
}

namespace {

Outcome<Program> apply(const Program& program, const Step& step) {
  const Outcome<BlockId> block = blockArgument(program, step);
  if (!block) return tl::unexpected(block.error());
  const Outcome<LoopId> loop = loopArgument(program, step);
  if (!loop) return tl::unexpected(loop.error());
  return reverseComputeAt(program, step, *block, *loop);
}

std::vector<Step> candidatesOf(const Program& program) {
  std::vector<Step> candidates;
  for (const BlockId block : blocksOf(program)) {
    std::vector<LoopId> seen;
    for (const BufferId buffer : buffersReadBy(program.block(block)))
      for (const BlockId writer : writersOf(program, buffer)) {
        if (writer == block || positionOf(program, writer) > positionOf(program, block)) continue;
        for (const LoopId loop : loopsAround(program, writer)) {
          if (isBelow(program, block, loop) || std::find(seen.begin(), seen.end(), loop) != seen.end())
            continue;
          seen.push_back(loop);
          candidates.push_back(Step{"ReverseComputeAt", {}}
                                   .set("block", program.block(block).name)
                                   .set("loop", program.loop(loop).name));
        }
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

Transformation reverseComputeAtMember() {
  return {"ReverseComputeAt",
          "Computes a consumer (an epilogue) inside a loop of its producer, as soon as its input is "
          "complete. Pays by using results while they are in cache.",
          {{"block", "a block that reads what another block writes, by name"},
           {"loop", "a loop around the producer and above its reduction loops, by name"}},
          complete,
          apply,
          choices};
}

}  // namespace espalier
