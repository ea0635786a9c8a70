// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// OnlineSoftmax(block=Top, size=64): sums of exponentials that wait for a maximum are formed in one pass,
// block by block of the row, with the maximum so far (Milakov and Gimelshein, "Online normalizer calculation
// for softmax", 2018). When the maximum grows, what was summed before is scaled down.
//
//     for m, n:                              for m_init: Top[m] = lowest;  Sum[m] = 0   # Top_init, Sum_init
//       Top[m] = max(Top[m], S[m, n])        for n_blocks:
//     for m, n:                                for m: Top_before[m] = Top[m]
//       P[m, n] = exp(S[m, n] - Top[m])  ->    for m, n: Top[m] = max(Top[m], S[m, n_blocks*64 + n])
//     for m, n:                                for m: Top_decay[m] = exp(Top_before[m] - Top[m])
//       Sum[m] += P[m, n]                      for m, n: P[m, n] = exp(S[m, n_blocks*64 + n] - Top[m])
//                                              for m: Sum[m] *= Top_decay[m]            # Sum_rescale
//                                              for m, n: Sum[m] += P[m, n]
//
// 1. The block takes a maximum of floats along one plain loop, sets its output first, and writes an
//    intermediate that nothing else writes.
// 2. What reads the maximum before the last sum is a weight or a sum. A weight's value is a product with one
//    exp whose argument falls linearly with the maximum, by a constant factor that is the same everywhere;
//    all that reads a weight are sums. A sum adds, from zero, weights or such values times something else.
// 3. Weights and sums run along the same dimension as the maximum, through a plain loop of their own.
// 4. Their nests hang side by side; nothing between them touches what they touch, unless all only read; no
//    loop above carries one of the reductions.
// 5. The size is at least 1 and below the length of the row.
#include <algorithm>
#include <limits>

#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/drawing.h"
#include "transform/editing.h"
#include "transform/legality.h"
#include "transform/members.h"
#include "transform/placement.h"
#include "transform/region.h"
#include "transform/running_maximum.h"

namespace espalier {
namespace {

constexpr std::int64_t kSizes[] = {32, 64, 128, 256, 512};

Outcome<std::int64_t> sizeOf(const Step& step, const RunningMaximum& found) {
  const Outcome<std::int64_t> size = integerArgument(step, "size");
  if (!size) return tl::unexpected(size.error());
  if (*size >= 1 && *size < found.length) return *size;
  return refuse("wrong-argument",
                about(step) + "blocks of " + std::to_string(*size) + " do not cut a row of " +
                    std::to_string(found.length) + ".",
                "Take a size from 1 to " + std::to_string(found.length - 1) + ".");
}

/// Builds the one pass in a copy of the program.
class Pass {
 public:
  Pass(const Program& program, const RunningMaximum& found, std::int64_t size)
      : before_(program), found_(found), size_(size), changed_(program) {}

  Program run() {
    addLoop();
    const NodeRef anchor = nodeOf(found_.maximum.block);
    insertBefore(changed_, anchor, blocks_);
    start(found_.maximum.block);
    for (const RowSum& sum : found_.sums) start(sum.member.block);

    append(copyOf(found_.maximum.block, "_before", remembered_, Expr::load(output(), type(), subscripts())));
    cut(found_.maximum);
    const Expr grown =
        Expr::load(output(), type(), subscripts()) - Expr::load(remembered_, type(), subscripts());
    append(
        copyOf(found_.maximum.block, "_decay", decay_, Expr::call(Function::Exp, {grown * found_.factor})));
    for (const BlockId block : found_.order) {
      for (const RowWeight& weight : found_.weights)
        if (weight.member.block == block) cutWeight(weight);
      for (const RowSum& sum : found_.sums)
        if (sum.member.block == block) cutSum(sum);
    }
    return std::move(changed_);
  }

 private:
  [[nodiscard]] BufferId output() const { return before_.block(found_.maximum.block).output; }
  [[nodiscard]] DataType type() const { return before_.buffer(output()).type; }
  [[nodiscard]] const std::vector<Expr>& subscripts() const {
    return before_.block(found_.maximum.block).subscripts;
  }
  [[nodiscard]] NodeRef nodeOf(BlockId block) const { return movableNode(before_, block); }
  [[nodiscard]] std::int64_t count() const { return (found_.length + size_ - 1) / size_; }

  void addLoop() {
    const std::string& axis = before_.block(found_.maximum.block).axes[found_.maximum.axis].name;
    Loop loop;
    loop.name = before_.freshLoopName(axis + "_blocks");
    loop.extent = count();
    blocks_ = changed_.add(std::move(loop));
    remembered_ = addBuffer("_before");
    decay_ = addBuffer("_decay");
  }

