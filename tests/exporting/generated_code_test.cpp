// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// What the C compiler makes of exported programs computes what the interpreter computes.
#include <gmock/gmock.h>

#include <algorithm>

#include "c_library.h"
#include "codegen/target.h"
#include "exporting/c_source.h"
#include "exporting/object_export.h"
#include "program/printer.h"
#include "support/random.h"
#include "transform/transformation.h"
#include "workload/workload.h"

namespace espalier::testing {
namespace {

struct Kernel {
  std::string name;
  std::string text;
  std::map<std::string, std::int64_t> sizes;
  std::vector<std::string> constants;
  double tolerance = 0;  ///< 0: sums of exact numbers, compared with ==
};

const std::vector<Kernel> kKernels{
    {"matmul",
     "def matmul(float(M,K) A, float(K,N) B) -> (C) { C(m, n) +=! A(m, k) * B(k, n) }",
     {{"M", 7}, {"N", 20}, {"K", 13}},
     {"B"},
     0},
    {"matmulDouble",
     "def matmulDouble(double(M,K) A, double(K,N) B) -> (C) { C(m, n) +=! A(m, k) * B(k, n) }",
     {{"M", 5}, {"N", 11}, {"K", 6}},
     {"B"},
     0},
    {"conv",
     "def conv(float(C,H,W) I, float(F,C,KH,KW) K) -> (O) { O(f, h, w) +=! I(c, h + kh, w + kw) * K(f, c, "
     "kh, kw) }",
     {{"C", 3}, {"H", 8}, {"W", 9}, {"F", 5}, {"KH", 3}, {"KW", 3}},
     {"K"},
     0},
    {"padded",
     "def padded(float(H) I, float(K) W) -> (O) {\n"
     "  O(h) +=! (h + k >= 1 && h + k < H + 1 ? I(h + k - 1) : 0) * W(k) where h in 0:H\n}",
     {{"H", 17}, {"K", 3}},
     {},
     0},
    {"softmax",
     "def softmax(float(M,N) X) -> (Y) {\n  T(m) max=! X(m, n)\n  E(m, n) = exp(X(m, n) - T(m))\n"
     "  S(m) +=! E(m, n)\n  Y(m, n) = E(m, n) / S(m)\n}",
     {{"M", 6}, {"N", 19}},
     {},
     1e-5},
    {"functions",
     "def functions(float(N) A, double(N) B) -> (O, P) {\n"
     "  O(i) = log(fabs(A(i)) + 1) + tanh(A(i)) * rsqrt(A(i) * A(i) + 1) + sigmoid(-A(i)) + sin(A(i)) * "
     "cos(A(i)) + erf(A(i))\n"
     "  P(i) = sqrt(fabs(B(i))) + pow(2.0, B(i)) + floor(B(i) * 3) - ceil(B(i)) + fmin(B(i), 0.1) + "
     "sigmoid(B(i))\n}",
     {{"N", 40}},
     {},
     1e-5},
    {"integers",
     "def integers(int32(N) I, float(M, N) A) -> (O, Q) {\n"
     "  O(i) = I(i) / 2 + (I(i) % 3) * i - (I(i) == 1 || i > 7 && !(i == 9) ? 5 : -i)\n"
     "  Q(i) max=! A(I(j), i) + j / 2\n}",
     {{"N", 12}, {"M", 4}},
     {},
     0},
    {"accumulate",
     "def accumulate(float(M,N) A) -> (S, P) { S(m) += A(m, n)  P(m) min= A(m, n) * 0.5 }",
     {{"M", 9}, {"N", 8}},
     {},
     0},
    {"chain",
     "def chain(float(B,M) I, float(N,M) W, float(N) C) -> (O) {\n"
     "  O(b, n) +=! I(b, m) * W(n, m)\n  O(b, n) += C(n)\n  O(b, n) = fmax(O(b, n), 0)\n}",
     {{"B", 4}, {"M", 10}, {"N", 12}},
     {"W"},
     0},
    {"heap",
     "def heap(float(M,N) A) -> (S) { T(m, n) = A(m, n) * 2  S(n) +=! T(m, n) }",
     {{"M", 150}, {"N", 130}},
     {},
     0},
};

Workload read(const Kernel& kernel) {
  auto workload = readWorkload({kernel.text, kernel.name + ".tc", "", kernel.sizes, kernel.constants});
  if (!workload) throw std::runtime_error(workload.error().text());
  return std::move(*workload);
}

struct Candidate {
  std::string name;
  Program program;
  double tolerance = 0;
};

/// Every kernel unscheduled and after a few random transformations.
std::vector<Candidate> candidates(int schedules, std::uint64_t seed) {
  std::vector<Candidate> result;
  Random random(seed);
  for (const auto& kernel : kKernels) {
    const Program initial = read(kernel).program;
    result.push_back({kernel.name, initial, kernel.tolerance});
    for (int i = 0; i < schedules; ++i) {
      Program program = initial;
      const auto steps = random.between(2, 9);
      for (std::int64_t step = 0; step < steps; ++step)
        if (auto applied = randomTransformation(program, random)) program = std::move(applied->program);
      result.push_back({kernel.name + "_" + std::to_string(i), std::move(program), kernel.tolerance});
    }
  }
  return result;
}

void expectSameNumbers(const CLibrary& library, const Candidate& candidate) {
  auto expected = exampleArguments(candidate.program, 7);
  auto found = expected;
  interpret(candidate.program, expected);
  library.run(candidate.name, candidate.program, found);
  EXPECT_EQ(difference(found, expected, candidate.tolerance), "") << candidate.name << "\n"
                                                                  << print(candidate.program);
}

TEST(GeneratedC, ComputesTheSameNumbersAndCompilesWithoutWarnings) {
  constexpr std::uint64_t kSeed = 11;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  const TemporaryFolder folder;
  std::string all;
  const auto tried = candidates(8, kSeed);
  const auto isPacked = [](const Buffer& buffer) { return buffer.packing.has_value(); };
  EXPECT_TRUE(std::any_of(tried.begin(), tried.end(), [&](const Candidate& candidate) {
    return std::any_of(candidate.program.buffers.begin(), candidate.program.buffers.end(), isPacked);
  })) << "the seed no longer draws a packed constant";
  for (const auto& candidate : tried) {
    // One compilation for all: helpers of the same name are the same.
    const std::string file = candidate.name + ".c";
    writeText(folder / file, cSource(candidate.program, candidate.name, {"test"}));
    all += " " + (folder / file).string();
  }
  const std::string library = (folder / "all.so").string();
  EXPECT_EQ(runCommand(
                "cc -std=c11 -O0 -Wall -Wextra -Wno-unused-parameter -Wno-unknown-pragmas -shared -fPIC -o " +
                library + all + " -lm"),
            "");
  const CLibrary loaded(library);
  for (const auto& candidate : tried) expectSameNumbers(loaded, candidate);
}

TEST(GeneratedC, RunsParallelAndVectorLoopsWithOpenMp) {
  const TemporaryFolder folder;
  const Kernel& kernel = kKernels[0];
  const auto trace = parseTrace("# espalier trace 1\nParallel(loop=m)\nVectorize(loop=n)\n");
  ASSERT_TRUE(trace) << trace.error().text();
  Program program = read(kernel).program;
  Random random(1);
  for (const auto& step : *trace)
    if (const auto applied = applyStep(program, step, random)) program = applied->program;
  const std::string source = cSource(program, "matmul", {});
  EXPECT_THAT(source, ::testing::HasSubstr("#pragma omp parallel for"));
  writeText(folder / "matmul.c", source);
  runCommand("cc -std=c11 -O2 -fopenmp -Wall -Wextra -Werror -shared -fPIC -o " +
             (folder / "matmul.so").string() + " " + (folder / "matmul.c").string() + " -lm");
  expectSameNumbers(CLibrary(folder / "matmul.so"), {"matmul", program, 0});
}

TEST(GeneratedC, ReadsLikeWrittenByHand) {
  Kernel kernel = kKernels[0];
  kernel.sizes = {{"M", 4}, {"N", 8}, {"K", 2}};
  EXPECT_EQ(cSource(read(kernel).program, "matmul", {"A note."}),
            "// A note.\n"
            "//\n"
            "// A: float32(4, 2), read\n"
            "// B: float32(2, 8), read\n"
            "// C: float32(4, 8), written\n"
            "//\n"
            "// Build with: cc -std=c11 -O3 -march=native -fopenmp -c FILE.c   (link with -lm)\n"
            "\n"
            "#include <math.h>\n"
            "#include <stdint.h>\n"
            "\n"
            "void matmul(const float* restrict A, const float* restrict B, float* restrict C) {\n"
            "  for (int64_t m = 0; m < 4; ++m) {\n"
            "    for (int64_t n = 0; n < 8; ++n) {\n"
            "      C[m * 8 + n] = 0.0f;\n"
            "      for (int64_t k = 0; k < 2; ++k) {\n"
            "        C[m * 8 + n] += A[m * 2 + k] * B[k * 8 + n];\n"
            "      }\n"
            "    }\n"
            "  }\n"
            "}\n");
}

TEST(ExportedObject, LinksIntoAPlainCProgram) {
  const TemporaryFolder folder;
  int parallel = 0;
  for (const auto& candidate : candidates(1, 23)) {
    const auto files =
        exportObject(candidate.program, candidate.name, hostTarget(), Pipeline::Schedule, {"test"});
    ASSERT_TRUE(files) << files.error().text();
    const std::string stem = (folder / candidate.name).string();
    writeText(stem + ".o", (*files)[0].content);
    writeText(stem + ".h", (*files)[1].content);
    // The header must suit a C program and declare what the object defines.
    writeText(stem + "_use.c", "#include \"" + candidate.name +
                                   ".h\"\nvoid* use(void);\nvoid* use(void) { return (void*)" +
                                   candidate.name + "_with_workspace; }\n");
    std::string sources = stem + ".o " + stem + "_use.c";
    if (files->size() == 3) {
      ++parallel;
      writeText(folder / (*files)[2].suffix, (*files)[2].content);
      // With and without the runtime, in turn.
      if (parallel % 2 == 0) sources += " -fopenmp " + (folder / (*files)[2].suffix).string();
    }
    runCommand("cc -std=c11 -O1 -Wall -Wextra -Werror -fPIC -shared -o " + stem + ".so " + sources + " -lm");
    const CLibrary library(stem + ".so");
    expectSameNumbers(library, {candidate.name, candidate.program, 1e-5});
  }
  EXPECT_GE(parallel, 2) << "the seed no longer draws parallel loops";
}

}  // namespace
}  // namespace espalier::testing
