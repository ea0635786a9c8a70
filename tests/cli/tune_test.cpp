// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// The main job as a user types it.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/process.h"

namespace espalier::testing {
namespace {

using nlohmann::json;

json parsed(const Finished& finished) {
  const json result = json::parse(finished.out, nullptr, false);
  EXPECT_FALSE(result.is_discarded()) << finished.out << finished.err;
  return result;
}

void expectMonotoneCurve(const json& result) {
  std::int64_t sample = 0;
  double best = 0;
  for (const json& point : result.at("curve")) {
    EXPECT_EQ(point.at(0).get<std::int64_t>(), ++sample);
    EXPECT_GE(point.at(1).get<double>(), best);
    best = point.at(1).get<double>();
  }
  EXPECT_EQ(sample, result.at("samples").get<std::int64_t>());
}

void expectContract(const json& result) {
  for (const char* field : {"workload", "strategy", "proposer", "seed", "samples", "failed_samples",
                            "baseline_ms", "best_ms", "speedup", "best_gflops", "percent_of_roofline",
                            "correct", "best_trace", "llm", "curve", "wall_seconds"})
    EXPECT_TRUE(result.contains(field)) << field;
  for (const char* field :
       {"calls", "prompt_tokens", "completion_tokens", "cached_tokens", "cost_usd", "fallback_rate"})
    EXPECT_TRUE(result.at("llm").contains(field)) << field;
  expectMonotoneCurve(result);
}

Finished tuneSmall(const std::string& session, const std::string& samples,
                   std::vector<std::string> more = {}) {
  std::vector<std::string> command{"tune", "matmul_small", "--samples", samples, "--seed", "5", "--threads",
                                   "1",    "--json",       "--session", session};
  command.insert(command.end(), more.begin(), more.end());
  return runCli(command);
}

TEST(Measure, SaysWhetherWeightsWerePackedBeforehand) {
  const TemporaryFolder folder;
  const std::string trace = folder.file("packed.trace");
  std::ofstream(trace)
      << "# espalier trace 1\nTransformLayout(buffer=WG, tiles=[0, 16], order=[1.0, 0, 1.1])\n";
  const auto conditions = [&](std::vector<std::string> more) {
    std::vector<std::string> command{"measure", "mlp_small", "--threads", "1", "--json"};
    command.insert(command.end(), more.begin(), more.end());
    const Finished finished = runCli(command);
    EXPECT_EQ(finished.status, 0) << finished.err;
    return parsed(finished).at("conditions").get<std::string>();
  };
  EXPECT_EQ(conditions({"--trace", trace}), "WG packed once, outside the timed region");
  EXPECT_EQ(conditions({}), "no weights packed beforehand");
  EXPECT_EQ(conditions({"--prepack", "off"}), "");
}

TEST(Tune, GivesAVerifiedResultAndASession) {
  const TemporaryFolder folder;
  const std::string session = folder.file("small.espalier");
  const Finished finished = tuneSmall(session, "6");
  ASSERT_EQ(finished.status, 0) << finished.err;
  const json result = parsed(finished);
  expectContract(result);
  EXPECT_EQ(result.at("workload"), "matmul_small");
  EXPECT_EQ(result.at("strategy"), "mcts");
  EXPECT_EQ(result.at("proposer"), "rules");
  EXPECT_EQ(result.at("seed"), 5);
  EXPECT_EQ(result.at("samples"), 6);
  EXPECT_EQ(result.at("correct"), true);
  EXPECT_GT(result.at("best_ms").get<double>(), 0);
  EXPECT_EQ(folder.content(), std::vector<std::string>{"small.espalier"});
  for (int sample = 1; sample <= 6; ++sample)
    EXPECT_NE(finished.err.find("sample    " + std::to_string(sample)), std::string::npos) << finished.err;

  const Finished shown = runCli({"show", session, "--best", "--json"});
  ASSERT_EQ(shown.status, 0) << shown.err;
  EXPECT_EQ(parsed(shown).at("node").at("trace"), result.at("best_trace"));
  EXPECT_EQ(runCli({"show", session, "--node", "0"}).status, 0);
  EXPECT_EQ(runCli({"show", session}).status, 0);
  const Finished missing = runCli({"show", session, "--node", "999999"});
  EXPECT_EQ(missing.status, 3) << missing.err;
}

TEST(Tune, DoesNotOverwriteASession) {
  const TemporaryFolder folder;
  const std::string session = folder.file("small.espalier");
  ASSERT_EQ(tuneSmall(session, "1").status, 0);
  const std::string before = readFile(session);
  const Finished again = tuneSmall(session, "1");
  EXPECT_EQ(again.status, 3);
  EXPECT_NE(again.err.find("resume"), std::string::npos) << again.err;
  EXPECT_EQ(readFile(session), before);
}

TEST(Tune, NamesItsSessionByItselfAndIsQuietWhenAsked) {
  const TemporaryFolder folder;
  const std::vector<std::string> command{"tune", "matmul_small", "--samples", "1", "--quiet"};
  for (int run = 0; run < 2; ++run) {
    const Finished finished = runCli(command, {.folder = folder.path(), .environment = {}});
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_EQ(finished.err, "");
    EXPECT_NE(finished.out.find("speedup"), std::string::npos);
  }
  EXPECT_EQ(folder.content(), (std::vector<std::string>{"matmul_small-2.espalier", "matmul_small.espalier"}));
}

TEST(Tune, EveryStrategyAndProposerRuns) {
  const TemporaryFolder folder;
  const std::vector<std::vector<std::string>> variants{{"--strategy", "evolutionary"},
                                                       {"--strategy", "random"},
                                                       {"--proposer", "random"},
                                                       {"--preset", "paper", "--proposer", "random"}};
  int number = 0;
  for (const auto& variant : variants) {
    const Finished finished = tuneSmall(folder.file(std::to_string(++number) + ".espalier"), "3", variant);
    EXPECT_EQ(finished.status, 0) << variant[1] << finished.err;
    expectContract(parsed(finished));
  }
}

TEST(Tune, StopsAtItsTimeLimit) {
  const TemporaryFolder folder;
  const Finished finished = tuneSmall(folder.file("t.espalier"), "100000", {"--time-limit", "1"});
  const int samples = parsed(finished).at("samples").get<int>();
  EXPECT_LT(samples, 100000);
  // A second may be too short for the first sample of a busy machine: then nothing was measured.
  EXPECT_EQ(finished.status, samples > 0 ? 0 : 1) << finished.err;
}

TEST(Resume, CountsOnAfterAKill) {
  const TemporaryFolder folder;
  const std::string session = folder.file("killed.espalier");
  int seen = 0;
  {
    Process process(cli({"tune", "matmul_small", "--samples", "1000", "--seed", "5", "--session", session}));
    ASSERT_TRUE(process.waitForError("sample    4"));
    process.signal(SIGKILL);
    const Finished killed = process.finish();
    EXPECT_EQ(killed.status, 128 + SIGKILL);
    for (int sample = 1; killed.err.find("sample " + std::string(4 - std::to_string(sample).size(), ' ') +
                                         std::to_string(sample) + " ") != std::string::npos;
         ++sample)
      seen = sample;
  }
  ASSERT_GE(seen, 4);
  const std::string budget = std::to_string(seen + 3);
  const Finished resumed = runCli({"resume", session, "--samples", budget, "--json"});
  ASSERT_EQ(resumed.status, 0) << resumed.err;
  const json result = parsed(resumed);
  expectContract(result);
  EXPECT_EQ(result.at("samples"), seen + 3);
  EXPECT_EQ(result.at("seed"), 5);
  // At most the sample in flight was lost, and none is done twice.
  EXPECT_EQ(resumed.err.find("sample    1 "), std::string::npos) << resumed.err;
  EXPECT_EQ(resumed.err.find("sample " + std::string(4 - std::to_string(seen - 1).size(), ' ') +
                             std::to_string(seen - 1) + " "),
            std::string::npos)
      << resumed.err;
}

TEST(Interrupt, ClosesTheSessionCleanly) {
  const TemporaryFolder folder;
  const std::string session = folder.file("stopped.espalier");
  Process process(cli({"tune", "matmul_small", "--samples", "1000", "--json", "--session", session}));
  ASSERT_TRUE(process.waitForError("sample    2"));
  process.signal(SIGINT);
  const Finished stopped = process.finish();
  EXPECT_EQ(stopped.status, 130) << stopped.err;
  expectContract(parsed(stopped));
  // One file: the write-ahead log was folded in.
  EXPECT_EQ(folder.content(), std::vector<std::string>{"stopped.espalier"});
  EXPECT_EQ(runCli({"show", session}).status, 0);
}

TEST(Compare, PutsSessionsSideBySide) {
  const TemporaryFolder folder;
  const std::string first = folder.file("first.espalier");
  const std::string second = folder.file("second.espalier");
  ASSERT_EQ(tuneSmall(first, "2").status, 0);
  ASSERT_EQ(tuneSmall(second, "3", {"--proposer", "random"}).status, 0);
  const Finished finished = runCli({"compare", first, second, "--json"});
  ASSERT_EQ(finished.status, 0) << finished.err;
  const json result = parsed(finished);
  ASSERT_EQ(result.at("sessions").size(), 2U);
  EXPECT_EQ(result.at("sessions").at(0).at("samples"), 2);
  EXPECT_EQ(result.at("sessions").at(1).at("samples"), 3);
  const Finished text = runCli({"compare", first, second});
  EXPECT_NE(text.out.find("first.espalier"), std::string::npos) << text.out;
}

TEST(Export, WritesEveryFormat) {
  const TemporaryFolder folder;
  const std::string session = folder.file("s.espalier");
  ASSERT_EQ(tuneSmall(session, "2").status, 0);
  for (const char* format : {"trace", "c", "llvm", "asm", "object", "tvm", "csv", "json", "html"}) {
    const std::string output = folder.file(std::string("out.") + format);
    const Finished finished = runCli({"export", session, "--best", "--format", format, "--output", output});
    EXPECT_EQ(finished.status, 0) << format << finished.err;
    EXPECT_GT(readFile(output).size(), 20U) << format;
  }
  EXPECT_TRUE(json::accept(readFile(folder.file("out.json"))));
  const Finished back = runCli({"measure", "matmul_small", "--trace", folder.file("out.trace"), "--json"});
  ASSERT_EQ(back.status, 0) << back.err;
  EXPECT_EQ(parsed(back).at("correct"), true);
  const Finished nowhere = runCli({"export", session, "--format", "c", "--output", "/nowhere/out.c"});
  EXPECT_EQ(nowhere.status, 4) << nowhere.err;
  const Finished full = runCli({"export", session, "--format", "c", "--output", "/dev/full"});
  EXPECT_EQ(full.status, 4) << full.err;
}

}  // namespace
}  // namespace espalier::testing