  BufferId addBuffer(const std::string& suffix) {
    Buffer buffer;
    buffer.name = before_.freshBufferName(before_.buffer(output()).name + suffix);
    buffer.type = type();
    buffer.shape = before_.buffer(output()).shape;
    buffer.memory = buffer.bytes() <= kLargestStackBytes ? MemoryKind::Stack : MemoryKind::Workspace;
    return changed_.add(std::move(buffer));
  }

  void append(NodeRef node) { changed_.loop(blocks_).body.push_back(node); }

  /// A block that runs once for every element that `id` writes, in a nest of its own that hangs nowhere yet.
  NodeRef spatialCopy(BlockId id, const std::string& suffix, const Block& body) {
    std::vector<LoopId> own;
    std::vector<LoopId> spatial;
    const std::optional<LoopId> outermost = ownNest(before_, id);
    own = loopsBetween(before_, *outermost, id);
    own.insert(own.begin(), *outermost);
    for (const LoopId loop : own)
      if (!carriesReduction(before_.block(id), loop)) spatial.push_back(loop);
    Mirror mirror = mirrorLoops(changed_, spatial, suffix, false);
    for (const LoopId copy : mirror.copies) {
      // Nests that do not hang in the tree yet do not know of each other's names.
      while (std::find(names_.begin(), names_.end(), changed_.loop(copy).name) != names_.end())
        changed_.loop(copy).name += suffix;
      names_.push_back(changed_.loop(copy).name);
    }
    const auto moved = [&](LoopId loop) {
      if (const Expr copy = mirror(loop); copy.valid()) return copy;
      return std::find(own.begin(), own.end(), loop) != own.end() ? Expr(0) : Expr();
    };
    Block block = body;
    block.name = changed_.freshBlockName(before_.block(id).name + suffix);
    for (Axis& axis : block.axes) axis.kind = AxisKind::Spatial;
    for (Expr& binding : block.bindings) binding = substituteLoops(binding, moved);
    for (Guard& guard : block.guards) guard.value = substituteLoops(guard.value, moved);
    last_ = changed_.add(std::move(block));
    mirror_ = std::move(mirror);
    return nest(changed_, mirror_.copies, last_);
  }

  /// `buffer[subscripts of id] = value` for every element that `id` writes.
  NodeRef copyOf(BlockId id, const std::string& suffix, BufferId buffer, const Expr& value) {
    Block block = before_.block(id);
    block.output = buffer;
    block.combiner = Combiner::None;
    block.initialises = false;
    block.value = value;
    const NodeRef node = spatialCopy(id, suffix, block);
    dropUnusedAxes(changed_, last_);
    return node;
  }

  /// Setting the output to where the reduction starts, before the blocks. A maximum starts from the lowest
  /// number, since infinity less infinity is none.
  void start(BlockId id) {
    const DataType type = before_.buffer(before_.block(id).output).type;
    const double lowest = type == DataType::Float32
                              ? static_cast<double>(std::numeric_limits<float>::lowest())
                              : std::numeric_limits<double>::lowest();
    const Expr value = before_.block(id).combiner == Combiner::Max ? Expr::real(lowest, type)
                                                                   : identityOf(Combiner::Sum, type);
    insertBefore(changed_, blocks_, copyOf(id, "_init", before_.block(id).output, value));
    tidy(changed_, last_);
    changed_.block(id).initialises = false;
  }

  /// Cuts the block's loop along the row and moves its nest below the blocks. Answers its axis of blocks.
  std::size_t cut(const RowMember& member) {
    removeNode(changed_, movableNode(changed_, member.block));
    Block& block = changed_.block(member.block);
    const std::size_t outer = block.axes.size();
    block.axes.push_back({block.axes[member.axis].name + "_blocks", count(), block.axes[member.axis].kind});
    block.bindings.push_back(Expr::loopVar(blocks_));
    block.axes[member.axis].extent = size_;
    changed_.loop(member.loop).extent = size_;
    std::vector<Expr> places(block.axes.size());
    places[member.axis] = Expr::axisVar(outer) * Expr(size_) + Expr::axisVar(member.axis);
    block.value = substituteAxes(block.value, places);
    for (Expr& subscript : block.subscripts) subscript = substituteAxes(subscript, places);
    if (found_.length % size_ != 0)
      block.guards.push_back(
          {Expr::loopVar(blocks_) * Expr(size_) + Expr::loopVar(member.loop), found_.length});
    append(nodeOf(member.block));
    tidy(changed_, member.block);
    return outer;
  }

