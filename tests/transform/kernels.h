// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "program/interpreter.h"
#include "program/program.h"

namespace espalier::testing {

/// A small program from the Tensor Comprehensions notation; throws if it does not read.
[[nodiscard]] Program kernel(const std::string& text, const std::map<std::string, std::int64_t>& sizes,
                             const std::vector<std::string>& constants = {});

/// C(m,n) = Σ A(m,k)·B(k,n) with a constant B.
[[nodiscard]] Program matmul(std::int64_t m, std::int64_t n, std::int64_t k);

/// O(m,d) = softmax over n of Q(m,·)·K(n,·) scaled, times V(n,d); four rows, two features.
[[nodiscard]] Program softmaxAttention(std::int64_t keys);

struct NamedKernel {
  std::string name;
  Program program;
};
/// What GoogleTest shows of a parameter.
inline void PrintTo(const NamedKernel& named, std::ostream* out) { *out << named.name; }
/// Ten kernels of different shapes: reductions of all kinds, several statements, tails, gathers, in-place
/// updates.
[[nodiscard]] std::vector<NamedKernel> kernels();

/// Inputs that are multiples of 1/8 between −1 and 1: sums of them do not depend on the order. Index tensors
/// stay in range.
[[nodiscard]] std::vector<Tensor> exactInputs(const Program& program, std::uint64_t seed);
/// The arguments after a run of the program on those inputs.
[[nodiscard]] std::vector<Tensor> outputsOf(const Program& program, const Program& signature,
                                            std::uint64_t seed);
[[nodiscard]] bool sameContent(const std::vector<Tensor>& left, const std::vector<Tensor>& right);
/// The same up to an absolute distance; what is no number differs from everything.
[[nodiscard]] bool nearContent(const std::vector<Tensor>& left, const std::vector<Tensor>& right,
                               double distance);

}  // namespace espalier::testing
