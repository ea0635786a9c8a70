// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "codegen/schedule_completion.h"

#include <algorithm>
#include <vector>

#include "codegen/storage.h"
#include "program/analysis.h"
#include "transform/legality.h"

namespace espalier {
namespace {

constexpr std::int64_t kShortestVectorLoop = 4;
/// Blocks that unrolling a loop over a register buffer may make.
constexpr std::int64_t kMostCopies = 64;

struct Access {
  BufferId buffer;
  Expr offset;  ///< row-major, over loops
};

Expr offsetOf(const Program& program, const Block& block, BufferId buffer,
              const std::vector<Expr>& subscripts) {
  Expr offset(0);
  for (std::size_t i = 0; i < subscripts.size(); ++i)
    offset = offset * Expr(program.buffer(buffer).shape[i]) + subscripts[i];
  return simplify(program, overLoops(block, offset));
}

std::vector<Access> loadsOf(const Program& program, const Block& block) {
  std::vector<Access> loads;
  forEach(block.value, [&](const Expr& part) {
    if (part.kind() != ExprKind::Load) return;
    loads.push_back({part.buffer(), offsetOf(program, block, part.buffer(), part.operands())});
  });
  return loads;
}

/// The distance in elements between two iterations; nothing if it is not constant.
std::optional<std::int64_t> strideOf(const Expr& offset, LoopId loop) {
  std::int64_t stride = 0;
  for (const AffineForm::Term& term : affineForm(offset).terms) {
    if (term.atom.kind() == ExprKind::LoopVar && term.atom.loop() == loop) {
      stride = term.coefficient;
    } else if (usesLoop(term.atom, loop)) {
      return std::nullopt;
    }
  }
  return stride;
}

bool canBecomeLanes(const Program& program, LoopId id) {
  const Loop& loop = program.loop(id);
  if (loop.kind != LoopKind::Serial || loop.extent < kShortestVectorLoop) return false;
  std::vector<Access> stores;
  for (const NodeRef& node : loop.body) {
    const BlockId* block = std::get_if<BlockId>(&node);
    if (block == nullptr || carriesReduction(program.block(*block), id)) return false;
    const Block& stored = program.block(*block);
    stores.push_back({stored.output, offsetOf(program, stored, stored.output, stored.subscripts)});
    if (strideOf(stores.back().offset, id) != 1) return false;
  }
  const auto independent = [&](const Access& access) {
    return std::all_of(stores.begin(), stores.end(), [&](const Access& store) {
      return store.buffer != access.buffer || equal(store.offset, access.offset);
    });
  };
  if (!std::all_of(stores.begin(), stores.end(), independent)) return false;
  for (const NodeRef& node : loop.body) {
    for (const Access& load : loadsOf(program, program.block(std::get<BlockId>(node)))) {
      const std::optional<std::int64_t> stride = strideOf(load.offset, id);
      if (!stride || *stride < 0 || *stride > 1 || !independent(load)) return false;
    }
  }
  const std::vector<LoopId> around = loopsAround(program, id);
  return std::none_of(around.begin(), around.end(),
                      [&](LoopId outer) { return program.loop(outer).kind == LoopKind::Vectorized; });
}

/// The end of a reduction that was shared among lanes, written as a loop.
bool canJoin(const Program& program, const Target& target, LoopId id) {
  const Loop& loop = program.loop(id);
  if (loop.kind != LoopKind::Serial || loop.extent < target.lanes(4) || !joinsLanes(program, id))
    return false;
  const std::vector<LoopId> around = loopsAround(program, id);
  return std::none_of(around.begin(), around.end(),
                      [&](LoopId outer) { return program.loop(outer).kind == LoopKind::Vectorized; });
}

bool subscriptsRegisters(const Program& program, const Block& block, LoopId loop) {
  const auto uses = [&](BufferId buffer, const std::vector<Expr>& subscripts) {
    return program.buffer(buffer).memory == MemoryKind::Register &&
           program.buffer(buffer).role == BufferRole::Intermediate &&
           std::any_of(subscripts.begin(), subscripts.end(),
                       [&](const Expr& subscript) { return usesLoop(overLoops(block, subscript), loop); });
  };
  return uses(block.output, block.subscripts) || any(block.value, [&](const Expr& part) {
           return part.kind() == ExprKind::Load && uses(part.buffer(), part.operands());
         });
}

/// Blocks that one iteration of the loop emits.
std::int64_t copiesBelow(const Program& program, const Target& target, LoopId id) {
  std::int64_t copies = 0;
  for (const NodeRef& node : program.loop(id).body) {
    const LoopId* inner = std::get_if<LoopId>(&node);
    if (inner == nullptr) {
      ++copies;
      continue;
    }
    const Loop& loop = program.loop(*inner);
    std::int64_t times = loop.kind == LoopKind::Unrolled ? loop.extent : 1;
    if (loop.kind == LoopKind::Vectorized) times = 1 + loop.extent / lanesOf(program, target, *inner);
    copies += times * copiesBelow(program, target, *inner);
  }
  return copies;
}

}  // namespace

Program completeSchedule(Program program, const Target& target) {
  for (const LoopId loop : loopsOf(program)) {
    if (canBecomeLanes(program, loop) || canJoin(program, target, loop))
      program.loop(loop).kind = LoopKind::Vectorized;
  }
  std::vector<LoopId> loops = loopsOf(program);
  std::reverse(loops.begin(), loops.end());  // inner loops first
  for (const LoopId loop : loops) {
    if (program.loop(loop).kind != LoopKind::Serial) continue;
    const std::vector<BlockId> blocks = blocksBelow(program, loop);
    if (std::any_of(
            blocks.begin(), blocks.end(),
            [&](BlockId block) { return subscriptsRegisters(program, program.block(block), loop); }) &&
        program.loop(loop).extent * copiesBelow(program, target, loop) <= kMostCopies) {
      program.loop(loop).kind = LoopKind::Unrolled;
    }
  }
  return program;
}

}  // namespace espalier
