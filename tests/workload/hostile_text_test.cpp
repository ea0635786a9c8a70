// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// No text may crash the reader or make it hang; what it accepts must be a whole program.
#include <gmock/gmock.h>

#include "kernels.h"
#include "support/random.h"

namespace espalier::testing {
namespace {

Result<Workload> read(const std::string& text) {
  // Sizes that a text does not mention would be refused.
  std::map<std::string, std::int64_t> sizes;
  for (const auto& [name, value] : {std::pair{"M", 3}, {"N", 4}, {"K", 9}})
    if (text.find(name) != std::string::npos) sizes.emplace(name, value);
  return readWorkload({text, "k.tc", "", sizes, {}});
}

bool readsThroughTensors(const Program& program) {
  bool found = false;
  for (const auto& block : program.blocks)
    forEach(block.value, [&](const Expr& expr) {
      if (expr.kind() != ExprKind::Load) return;
      for (const auto& subscript : expr.operands())
        found = found || any(subscript, [](const Expr& part) { return part.kind() == ExprKind::Load; });
    });
  return found;
}

/// The interpreter throws on any subscript outside its tensor and on elements that nothing computed.
void expectRuns(const Program& program, const std::string& text) {
  double points = 0;
  for (const auto& block : program.blocks) {
    double product = 1;
    for (const auto& axis : block.axes) product *= static_cast<double>(axis.extent);
    points += product;
  }
  std::vector<Tensor> arguments;
  for (const BufferId id : argumentsOf(program)) points += static_cast<double>(program.buffer(id).elements());
  if (points > 1e5 || readsThroughTensors(program)) return;
  for (const BufferId id : argumentsOf(program))
    arguments.push_back(Tensor::zeros(program.buffer(id).type, program.buffer(id).shape));
  EXPECT_NO_THROW(interpret(program, arguments)) << text << "\n" << print(program);
}

void expectWholeOrRefused(const std::string& text) {
  const auto workload = read(text);
  if (!workload) {
    EXPECT_FALSE(workload.error().message.empty());
    return;
  }
  const auto broken = brokenInvariant(workload->program);
  EXPECT_FALSE(broken) << *broken << "\n" << text;
  expectRuns(workload->program, text);
}

const std::vector<std::string> kSeeds{
    "def mm(float(M,K) A, float(K,N) B) -> (C) { C(m, n) +=! A(m, k) * B(k, n) }",
    "def f(float(M,N) A, int32(N) I) -> (B, C) {\n B(m) max=! A(m, I(n)) > 0 ? 1.5 : -A(m, n)\n"
    " C(m, n) = exp(A(m, n) - B(m)) where m in 0:M, exists A(m, n)\n}",
    "def g(float(N,K) A, float(M) W) -> (O) { O(n, k) +=! A(n, 2 * k + m) * W(m) / K\n O(n, k) = fmax(O(n, "
    "k), 0) }",
    "def h(float(M,N) A, float(N) V) -> (O, P) {\n O(m) = V(m) where m in 0:M\n O(m) += A(m, n) * V(n)\n"
    " O(m) = O(m) > 0 ? O(m) : 0\n P(i) = 0 where i in 0:N\n P(i) = V(i - 1) + V(i + 1)\n}",
    "def u(float(M,N) A) -> (float(Q, R) O) { O(i, j) +=! x * (i % 2 == 0 && j < 3 ? 1 : A(i / 2, j + k - "
    "1))\n"
    " where x = A(i / 2, j), k in 0:2, i in 0:2 * M, j in 0:N }",
};

const std::vector<std::string> kPieces{"def",
                                       "where",
                                       "in",
                                       "exists",
                                       "->",
                                       "(",
                                       ")",
                                       "{",
                                       "}",
                                       ",",
                                       ":",
                                       ";",
                                       "?",
                                       ".",
                                       "=",
                                       "+=",
                                       "+=!",
                                       "max=!",
                                       "min=",
                                       "*=",
                                       "+",
                                       "-",
                                       "*",
                                       "/",
                                       "%",
                                       "<",
                                       ">=",
                                       "==",
                                       "&&",
                                       "||",
                                       "!",
                                       "A",
                                       "B",
                                       "C",
                                       "M",
                                       "N",
                                       "K",
                                       "m",
                                       "n",
                                       "k",
                                       "0",
                                       "1",
                                       "2",
                                       "7",
                                       "1.5",
                                       "1e9",
                                       "9223372036854775807",
                                       "float",
                                       "double",
                                       "int32",
                                       "float(M)",
                                       "A(m, n)",
                                       "A(m)",
                                       "exp(",
                                       "fmax(",
                                       "A.0",
                                       "i in 0:3",
                                       "\n",
                                       "#",
                                       "//",
                                       "/*",
                                       "*/",
                                       "\xff",
                                       "{N}",
                                       "2147483648",
                                       "-9223372036854775807"};

TEST(HostileText, SeedsAreRight) {
  for (const auto& text : kSeeds) EXPECT_TRUE(read(text)) << read(text).error().text();
}

TEST(HostileText, MutatedKernels) {
  constexpr std::uint64_t kSeed = 20260101;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  Random random(kSeed);
  for (int i = 0; i < 20000; ++i) {
    std::string text = kSeeds[random.below(kSeeds.size())];
    const auto changes = 1 + random.below(4);
    for (std::size_t change = 0; change < changes; ++change) {
      const std::size_t at = random.below(text.size() + 1);
      const std::size_t length = std::min<std::size_t>(random.below(6), text.size() - at);
      const bool insert = random.below(4) != 0;
      text.replace(at, length, insert ? kPieces[random.below(kPieces.size())] : "");
    }
    expectWholeOrRefused(text);
    if (::testing::Test::HasFailure()) FAIL() << "text " << i << ":\n" << text;
  }
}

TEST(HostileText, RandomPieces) {
  constexpr std::uint64_t kSeed = 20260102;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  Random random(kSeed);
  for (int i = 0; i < 5000; ++i) {
    std::string text = "def f(float(M,N) A) -> (B) { B(m)";
    const auto count = random.below(40);
    for (std::size_t piece = 0; piece < count; ++piece) text += " " + kPieces[random.below(kPieces.size())];
    expectWholeOrRefused(text + " }");
  }
}

TEST(HostileText, RandomBytes) {
  Random random(20260103);
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    const auto count = random.below(200);
    for (std::size_t byte = 0; byte < count; ++byte) text += static_cast<char>(random.below(256));
    expectWholeOrRefused(text);
  }
}

std::string repeated(const std::string& piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}
std::string kernelOf(const std::string& value) { return "def f(float(N) A) -> (B) { B(i) = " + value + " }"; }

TEST(HostileText, DeepNestingIsRefusedNotFollowed) {
  for (const std::string& value :
       {repeated("(", 50000) + "A(i)" + repeated(")", 50000), repeated("-", 50000) + "A(i)",
        repeated("!", 50000) + "A(i)", "A(i)" + repeated(" + A(i)", 50000),
        repeated("exp(", 50000) + "A(i)" + repeated(")", 50000), repeated("A(i) > 0 ? ", 50000) + "1",
        repeated("A(", 50000) + "i" + repeated(")", 50000), repeated("A(i) > 0 ? 1 : ", 50000) + "1"}) {
    const auto workload = read(kernelOf(value));
    ASSERT_FALSE(workload);
    EXPECT_THAT(workload.error().message, ::testing::HasSubstr("nested more than 400 levels deep"));
  }
}

TEST(HostileText, OrdinaryDepthIsFine) {
  EXPECT_TRUE(read(kernelOf("A(i)" + repeated(" + A(i)", 300))));
  EXPECT_TRUE(read(kernelOf(repeated("(", 300) + "A(i)" + repeated(")", 300))));
}

TEST(HostileText, BindingsThatDoubleAreRefused) {
  std::string clauses = "x0 = A(i) + A(i)";
  for (int i = 1; i < 40; ++i)
    clauses += ", x" + std::to_string(i) + " = x" + std::to_string(i - 1) + " + x" + std::to_string(i - 1);
  const auto workload = readWorkload({kernelOf("x39 where " + clauses), "k.tc", "", {{"N", 4}}, {}});
  ASSERT_FALSE(workload);
  EXPECT_THAT(workload.error().message, ::testing::HasSubstr("too large"));
}

TEST(HostileText, LargeTextsAreRefused) {
  const auto workload = read(std::string((std::size_t{1} << 20) + 1, ' '));
  ASSERT_FALSE(workload);
  EXPECT_THAT(workload.error().message, ::testing::HasSubstr("1 MiB"));
}

TEST(HostileText, ManyStatementsAreRefused) {
  const auto workload = readWorkload(
      {"def f(float(N) A) -> (B) { " + repeated("B(i) = A(i) ", 5000) + "}", "k.tc", "", {{"N", 4}}, {}});
  ASSERT_FALSE(workload);
  EXPECT_THAT(workload.error().message, ::testing::HasSubstr("more than 200 statements"));
}

TEST(HostileText, HugeCoefficientsDoNotOverflow) {
  for (const char* subscript :
       {"4611686018427387904 * i", "i * 4611686018427387904 * 4611686018427387904 + i",
        "9223372036854775807 * N * i", "i / 9223372036854775807",
        "i - 9223372036854775807 - 9223372036854775807", "((i / 3) / 5) * 4611686018427387904"})
    expectWholeOrRefused(kernelOf("A(" + std::string(subscript) + ")"));
}

}  // namespace
}  // namespace espalier::testing
