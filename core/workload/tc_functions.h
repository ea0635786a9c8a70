// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "program/expression.h"

namespace espalier {

/// A function of the notation.
struct TcFunction {
  enum class Meaning : std::uint8_t { Call, Maximum, Minimum, Absolute };
  std::string_view name;
  std::size_t arity = 1;
  Meaning meaning = Meaning::Call;
  Function function = Function::Exp;  ///< Call
  bool floats = true;                 ///< integers are converted to float first
};

[[nodiscard]] const TcFunction* findFunction(std::string_view name);
[[nodiscard]] std::vector<std::string> functionNames();

/// The value of a function at constants, computed in double.
[[nodiscard]] double evaluate(Function function, double first, double second);

}  // namespace espalier
