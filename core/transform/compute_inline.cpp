// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// ComputeInline(block=P): an element-wise producer disappears into the expressions of its consumers.
//
//     for i, j:                       for i, j:
//       T[i, j] = A[i, j] + B[j]  ->    C[i, j] = max(A[i, j] + B[j], 0)
//     for i, j:
//       C[i, j] = max(T[i, j], 0)
//
// 1. P has no reduction, writes an intermediate, is the only one to do so, and does not read it.
// 2. P writes T[axis, axis, …] with all its axes.
// 3. Something reads T; what P reads is complete before P, is there where the readers are, and no reader
//    writes it.
// 4. The expressions stay below kLargestValue nodes.
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

constexpr int kLargestValue = 2048;

int nodesOf(const Expr& expr) {
  int nodes = 0;
  forEach(expr, [&](const Expr&) { ++nodes; });
  return nodes;
}

}  // namespace

Outcome<Program> computeInline(const Program& program, const Step& step, BlockId producer) {
  const Block& block = program.block(producer);
  const Buffer& buffer = program.buffer(block.output);
  if (block.combiner != Combiner::None)
    return refuse("is-reduction", about(step) + "block " + block.name + " reduces.",
                  "ComputeAt moves it to its consumers instead.");
  if (buffer.role != BufferRole::Intermediate)
    return refuse("not-intermediate",
                  about(step) + "block " + block.name + " writes " + buffer.name + ", which the caller sees.",
                  "ReverseComputeInline folds it into its producer.");
  if (writersOf(program, block.output).size() > 1)
    return refuse("several-writers", about(step) + "several blocks write " + buffer.name + ".",
                  "Leave it where it is.");
  const auto axes = plainAxes(block.subscripts);
  if (!axes || axes->size() != block.axes.size())
    return refuse(
        "not-elementwise",
        about(step) + "block " + block.name + " does not write " + buffer.name + " element by element.",
        "Inline before moving the block.");
  const std::vector<BlockId> readers = readersOf(program, block.output);
  if (readers.empty())
    return refuse("no-consumer", about(step) + "nothing reads " + buffer.name + ".",
                  "Leave the block where it is.");
  const std::vector<BufferId> inputs = buffersReadBy(block);
  for (const BlockId reader : readers) {
    if (reader == producer)
      return refuse("in-place", about(step) + "block " + block.name + " reads what it writes.",
                    "Leave it where it is.");
    if (std::find(inputs.begin(), inputs.end(), program.block(reader).output) != inputs.end())
      return refuse("input-overwritten",
                    about(step) + "block " + program.block(reader).name + " overwrites what block " +
                        block.name + " reads.",
                    "Leave it where it is.");
    if (auto refusal = missingInput(program, step, producer, loopsAround(program, reader), {}))
      return tl::unexpected(*std::move(refusal));
  }
  Program changed = program;
  for (const BlockId reader : readers) {
    Block& consumer = changed.block(reader);
    consumer.value = rewrite(consumer.value, [&](const Expr& part) {
      if (part.kind() != ExprKind::Load || part.buffer() != block.output) return part;
      std::vector<Expr> values(block.axes.size());
      for (std::size_t d = 0; d < axes->size(); ++d) values[(*axes)[d]] = part.operand(d);
      return substituteAxes(block.value, values);
    });
    if (nodesOf(consumer.value) > kLargestValue)
      return refuse("expression-too-large",
                    about(step) + "the expression of block " + consumer.name + " would get too large.",
                    "ComputeAt shares the value instead.");
  }
  removeNode(changed, producer);
  return publish(std::move(changed));
}

namespace {

Outcome<Program> apply(const Program& program, const Step& step) {
  const Outcome<BlockId> block = blockArgument(program, step);
  if (!block) return tl::unexpected(block.error());
  return computeInline(program, step, *block);
}

std::vector<Step> choices(const Program& program) {
  std::vector<Step> candidates;
  for (const BlockId block : blocksOf(program))
    candidates.push_back(Step{"ComputeInline", {}}.set("block", program.block(block).name));
  return legalAmong(program, apply, candidates, 12);
}

Outcome<Step> complete(const Program& program, const Step& partial, Random& random) {
  if (has(partial, {"block"})) return partial;
  std::vector<Step> legal = choices(program);
  if (legal.empty())
    return refuse("nothing-legal", about(partial) + "no block of this program can be inlined.",
                  "Choose another transformation.");
  return random.pick(legal);
}

}  // namespace

Transformation computeInlineMember() {
  return {"ComputeInline",
          "Folds an element-wise producer into the expressions of its consumers. Pays by saving a buffer, at "
          "the price of computing a value once per use.",
          {{"block", "a block without reduction that writes an intermediate, by name"}},
          complete,
          apply,
          choices};
}

}  // namespace espalier
