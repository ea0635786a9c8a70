// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// CacheRead(block=C, buffer=B, loop=k.0, order=[0, 1], panel=16, memory=stack): what block C reads of B below
// loop k.0 is copied once, packed, at the start of the loop's body. loop=root copies before the whole nest.
//
//     for k.0:                        for k.0:
//       for j, k.1:                     for B_1.0, B_0, B_1.1:
//         C … B[k, j]           ->        B_copy[B_1.0, B_0, B_1.1] = B[k.0*256 + B_0, B_1.0*16 + B_1.1]
//                                       for j, k.1:
//                                         C … B_copy[j // 16, k.1, j % 16]
//
// `order` arranges the dimensions of the copy; `panel` cuts its last dimension into panels,
// [n / panel][…][panel]; 0 leaves it whole. Elements beyond the end of B are not copied: no block reads them.
//
// 1. The block reads the buffer, the loop surrounds the block (or is `root`), and nothing below it writes
//    the buffer.
// 2. No vectorised loop is at or around the loop.
// 3. The copy is a box around all reads below the loop; a dimension without one is taken in full.
// 4. If a block of the program writes the buffer, it has written all of it by then.
// 5. `order` is a permutation of the dimensions, `panel` is 0 or 2 … 1024; the copy has at most 256 MiB,
//    on the stack 128 KiB.
#include <algorithm>
#include <numeric>

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
  BlockId block;
  BufferId buffer;
  std::optional<LoopId> loop;  ///< nothing: the root
  Region region;
  std::vector<std::int64_t> order;
  std::int64_t panel = 0;
  MemoryKind memory = MemoryKind::Workspace;

  [[nodiscard]] std::size_t last() const { return static_cast<std::size_t>(order.back()); }
  [[nodiscard]] std::vector<std::int64_t> shape() const {
    std::vector<std::int64_t> shape;
    for (const std::int64_t d : order) shape.push_back(region.extent[static_cast<std::size_t>(d)]);
    if (panel == 0) return shape;
    shape.insert(shape.begin(), (shape.back() + panel - 1) / panel);
    shape.back() = panel;
    return shape;
  }
  /// Subscripts of the copy for an element of the region.
  [[nodiscard]] std::vector<Expr> place(const std::vector<Expr>& relative) const {
    std::vector<Expr> subscripts;
    for (const std::int64_t d : order) subscripts.push_back(relative[static_cast<std::size_t>(d)]);
    if (panel == 0) return subscripts;
    const Expr whole = subscripts.back();
    subscripts.insert(subscripts.begin(), floorDiv(whole, panel));
    subscripts.back() = floorMod(whole, panel);
    return subscripts;
  }
};

const char* nameOfMemory(MemoryKind memory) { return memory == MemoryKind::Stack ? "stack" : "workspace"; }

Outcome<Plan> layoutOf(const Program& program, const Step& step, Plan planned) {
  const std::size_t rank = program.buffer(planned.buffer).shape.size();
  planned.order.resize(rank);
  std::iota(planned.order.begin(), planned.order.end(), 0);
  if (step.find("order") != nullptr) {
    const auto order = integersArgument(step, "order");
    if (!order) return tl::unexpected(order.error());
    if (!std::is_permutation(order->begin(), order->end(), planned.order.begin(), planned.order.end()))
      return refuse("wrong-order", about(step) + "order must name each of the " + std::to_string(rank) +
                                       " dimensions once, from 0.");
    planned.order = *order;
  }
  if (step.find("panel") != nullptr) {
    const auto panel = integerArgument(step, "panel");
    if (!panel) return tl::unexpected(panel.error());
    if (*panel != 0 && (*panel < 2 || *panel > 1024))
      return refuse("wrong-panel", about(step) + "panel must be 0 or lie between 2 and 1024.",
                    "Take the vectorised tile, for instance 16 or 64.");
    planned.panel = *panel;
  }
  double bytes = bytesOf(program.buffer(planned.buffer).type);
  for (const std::int64_t extent : planned.shape()) bytes *= static_cast<double>(extent);
  if (bytes > static_cast<double>(kLargestBufferBytes))
    return refuse(
        "copy-too-large",
        about(step) + "the copy would take " + std::to_string(static_cast<std::int64_t>(bytes)) + " bytes.",
        "Take a loop further inside.");
  const bool small = bytes <= static_cast<double>(kLargestStackBytes);
  planned.memory = small ? MemoryKind::Stack : MemoryKind::Workspace;
  if (step.find("memory") == nullptr) return planned;
  const auto memory = textArgument(step, "memory");
  if (!memory) return tl::unexpected(memory.error());
  if (*memory != "stack" && *memory != "workspace")
    return refuse("wrong-argument", about(step) + "memory " + *memory + " is not known.",
                  "Take stack or workspace.");
  if (*memory == "stack" && !small)
    return refuse("copy-too-large",
                  about(step) + "the copy of " + std::to_string(static_cast<std::int64_t>(bytes)) +
                      " bytes does not fit the stack.",
                  "Take memory=workspace, or a loop further inside.");
  planned.memory = *memory == "stack" ? MemoryKind::Stack : MemoryKind::Workspace;
  return planned;
}

