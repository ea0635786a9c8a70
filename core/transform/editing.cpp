// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "transform/editing.h"

#include <algorithm>

#include "program/analysis.h"

namespace espalier {
namespace {

std::string axisName(const Block& block, std::string_view wish) {
  std::string name(wish);
  const auto taken = [&] {
    return std::any_of(block.axes.begin(), block.axes.end(),
                       [&](const Axis& axis) { return axis.name == name; });
  };
  for (int suffix = 1; taken(); ++suffix) name = std::string(wish) + "_" + std::to_string(suffix);
  return name;
}

}  // namespace

bool implies(const Program& program, const Guard& known, const Guard& guard) {
  // Some positive c has c·guard.value ≤ known.value always.
  const AffineForm strong = affineForm(known.value);
  for (const auto& [atom, coefficient] : affineForm(guard.value).terms) {
    const std::int64_t scaled = strong.coefficientOf(atom);
    if (coefficient <= 0 || scaled < coefficient) continue;
    const std::int64_t factor = scaled / coefficient;
    if (intervalOf(program, known.value - guard.value * Expr(factor)).low < 0) continue;
    if (floorDiv(Expr(known.limit - 1), Expr(factor)).integerValue() < guard.limit) return true;
  }
  return false;
}

void replaceLoopVariables(Program& program, const std::vector<BlockId>& blocks,
                          const std::function<Expr(LoopId)>& with) {
  for (const BlockId id : blocks) {
    Block& block = program.block(id);
    for (Expr& binding : block.bindings) binding = substituteLoops(binding, with);
    for (Guard& guard : block.guards) guard.value = substituteLoops(guard.value, with);
    tidy(program, id);
  }
}

void tidy(Program& program, BlockId id) {
  Block& block = program.block(id);
  for (Expr& binding : block.bindings) binding = simplify(program, binding);
  std::vector<Guard> kept;
  for (const Guard& guard : block.guards) {
    const Guard canonical{simplify(program, guard.value), guard.limit};
    if (intervalOf(program, canonical.value).high < canonical.limit) continue;
    if (std::any_of(kept.begin(), kept.end(),
                    [&](const Guard& other) { return implies(program, other, canonical); }))
      continue;
    std::erase_if(kept, [&](const Guard& other) { return implies(program, canonical, other); });
    kept.push_back(canonical);
  }
  block.guards = std::move(kept);
}

void replaceNode(Program& program, NodeRef old, NodeRef with) {
  std::vector<NodeRef>& siblings = siblingsOf(program, old);
  siblings[indexIn(siblings, old)] = with;
}

void insertBefore(Program& program, NodeRef anchor, NodeRef node) {
  std::vector<NodeRef>& siblings = siblingsOf(program, anchor);
  siblings.insert(siblings.begin() + static_cast<std::ptrdiff_t>(indexIn(siblings, anchor)), node);
}

void insertAfter(Program& program, NodeRef anchor, NodeRef node) {
  std::vector<NodeRef>& siblings = siblingsOf(program, anchor);
  siblings.insert(siblings.begin() + static_cast<std::ptrdiff_t>(indexIn(siblings, anchor)) + 1, node);
}

void removeNode(Program& program, NodeRef node) {
  const std::optional<LoopId> parent = parentOf(program, node);
  std::vector<NodeRef>& siblings = parent ? program.loop(*parent).body : program.roots;
  if (parent && siblings.size() == 1) return removeNode(program, *parent);
  siblings.erase(siblings.begin() + static_cast<std::ptrdiff_t>(indexIn(siblings, node)));
}

NodeRef nest(Program& program, const std::vector<LoopId>& loops, NodeRef inner) {
  for (auto loop = loops.rbegin(); loop != loops.rend(); ++loop) {
    program.loop(*loop).body = {inner};
    inner = *loop;
  }
  return inner;
}

std::vector<LoopId> splitLoop(Program& program, LoopId loop, const std::vector<std::int64_t>& factors) {
  const std::string name = program.loop(loop).name;
  const std::int64_t extent = program.loop(loop).extent;
  const std::vector<BlockId> blocks = blocksBelow(program, loop);
  std::vector<LoopId> parts;
  Expr value = 0;
  std::int64_t product = 1;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    Loop part;
    part.name = program.freshLoopName(name + "." + std::to_string(i));
    part.extent = factors[i];
    parts.push_back(program.add(std::move(part)));
    value = value * Expr(factors[i]) + Expr::loopVar(parts.back());
    product *= factors[i];
  }
  replaceNode(program, loop, parts.front());
  std::vector<NodeRef> body = program.loop(loop).body;
  nest(program, std::vector<LoopId>(parts.begin(), parts.end() - 1), parts.back());
  program.loop(parts.back()).body = std::move(body);
  if (product > extent)
    for (const BlockId block : blocks) program.block(block).guards.push_back({value, extent});
  replaceLoopVariables(program, blocks, [&](LoopId id) { return id == loop ? value : Expr(); });
  return parts;
}

