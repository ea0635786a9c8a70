// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "codegen/program_tools.h"

#include "program/analysis.h"

namespace espalier::testing {

std::pair<LoopId, LoopId> split(Program& program, LoopId loop, std::int64_t factor) {
  const std::int64_t extent = program.loop(loop).extent;
  const std::string name = program.loop(loop).name;
  const LoopKind kind = program.loop(loop).kind;
  const LoopId outer = program.add(Loop{name + ".0", (extent + factor - 1) / factor, kind, {}});
  const LoopId inner = program.add(Loop{name + ".1", factor, LoopKind::Serial, {}});
  const Expr value = Expr::loopVar(outer) * Expr(factor) + Expr::loopVar(inner);
  for (const BlockId id : blocksBelow(program, loop)) {
    Block& block = program.block(id);
    const auto replace = [&](LoopId id2) { return id2 == loop ? value : Expr(); };
    for (Expr& binding : block.bindings) binding = substituteLoops(binding, replace);
    for (Guard& guard : block.guards) guard.value = substituteLoops(guard.value, replace);
    if (extent % factor != 0) block.guards.push_back({value, extent});
  }
  std::vector<NodeRef>& siblings = siblingsOf(program, loop);
  siblings[indexIn(siblings, loop)] = outer;
  program.loop(inner).body = std::move(program.loop(loop).body);
  program.loop(loop).body.clear();
  program.loop(outer).body = {inner};
  return {outer, inner};
}

void reorder(Program& program, const std::vector<LoopId>& loops) {
  const auto inNest = [&](LoopId loop) {
    for (const LoopId other : loops)
      if (other == loop) return true;
    return false;
  };
  LoopId top = loops.front();
  for (std::optional<LoopId> parent = parentOf(program, top); parent && inNest(*parent);
       parent = parentOf(program, *parent))
    top = *parent;
  LoopId bottom = top;
  while (program.loop(bottom).body.size() == 1) {
    const LoopId* next = std::get_if<LoopId>(&program.loop(bottom).body.front());
    if (next == nullptr || !inNest(*next)) break;
    bottom = *next;
  }
  std::vector<NodeRef> body = program.loop(bottom).body;
  std::vector<NodeRef>& siblings = siblingsOf(program, top);
  siblings[indexIn(siblings, top)] = loops.front();
  for (std::size_t i = 0; i + 1 < loops.size(); ++i) program.loop(loops[i]).body = {loops[i + 1]};
  program.loop(loops.back()).body = std::move(body);
}

LoopId fuse(Program& program, LoopId outer, LoopId inner, const std::string& name) {
  const std::int64_t extent = program.loop(inner).extent;
  const LoopId fused = program.add(Loop{name, program.loop(outer).extent * extent, LoopKind::Serial, {}});
  const auto replace = [&](LoopId loop) {
    if (loop == outer) return floorDiv(Expr::loopVar(fused), extent);
    return loop == inner ? floorMod(Expr::loopVar(fused), extent) : Expr();
  };
  for (const BlockId id : blocksBelow(program, inner)) {
    Block& block = program.block(id);
    for (Expr& binding : block.bindings) binding = substituteLoops(binding, replace);
    for (Guard& guard : block.guards) guard.value = substituteLoops(guard.value, replace);
  }
  std::vector<NodeRef>& siblings = siblingsOf(program, outer);
  siblings[indexIn(siblings, outer)] = fused;
  program.loop(fused).body = std::move(program.loop(inner).body);
  return fused;
}

void setKind(Program& program, LoopId loop, LoopKind kind) { program.loop(loop).kind = kind; }

LoopId loopNamed(const Program& program, const std::string& name) { return program.findLoop(name).value(); }

Program matmul(std::int64_t rows, std::int64_t columns, std::int64_t depth, DataType type,
               Combiner combiner) {
  Program program;
  program.name = "matmul";
  const BufferId a = program.add(Buffer{"A", type, {rows, depth}, BufferRole::Input, {}, {}});
  const BufferId b = program.add(Buffer{"B", type, {depth, columns}, BufferRole::Input, {}, {}});
  const BufferId c = program.add(Buffer{"C", type, {rows, columns}, BufferRole::Output, {}, {}});
  const LoopId m = program.add(Loop{"m", rows, LoopKind::Serial, {}});
  const LoopId n = program.add(Loop{"n", columns, LoopKind::Serial, {}});
  const LoopId k = program.add(Loop{"k", depth, LoopKind::Serial, {}});
  Block block;
  block.name = "C";
  block.axes = {
      {"m", rows, AxisKind::Spatial}, {"n", columns, AxisKind::Spatial}, {"k", depth, AxisKind::Reduction}};
  block.bindings = {Expr::loopVar(m), Expr::loopVar(n), Expr::loopVar(k)};
  block.output = c;
  block.subscripts = {Expr::axisVar(0), Expr::axisVar(1)};
  block.combiner = combiner;
  block.initialises = true;
  const Expr left = Expr::load(a, type, {Expr::axisVar(0), Expr::axisVar(2)});
  const Expr right = Expr::load(b, type, {Expr::axisVar(2), Expr::axisVar(1)});
  block.value = combiner == Combiner::Sum ? left * right : left + right;
  const BlockId id = program.add(std::move(block));
  program.loop(k).body = {id};
  program.loop(n).body = {k};
  program.loop(m).body = {n};
  program.roots = {m};
  return program;
}

Program tiledMatmul(std::int64_t rows, std::int64_t columns, std::int64_t depth, Tile tile, DataType type) {
  Program program = matmul(rows, columns, depth, type);
  const auto [m0, m1] = split(program, loopNamed(program, "m"), tile.rows);
  const auto [n0, n1] = split(program, loopNamed(program, "n"), tile.columns);
  const LoopId k = loopNamed(program, "k");
  reorder(program, {m0, n0, k, m1, n1});
  setKind(program, m1, LoopKind::Unrolled);
  setKind(program, n1, LoopKind::Vectorized);

  const BlockId update = program.findBlock("C").value();
  const BufferId output = program.block(update).output;
  const BufferId accumulator = program.add(
      Buffer{"acc", type, {tile.rows, tile.columns}, BufferRole::Intermediate, MemoryKind::Register, {}});
  const LoopId i = program.add(Loop{"m.2", tile.rows, LoopKind::Unrolled, {}});
  const LoopId j = program.add(Loop{"n.2", tile.columns, LoopKind::Vectorized, {}});
  // Subscripts of the accumulator are those inside the tile.
  Block& block = program.block(update);
  block.axes.push_back({"mi", tile.rows, AxisKind::Spatial});
  block.axes.push_back({"ni", tile.columns, AxisKind::Spatial});
  block.bindings.push_back(Expr::loopVar(m1));
  block.bindings.push_back(Expr::loopVar(n1));
  block.output = accumulator;
  block.subscripts = {Expr::axisVar(3), Expr::axisVar(4)};

  Block write;
  write.name = "C.write";
  write.axes = {{"m", rows, AxisKind::Spatial},
                {"n", columns, AxisKind::Spatial},
                {"mi", tile.rows, AxisKind::Spatial},
                {"ni", tile.columns, AxisKind::Spatial}};
  const Expr row = Expr::loopVar(m0) * Expr(tile.rows) + Expr::loopVar(i);
  const Expr column = Expr::loopVar(n0) * Expr(tile.columns) + Expr::loopVar(j);
  write.bindings = {row, column, Expr::loopVar(i), Expr::loopVar(j)};
  if (rows % tile.rows != 0) write.guards.push_back({row, rows});
  if (columns % tile.columns != 0) write.guards.push_back({column, columns});
  write.output = output;
  write.subscripts = {Expr::axisVar(0), Expr::axisVar(1)};
  write.value = Expr::load(accumulator, type, {Expr::axisVar(2), Expr::axisVar(3)});
  const BlockId writeBack = program.add(std::move(write));
  program.loop(j).body = {writeBack};
  program.loop(i).body = {j};
  program.loop(n0).body.push_back(i);
  return program;
}

Elementwise elementwise(const std::vector<std::int64_t>& shape, std::vector<Buffer> inputs,
                        DataType outputType) {
  Elementwise result;
  Program& program = result.program;
  program.name = "elementwise";
  for (Buffer& input : inputs) program.add(std::move(input));
  Block block;
  block.name = "out";
  block.output = program.add(Buffer{"out", outputType, shape, BufferRole::Output, {}, {}});
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const std::string name = std::string(1, static_cast<char>('i' + i));
    result.loops.push_back(program.add(Loop{name, shape[i], LoopKind::Serial, {}}));
    block.axes.push_back({name, shape[i], AxisKind::Spatial});
    block.bindings.push_back(Expr::loopVar(result.loops.back()));
    block.subscripts.push_back(Expr::axisVar(i));
  }
  result.block = program.add(std::move(block));
  NodeRef nest = result.block;
  for (auto loop = result.loops.rbegin(); loop != result.loops.rend(); ++loop) {
    program.loop(*loop).body = {nest};
    nest = *loop;
  }
  program.roots = {nest};
  return result;
}

}  // namespace espalier::testing