/// A box may hold more than what is read: all of it must hold values.
bool isComplete(const Program& program, BufferId buffer, BlockId reader) {
  const std::vector<BlockId> writers = writersOf(program, buffer);
  if (writers.empty()) return true;
  const Block& last = program.block(writers.back());
  const auto axes = plainAxes(last.subscripts);
  if (!axes || !runsOverItsAxes(program, last)) return false;
  const std::vector<LoopId> shared =
      commonLoops(loopsAround(program, writers.back()), loopsAround(program, reader));
  for (const Guard& guard : last.guards)
    if (std::any_of(shared.begin(), shared.end(), [&](LoopId loop) { return usesLoop(guard.value, loop); }))
      return false;
  for (std::size_t d = 0; d < axes->size(); ++d) {
    if (last.axes[(*axes)[d]].extent != program.buffer(buffer).shape[d]) return false;
    for (const LoopId loop : shared)
      if (usesLoop(last.bindings[(*axes)[d]], loop)) return false;
  }
  return true;
}

Outcome<Plan> plan(const Program& program, const Step& step) {
  Plan planned;
  const Outcome<BlockId> block = blockArgument(program, step);
  if (!block) return tl::unexpected(block.error());
  const Outcome<BufferId> buffer = bufferArgument(program, step);
  if (!buffer) return tl::unexpected(buffer.error());
  planned.block = *block;
  planned.buffer = *buffer;
  const std::string blockName = program.block(*block).name;
  const std::string bufferName = program.buffer(*buffer).name;
  const auto reads = loadsOf(program, *block, *buffer);
  if (reads.empty()) {
    std::vector<std::string> known;
    for (const BufferId read : buffersReadBy(program.block(*block)))
      known.push_back(program.buffer(read).name);
    return refuse("not-read", about(step) + "block " + blockName + " does not read " + bufferName + ".",
                  known.empty() ? "It reads nothing." : "It reads " + enumerate(known) + ".");
  }
  if (program.buffer(*buffer).shape.empty())
    return refuse("scalar", about(step) + bufferName + " is a scalar.", "There is nothing to copy.");
  const std::vector<LoopId> around = loopsAround(program, *block);
  if (around.empty()) return refuse("no-loop", about(step) + "no loop surrounds block " + blockName + ".");
  std::vector<LoopId> running = around;
  LoopId below = around.front();
  if (step.text("loop") != "root") {
    const Outcome<LoopId> loop = loopAroundArgument(program, step, *block);
    if (!loop) return tl::unexpected(loop.error());
    planned.loop = *loop;
    below = *loop;
    running = loopsBetween(program, *loop, *block);
    for (const LoopId outer : around) {
      if (program.loop(outer).kind == LoopKind::Vectorized)
        return refuse(
            "allocates-inside",
            about(step) + "the copy would lie inside vectorised loop " + program.loop(outer).name + ".",
            "Take a loop outside it.");
      if (outer == *loop) break;
    }
  }
  for (const BlockId writer : blocksBelow(program, below))
    if (program.block(writer).output == *buffer)
      return refuse(
          "written-below",
          about(step) + "block " + program.block(writer).name + " writes " + bufferName + " below the copy.",
          "Take a loop further inside, below which nothing writes " + bufferName + ".");
  if (!isComplete(program, *buffer, *block))
    return refuse("partly-written",
                  about(step) + bufferName + " does not hold all of its elements when block " + blockName +
                      " reads it.",
                  "Copy inputs, or intermediates that were computed in full before.");
  planned.region = regionOf(program, *buffer, reads, running);
  return layoutOf(program, step, std::move(planned));
}

