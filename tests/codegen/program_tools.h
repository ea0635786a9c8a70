// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "program/program.h"

/// Scheduling by hand, without legality checks: tests of codegen do not depend on the transformations.
namespace espalier::testing {

/// The loop becomes name.0 (outer) and name.1 (inner, `factor` iterations), with a guard where that does not
/// divide.
std::pair<LoopId, LoopId> split(Program& program, LoopId loop, std::int64_t factor);
/// The perfect nest below the first of `loops` gets this order, outermost first. All loops of the nest are
/// named.
void reorder(Program& program, const std::vector<LoopId>& loops);
/// One loop `name` over both, the second of which is all that is below the first.
LoopId fuse(Program& program, LoopId outer, LoopId inner, const std::string& name);
void setKind(Program& program, LoopId loop, LoopKind kind);
[[nodiscard]] LoopId loopNamed(const Program& program, const std::string& name);

/// C(m, n) of `type` with a combiner over k of A(m, k) and B(k, n), loops m, n, k.
Program matmul(std::int64_t rows, std::int64_t columns, std::int64_t depth, DataType type = DataType::Float32,
               Combiner combiner = Combiner::Sum);

struct Tile {
  std::int64_t rows = 6;
  std::int64_t columns = 64;
};
/// matmul split into tiles, m.0 n.0 k (m.1 n.1), with an accumulator per tile in registers: rows unrolled,
/// columns vectorised, and a write-back after k.
Program tiledMatmul(std::int64_t rows, std::int64_t columns, std::int64_t depth, Tile tile,
                    DataType type = DataType::Float32);

/// A program of one block over a nest of loops, out[i, j, …] = value(i, j, …); `inputs` are all float32
/// unless given otherwise.
struct Elementwise {
  Program program;
  std::vector<LoopId> loops;
  BlockId block;
};
Elementwise elementwise(const std::vector<std::int64_t>& shape, std::vector<Buffer> inputs,
                        DataType outputType);

}  // namespace espalier::testing