  void cutWeight(const RowWeight& weight) {
    cut(weight.member);
    Block& block = changed_.block(weight.member.block);
    block.subscripts[weight.dimension] = Expr::axisVar(weight.member.axis);
    Buffer& buffer = changed_.buffer(block.output);
    buffer.shape[weight.dimension] = size_;
    buffer.memory = buffer.bytes() <= kLargestStackBytes ? MemoryKind::Stack : MemoryKind::Workspace;
  }

  void cutSum(const RowSum& sum) {
    const BlockId id = sum.member.block;
    Block rescale = before_.block(id);
    rescale.combiner = Combiner::None;
    rescale.initialises = false;
    rescale.value = identityOf(Combiner::Product, type());
    const NodeRef node = spatialCopy(id, "_rescale", rescale);
    append(node);
    const BlockId copy = last_;
    const Mirror mirror = mirror_;
    dropUnusedAxes(changed_, copy);
    std::vector<Expr> place;
    for (const Expr& subscript : sum.place)
      place.push_back(*overAxes(
          changed_, copy,
          simplify(changed_, substituteLoops(subscript, [&](LoopId loop) { return mirror(loop); })), "row"));
    Block& block = changed_.block(copy);
    block.value = Expr::load(decay_, type(), place);
    block.combiner = Combiner::Product;
    block.axes.push_back(
        {before_.block(id).axes[sum.member.axis].name + "_blocks", count(), AxisKind::Reduction});
    block.bindings.push_back(Expr::loopVar(blocks_));
    tidy(changed_, copy);

    cut(sum.member);
    for (const RowWeight& weight : found_.weights) {
      const BufferId buffer = before_.block(weight.member.block).output;
      redirectLoads(changed_, id, buffer, buffer, [&](const std::vector<Expr>& subscripts) {
        std::vector<Expr> near = subscripts;
        near[weight.dimension] = Expr::axisVar(sum.member.axis);
        return near;
      });
    }
  }

  const Program& before_;
  const RunningMaximum& found_;
  std::int64_t size_;
  Program changed_;
  LoopId blocks_{};
  BufferId remembered_{};
  BufferId decay_{};
  BlockId last_{};
  Mirror mirror_;
  std::vector<std::string> names_;
};

Outcome<Program> apply(const Program& program, const Step& step) {
  const Outcome<BlockId> block = blockArgument(program, step);
  if (!block) return tl::unexpected(block.error());
  const Outcome<RunningMaximum> found = runningMaximum(program, step, *block);
  if (!found) return tl::unexpected(found.error());
  const Outcome<std::int64_t> size = sizeOf(step, *found);
  if (!size) return tl::unexpected(size.error());
  return publish(Pass(program, *found, *size).run());
}

std::vector<Step> candidatesOf(const Program& program) {
  std::vector<Step> candidates;
  for (const BlockId block : blocksOf(program)) {
    if (program.block(block).combiner != Combiner::Max) continue;
    for (const std::int64_t size : kSizes)
      candidates.push_back(
          Step{"OnlineSoftmax", {}}.set("block", program.block(block).name).set("size", size));
  }
  return candidates;
}

Outcome<Step> complete(const Program& program, const Step& partial, Random& random) {
  const auto draw = [&](const Step& given, Random& source) -> std::optional<Step> {
    if (has(given, {"block", "size"})) return given;
    std::vector<Step> candidates = candidatesOf(program);
    for (const std::string_view argument : {"block", "size"})
      if (const ArgumentValue* value = given.find(argument))
        std::erase_if(candidates, [&](const Step& step) { return *step.find(argument) != *value; });
    if (candidates.empty()) return std::nullopt;
    return source.pick(candidates);
  };
  return drawLegal(program, partial, random, apply, draw);
}

std::vector<Step> choices(const Program& program) {
  return legalAmong(program, apply, candidatesOf(program), 12);
}

}  // namespace

Transformation onlineSoftmaxMember() {
  return {
      "OnlineSoftmax",
      "Forms sums of exponentials less their maximum (softmax, attention) in one pass over blocks of the row "
      "with a running maximum, instead of one pass for the maximum and one for the sums. Pays where a row of "
      "scores does not stay in a near cache; ComputeAt then moves the scores into the loop over blocks.",
      {{"block", "the block that takes the maximum of a row, by name"},
       {"size", "length of a block of the row, below the row's length: 64 to 512"}},
      complete,
      apply,
      choices};
}

}  // namespace espalier
