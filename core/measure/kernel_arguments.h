// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "program/interpreter.h"
#include "program/program.h"

namespace espalier {

/// How the worker fills a tensor; the same everywhere for the same values here.
struct ExactFill {
  std::uint64_t seed = 0;
  int bits = 3;  ///< multiples of 2^−bits in [−1, 1]
};
struct UniformFill {
  std::uint64_t seed = 0;
  double low = -1;
  double high = 1;
};
struct IntegerFill {
  std::uint64_t seed = 0;
  std::int64_t low = 0;
  std::int64_t high = 0;  ///< included
};
/// Content given by the client.
struct GivenFill {
  Tensor tensor;
};
using Fill = std::variant<ExactFill, UniformFill, IntegerFill, GivenFill>;

enum class Access : std::uint8_t { Read, Write, Update };

/// An argument of a kernel as the outside sees it.
struct KernelArgument {
  std::string name;
  DataType type = DataType::Float32;
  std::vector<std::int64_t> shape;  ///< logical
  Access access = Access::Read;
  /// For an int32 input: values 0 … indexBound − 1 are safe wherever it is used as a subscript; 0 = it is not
  /// one.
  std::int64_t indexBound = 0;

  [[nodiscard]] std::int64_t elements() const;
  [[nodiscard]] std::int64_t bytes() const { return elements() * bytesOf(type); }
};

/// The arguments in program order (the order of argumentsOf).
[[nodiscard]] std::vector<KernelArgument> kernelArguments(const Program& program);

/// Contents for all arguments, under a name by which the worker keeps them.
struct InputSet {
  std::string name;
  std::vector<Fill> fills;  ///< one an argument; not looked at for Access::Write
};

/// The value that element `index` of a tensor gets; ExactFill and UniformFill values are float32 whatever the
/// tensor.
[[nodiscard]] double filledValue(const ExactFill& fill, std::int64_t index);
[[nodiscard]] double filledValue(const UniformFill& fill, std::int64_t index);
[[nodiscard]] std::int64_t filledValue(const IntegerFill& fill, std::int64_t index);

}  // namespace espalier