/// The copying nest, hung into the tree.
void addCopy(Program& program, const Plan& plan, BufferId copy) {
  const Buffer source = program.buffer(plan.buffer);
  std::vector<Expr> values(source.shape.size());
  std::vector<LoopId> loops;
  const auto addLoop = [&](const std::string& wish, std::int64_t extent) {
    Loop loop;
    loop.name = program.freshLoopName(wish);
    loop.extent = extent;
    loops.push_back(program.add(std::move(loop)));
    return Expr::loopVar(loops.back());
  };
  const std::vector<std::int64_t> shape = plan.shape();
  const std::string lastName = source.name + "_" + std::to_string(plan.last());
  Expr panelIndex;
  if (plan.panel > 0) panelIndex = addLoop(lastName + ".0", shape.front());
  for (std::size_t i = 0; i + 1 < plan.order.size(); ++i) {
    const auto d = static_cast<std::size_t>(plan.order[i]);
    values[d] = addLoop(source.name + "_" + std::to_string(d), plan.region.extent[d]);
  }
  const Expr innermost = addLoop(plan.panel > 0 ? lastName + ".1" : lastName, shape.back());
  values[plan.last()] = plan.panel > 0 ? panelIndex * Expr(plan.panel) + innermost : innermost;

  Block block;
  block.name = program.freshBlockName(program.buffer(copy).name);
  block.output = copy;
  std::vector<Expr> elements;
  for (std::size_t d = 0; d < values.size(); ++d) {
    const Expr element = plan.region.base[d] + values[d];
    block.axes.push_back({"d" + std::to_string(d), source.shape[d], AxisKind::Spatial});
    block.bindings.push_back(element);
    block.guards.push_back({element, source.shape[d]});
    elements.push_back(Expr::axisVar(d));
  }
  block.value = Expr::load(plan.buffer, source.type, elements);
  const BlockId id = program.add(std::move(block));
  const NodeRef node = nest(program, loops, id);
  if (plan.loop) {
    std::vector<NodeRef>& body = program.loop(*plan.loop).body;
    body.insert(body.begin(), node);
  } else {
    insertBefore(program, loopsAround(program, plan.block).front(), node);
  }
  tidy(program, id);
  std::vector<Expr> relative;
  for (std::size_t d = 0; d < elements.size(); ++d)
    relative.push_back(elements[d] - *overAxes(program, id, plan.region.base[d], "base" + std::to_string(d)));
  program.block(id).subscripts = plan.place(relative);
}

Outcome<Program> apply(const Program& program, const Step& step) {
  const Outcome<Plan> planned = plan(program, step);
  if (!planned) return tl::unexpected(planned.error());
  const Buffer& source = program.buffer(planned->buffer);
  Program changed = program;
  Buffer copy;
  copy.name = program.freshBufferName(source.name + "_copy");
  copy.type = source.type;
  copy.shape = planned->shape();
  copy.memory = planned->memory;
  const BufferId id = changed.add(std::move(copy));
  std::vector<Expr> bases;
  for (std::size_t d = 0; d < source.shape.size(); ++d) {
    auto base = overAxes(changed, planned->block, planned->region.base[d], "base" + std::to_string(d));
    if (!base)
      return refuse("not-a-tile",
                    about(step) + "dimension " + std::to_string(d) + " of " + source.name +
                        " starts at an expression that block " + program.block(planned->block).name +
                        " cannot count from.",
                    "Take another loop.");
    bases.push_back(*std::move(base));
  }
  redirectLoads(changed, planned->block, planned->buffer, id, [&](const std::vector<Expr>& subscripts) {
    std::vector<Expr> relative;
    for (std::size_t d = 0; d < subscripts.size(); ++d) relative.push_back(subscripts[d] - bases[d]);
    return planned->place(relative);
  });
  addCopy(changed, *planned, id);
  return publish(std::move(changed));
}

