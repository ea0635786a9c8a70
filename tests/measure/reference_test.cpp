// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/reference.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ir_kernels.h"
#include "measure/kernel_arguments.h"
#include "measure/reference_order.h"
#include "program/analysis.h"
#include "program/interpreter.h"
#include "program/printer.h"
#include "program/verify.h"

namespace espalier {
namespace {

using namespace espalier::testing;

/// Arguments of the program filled by a fixed rule.
std::vector<Tensor> filled(const Program& program, double reach) {
  std::vector<Tensor> tensors;
  for (const KernelArgument& argument : kernelArguments(program)) {
    Tensor tensor = Tensor::zeros(argument.type, argument.shape);
    const std::uint64_t seed = tensors.size() + 1;
    if (argument.access != Access::Write)
      for (std::int64_t i = 0; i < tensor.elements(); ++i)
        tensor.set(i, argument.type == DataType::Int32
                          ? static_cast<double>(filledValue(
                                IntegerFill{seed, 0, std::max<std::int64_t>(1, argument.indexBound) - 1}, i))
                          : filledValue(UniformFill{seed, -reach, reach}, i));
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

/// Sizes of the symbols that the kernel has.
std::map<std::string, std::int64_t> sizesFor(const std::string& text) {
  std::map<std::string, std::int64_t> sizes = {{"M", 5}, {"K", 67}};
  if (text.find(",N)") != std::string::npos) sizes["N"] = 11;
  return sizes;
}

const char* const kKernels[] = {
    "def mm(float(M,K) A, float(K,N) B) -> (C) { C(m,n) +=! A(m,k) * B(k,n) }",
    "def acc(float(M,K) A, float(K,N) B) -> (C) { C(m,n) += A(m,k) * B(k,n) }",
    "def softmax(float(M,K) X) -> (A, E, S, Y) { A(m) max=! X(m,k)  E(m,k) = exp(X(m,k) - A(m))\n"
    "  S(m) +=! E(m,k)  Y(m,k) = E(m,k) / S(m) }",
    "def product(float(M,K) A) -> (C) { C(m) *=! A(m,k) * 0.3 + 1.0 }",
    "def silu(float(M,K) A, float(K,N) B) -> (G, C) { G(m,n) +=! A(m,k) * B(k,n)\n"
    "  C(m,n) = G(m,n) / (1.0 + exp(0.0 - G(m,n))) }",
    "def step(float(M,K) A, float(K,N) B) -> (G, C) { G(m,n) +=! A(m,k) * B(k,n)  C(m,n) = G(m,n) > 0.0 ? "
    "1.0 : G(m,n) }",
    "def norm(float(M,K) A) -> (S, C) { S(m) +=! A(m,k) * A(m,k)  C(m,k) = A(m,k) * rsqrt(S(m) / K + "
    "0.00001) }",
    "def tanhs(float(M,K) A) -> (C) { C(m,k) = tanh(A(m,k) * 1.3) + sqrt(fabs(A(m,k))) + log(fabs(A(m,k)) + "
    "1.5) }",
};

class ReferenceOf : public ::testing::TestWithParam<const char*> {};

TEST_P(ReferenceOf, FloatEvaluationStaysWithinTheBoundsAndTheyAreTight) {
  const Program sized = readProgram(GetParam(), sizesFor(GetParam()));
  const Program bounded = withErrorBounds(sized);
  ASSERT_FALSE(brokenInvariant(bounded)) << *brokenInvariant(bounded) << print(bounded);

  std::vector<Tensor> single = filled(sized, 1);
  std::vector<Tensor> wide = filled(bounded, 1);
  interpret(sized, single);
  interpret(bounded, wide);
  const auto arguments = kernelArguments(sized);
  std::size_t bound = arguments.size();
  for (std::size_t a = 0; a < arguments.size(); ++a) {
    if (arguments[a].access == Access::Read) continue;
    for (std::int64_t i = 0; i < single[a].elements(); ++i) {
      const double right = wide[a].at(i);
      const double allowed = wide[bound].at(i);
      EXPECT_LE(std::abs(single[a].at(i) - right), allowed) << arguments[a].name << " element " << i;
      // A bound that lets an error in the third digit through would be of no use; a jump of a condition may.
      EXPECT_LT(allowed, 2e-3 * std::max(1.0, std::abs(right))) << arguments[a].name << " element " << i;
    }
    ++bound;
  }
  EXPECT_EQ(bound, wide.size());
}

INSTANTIATE_TEST_SUITE_P(Kernels, ReferenceOf, ::testing::ValuesIn(kKernels));

struct Reordered {
  const char* text;
  const char* outermost;
  const char* innermost;
};

TEST(FastOrder, GivesTheSameBitsInABetterOrder) {
  const Reordered cases[] = {
      {"def mm(float(M,K) A, float(K,N) B) -> (C) { C(m,n) +=! A(m,k) * B(k,n) }", "n.0", "n.1"},
      {"def t(float(M,K) A, float(N,K) B) -> (C) { C(m,n) +=! A(m,k) * B(n,k) }", "n", "m.1"},
      {"def acc(float(M,K) A, float(K,N) B) -> (C) { C(m,n) += A(m,k) * B(k,n) }", "n.0", "n.1"},
      {"def sum(float(M,N,K) A) -> (C) { C(m) +=! A(m,n,k) }", "m", "k"},
  };
  for (const Reordered& one : cases) {
    const Program program = promoteToDouble(readProgram(one.text, {{"M", 12}, {"K", 7}, {"N", 1030}}));
    const Program fast = inFastOrder(program);
    ASSERT_FALSE(brokenInvariant(fast)) << *brokenInvariant(fast);
    const auto loops = loopsAround(fast, blocksOf(fast).front());
    EXPECT_EQ(fast.loop(loops.front()).name, one.outermost) << print(fast);
    EXPECT_EQ(fast.loop(loops.front()).kind, LoopKind::Parallel) << print(fast);
    EXPECT_EQ(fast.loop(loops.back()).name, one.innermost) << print(fast);
    std::vector<Tensor> before = filled(program, 1);
    std::vector<Tensor> after = before;
    interpret(program, before);
    interpret(fast, after);
    for (std::size_t a = 0; a < before.size(); ++a)
      for (std::int64_t i = 0; i < before[a].elements(); ++i)
        ASSERT_EQ(before[a].at(i), after[a].at(i)) << one.text;
  }
}

TEST(FastOrder, LeavesScansAlone) {
  // One loop feeds two axes: nothing is known to be free.
  Program program = readProgram("def sum(float(M,K) A) -> (C) { C(m) +=! A(m,k) }", {{"M", 5}, {"K", 7}});
  Block& block = program.block(blocksOf(program).front());
  block.bindings[1] = block.bindings[1] + block.bindings[0] - block.bindings[0];
  EXPECT_EQ(print(inFastOrder(program)), print(program));
}

TEST(PromoteToDouble, ConstantsKeepTheirFloatValue) {
  const Program program =
      promoteToDouble(readProgram("def f(float(N) A) -> (C) { C(i) = A(i) * 0.1 }", {{"N", 1}}));
  std::vector<Tensor> arguments = filled(program, 1);
  arguments[0].set(0, 1);
  interpret(program, arguments);
  EXPECT_EQ(arguments[1].at(0), static_cast<double>(0.1F));
}

}  // namespace
}  // namespace espalier
