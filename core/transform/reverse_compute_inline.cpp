// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// ReverseComputeInline(block=E): an element-wise consumer disappears into the block that produces its input.
//
//     for i, j:                       for i, j:
//       T[i, j] = A[i, j] + B[j]  ->    C[i, j] = max(A[i, j] + B[j], 0)
//     for i, j:
//       C[i, j] = max(T[i, j], 0)
//
// 1. E has no reduction and reads T[axis, axis, …] with all its axes, every time alike.
// 2. T has one other writer, P: without reduction, by plain axes, of the same extents, and it does not
//    read T.
// 3. T is an intermediate that only E reads, or E updates it in place.
// 4. What else E reads is complete before P and there where P is; between P and E nothing touches what E
//    writes, and P does not read it.
#include <algorithm>

#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/drawing.h"
#include "transform/editing.h"
#include "transform/legality.h"
#include "transform/members.h"
#include "transform/placement.h"

namespace espalier {
namespace {

struct Plan {
  BlockId producer;
  BufferId buffer;
  std::vector<std::size_t> axes;     ///< E's axis of each dimension
  std::vector<std::size_t> written;  ///< P's axis of each dimension
};

/// What E reads of `buffer`, if it is always the same plain element.
std::optional<std::vector<std::size_t>> elementRead(const Block& block, BufferId buffer) {
  std::optional<std::vector<std::size_t>> axes;
  bool alike = true;
  forEach(block.value, [&](const Expr& part) {
    if (part.kind() != ExprKind::Load || part.buffer() != buffer) return;
    const auto these = plainAxes(part.operands());
    alike = alike && these && (!axes || *axes == *these);
    axes = these;
  });
  return alike ? axes : std::nullopt;
}

bool touches(const Block& block, BufferId buffer) {
  if (block.output == buffer) return true;
  const std::vector<BufferId> reads = buffersReadBy(block);
  return std::find(reads.begin(), reads.end(), buffer) != reads.end();
}

Outcome<Plan> fits(const Program& program, const Step& step, BlockId consumer, BufferId link) {
  const Block& block = program.block(consumer);
  const Buffer& buffer = program.buffer(link);
  const bool inPlace = block.output == link;
  std::vector<BlockId> writers = writersOf(program, link);
  std::erase(writers, consumer);
  if (writers.size() != 1)
    return refuse("several-writers", about(step) + "not exactly one other block writes " + buffer.name + ".",
                  "Leave the block where it is.");
  const Block& producer = program.block(writers.front());
  if (producer.combiner != Combiner::None)
    return refuse("is-reduction",
                  about(step) + "block " + producer.name + ", which produces " + buffer.name + ", reduces.",
                  "Use ReverseComputeAt, or CacheWrite first and fold into the write-back.");
  if (buffer.role != BufferRole::Intermediate && !inPlace)
    return refuse("not-intermediate", about(step) + buffer.name + " is seen by the caller.",
                  "Leave the block where it is.");
  const auto axes = elementRead(block, link);
  const auto written = plainAxes(producer.subscripts);
  if (!axes || axes->size() != block.axes.size() || !written)
    return refuse("not-elementwise",
                  about(step) + "block " + block.name + " does not read " + buffer.name +
                      " element by element as " + producer.name + " writes it.",
                  "Use ReverseComputeAt.");
  for (std::size_t d = 0; d < axes->size(); ++d)
    if (block.axes[(*axes)[d]].extent != producer.axes[(*written)[d]].extent)
      return refuse("not-covered",
                    about(step) + "the two blocks do not run over the same elements of " + buffer.name + ".",
                    "Leave the block where it is.");
  if (!runsOverItsAxes(program, block) || !runsOverItsAxes(program, producer))
    return refuse("already-placed", about(step) + "one of the two blocks runs over a part of its axes only.",
                  "Fold before moving blocks.");
  if (auto refusal = outputTied(program, step, consumer, loopsAround(program, writers.front())))
    return tl::unexpected(*std::move(refusal));
  const std::vector<BlockId> order = blocksOf(program);
  const std::size_t start = positionOf(program, writers.front());
  const std::size_t end = positionOf(program, consumer);
  if (start > end)
    return refuse("input-not-ready", about(step) + "block " + producer.name + " runs after it.",
                  "Leave the block where it is.");
  for (const BlockId reader : readersOf(program, link))
    if (reader != consumer && (!inPlace || positionOf(program, reader) < end))
      return refuse(
          "shared-input",
          about(step) + "block " + program.block(reader).name + " reads " + buffer.name + " as well.",
          "ComputeInline folds a producer into all its consumers.");
  for (std::size_t i = start; i < end; ++i) {
    const Block& other = program.block(order[i]);
    if (order[i] == writers.front() && inPlace) continue;
    if (touches(other, block.output))
      return refuse("output-touched",
                    about(step) + "block " + other.name + " touches " + program.buffer(block.output).name +
                        " in between.",
                    "Leave the block where it is.");
    const std::vector<BufferId> inputs = buffersReadBy(block);
    if (order[i] != writers.front() && std::find(inputs.begin(), inputs.end(), other.output) != inputs.end())
      return refuse("input-not-ready",
                    about(step) + "block " + other.name + " writes " + program.buffer(other.output).name +
                        ", which it reads, after " + producer.name + ".",
                    "Leave the block where it is.");
  }
  if (auto refusal = missingInput(program, step, consumer, loopsAround(program, writers.front()), {link}))
    return tl::unexpected(*std::move(refusal));
  return Plan{writers.front(), link, *axes, *written};
}

Outcome<Plan> plan(const Program& program, const Step& step, BlockId consumer) {
  const Block& block = program.block(consumer);
  if (block.combiner != Combiner::None)
    return refuse("is-reduction", about(step) + "block " + block.name + " reduces.",
                  "ReverseComputeAt moves it instead.");
  std::optional<Refusal> last;
  for (const BufferId link : buffersReadBy(block)) {
    std::vector<BlockId> writers = writersOf(program, link);
    std::erase(writers, consumer);
    if (writers.empty()) continue;
    Outcome<Plan> planned = fits(program, step, consumer, link);
    if (planned) return planned;
    last = planned.error();
  }
  if (last) return tl::unexpected(*std::move(last));
  return refuse("no-producer", about(step) + "no block writes what block " + block.name + " reads.",
                "Leave it where it is.");
}

}  // namespace

Outcome<Program> reverseComputeInline(const Program& program, const Step& step, BlockId consumer) {
  const Outcome<Plan> planned = plan(program, step, consumer);
  if (!planned) return tl::unexpected(planned.error());
  const Block& block = program.block(consumer);
  Program changed = program;
  Block& producer = changed.block(planned->producer);
  std::vector<Expr> values(block.axes.size());
  for (std::size_t d = 0; d < planned->axes.size(); ++d)
    values[planned->axes[d]] = Expr::axisVar(planned->written[d]);
  const Expr replacement = producer.value;
  const Expr folded = rewrite(substituteAxes(block.value, values), [&](const Expr& part) {
    return part.kind() == ExprKind::Load && part.buffer() == planned->buffer ? replacement : part;
  });
  producer.value = folded;
  producer.output = block.output;
  producer.subscripts.clear();
  for (const Expr& subscript : block.subscripts)
    producer.subscripts.push_back(substituteAxes(subscript, values));
  removeNode(changed, consumer);
  return publish(std::move(changed));
}

namespace {

Outcome<Program> apply(const Program& program, const Step& step) {
  const Outcome<BlockId> block = blockArgument(program, step);
  if (!block) return tl::unexpected(block.error());
  return reverseComputeInline(program, step, *block);
}

std::vector<Step> choices(const Program& program) {
  std::vector<Step> candidates;
  for (const BlockId block : blocksOf(program))
    candidates.push_back(Step{"ReverseComputeInline", {}}.set("block", program.block(block).name));
  return legalAmong(program, apply, candidates, 12);
}

Outcome<Step> complete(const Program& program, const Step& partial, Random& random) {
  if (has(partial, {"block"})) return partial;
  std::vector<Step> legal = choices(program);
  if (legal.empty())
    return refuse("nothing-legal",
                  about(partial) + "no block of this program can be folded into its producer.",
                  "Choose another transformation.");
  return random.pick(legal);
}

}  // namespace

Transformation reverseComputeInlineMember() {
  return {"ReverseComputeInline",
          "Folds an element-wise consumer into the block that produces its input. Pays by saving a buffer "
          "and a pass over memory.",
          {{"block", "a block without reduction that reads a block's result element by element, by name"}},
          complete,
          apply,
          choices};
}

}  // namespace espalier
