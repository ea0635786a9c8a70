// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/exec_proposer.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reasoning/llm_test_support.h"

namespace espalier {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Proposal ask(ExecProposer& proposer, const std::stop_token& stop = {}) {
  Random random(1);
  ProposalControl control;
  control.stop = stop;
  return proposer.propose(testing::sampleContext(), random, control);
}

ExecProposer proposerOf(std::string command, std::chrono::milliseconds patience = std::chrono::seconds(30)) {
  return ExecProposer({.command = std::move(command), .patience = patience, .lineBytes = 1 << 16},
                      std::make_unique<testing::FakeRules>());
}

TEST(ExecContext, IsOneLineOfJsonWithEverything) {
  const std::string line = execContext(testing::sampleContext(), 7);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const nlohmann::json json = nlohmann::json::parse(line);
  EXPECT_EQ(json.at("id"), 7);
  EXPECT_EQ(json.at("node").at("depth"), 2);
  EXPECT_EQ(json.at("node").at("measured_seconds"), 2e-3);
  EXPECT_EQ(json.at("ancestors").size(), 2U);
  EXPECT_EQ(json.at("attempts").at(0).at("items").at(0).at("reason"),
            "Loop k carries the reduction of block C.");
  EXPECT_EQ(json.at("legal_actions").at(0).at("name"), "Unroll");
  EXPECT_EQ(json.at("problem").at("sections").at(0).at("key"), "grammar");
}

TEST(ExecProposer, AsksTheSameProcessAgainAndAgain) {
  ExecProposer proposer = proposerOf(
      R"j(n=0; while read -r line; do echo "{\"id\": $n, \"reasoning\": \"request $n\", \"transformations\": [{\"name\": \"Unroll\", \"args\": {\"loop\": \"k\"}}]}"; n=$((n+1)); done)j");
  for (int i = 0; i < 3; ++i) {
    const Proposal proposal = ask(proposer);
    EXPECT_FALSE(proposal.fallback) << proposal.notice;
    EXPECT_THAT(proposal.items, ElementsAre("Unroll(loop=k)"));
    EXPECT_EQ(proposal.reasoning, "request " + std::to_string(i));
    ASSERT_EQ(proposal.exchanges.size(), 1U);
    EXPECT_EQ(proposal.exchanges[0].outcome, "ok");
  }
}

struct Program {
  const char* name;
  const char* command;
  bool answers;
  const char* words;
};

void PrintTo(const Program& program, std::ostream* out) { *out << program.name; }

class ExecFault : public ::testing::TestWithParam<Program> {};

TEST_P(ExecFault, EndsWell) {
  ExecProposer proposer = proposerOf(
      GetParam().command, std::chrono::milliseconds(GetParam().name == std::string("hangs") ? 150 : 30'000));
  const Proposal proposal = ask(proposer);
  EXPECT_EQ(proposal.fallback, !GetParam().answers) << proposal.notice;
  EXPECT_EQ(proposal.proposer, GetParam().answers ? "exec" : "rules");
  EXPECT_THAT(proposal.notice, HasSubstr(GetParam().words));
  EXPECT_EQ(testing::everyText(proposal).find('\x1b'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Programs, ExecFault,
    ::testing::Values(
        Program{"missing", "/no/such/program", false, "ended. It said:"},
        Program{"ends", "exit 3", false, "ended"},
        Program{"ends_after_reading", "read line; echo sorry >&2", false, "It said: sorry"},
        Program{"hangs", "while read line; do :; done", false, "did not answer within"},
        Program{"declines", "read line; echo '{\"error\": \"not my thing\"}'; cat", false,
                "declined: not my thing"},
        Program{"chatters_first",
                "read line; echo loading; echo; echo '{\"transformations\": [\"Unroll(loop=k)\"]}'", true,
                ""},
        Program{"stale_answer_first",
                "read line; echo '{\"id\": 99, \"transformations\": [\"Parallel\"]}'; echo '{\"id\": 0, "
                "\"transformations\": [\"Unroll\"]}'",
                true, ""},
        Program{"near_json", "read line; echo \"{'transformations': ['Unroll']}\"", true, ""},
        Program{"nonsense", "read line; echo '{\"a\": 1}'", false, "no transformations"},
        Program{"giant_line", "read line; head -c 1000000 /dev/zero | tr '\\0' x", false, "KiB"},
        Program{"escapes",
                "read line; printf '{\"reasoning\": \"\\033[2J\", \"transformations\": [\"Unroll\"]}\\n'",
                true, ""},
        Program{"binary", "read line; head -c 5000 /dev/urandom", false, ""}),
    [](const auto& program) { return std::string(program.param.name); });

TEST(ExecProposer, TheExampleInPythonWorks) {
  if (std::system("python3 -c pass > /dev/null 2>&1") != 0) GTEST_SKIP() << "no python3 on this machine";
  ExecProposer proposer = proposerOf("python3 " ESPALIER_SOURCE_DIR "/resources/examples/exec_proposer.py");
  for (int i = 0; i < 2; ++i) {
    const Proposal proposal = ask(proposer);
    EXPECT_FALSE(proposal.fallback) << proposal.notice;
    EXPECT_EQ(proposal.reasoning, "depth 2, 2 steps are new here");
    EXPECT_EQ(proposal.items.size(), 1U);
  }
}

TEST(ExecProposer, GivesUpAfterThreeFailures) {
  ExecProposer proposer = proposerOf("exit 1");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ask(proposer).exchanges.size(), 1U);
  const Proposal proposal = ask(proposer);
  EXPECT_TRUE(proposal.exchanges.empty());
  EXPECT_THAT(proposal.notice, HasSubstr("not asked any more"));
}

TEST(ExecProposer, IsCancelledAtOnceAndLeavesNoProcess) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("espalier-exec-" + std::to_string(getpid()));
  ExecProposer proposer =
      proposerOf("echo $$ > " + file.string() + "; while read line; do :; done", std::chrono::hours(1));
  std::stop_source source;
  Proposal proposal;
  std::thread asking([&] { proposal = ask(proposer, source.get_token()); });
  while (!std::filesystem::exists(file) || std::filesystem::file_size(file) == 0) std::this_thread::yield();
  source.request_stop();
  asking.join();
  EXPECT_EQ(proposal.exchanges.at(0).outcome, "cancelled");
  pid_t process = 0;
  std::ifstream(file) >> process;
  ASSERT_GT(process, 0);
  EXPECT_NE(kill(process, 0), 0);
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace espalier
