// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "program/program.h"

namespace espalier {

/// Dense row-major content of a buffer in its *logical* shape.
struct Tensor {
  DataType type = DataType::Float32;
  std::vector<std::int64_t> shape;
  std::variant<std::vector<float>, std::vector<double>, std::vector<std::int32_t>> data;

  static Tensor zeros(DataType type, std::vector<std::int64_t> shape);
  [[nodiscard]] std::int64_t elements() const;
  [[nodiscard]] double at(std::int64_t flat) const;
  void set(std::int64_t flat, double value);
  [[nodiscard]] const void* bytes() const;
  [[nodiscard]] void* bytes();
  [[nodiscard]] std::size_t byteCount() const;
};

/// Runs the program as it stands, loop by loop, one block instance at a time, every operation in the type it has. It is the
/// meaning of a program: slow, and simple enough to be obviously right. `arguments` are in the order of the
/// program's argument buffers (all roles but Intermediate); those written are changed. Constants are given in their logical shape
/// and packed first. Throws std::out_of_range on a subscript outside its buffer and std::logic_error on reading an element of an
/// intermediate or output that was never written: both are bugs of a transformation.
void interpret(const Program& program, std::vector<Tensor>& arguments);

/// Argument buffers in order.
[[nodiscard]] std::vector<BufferId> argumentsOf(const Program& program);
/// The shape that the outside sees (Packing::logicalShape, or the shape itself).
[[nodiscard]] const std::vector<std::int64_t>& logicalShape(const Buffer& buffer);

}  // namespace espalier
