// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "transform/placement.h"

#include <algorithm>

#include "program/analysis.h"
#include "transform/arguments.h"
#include "transform/editing.h"
#include "transform/legality.h"
#include "transform/region.h"

namespace espalier {

std::optional<std::vector<std::size_t>> plainAxes(const std::vector<Expr>& subscripts) {
  std::vector<std::size_t> axes;
  for (const Expr& subscript : subscripts) {
    if (subscript.kind() != ExprKind::AxisVar) return std::nullopt;
    if (std::find(axes.begin(), axes.end(), subscript.axis()) != axes.end()) return std::nullopt;
    axes.push_back(subscript.axis());
  }
  return axes;
}

std::vector<LoopId> commonLoops(const std::vector<LoopId>& left, const std::vector<LoopId>& right) {
  std::vector<LoopId> common;
  for (std::size_t i = 0; i < left.size() && i < right.size() && left[i] == right[i]; ++i)
    common.push_back(left[i]);
  return common;
}

NodeRef movableNode(const Program& program, BlockId block) {
  const std::optional<LoopId> own = ownNest(program, block);
  return own ? NodeRef(*own) : NodeRef(block);
}

std::optional<Refusal> missingInput(const Program& program, const Step& step, BlockId id,
                                    const std::vector<LoopId>& target, const std::vector<BufferId>& exempt) {
  const std::vector<LoopId> around = loopsAround(program, id);
  for (const BufferId buffer : buffersReadBy(program.block(id))) {
    if (std::find(exempt.begin(), exempt.end(), buffer) != exempt.end()) continue;
    for (const BlockId writer : writersOf(program, buffer)) {
      const std::string names = "block " + program.block(writer).name + " writes " +
                                program.buffer(buffer).name + ", which block " + program.block(id).name +
                                " reads,";
      if (positionOf(program, writer) >= positionOf(program, id))
        return Refusal{"input-not-ready", about(step) + names + " only after it.",
                       "Move " + program.block(writer).name + " first."};
      const std::vector<LoopId> shared = commonLoops(loopsAround(program, writer), around);
      if (commonLoops(shared, target).size() == shared.size()) continue;
      return Refusal{"input-not-there",
                     about(step) + names + " inside loop " + program.loop(shared.back()).name +
                         ", which does not surround the new place.",
                     "Move the block within " + program.loop(shared.back()).name + " only."};
    }
  }
  return std::nullopt;
}

std::optional<Refusal> outputTied(const Program& program, const Step& step, BlockId block,
                                  const std::vector<LoopId>& target) {
  const BufferId output = program.block(block).output;
  if (program.buffer(output).isArgument()) return std::nullopt;
  const std::optional<LoopId> scope = allocationScope(program, output);
  if (!scope || std::find(target.begin(), target.end(), *scope) != target.end()) return std::nullopt;
  return Refusal{"output-tied",
                 about(step) + program.buffer(output).name + ", which block " + program.block(block).name +
                     " writes, lives inside loop " + program.loop(*scope).name + ".",
                 "Move the block before caching or moving its consumers."};
}

bool coversAxis(const Program& program, const Block& block, std::size_t axis) {
  AffineForm form = affineForm(block.bindings[axis]);
  std::sort(form.terms.begin(), form.terms.end(),
            [](const auto& a, const auto& b) { return a.coefficient < b.coefficient; });
  if (form.constant != 0) return false;
  std::int64_t reached = 1;
  for (const auto& [atom, coefficient] : form.terms) {
    const Interval range = intervalOf(program, atom);
    if (coefficient < 1 || coefficient > reached || range.low != 0) return false;
    reached += coefficient * range.high;
  }
  return reached >= block.axes[axis].extent;
}

bool runsOverItsAxes(const Program& program, const Block& block) {
  double points = 1;
  double iterations = 1;
  std::vector<LoopId> counted;
  for (std::size_t i = 0; i < block.axes.size(); ++i) {
    if (!coversAxis(program, block, i)) return false;
    points *= static_cast<double>(block.axes[i].extent);
    forEach(block.bindings[i], [&](const Expr& part) {
      if (part.kind() != ExprKind::LoopVar ||
          std::find(counted.begin(), counted.end(), part.loop()) != counted.end())
        return;
      counted.push_back(part.loop());
      iterations *= static_cast<double>(program.loop(part.loop()).extent);
    });
  }
  // Axes that share a loop may each take all their values and yet not all pairs of them.
  if (iterations < points) return false;
  return std::all_of(block.guards.begin(), block.guards.end(), [&](const Guard& guard) {
    for (std::size_t i = 0; i < block.axes.size(); ++i)
      if (implies(program, {block.bindings[i], block.axes[i].extent}, guard)) return true;
    return false;
  });
}

void compact(Program& program, BufferId id) {
  if (program.buffer(id).isArgument()) return;
  const std::optional<LoopId> scope = allocationScope(program, id);
  if (!scope) return;
  std::vector<std::vector<Expr>> touched;
  for (const Access& access : accessesOf(program, blocksBelow(program, *scope)))
    if (access.buffer == id) touched.push_back(access.subscripts);
  const Region region = regionOf(program, id, touched, loopsBelow(program, *scope));
  if (region.extent == program.buffer(id).shape) return;
  Program changed = program;
  for (const BlockId block : blocksBelow(program, *scope)) {
    const bool writes = program.block(block).output == id;
    if (!writes && loadsOf(program, block, id).empty()) continue;
    std::vector<Expr> bases;
    for (std::size_t d = 0; d < region.base.size(); ++d) {
      auto base = overAxes(changed, block, region.base[d], "base" + std::to_string(d));
      if (!base) return;
      bases.push_back(*std::move(base));
    }
    const auto relative = [&](const std::vector<Expr>& subscripts) {
      std::vector<Expr> result;
      for (std::size_t d = 0; d < subscripts.size(); ++d) result.push_back(subscripts[d] - bases[d]);
      return result;
    };
    redirectLoads(changed, block, id, id, relative);
    if (!writes) continue;
    // A base that runs through a reduction loop cannot be part of where a block writes.
    Block& writer = changed.block(block);
    for (const Expr& base : bases)
      if (any(base, [&](const Expr& part) {
            return part.kind() == ExprKind::AxisVar && writer.axes[part.axis()].kind == AxisKind::Reduction;
          }))
        return;
    writer.subscripts = relative(writer.subscripts);
  }
  Buffer& buffer = changed.buffer(id);
  buffer.shape = region.extent;
  if (buffer.memory == MemoryKind::Workspace && buffer.bytes() <= kLargestStackBytes)
    buffer.memory = MemoryKind::Stack;
  program = std::move(changed);
}

LoopId axisLoop(Program& program, const std::string& axis, const std::string& block, std::int64_t extent,
                std::vector<std::string>& taken) {
  Loop loop;
  loop.name = program.freshLoopName(axis + "_" + block);
  while (std::find(taken.begin(), taken.end(), loop.name) != taken.end())
    loop.name = program.freshLoopName(loop.name + "_" + block);
  taken.push_back(loop.name);
  loop.extent = extent;
  return program.add(std::move(loop));
}

}  // namespace espalier
