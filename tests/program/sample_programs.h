// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "program/program.h"

namespace espalier::testing {

/// C(m, n) +=! A(m, k) * B(k, n) as three plain loops m, n, k around block C.
inline Program matmul(std::int64_t rows, std::int64_t columns, std::int64_t depth) {
  Program program;
  program.name = "matmul";
  const BufferId a = program.add(Buffer{"A", DataType::Float32, {rows, depth}, BufferRole::Input, {}, {}});
  const BufferId b = program.add(Buffer{"B", DataType::Float32, {depth, columns}, BufferRole::Input, {}, {}});
  const BufferId c = program.add(Buffer{"C", DataType::Float32, {rows, columns}, BufferRole::Output, {}, {}});
  const LoopId m = program.add(Loop{"m", rows, LoopKind::Serial, {}});
  const LoopId n = program.add(Loop{"n", columns, LoopKind::Serial, {}});
  const LoopId k = program.add(Loop{"k", depth, LoopKind::Serial, {}});
  Block block;
  block.name = "C";
  block.axes = {{"m", rows, AxisKind::Spatial}, {"n", columns, AxisKind::Spatial}, {"k", depth, AxisKind::Reduction}};
  block.bindings = {Expr::loopVar(m), Expr::loopVar(n), Expr::loopVar(k)};
  block.output = c;
  block.subscripts = {Expr::axisVar(0), Expr::axisVar(1)};
  block.combiner = Combiner::Sum;
  block.initialises = true;
  block.value = Expr::load(a, DataType::Float32, {Expr::axisVar(0), Expr::axisVar(2)}) *
                Expr::load(b, DataType::Float32, {Expr::axisVar(2), Expr::axisVar(1)});
  const BlockId id = program.add(std::move(block));
  program.loop(k).body = {id};
  program.loop(n).body = {k};
  program.loop(m).body = {n};
  program.roots = {m};
  return program;
}

}  // namespace espalier::testing
