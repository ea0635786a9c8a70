// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "codegen/packing.h"

#include <string>
#include <utility>

namespace espalier {

Program packingProgram(const Buffer& constant) {
  const Packing& packing = constant.packing.value();
  Program program;
  program.name = "pack_" + constant.name;
  const BufferId logical = program.add(
      Buffer{"logical", constant.type, packing.logicalShape, BufferRole::Input, MemoryKind::Workspace, {}});
  const BufferId packed = program.add(
      Buffer{"packed", constant.type, constant.shape, BufferRole::Output, MemoryKind::Workspace, {}});

  Block block;
  block.name = program.name;
  block.output = packed;
  std::vector<LoopId> loops;
  for (std::size_t i = 0; i < constant.shape.size(); ++i) {
    const std::string name = "d" + std::to_string(i);
    loops.push_back(program.add(Loop{name, constant.shape[i], LoopKind::Serial, {}}));
    block.axes.push_back({name, constant.shape[i], AxisKind::Spatial});
    block.bindings.push_back(Expr::loopVar(loops.back()));
    block.subscripts.push_back(Expr::axisVar(i));
  }
  // Padding reads some element inside and drops it: both sides of a select are evaluated.
  Expr inside = Expr::boolean(true);
  std::vector<Expr> subscripts;
  for (std::size_t i = 0; i < packing.logicalSubscripts.size(); ++i) {
    const Expr& subscript = packing.logicalSubscripts[i];
    const Expr last(packing.logicalShape[i] - 1);
    inside = Expr::binary(ExprKind::And, inside,
                          Expr::binary(ExprKind::And, Expr::binary(ExprKind::LessEqual, Expr(0), subscript),
                                       Expr::binary(ExprKind::LessEqual, subscript, last)));
    subscripts.push_back(maximum(Expr(0), minimum(subscript, last)));
  }
  const Expr zero = isFloat(constant.type) ? Expr::real(0, constant.type) : Expr::integer(0, constant.type);
  block.value = Expr::select(inside, Expr::load(logical, constant.type, std::move(subscripts)), zero);

  NodeRef nest = program.add(std::move(block));
  for (auto loop = loops.rbegin(); loop != loops.rend(); ++loop) {
    program.loop(*loop).body.push_back(nest);
    nest = *loop;
  }
  program.roots.push_back(nest);
  return program;
}

}  // namespace espalier
