// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "transform/kernels.h"

#include <cmath>
#include <stdexcept>

#include "support/random.h"
#include "workload/workload.h"

namespace espalier::testing {

Program kernel(const std::string& text, const std::map<std::string, std::int64_t>& sizes,
               const std::vector<std::string>& constants) {
  const Result<Workload> workload = readWorkload({text, "test.tc", "", sizes, constants});
  if (!workload) throw std::invalid_argument(workload.error().text());
  return workload->program;
}

Program matmul(std::int64_t m, std::int64_t n, std::int64_t k) {
  return kernel("def matmul(float(M,K) A, float(K,N) B) -> (C) { C(m,n) +=! A(m,k) * B(k,n) }",
                {{"M", m}, {"N", n}, {"K", k}}, {"B"});
}

std::vector<NamedKernel> kernels() {
  std::vector<NamedKernel> all;
  const auto add = [&](const std::string& name, const std::string& text,
                       const std::map<std::string, std::int64_t>& sizes,
                       const std::vector<std::string>& constants = {}) {
    all.push_back({name, kernel(text, sizes, constants)});
  };
  all.push_back({"matmul", matmul(7, 11, 13)});
  add("conv",
      "def conv(float(N,C,H,W) I, float(M,C,3,3) K) -> (O) {"
      " O(n,m,h,w) +=! I(n,c,h+kh,w+kw) * K(m,c,kh,kw) where kh in 0:3, kw in 0:3 }",
      {{"N", 1}, {"C", 3}, {"H", 7}, {"W", 8}, {"M", 4}}, {"K"});
  add("row_sum",
      "def row_sum(float(I,J) X) -> (Y) {"
      " S(i) max=! X(i,j)\n D(i) +=! X(i,j) - S(i)\n Y(i,j) = X(i,j) * 2 - D(i) + S(i) }",
      {{"I", 5}, {"J", 9}});
  add("chain",
      "def chain(float(I,J) X, float(J) B) -> (Y) {"
      " T(i,j) = X(i,j) + B(j)\n U(i,j) = fmax(T(i,j), 0)\n Y(i,j) = U(i,j) * 2 + X(i,j) }",
      {{"I", 6}, {"J", 10}});
  add("row_max", "def row_max(float(I,J) X) -> (M) { M(i) max=! X(i,j) }", {{"I", 12}, {"J", 17}});
  add("batched",
      "def batched(float(B,M,K) X, float(K,N) W, float(N) Z) -> (O) {"
      " O(b,m,n) +=! X(b,m,k) * W(k,n)\n O(b,m,n) = fmax(O(b,m,n) + Z(n), 0) }",
      {{"B", 2}, {"M", 3}, {"N", 8}, {"K", 5}}, {"W"});
  add("transposed", "def transposed(float(M,K) A, float(N,K) B) -> (C) { C(m,n) +=! A(m,k) * B(n,k) }",
      {{"M", 4}, {"N", 6}, {"K", 10}});
  add("gather", "def gather(float(E,D) LUT, int32(B,L) I) -> (O) { O(b,d) +=! LUT(I(b,l),d) }",
      {{"E", 9}, {"D", 6}, {"B", 4}, {"L", 3}});
  add("accumulate", "def accumulate(float(M,K) A, float(K) X) -> (C) { C(m) += A(m,k) * X(k) }",
      {{"M", 9}, {"K", 8}});
  add("attention",
      "def attention(float(I,D) Q, float(J,D) K, float(J,E) V) -> (O) {"
      " S(i,j) +=! Q(i,d) * K(j,d)\n P(i,j) = fmax(S(i,j), 0)\n O(i,e) +=! P(i,j) * V(j,e) }",
      {{"I", 5}, {"J", 7}, {"D", 4}, {"E", 6}});
  return all;
}

std::vector<Tensor> exactInputs(const Program& program, std::uint64_t seed) {
  Random random(seed);
  std::vector<Tensor> tensors;
  for (const BufferId id : argumentsOf(program)) {
    const Buffer& buffer = program.buffer(id);
    Tensor tensor = Tensor::zeros(buffer.type, logicalShape(buffer));
    for (std::int64_t i = 0; i < tensor.elements(); ++i)
      tensor.set(i, isFloat(buffer.type) ? static_cast<double>(random.between(-8, 8)) / 8
                                         : static_cast<double>(random.between(0, 3)));
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

std::vector<Tensor> outputsOf(const Program& program, const Program& signature, std::uint64_t seed) {
  std::vector<Tensor> tensors = exactInputs(signature, seed);
  interpret(program, tensors);
  return tensors;
}

Program softmaxAttention(std::int64_t keys) {
  return kernel(R"(def attention(float(M, D) Q, float(N, D) K, float(N, D) V) -> (O) {
  S(m, n) +=! Q(m, d) * K(n, d)
  Top(m) max=! S(m, n)
  P(m, n) = exp((S(m, n) - Top(m)) * rsqrt(D))
  Sum(m) +=! P(m, n)
  PV(m, d) +=! P(m, n) * V(n, d)
  O(m, d) = PV(m, d) / Sum(m)
})",
                {{"M", 4}, {"N", keys}, {"D", 2}});
}

bool nearContent(const std::vector<Tensor>& left, const std::vector<Tensor>& right, double distance) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i)
    for (std::int64_t element = 0; element < left[i].elements(); ++element)
      if (!(std::abs(left[i].at(element) - right[i].at(element)) <= distance)) return false;
  return true;
}

bool sameContent(const std::vector<Tensor>& left, const std::vector<Tensor>& right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i)
    if (left[i].data != right[i].data) return false;
  return true;
}

}  // namespace espalier::testing
