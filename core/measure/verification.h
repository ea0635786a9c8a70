// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "measure/oracle.h"
#include "program/interpreter.h"

namespace espalier {

/// What outputs are compared with: computed once per input set from p0 in double.
struct Reference {
  OracleKind kind = OracleKind::Float;
  std::vector<std::string> names;  ///< of the outputs, in order
  std::vector<Tensor> values;      ///< float64 (int32 for integer outputs)
  std::vector<Tensor> bounds;      ///< float64, largest error allowed an element; empty with the exact oracle
};

struct Verdict {
  bool correct = false;
  /// `exact oracle: 32,768 elements equal`, `float oracle: largest error 1.2e-06 of bound 3.1e-05 at C[0, 3,
  /// 17]`, `exact oracle: 12 of 32,768 elements differ, the first C[0, 3, 17] = 1.5 instead of 1.25`.
  std::string words;
  double largestError = 0;    ///< absolute, over all elements
  double largestOfBound = 0;  ///< largest error / bound
};

/// Compares outputs (in the order of the reference) element by element. NaN agrees with NaN, an infinity with
/// itself.
[[nodiscard]] Verdict compareOutputs(const Reference& reference, const std::vector<Tensor>& outputs);

}  // namespace espalier
