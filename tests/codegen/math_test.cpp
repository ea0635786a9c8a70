// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Accuracy of the vector functions against the C library in double (float32) and in long double (float64).
#include <bit>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "codegen/compiler.h"
#include "codegen/kernel_runner.h"
#include "codegen/program_tools.h"
#include "support/random.h"

namespace espalier::testing {
namespace {

long double reference(Function function, long double x) {
  switch (function) {
    case Function::Exp: return std::exp(x);
    case Function::Log: return std::log(x);
    case Function::Tanh: return std::tanh(x);
    case Function::Sqrt: return std::sqrt(x);
    case Function::Rsqrt: return 1 / std::sqrt(x);
    case Function::Abs: return std::fabs(x);
    case Function::Sin: return std::sin(x);
    case Function::Cos: return std::cos(x);
    case Function::Erf: return std::erf(x);
    case Function::Sigmoid: return 1 / (1 + std::exp(-x));
    case Function::Floor: return std::floor(x);
    case Function::Ceil: return std::ceil(x);
    case Function::Pow: break;
  }
  ADD_FAILURE() << "no reference for " << nameOf(function);
  return 0;
}

/// out = function(A), vectorised.
Program functionKernel(Function function, std::int64_t size, DataType type) {
  Elementwise kernel =
      elementwise({size}, {Buffer{"A", type, {size}, BufferRole::Input, MemoryKind::Workspace, {}}}, type);
  kernel.program.block(kernel.block).value =
      Expr::call(function, {Expr::load(BufferId{0}, type, {Expr::axisVar(0)})});
  setKind(kernel.program, kernel.loops[0], LoopKind::Vectorized);
  return kernel.program;
}

std::vector<double> apply(Function function, const std::vector<double>& points, DataType type,
                          const Target& target, Pipeline pipeline = Pipeline::Schedule) {
  const auto size = static_cast<std::int64_t>(points.size());
  const Program program = functionKernel(function, size, type);
  std::vector<Tensor> arguments{Tensor::zeros(type, {size}), Tensor::zeros(type, {size})};
  for (std::int64_t i = 0; i < size; ++i) arguments[0].set(i, points[static_cast<std::size_t>(i)]);
  runKernel(program, *compile(program, target, {pipeline, "kernel"}), arguments);
  std::vector<double> values;
  for (std::int64_t i = 0; i < size; ++i) values.push_back(arguments[1].at(i));
  return values;
}

/// |actual − expected| in units in the last place of `expected` rounded to the type.
double unitsInTheLastPlace(double actual, long double expected, DataType type) {
  const bool single = type == DataType::Float32;
  const double rounded =
      single ? static_cast<double>(static_cast<float>(expected)) : static_cast<double>(expected);
  if (std::isnan(rounded)) return std::isnan(actual) ? 0 : std::numeric_limits<double>::infinity();
  if (actual == rounded) return 0;
  if (std::isinf(rounded) || std::isinf(actual) || std::isnan(actual))
    return std::numeric_limits<double>::infinity();
  const double magnitude = std::fabs(rounded);
  const double step = single ? static_cast<double>(std::nextafter(static_cast<float>(magnitude),
                                                                  std::numeric_limits<float>::infinity())) -
                                   magnitude
                             : std::nextafter(magnitude, std::numeric_limits<double>::infinity()) - magnitude;
  return static_cast<double>(std::fabs(static_cast<long double>(actual) - expected)) / step;
}

struct Range {
  Function function;
  double low;
  double high;
  double bound;  ///< units in the last place
};

void expectWithin(const Range& range, DataType type, const Target& target) {
  Random random(11);
  std::vector<double> points;
  for (int i = 0; i < 20001; ++i) {
    const double x = range.low + (range.high - range.low) * random.uniform();
    points.push_back(type == DataType::Float32 ? static_cast<double>(static_cast<float>(x)) : x);
    // Some near zero, in every binade.
    if (range.low < 0 || range.low == 0)
      points.push_back(std::ldexp(points.back(), -static_cast<int>(random.below(30))));
  }
  if (type == DataType::Float32)
    for (double& point : points) point = static_cast<double>(static_cast<float>(point));
  const std::vector<double> values = apply(range.function, points, type, target);
  double worst = 0;
  double where = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double error = unitsInTheLastPlace(values[i], reference(range.function, points[i]), type);
    if (error <= worst) continue;
    worst = error;
    where = points[i];
  }
  EXPECT_LE(worst, range.bound) << nameOf(range.function) << " of " << nameOf(type) << " at " << where
                                << " for " << target.cpu;
}

TEST(Math, float32Accuracy) {
  const Range ranges[] = {
      {Function::Exp, -104, 89, 2},    {Function::Exp, -1, 1, 2},       {Function::Log, 0, 10, 2},
      {Function::Log, 0, 1e38, 2},     {Function::Log, 0.5, 2, 2},      {Function::Tanh, -12, 12, 3},
      {Function::Tanh, -1, 1, 3},      {Function::Erf, -5, 5, 4},       {Function::Erf, -1, 1, 4},
      {Function::Sigmoid, -80, 80, 4}, {Function::Sqrt, 0, 1e30, 0.51}, {Function::Rsqrt, 0, 1e30, 2},
      {Function::Abs, -1e3, 1e3, 0},   {Function::Floor, -1e3, 1e3, 0}, {Function::Ceil, -1e3, 1e3, 0},
      {Function::Sin, -100, 100, 1.5}, {Function::Cos, -100, 100, 1.5},
  };
  for (const Range& range : ranges)
    for (const Target& target : {hostTarget(), *targetFor("haswell")})
      expectWithin(range, DataType::Float32, target);
}

TEST(Math, float64Accuracy) {
  const Range ranges[] = {
      {Function::Exp, -745, 709.7, 2}, {Function::Exp, -1, 1, 2},         {Function::Log, 0, 10, 2},
      {Function::Log, 0, 1e300, 2},    {Function::Log, 0.5, 2, 2},        {Function::Tanh, -20, 20, 3},
      {Function::Tanh, -1, 1, 3},      {Function::Sigmoid, -700, 700, 4}, {Function::Erf, -6, 6, 2},
      {Function::Sqrt, 0, 1e30, 0.51},
  };
  for (const Range& range : ranges)
    for (const Target& target : {hostTarget(), *targetFor("haswell")})
      expectWithin(range, DataType::Float64, target);
}

TEST(Math, withoutFusedMultiplyAdd) {
  const Target old = *targetFor("sandybridge");
  for (const Range& range : {Range{Function::Exp, -104, 89, 3}, Range{Function::Log, 0, 1e38, 3},
                             Range{Function::Tanh, -12, 12, 4}, Range{Function::Erf, -5, 5, 5}})
    expectWithin(range, DataType::Float32, old);
}

TEST(Math, specialValues) {
  const double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::nan("");
  const std::vector<double> points{0.0,   -0.0,  infinity, -infinity, nan, 1.0, -1.0,
                                   1e-45, 1e-40, 3e38,     -3e38,     100, -110};
  const Function functions[] = {Function::Exp,  Function::Log,     Function::Tanh, Function::Erf,
                                Function::Sqrt, Function::Sigmoid, Function::Abs};
  for (const Function function : functions) {
    for (const Pipeline pipeline : {Pipeline::Schedule, Pipeline::Full, Pipeline::Strict}) {
      for (const DataType type : {DataType::Float32, DataType::Float64}) {
        const std::vector<double> values = apply(function, points, type, hostTarget(), pipeline);
        for (std::size_t i = 0; i < points.size(); ++i) {
          const double x =
              type == DataType::Float32 ? static_cast<double>(static_cast<float>(points[i])) : points[i];
          // A sigmoid below the smallest normal number may be flushed to zero.
          if (function == Function::Sigmoid && x < -80) {
            EXPECT_LE(values[i], 1e-34);
            continue;
          }
          EXPECT_LE(unitsInTheLastPlace(values[i], reference(function, x), type), 4)
              << nameOf(function) << "(" << x << ") is " << values[i] << " in " << nameOf(type);
        }
      }
    }
  }
}

TEST(Math, powersWithConstantExponents) {
  for (const double exponent : {1.0, 2.0, 3.0, -1.0, 0.5, -0.5, 1.7}) {
    Elementwise kernel = elementwise(
        {37}, {Buffer{"A", DataType::Float32, {37}, BufferRole::Input, MemoryKind::Workspace, {}}},
        DataType::Float32);
    kernel.program.block(kernel.block).value =
        Expr::call(Function::Pow,
                   {Expr::load(BufferId{0}, DataType::Float32, {Expr::axisVar(0)}), Expr::real(exponent)});
    setKind(kernel.program, kernel.loops[0], LoopKind::Vectorized);
    std::vector<Tensor> arguments{Tensor::zeros(DataType::Float32, {37}),
                                  Tensor::zeros(DataType::Float32, {37})};
    for (std::int64_t i = 0; i < 37; ++i) arguments[0].set(i, 0.25 + 0.37 * static_cast<double>(i));
    runKernel(kernel.program, *compile(kernel.program, hostTarget(), {}), arguments);
    for (std::int64_t i = 0; i < 37; ++i) {
      const long double expected =
          std::pow(static_cast<long double>(arguments[0].at(i)), static_cast<long double>(exponent));
      EXPECT_LE(unitsInTheLastPlace(arguments[1].at(i), expected, DataType::Float32), 2) << exponent;
    }
  }
}

}  // namespace
}  // namespace espalier::testing