Step withLayout(const Program& program, const Step& step) {
  const Outcome<Plan> planned = plan(program, step);
  return Step{step.name, {}}
      .set("block", program.block(planned->block).name)
      .set("buffer", program.buffer(planned->buffer).name)
      .set("loop", planned->loop ? program.loop(*planned->loop).name : "root")
      .set("order", planned->order)
      .set("panel", planned->panel)
      .set("memory", nameOfMemory(planned->memory));
}

Outcome<Step> complete(const Program& program, const Step& partial, Random& random) {
  const auto draw = [&](const Step& given, Random& source) -> std::optional<Step> {
    Step step = given;
    const auto name = drawBlock(program, given, source);
    if (!name) return std::nullopt;
    step.set("block", *name);
    const auto block = program.findBlock(*name);
    if (!block) return step;
    std::vector<BufferId> reads = buffersReadBy(program.block(*block));
    if (reads.empty()) return step;
    if (!has(step, {"buffer"})) step.set("buffer", program.buffer(source.pick(reads)).name);
    if (!has(step, {"loop"})) {
      const auto loop = drawLoop(program, *block, source, [](LoopId) { return true; });
      if (!loop) return step;
      step.set("loop", source.chance(0.1) ? std::string("root") : *loop);
    }
    const auto buffer = program.findBuffer(step.text("buffer").value_or(""));
    if (!has(step, {"order"}) && buffer) {
      std::vector<std::int64_t> order(program.buffer(*buffer).shape.size());
      std::iota(order.begin(), order.end(), 0);
      if (source.chance(0.4)) source.shuffle(order);
      step.set("order", order);
    }
    constexpr std::int64_t panels[] = {0, 0, 4, 6, 8, 16, 32, 64};
    if (!has(step, {"panel"})) step.set("panel", panels[source.below(8)]);
    return step;
  };
  const Outcome<Step> drawn = drawLegal(program, partial, random, apply, draw);
  if (!drawn) return drawn;
  return withLayout(program, *drawn);
}

std::vector<Step> choices(const Program& program) {
  std::vector<Step> candidates;
  for (const BlockId block : blocksOf(program)) {
    if (!program.block(block).isReduction()) continue;
    std::vector<LoopId> around = loopsAround(program, block);
    for (const BufferId buffer : buffersReadBy(program.block(block)))
      for (std::size_t i = 0; i + 1 < around.size(); ++i)
        for (const std::int64_t panel : {0, 16})
          candidates.push_back(Step{"CacheRead", {}}
                                   .set("block", program.block(block).name)
                                   .set("buffer", program.buffer(buffer).name)
                                   .set("loop", program.loop(around[i]).name)
                                   .set("panel", panel));
  }
  std::vector<Step> legal = legalAmong(program, apply, candidates, 12);
  for (Step& step : legal) step = withLayout(program, step);
  return legal;
}

}  // namespace

Transformation cacheReadMember() {
  return {"CacheRead",
          "Copies what a block reads below a loop into a packed buffer of its own. Pays for large strides: "
          "the packed panel is read contiguously and stays in cache.",
          {{"block", "a block by name"},
           {"buffer", "a buffer that the block reads, by name"},
           {"loop", "a loop around the block by name, or root: the copy is made at the start of its body"},
           {"order", "order of the dimensions of the copy, for instance [1, 0] to transpose"},
           {"panel", "0, or 2 to 1024: width of the panels that the last dimension is cut into"},
           {"memory", "stack (at most 128 KiB) or workspace"}},
          complete,
          apply,
          choices};
}

}  // namespace espalier
