// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// A kernel that is in no list, from its text to an object in somebody's C program.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "cli/process.h"
#include "measure/npy.h"
#include "support/random.h"

namespace espalier::testing {
namespace {

constexpr const char* kFused =
    "def fused(float(B,M,K) A, float(B,K,N) W, float(N) bias) -> (C, top) {\n"
    "  C(b,m,n) +=! A(b,m,k) * W(b,k,n)\n"
    "  C(b,m,n) = fmax(C(b,m,n) + bias(n), 0)\n"
    "  top(b,m) max=! C(b,m,n)\n"
    "}\n";
constexpr std::int64_t kB = 3;
constexpr std::int64_t kM = 17;
constexpr std::int64_t kN = 29;
constexpr std::int64_t kK = 23;

std::vector<std::string> withKernel(std::vector<std::string> command, const std::string& kernel) {
  command.insert(command.end(),
                 {kernel, "--size", "B=3", "--size", "M=17", "--size", "N=29", "--size", "K=23"});
  return command;
}

Tensor randomTensor(std::vector<std::int64_t> shape, Random& random) {
  Tensor tensor = Tensor::zeros(DataType::Float32, std::move(shape));
  for (std::int64_t i = 0; i < tensor.elements(); ++i) tensor.set(i, random.uniform() * 2 - 1);
  return tensor;
}

struct Fused {
  Tensor a, w, bias, c, top;
};

/// What NumPy would say: np.maximum(A @ W + bias, 0) and its maximum over the last axis.
Fused reference() {
  Random random(11);
  Fused fused{randomTensor({kB, kM, kK}, random), randomTensor({kB, kK, kN}, random),
              randomTensor({kN}, random), Tensor::zeros(DataType::Float32, {kB, kM, kN}),
              Tensor::zeros(DataType::Float32, {kB, kM})};
  for (std::int64_t b = 0; b < kB; ++b) {
    for (std::int64_t m = 0; m < kM; ++m) {
      double largest = 0;
      for (std::int64_t n = 0; n < kN; ++n) {
        double sum = 0;
        for (std::int64_t k = 0; k < kK; ++k)
          sum += fused.a.at((b * kM + m) * kK + k) * fused.w.at((b * kK + k) * kN + n);
        const double value = std::max(sum + fused.bias.at(n), 0.0);
        fused.c.set((b * kM + m) * kN + n, value);
        largest = std::max(largest, value);
      }
      fused.top.set(b * kM + m, largest);
    }
  }
  return fused;
}

void expectNear(const Tensor& found, const Tensor& expected) {
  ASSERT_EQ(found.shape, expected.shape);
  for (std::int64_t i = 0; i < expected.elements(); ++i) ASSERT_NEAR(found.at(i), expected.at(i), 1e-4) << i;
}

void writeInputs(const TemporaryFolder& folder, const Fused& fused) {
  ASSERT_TRUE(writeNpy(folder.file("A.npy"), fused.a).has_value());
  ASSERT_TRUE(writeNpy(folder.file("W.npy"), fused.w).has_value());
  ASSERT_TRUE(writeNpy(folder.file("bias.npy"), fused.bias).has_value());
}

TEST(Kernel, OnesOwnTunesVerifiesAndTakesNumpyFiles) {
  const TemporaryFolder folder;
  const TemporaryFolder data;
  const Fused fused = reference();
  writeInputs(data, fused);
  const std::string kernel = folder.write("fused.tc", kFused);
  const std::string session = folder.file("fused.espalier");
  const Finished tuned =
      runCli(withKernel({"tune", "--samples", "8", "--json", "--session", session}, kernel));
  ASSERT_EQ(tuned.status, 0) << tuned.err;
  EXPECT_EQ(nlohmann::json::parse(tuned.out).at("correct"), true);

  ASSERT_EQ(runCli({"export", session, "--best", "--format", "trace", "--output", folder.file("best.trace")})
                .status,
            0);
  const std::string outputs = folder.file("outputs");
  const Finished measured = runCli(withKernel({"measure", "--json", "--trace", folder.file("best.trace"),
                                               "--inputs", data.path().string(), "--outputs", outputs},
                                              kernel));
  ASSERT_EQ(measured.status, 0) << measured.err;
  EXPECT_EQ(nlohmann::json::parse(measured.out).at("correct"), true);
  const auto c = readNpy(outputs + "/C.npy");
  const auto top = readNpy(outputs + "/top.npy");
  ASSERT_TRUE(c.has_value() && top.has_value());
  expectNear(*c, fused.c);
  expectNear(*top, fused.top);
}

/// A C program that reads the three inputs as raw floats, calls the kernel and writes both outputs.
std::string callerOf(const std::string& header) {
  return "#include \"" + header + "\"\n" + R"(
#include <stdio.h>
static float A[3*17*23], W[3*23*29], bias[29], C[3*17*29], top[3*17];
static int load(const char* name, float* to, size_t count) {
  FILE* file = fopen(name, "rb");
  return file && fread(to, sizeof(float), count, file) == count && fclose(file) == 0;
}
int main(void) {
  if (!load("A", A, sizeof A / 4) || !load("W", W, sizeof W / 4) || !load("bias", bias, sizeof bias / 4)) return 2;
  fused(A, W, bias, C, top);
  FILE* file = fopen("out", "wb");
  fwrite(C, 1, sizeof C, file);
  fwrite(top, 1, sizeof top, file);
  return fclose(file);
}
)";
}

void expectOutputs(const TemporaryFolder& folder, const Fused& fused) {
  const std::string bytes = readFile(folder.file("out"));
  ASSERT_EQ(bytes.size(), fused.c.byteCount() + fused.top.byteCount());
  Tensor c = Tensor::zeros(DataType::Float32, fused.c.shape);
  Tensor top = Tensor::zeros(DataType::Float32, fused.top.shape);
  std::copy_n(bytes.data(), c.byteCount(), static_cast<char*>(c.bytes()));
  std::copy_n(bytes.data() + c.byteCount(), top.byteCount(), static_cast<char*>(top.bytes()));
  expectNear(c, fused.c);
  expectNear(top, fused.top);
}

TEST(Kernel, ExportsLinkIntoACProgram) {
  const TemporaryFolder folder;
  const Fused fused = reference();
  const auto raw = [&](const char* name, const Tensor& tensor) {
    folder.write(name, std::string(static_cast<const char*>(tensor.bytes()), tensor.byteCount()));
  };
  raw("A", fused.a);
  raw("W", fused.w);
  raw("bias", fused.bias);
  const std::string session = folder.file("fused.espalier");
  const Finished tuned =
      runCli(withKernel({"tune", "--samples", "6", "--session", session}, folder.write("fused.tc", kFused)));
  ASSERT_EQ(tuned.status, 0) << tuned.err;

  const ProcessOptions here{.folder = folder.path(), .environment = {}};
  ASSERT_EQ(runCli({"export", session, "--format", "object", "--output", "kernel.o"}, here).status, 0);
  folder.write("caller.c", callerOf("kernel.h"));
  const Finished linked =
      run({"cc", "-O1", "-Wall", "-Werror", "-o", "caller", "caller.c", "kernel.o", "-lm"}, here);
  ASSERT_EQ(linked.status, 0) << linked.err;
  ASSERT_EQ(run({folder.file("caller")}, here).status, 0);
  expectOutputs(folder, fused);

  // The same with the kernel as readable C.
  ASSERT_EQ(runCli({"export", session, "--format", "c", "--output", "kernel.c"}, here).status, 0);
  folder.write("declaration.h", "void fused(const float*, const float*, const float*, float*, float*);\n");
  folder.write("caller.c", callerOf("declaration.h"));
  const Finished compiled =
      run({"cc", "-std=c11", "-O1", "-fopenmp", "-o", "caller", "caller.c", "kernel.c", "-lm"}, here);
  ASSERT_EQ(compiled.status, 0) << compiled.err;
  std::filesystem::remove(folder.file("out"));
  ASSERT_EQ(run({folder.file("caller")}, here).status, 0);
  expectOutputs(folder, fused);
}

}  // namespace
}  // namespace espalier::testing
