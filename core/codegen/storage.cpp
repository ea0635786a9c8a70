// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "codegen/storage.h"

#include <algorithm>

#include "program/analysis.h"
#include "transform/legality.h"

namespace espalier {
namespace {

constexpr std::int64_t kAlignment = 64;
/// A single buffer above this, or all of them together above four times this, moves to the workspace: threads
/// may have small stacks.
constexpr std::int64_t kLargestStackBuffer = 256 * 1024;
constexpr std::int64_t kLargestRegisterBuffer = 16 * 1024;

std::int64_t roundUp(std::int64_t value, std::int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

bool contains(const std::vector<LoopId>& loops, LoopId loop) {
  return std::find(loops.begin(), loops.end(), loop) != loops.end();
}

bool runsParallel(const Program& program, LoopId loop) {
  return program.loop(loop).kind == LoopKind::Parallel && program.loop(loop).extent > 1;
}

bool touched(const Program& program, BufferId buffer) {
  return !writersOf(program, buffer).empty() || !readersOf(program, buffer).empty();
}

/// The scope itself and the loops around it.
std::vector<LoopId> loopsOfScope(const Program& program, const std::optional<LoopId>& scope) {
  if (!scope) return {};
  std::vector<LoopId> loops = loopsAround(program, *scope);
  loops.push_back(*scope);
  return loops;
}

void setRowMajor(Storage& storage, const std::vector<std::int64_t>& shape, std::int64_t unit) {
  storage.strides.assign(shape.size(), unit);
  storage.elements = unit;
  for (std::size_t i = shape.size(); i-- > 0;) {
    storage.strides[i] = storage.elements;
    storage.elements *= shape[i];
  }
}

/// Rows at a distance like this fall into a few sets of a cache, where they evict each other.
bool rowsCompete(const std::vector<std::int64_t>& shape, std::int64_t bytesPerElement) {
  constexpr std::int64_t kDistance = 512;
  constexpr std::int64_t kManyRows = 16;
  std::int64_t rows = 1;
  for (std::size_t d = 0; d + 1 < shape.size(); ++d) rows *= shape[d];
  return rows > kManyRows && shape.back() * bytesPerElement % kDistance == 0;
}

/// True if the block stores another element in every iteration of the loop, or the same thing in all of them.
bool differsInLanes(const Program& program, const Block& block, LoopId loop) {
  const std::vector<std::size_t> axes = axesUsing(block, loop);
  if (axes.empty()) return true;
  if (carriesReduction(block, loop)) return false;
  const std::vector<LoopId> owners = loopsOfScope(program, allocationScope(program, block.output));
  if (!program.buffer(block.output).isArgument() && contains(owners, loop)) return true;
  return std::any_of(block.subscripts.begin(), block.subscripts.end(),
                     [&](const Expr& subscript) { return usesLoop(overLoops(block, subscript), loop); });
}

}  // namespace

int lanesOf(const Program& program, const Target& target, LoopId loop) {
  int widest = 4;
  for (const BlockId id : blocksBelow(program, loop)) {
    const Block& block = program.block(id);
    widest = std::max(widest, bytesOf(program.buffer(block.output).type));
    for (const BufferId read : buffersReadBy(block))
      widest = std::max(widest, bytesOf(program.buffer(read).type));
  }
  return std::max(2, target.lanes(widest));
}

std::vector<LoopId> loopsThatBecomeLanes(const Program& program) {
  std::vector<LoopId> lanes;
  for (const LoopId loop : loopsOf(program)) {
    if (program.loop(loop).kind != LoopKind::Vectorized || program.loop(loop).extent == 1) continue;
    const std::vector<LoopId> around = loopsAround(program, loop);
    const std::vector<LoopId> inside = loopsBelow(program, loop);
    const std::vector<BlockId> blocks = blocksBelow(program, loop);
    if (std::none_of(around.begin(), around.end(), [&](LoopId outer) { return contains(lanes, outer); }) &&
        std::none_of(inside.begin(), inside.end(),
                     [&](LoopId inner) { return runsParallel(program, inner); }) &&
        (joinsLanes(program, loop) || std::all_of(blocks.begin(), blocks.end(), [&](BlockId block) {
           return differsInLanes(program, program.block(block), loop);
         }))) {
      lanes.push_back(loop);
    }
  }
  return lanes;
}

StoragePlan planStorage(const Program& program, const Target& target, const std::vector<LoopId>& vectorised) {
  StoragePlan plan;
  plan.buffers.resize(program.buffers.size());
  std::int64_t onStack = 0;
  for (std::uint32_t index = 0; index < program.buffers.size(); ++index) {
    const Buffer& buffer = program.buffers[index];
    Storage& storage = plan.buffers[index];
    storage.used = touched(program, BufferId{index});
    setRowMajor(storage, buffer.shape, 1);
    if (buffer.isArgument() || !storage.used) continue;

    storage.scope = allocationScope(program, BufferId{index});
    const std::vector<LoopId> loops = loopsOfScope(program, storage.scope);
    std::vector<std::int64_t> shape = buffer.shape;
    const auto lane =
        std::find_if(loops.begin(), loops.end(), [&](LoopId loop) { return contains(vectorised, loop); });
    if (lane != loops.end()) {
      storage.lanes = lanesOf(program, target, *lane);
    } else if (buffer.memory != MemoryKind::Workspace && !shape.empty()) {
      // Rows of whole vectors: the tail of a row can then be read and blended without touching the next row,
      // and LLVM can dissolve the buffer into vector registers.
      const int lanes = std::max(1, target.lanes(bytesOf(buffer.type)));
      const std::int64_t whole = roundUp(shape.back(), lanes);
      if (whole <= 2 * shape.back()) shape.back() = whole;
      if (buffer.memory == MemoryKind::Stack && rowsCompete(shape, bytesOf(buffer.type)))
        shape.back() += lanes;
    }
    setRowMajor(storage, shape, std::max(1, storage.lanes));

    const int widest = std::max(1, target.lanes(bytesOf(buffer.type)));
    const std::int64_t bytes = (storage.elements + widest) * bytesOf(buffer.type);
    const bool small = bytes <= kLargestStackBuffer && onStack + bytes <= 4 * kLargestStackBuffer;
    if (small && (buffer.memory != MemoryKind::Workspace || storage.lanes > 0)) {
      const bool tiny = bytes <= kLargestRegisterBuffer;
      storage.place = tiny && (buffer.memory == MemoryKind::Register || storage.lanes > 0) ? Place::Registers
                                                                                           : Place::Stack;
      storage.elements += widest;
      onStack += bytes;
      continue;
    }
    const bool ofThread =
        std::any_of(loops.begin(), loops.end(), [&](LoopId loop) { return runsParallel(program, loop); });
    storage.place = ofThread ? Place::ThreadWorkspace : Place::SharedWorkspace;
    std::int64_t& used = ofThread ? plan.workspaceBytesPerThread : plan.workspaceBytes;
    storage.offset = used;
    used += roundUp(storage.elements * bytesOf(buffer.type), kAlignment);
  }
  return plan;
}

}  // namespace espalier