LoopId fuseLoops(Program& program, const std::vector<LoopId>& loops) {
  Loop fused;
  std::string name;
  fused.extent = 1;
  for (const LoopId loop : loops) {
    name += (name.empty() ? "" : "_") + program.loop(loop).name;
    fused.extent *= program.loop(loop).extent;
  }
  fused.name = program.freshLoopName(name);
  fused.body = program.loop(loops.back()).body;
  const std::vector<BlockId> blocks = blocksBelow(program, loops.front());
  const LoopId id = program.add(std::move(fused));
  replaceNode(program, loops.front(), id);
  std::vector<Expr> values(loops.size());
  std::int64_t stride = 1;
  for (std::size_t i = loops.size(); i-- > 0;) {
    const std::int64_t extent = program.loop(loops[i]).extent;
    values[i] = floorDiv(Expr::loopVar(id), stride);
    if (i > 0) values[i] = floorMod(values[i], extent);
    stride *= extent;
  }
  replaceLoopVariables(program, blocks, [&](LoopId loop) {
    const auto found = std::find(loops.begin(), loops.end(), loop);
    return found == loops.end() ? Expr() : values[static_cast<std::size_t>(found - loops.begin())];
  });
  return id;
}

void permuteChain(Program& program, const std::vector<LoopId>& chain, const std::vector<LoopId>& wanted) {
  std::vector<NodeRef> body = program.loop(chain.back()).body;
  replaceNode(program, chain.front(), wanted.front());
  nest(program, std::vector<LoopId>(wanted.begin(), wanted.end() - 1), wanted.back());
  program.loop(wanted.back()).body = std::move(body);
}

Expr Mirror::operator()(LoopId original) const {
  const auto found = std::find(originals.begin(), originals.end(), original);
  if (found == originals.end()) return {};
  return Expr::loopVar(copies[static_cast<std::size_t>(found - originals.begin())]);
}

Mirror mirrorLoops(Program& program, const std::vector<LoopId>& loops, std::string_view suffix,
                   bool keepKinds) {
  Mirror mirror;
  std::vector<std::string> names;
  for (const LoopId original : loops) {
    Loop copy;
    // The copies do not hang in the tree yet, so two of them could get one name.
    copy.name = program.freshLoopName(program.loop(original).name + std::string(suffix));
    while (std::find(names.begin(), names.end(), copy.name) != names.end())
      copy.name = program.freshLoopName(copy.name + std::string(suffix));
    names.push_back(copy.name);
    copy.extent = program.loop(original).extent;
    if (keepKinds) copy.kind = program.loop(original).kind;
    mirror.originals.push_back(original);
    mirror.copies.push_back(program.add(std::move(copy)));
  }
  return mirror;
}

std::size_t axisFor(Program& program, BlockId id, AxisKind kind, const Expr& binding, std::string_view name) {
  Block& block = program.block(id);
  const Expr canonical = simplify(program, binding);
  for (std::size_t i = 0; i < block.axes.size(); ++i)
    if (block.axes[i].kind == kind && equal(block.bindings[i], canonical)) return i;
  Axis axis;
  axis.name = axisName(block, name);
  axis.kind = kind;
  axis.extent = intervalOf(program, canonical).high + 1;
  block.axes.push_back(std::move(axis));
  block.bindings.push_back(canonical);
  return block.axes.size() - 1;
}

void dropUnusedAxes(Program& program, BlockId id) {
  Block& block = program.block(id);
  std::vector<bool> used(block.axes.size(), false);
  const auto mark = [&](const Expr& expr) {
    forEach(expr, [&](const Expr& part) {
      if (part.kind() == ExprKind::AxisVar) used[part.axis()] = true;
    });
  };
  mark(block.value);
  for (const Expr& subscript : block.subscripts) mark(subscript);
  std::vector<Expr> places(block.axes.size());
  std::vector<Axis> axes;
  std::vector<Expr> bindings;
  for (std::size_t i = 0; i < block.axes.size(); ++i) {
    if (!used[i] && block.axes[i].kind == AxisKind::Spatial) continue;
    places[i] = Expr::axisVar(axes.size());
    axes.push_back(block.axes[i]);
    bindings.push_back(block.bindings[i]);
  }
  block.axes = std::move(axes);
  block.bindings = std::move(bindings);
  block.value = substituteAxes(block.value, places);
  for (Expr& subscript : block.subscripts) subscript = substituteAxes(subscript, places);
}

}  // namespace espalier
