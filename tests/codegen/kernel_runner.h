// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "codegen/compiler.h"
#include "program/interpreter.h"

namespace espalier::testing {

/// Links the kernel into this process and runs it on copies of the arguments, each at the end of a page with
/// an inaccessible one behind it. Arguments go in and come out in logical shape; constants are packed by the
/// kernel's own function. Throws std::runtime_error if linking fails or a byte around an argument was
/// changed.
void runKernel(const Program& program, const CompiledKernel& kernel, std::vector<Tensor>& arguments,
               std::int64_t threads = 1);

/// Best of some runs, in seconds, for use by hand.
double timeKernel(const Program& program, const CompiledKernel& kernel, std::vector<Tensor>& arguments,
                  int repeats);

/// One tensor an argument in logical shape: multiples of 1/8 in [−1, 1] (integers: −8 … 8), from the seed.
std::vector<Tensor> exactArguments(const Program& program, std::uint64_t seed);

/// Compiles, runs and interprets on exact inputs; the first difference in words, or an empty text. Outputs
/// start as NaN.
std::string differenceFromInterpreter(const Program& program, const CompileOptions& options = {},
                                      std::int64_t threads = 1, const Target& target = hostTarget());

}  // namespace espalier::testing
