// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "program/interpreter.h"
#include "program/printer.h"
#include "program/verify.h"
#include "workload/workload.h"

namespace espalier::testing {

using Sizes = std::map<std::string, std::int64_t>;

/// Reads a kernel that must be right.
inline Workload readKernel(const std::string& text, const Sizes& sizes = {}, const std::string& kernel = {}) {
  auto workload = readWorkload({text, "test.tc", kernel, sizes, {}});
  EXPECT_TRUE(workload) << (workload ? "" : workload.error().text());
  if (!workload) return {};
  const auto broken = brokenInvariant(workload->program);
  EXPECT_FALSE(broken) << *broken << "\n" << print(workload->program);
  return std::move(*workload);
}

inline Tensor floats(std::vector<std::int64_t> shape, std::vector<double> values) {
  Tensor tensor = Tensor::zeros(DataType::Float32, std::move(shape));
  EXPECT_EQ(static_cast<std::size_t>(tensor.elements()), values.size());
  for (std::size_t i = 0; i < values.size(); ++i) tensor.set(static_cast<std::int64_t>(i), values[i]);
  return tensor;
}

/// Multiples of 1/8 between −1 and 1 that look irregular.
inline Tensor pattern(std::vector<std::int64_t> shape, std::int64_t seed = 1) {
  Tensor tensor = Tensor::zeros(DataType::Float32, std::move(shape));
  for (std::int64_t i = 0; i < tensor.elements(); ++i)
    tensor.set(i, static_cast<double>((i * 7 + seed * 5 + i * i % 11) % 17 - 8) / 8);
  return tensor;
}

/// Runs p0 on the inputs; outputs are filled with `before` first. The outputs, in order.
inline std::vector<Tensor> runKernel(const Workload& workload, std::vector<Tensor> inputs,
                                     double before = 0) {
  std::vector<Tensor> arguments = std::move(inputs);
  std::vector<std::size_t> outputs;
  const auto ids = argumentsOf(workload.program);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto& buffer = workload.program.buffer(ids[i]);
    if (buffer.role != BufferRole::Output && buffer.role != BufferRole::Accumulated) continue;
    outputs.push_back(i);
    arguments.push_back(Tensor::zeros(buffer.type, buffer.shape));
    for (std::int64_t k = 0; k < arguments.back().elements(); ++k) arguments.back().set(k, before);
  }
  EXPECT_EQ(arguments.size(), ids.size());
  interpret(workload.program, arguments);
  std::vector<Tensor> result;
  for (const std::size_t i : outputs) result.push_back(std::move(arguments[i]));
  return result;
}

inline std::vector<double> valuesOf(const Tensor& tensor) {
  std::vector<double> values;
  for (std::int64_t i = 0; i < tensor.elements(); ++i) values.push_back(tensor.at(i));
  return values;
}

}  // namespace espalier::testing
