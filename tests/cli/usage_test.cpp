// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/process.h"

namespace espalier::testing {
namespace {

TEST(Usage, HelpAndVersionSucceed) {
  const Finished help = runCli({"--help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_NE(help.out.find("Examples:"), std::string::npos);
  EXPECT_EQ(runCli({"--version"}).out.substr(0, 9), "espalier ");
  for (const char* verb : {"workloads", "tune", "resume", "show", "export", "measure", "compare", "doctor"}) {
    const Finished verbHelp = runCli({verb, "--help"});
    EXPECT_EQ(verbHelp.status, 0) << verb;
    EXPECT_NE(verbHelp.out.find("Usage:"), std::string::npos) << verb;
  }
}

class WrongUsage : public ::testing::TestWithParam<std::vector<std::string>> {};

TEST_P(WrongUsage, EndsWithTwoAndASentence) {
  const TemporaryFolder folder;
  const Finished finished = runCli(GetParam(), {.folder = folder.path(), .environment = {}});
  EXPECT_EQ(finished.status, 2) << finished.err;
  EXPECT_EQ(finished.out, "");
  EXPECT_EQ(finished.err.find("espalier-cli: "), 0U) << finished.err;
  EXPECT_NE(finished.err.find(" --help` lists"), std::string::npos) << finished.err;
  EXPECT_TRUE(folder.content().empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongUsage,
    ::testing::Values(std::vector<std::string>{}, std::vector<std::string>{"sing"},
                      std::vector<std::string>{"tune"},
                      std::vector<std::string>{"tune", "matmul_small", "--samples", "0"},
                      std::vector<std::string>{"tune", "matmul_small", "--samples", "many"},
                      std::vector<std::string>{"tune", "matmul_small", "--threads", "-1"},
                      std::vector<std::string>{"tune", "matmul_small", "--strategy", "luck"},
                      std::vector<std::string>{"tune", "matmul_small", "--preset", "other"},
                      std::vector<std::string>{"tune", "matmul_small", "--no-such-option"},
                      std::vector<std::string>{"tune", "matmul_small", "--size"},
                      std::vector<std::string>{"tune", "matmul_small", "another"},
                      std::vector<std::string>{"show", "x.espalier", "--node", "1", "--best"},
                      std::vector<std::string>{"export", "x.espalier", "--format", "poem", "--output", "y"},
                      std::vector<std::string>{"export", "x.espalier", "--format", "c"},
                      std::vector<std::string>{"compare", "one.espalier"}));

TEST(Usage, ErrorsAreOneJsonObjectToo) {
  const Finished finished = runCli({"tune", "matmul_small", "--json", "--samples", "0"});
  EXPECT_EQ(finished.status, 2);
  const auto json = nlohmann::json::parse(finished.out);
  EXPECT_TRUE(json.at("error").is_string());
}

TEST(Workloads, AreListedWithExactFigures) {
  const Finished finished = runCli({"workloads", "--json"});
  ASSERT_EQ(finished.status, 0) << finished.err;
  const auto json = nlohmann::json::parse(finished.out);
  bool seen = false;
  for (const auto& layer : json.at("workloads")) {
    EXPECT_NE(layer.at("tc").get<std::string>().find("def "), std::string::npos);
    if (layer.at("name") != "deepseek_r1_moe") continue;
    seen = true;
    EXPECT_EQ(layer.at("flops"), 2.0 * 16 * 7168 * 2048);
    EXPECT_EQ(layer.at("bytes"), 4.0 * (16 * 7168 + 7168 * 2048 + 16 * 2048));
  }
  EXPECT_TRUE(seen);
  const Finished text = runCli({"workloads"});
  EXPECT_EQ(text.status, 0);
  EXPECT_NE(text.out.find("llama3_8b_attention"), std::string::npos);
}

TEST(Workloads, SayWhenTheirOutputIsLost) {
  const Finished finished =
      run(cli({"workloads"}), {.folder = {}, .environment = {}, .outputFile = "/dev/full"});
  EXPECT_EQ(finished.status, 4);
  EXPECT_NE(finished.err.find("could not be written"), std::string::npos) << finished.err;
}

TEST(Doctor, ReportsTheMachine) {
  const Finished finished = runCli({"doctor", "--json"});
  ASSERT_EQ(finished.status, 0) << finished.err;
  const auto report = nlohmann::json::parse(finished.out);
  for (const char* field : {"cpu", "cores", "vector_bits", "caches", "llvm", "xgboost", "llm"})
    EXPECT_TRUE(report.contains(field)) << field;
  for (const char* figures : {"peak_gflops", "bandwidth_gbps"}) {
    EXPECT_GT(report.at(figures).at("one_thread").get<double>(), 0) << figures;
    EXPECT_GE(report.at(figures).at("all_threads").get<double>(),
              report.at(figures).at("one_thread").get<double>());
  }
}

}  // namespace
}  // namespace espalier::testing
