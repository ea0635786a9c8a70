// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "program/program.h"

namespace espalier::testing {

/// A loop of a matmul nest: moves axis 0 (m), 1 (n) or 2 (k) by `scale` a step.
struct NestLoop {
  std::string name;
  std::int64_t extent;
  LoopKind kind;
  std::size_t axis;
  std::int64_t scale;
};

/// C(m,n) +=! A(m,k) * B(k,n) under the given loops, outermost first. With `tileFrom` < loops.size() the
/// spatial loops from there on fill a register tile that is written back at that place.
inline Program matmulNest(std::int64_t m, std::int64_t n, std::int64_t k, const std::vector<NestLoop>& loops,
                          std::size_t tileFrom = ~std::size_t{0}) {
  Program program;
  program.name = "matmul";
  const BufferId a = program.add(Buffer{"A", DataType::Float32, {m, k}, BufferRole::Input, {}, {}});
  const BufferId b = program.add(Buffer{"B", DataType::Float32, {k, n}, BufferRole::Input, {}, {}});
  const BufferId c = program.add(Buffer{"C", DataType::Float32, {m, n}, BufferRole::Output, {}, {}});
  Block block;
  block.name = "C";
  block.axes = {{"m", m, AxisKind::Spatial}, {"n", n, AxisKind::Spatial}, {"k", k, AxisKind::Reduction}};
  block.combiner = Combiner::Sum;
  block.initialises = true;
  block.value =
      Expr::binary(ExprKind::Mul, Expr::load(a, DataType::Float32, {Expr::axisVar(0), Expr::axisVar(2)}),
                   Expr::load(b, DataType::Float32, {Expr::axisVar(2), Expr::axisVar(1)}));
  block.bindings = {Expr(0), Expr(0), Expr(0)};
  block.output = c;
  block.subscripts = {Expr::axisVar(0), Expr::axisVar(1)};

  const bool tiled = tileFrom < loops.size();
  Expr tileSubscript[2] = {Expr(0), Expr(0)};
  std::int64_t tileExtent[2] = {1, 1};
  std::vector<LoopId> ids;
  for (std::size_t l = 0; l < loops.size(); ++l) {
    const NestLoop& loop = loops[l];
    ids.push_back(program.add(Loop{loop.name, loop.extent, loop.kind, {}}));
    block.bindings[loop.axis] = block.bindings[loop.axis] + Expr::loopVar(ids.back()) * Expr(loop.scale);
    if (tiled && l >= tileFrom && loop.axis < 2) {
      tileSubscript[loop.axis] = tileSubscript[loop.axis] + Expr::loopVar(ids.back()) * Expr(loop.scale);
      tileExtent[loop.axis] = std::max(tileExtent[loop.axis], loop.extent * loop.scale);
    }
  }
  BlockId writeBack{};
  std::vector<LoopId> writeLoops;
  if (tiled) {
    const BufferId tile = program.add(Buffer{"C_tile",
                                             DataType::Float32,
                                             {tileExtent[0], tileExtent[1]},
                                             BufferRole::Intermediate,
                                             MemoryKind::Register,
                                             {}});
    Block copy;
    copy.name = "C_write";
    copy.axes = {block.axes[0],
                 block.axes[1],
                 {"mt", tileExtent[0], AxisKind::Spatial},
                 {"nt", tileExtent[1], AxisKind::Spatial}};
    copy.output = c;
    copy.subscripts = {Expr::axisVar(0), Expr::axisVar(1)};
    copy.value = Expr::load(tile, DataType::Float32, {Expr::axisVar(2), Expr::axisVar(3)});
    copy.bindings = {block.bindings[0], block.bindings[1], tileSubscript[0], tileSubscript[1]};
    for (std::size_t l = tileFrom; l < loops.size(); ++l) {
      if (loops[l].axis == 2) continue;
      writeLoops.push_back(program.add(Loop{loops[l].name + "_w", loops[l].extent, loops[l].kind, {}}));
      const LoopId from = ids[l];
      const LoopId to = writeLoops.back();
      for (Expr& binding : copy.bindings)
        binding =
            substituteLoops(binding, [&](LoopId loop) { return loop == from ? Expr::loopVar(to) : Expr(); });
    }
    writeBack = program.add(std::move(copy));
    block.axes.push_back({"mt", tileExtent[0], AxisKind::Spatial});
    block.axes.push_back({"nt", tileExtent[1], AxisKind::Spatial});
    block.bindings.push_back(tileSubscript[0]);
    block.bindings.push_back(tileSubscript[1]);
    block.output = tile;
    block.subscripts = {Expr::axisVar(3), Expr::axisVar(4)};
  }
  const BlockId work = program.add(std::move(block));
  std::vector<NodeRef>* place = &program.roots;
  for (std::size_t l = 0; l < ids.size(); ++l) {
    if (tiled && l == tileFrom) {
      std::vector<NodeRef>* writePlace = nullptr;
      place->push_back(ids[l]);
      for (std::size_t w = 0; w < writeLoops.size(); ++w) {
        if (w == 0)
          place->push_back(writeLoops[w]);
        else
          writePlace->push_back(writeLoops[w]);
        writePlace = &program.loop(writeLoops[w]).body;
      }
      writePlace->push_back(writeBack);
    } else {
      place->push_back(ids[l]);
    }
    place = &program.loop(ids[l]).body;
  }
  place->push_back(work);
  return program;
}

/// The nest of every good matmul: cache tiles outside, a register tile of `rows` × `columns` inside, `depth`
/// steps of k between them.
inline Program tiledMatmul(std::int64_t m, std::int64_t n, std::int64_t k, std::int64_t rows,
                           std::int64_t columns, LoopKind outer = LoopKind::Serial) {
  return matmulNest(m, n, k,
                    {{"n.0", n / columns, outer, 1, columns},
                     {"m.0", m / rows, LoopKind::Serial, 0, rows},
                     {"k", k, LoopKind::Serial, 2, 1},
                     {"m.1", rows, LoopKind::Unrolled, 0, 1},
                     {"n.1", columns, LoopKind::Vectorized, 1, 1}},
                    2);
}

}  // namespace espalier::testing
