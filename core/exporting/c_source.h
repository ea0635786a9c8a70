// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "program/program.h"

namespace espalier {

/// A parameter of an exported function, one an argument buffer.
struct CParameter {
  std::string name;         ///< in C
  std::string declaration;  ///< for instance `const float* A`
  std::string meaning;      ///< tensor, shape, role, one line
};

/// Parameters of the function that runs the program, in the order of its arguments.
[[nodiscard]] std::vector<CParameter> cParameters(const Program& program);

/// A self-contained C11 file with `void NAME(…)` and `void NAME_pack_B(const float* logical, float* packed)`
/// for each packed constant. `notes` become comment lines at its top.
[[nodiscard]] std::string cSource(const Program& program, const std::string& name,
                                  const std::vector<std::string>& notes);

}  // namespace espalier
