// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "workload/tc_functions.h"

#include <array>
#include <cmath>

namespace espalier {
namespace {

using Meaning = TcFunction::Meaning;

constexpr std::array<TcFunction, 18> kFunctions{{
    {"exp", 1, Meaning::Call, Function::Exp},
    {"log", 1, Meaning::Call, Function::Log},
    {"tanh", 1, Meaning::Call, Function::Tanh},
    {"sqrt", 1, Meaning::Call, Function::Sqrt},
    {"rsqrt", 1, Meaning::Call, Function::Rsqrt},
    {"fabs", 1, Meaning::Absolute},
    {"abs", 1, Meaning::Absolute, Function::Abs, false},
    {"pow", 2, Meaning::Call, Function::Pow},
    {"sin", 1, Meaning::Call, Function::Sin},
    {"cos", 1, Meaning::Call, Function::Cos},
    {"erf", 1, Meaning::Call, Function::Erf},
    {"sigmoid", 1, Meaning::Call, Function::Sigmoid},
    {"floor", 1, Meaning::Call, Function::Floor},
    {"ceil", 1, Meaning::Call, Function::Ceil},
    {"fmax", 2, Meaning::Maximum},
    {"fmin", 2, Meaning::Minimum},
    {"max", 2, Meaning::Maximum, Function::Abs, false},
    {"min", 2, Meaning::Minimum, Function::Abs, false},
}};

}  // namespace

const TcFunction* findFunction(std::string_view name) {
  for (const auto& function : kFunctions)
    if (function.name == name) return &function;
  return nullptr;
}

std::vector<std::string> functionNames() {
  std::vector<std::string> names;
  for (const auto& function : kFunctions) names.emplace_back(function.name);
  return names;
}

double evaluate(Function function, double first, double second) {
  switch (function) {
    case Function::Exp: return std::exp(first);
    case Function::Log: return std::log(first);
    case Function::Tanh: return std::tanh(first);
    case Function::Sqrt: return std::sqrt(first);
    case Function::Rsqrt: return 1 / std::sqrt(first);
    case Function::Abs: return std::fabs(first);
    case Function::Pow: return std::pow(first, second);
    case Function::Sin: return std::sin(first);
    case Function::Cos: return std::cos(first);
    case Function::Erf: return std::erf(first);
    case Function::Sigmoid: return 1 / (1 + std::exp(-first));
    case Function::Floor: return std::floor(first);
    case Function::Ceil: return std::ceil(first);
  }
  return first;
}

}  // namespace espalier
