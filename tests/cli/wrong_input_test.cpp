// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// What a user can get wrong beside the options: the right exit status, a sentence, and nothing left behind.
#include <gtest/gtest.h>

#include <unistd.h>
#include <filesystem>

#include "cli/process.h"

namespace espalier::testing {
namespace {

constexpr const char* kMatmul =
    "def mm(float(M,K) A, float(K,N) B) -> (C) {\n  C(m,n) +=! A(m,k) * B(k,n)\n}\n";

/// Ends as it must, in one or two sentences without any trace of our insides, and leaves no file behind.
void expectRefusal(const Finished& finished, int status, const std::vector<std::string>& words) {
  EXPECT_EQ(finished.status, status) << finished.err;
  EXPECT_EQ(finished.out, "");
  for (const std::string& word : words)
    EXPECT_NE(finished.err.find(word), std::string::npos) << word << "\n" << finished.err;
  for (const char* inside : {"terminate", "Assertion", "std::", "#0", ".cpp", "Internal error"})
    EXPECT_EQ(finished.err.find(inside), std::string::npos) << finished.err;
}

struct WrongKernel {
  const char* name;
  std::string text;
  std::vector<std::string> options;
  int status;
  std::vector<std::string> words;
};

class WrongKernelFile : public ::testing::TestWithParam<WrongKernel> {};

TEST_P(WrongKernelFile, IsRefusedInWords) {
  const WrongKernel& wrong = GetParam();
  const TemporaryFolder folder;
  folder.write("kernel.tc", wrong.text);
  for (const char* verb : {"tune", "measure"}) {
    std::vector<std::string> command{verb, "./kernel.tc"};
    command.insert(command.end(), wrong.options.begin(), wrong.options.end());
    expectRefusal(runCli(command, {.folder = folder.path(), .environment = {}}), wrong.status, wrong.words);
    EXPECT_EQ(folder.content(), std::vector<std::string>{"kernel.tc"});
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongKernelFile,
    ::testing::Values(
        WrongKernel{"Empty", "", {}, 3, {"kernel.tc"}},
        WrongKernel{"BadSyntax", "def mm(float(M,K) A -> (C) {}", {}, 3, {"kernel.tc:1:"}},
        WrongKernel{"Binary",
                    std::string("\x7f"
                                "ELF\0\0\1",
                                7),
                    {},
                    3,
                    {"kernel.tc"}},
        WrongKernel{"UnknownTensor",
                    "def f(float(N) A) -> (C) { C(i) = Q(i) + A(i) }",
                    {"--size", "N=4"},
                    3,
                    {"kernel.tc:1:", "Q"}},
        WrongKernel{"UnknownKernel", kMatmul, {"--kernel", "nope"}, 3, {"nope"}},
        WrongKernel{"MissingSize", kMatmul, {"--size", "M=8", "--size", "N=8"}, 3, {"K", "--size"}},
        WrongKernel{"ZeroSize", kMatmul, {"--size", "M=0", "--size", "N=8", "--size", "K=8"}, 3, {"M"}},
        WrongKernel{"NegativeSize", kMatmul, {"--size", "M=-3", "--size", "N=8", "--size", "K=8"}, 3, {"M"}},
        WrongKernel{
            "HugeSize", kMatmul, {"--size", "M=8000000000000", "--size", "N=8", "--size", "K=8"}, 3, {"M"}},
        WrongKernel{"OverflowingSize", kMatmul, {"--size", "M=99999999999999999999"}, 3, {"too large"}},
        WrongKernel{"UnknownSize",
                    kMatmul,
                    {"--size", "M=8", "--size", "N=8", "--size", "K=8", "--size", "Q=8"},
                    3,
                    {"Q"}},
        WrongKernel{"SizeIsNoNumber", kMatmul, {"--size", "M=eight"}, 2, {"M=eight"}},
        WrongKernel{"SizeWithoutName", kMatmul, {"--size", "=8"}, 2, {"NAME=VALUE"}}),
    [](const auto& parameter) { return parameter.param.name; });

TEST(WrongInput, AMissingFileIsNamed) {
  expectRefusal(runCli({"tune", "/nowhere/kernel.tc"}), 3, {"/nowhere/kernel.tc"});
  expectRefusal(runCli({"show", "/nowhere/x.espalier"}), 3, {"/nowhere/x.espalier"});
  expectRefusal(runCli({"resume", "/nowhere/x.espalier"}), 3, {"/nowhere/x.espalier"});
  expectRefusal(runCli({"export", "/nowhere/x.espalier", "--format", "c", "--output", "/tmp/never.c"}), 3,
                {"/nowhere/x.espalier"});
  expectRefusal(runCli({"compare", "/nowhere/x.espalier", "/nowhere/y.espalier"}), 3,
                {"/nowhere/x.espalier"});
  expectRefusal(runCli({"measure", "matmul_small", "--trace", "/nowhere/t.trace"}), 3, {"/nowhere/t.trace"});
  EXPECT_FALSE(std::filesystem::exists("/tmp/never.c"));
}

TEST(WrongInput, AnUnknownLayerGetsNearNames) {
  expectRefusal(runCli({"tune", "deepseek_r1_mo"}), 3, {"deepseek_r1_mo", "deepseek_r1_moe"});
}

TEST(WrongInput, AListOfLayersIsNoLayer) {
  expectRefusal(runCli({"tune", "llama3_8b_decoder"}), 3, {"llama3_8b_decoder", "one by one"});
}

TEST(WrongInput, ANamedLayerHasItsSizes) {
  expectRefusal(runCli({"tune", "matmul_small", "--size", "M=4"}), 2, {"matmul_small", "workloads"});
}

TEST(WrongInput, AForeignOrCorruptSessionIsRefused) {
  const TemporaryFolder folder;
  const std::string text = folder.write("text.espalier", "this is no session\n");
  const std::string empty = folder.write("empty.espalier", "");
  const std::string cut = folder.write("cut.espalier", std::string("SQLite format 3\0garbage", 23));
  for (const std::string& file : {text, empty, cut}) {
    expectRefusal(runCli({"show", file}), 3, {file});
    expectRefusal(runCli({"resume", file}), 3, {file});
    expectRefusal(runCli({"export", file, "--format", "trace", "--output", folder.file("out")}), 3, {file});
  }
  EXPECT_EQ(readFile(text), "this is no session\n");
  EXPECT_EQ(folder.content(), (std::vector<std::string>{"cut.espalier", "empty.espalier", "text.espalier"}));
}

TEST(WrongInput, AFileIsNotTakenForASession) {
  const TemporaryFolder folder;
  const std::string precious = folder.write("precious.txt", "do not touch");
  const Finished finished = runCli({"tune", "matmul_small", "--samples", "1", "--session", precious});
  expectRefusal(finished, 3, {precious});
  EXPECT_EQ(readFile(precious), "do not touch");
}

TEST(WrongInput, AFolderThatCannotBeWrittenIsNamed) {
  expectRefusal(runCli({"tune", "matmul_small", "--samples", "1", "--session", "/proc/x.espalier"}), 4,
                {"/proc/x.espalier"});
  expectRefusal(runCli({"tune", "matmul_small", "--samples", "1", "--session", "/nowhere/x.espalier"}), 3,
                {"/nowhere"});
}

TEST(WrongInput, AWrongTraceNamesLineAndStep) {
  const TemporaryFolder folder;
  const auto measure = [&](const std::string& trace) {
    return runCli({"measure", "matmul_small", "--trace", folder.write("t.trace", trace)});
  };
  expectRefusal(measure("# espalier trace 1\nTileSize(block=C, loop=\n"), 3, {"t.trace", "2:"});
  expectRefusal(measure("# espalier trace 99\n"), 3, {"99"});
  expectRefusal(measure("# espalier trace 1\nParallel(loop=nowhere)\n"), 3, {"step 1", "nowhere"});
  expectRefusal(measure("# espalier trace 1\nMagic(loop=m)\n"), 3, {"Magic"});
  expectRefusal(measure("{\"steps\": 3}"), 3, {"steps"});
}

TEST(WrongInput, NumpyFilesMustFit) {
  const TemporaryFolder folder;
  const std::string kernel = folder.write("k.tc", "def f(float(N) A) -> (C) { C(i) = A(i) + A(i) }");
  const auto measure = [&] {
    return runCli({"measure", kernel, "--size", "N=4", "--inputs", folder.path().string()});
  };
  expectRefusal(measure(), 3, {"A.npy"});
  folder.write("A.npy", "not numpy");
  expectRefusal(measure(), 3, {"A.npy"});
  expectRefusal(runCli({"measure", kernel, "--size", "N=4", "--outputs", folder.file("out")}), 2,
                {"--inputs"});
}

}  // namespace
}  // namespace espalier::testing
