// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <llvm/IR/IRBuilder.h>

#include "program/expression.h"

namespace espalier {

/// How functions are computed.
enum class MathStyle : std::uint8_t {
  Avx512,   ///< as Fused, with the scaling instruction of AVX-512 on whole registers
  Fused,    ///< own polynomials on whole vectors, with fused multiply-add
  Unfused,  ///< the same for targets without fused multiply-add
  Library,  ///< calls of the C library, lane by lane: the reference
};

/// The function applied to operands of one float or float-vector type. Bounds in units in the last place
/// (measured by the tests): exp 2, log 2, tanh 3, sigmoid 4, erf 4 in float32; sqrt, abs, floor, ceil exact.
/// Overflow gives infinity, NaN stays NaN. sin, cos, pow with an exponent that is not a small constant, and
/// erf in float64 call the C library lane by lane.
llvm::Value* emitFunction(llvm::IRBuilder<>& builder, MathStyle style, Function function,
                          const std::vector<llvm::Value*>& operands);

}  // namespace espalier
