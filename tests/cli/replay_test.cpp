// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// A run that is repeated from its session, proposers from outside, and looking on while a run goes.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/process.h"
#include "session/session_fold.h"
#include "session/session_store.h"

namespace espalier::testing {
namespace {

using nlohmann::json;

std::string foldOf(const std::string& session) {
  const auto events = readSession(session);
  EXPECT_TRUE(events.has_value());
  const auto fold = foldEvents(*events);
  EXPECT_TRUE(fold.has_value());
  return foldText(*fold);
}

Finished tuneInto(const std::string& session, std::vector<std::string> more) {
  std::vector<std::string> command{"tune", "softmax_small", "--threads", "1", "--json", "--session", session};
  command.insert(command.end(), more.begin(), more.end());
  return runCli(command);
}

TEST(Replay, IsTheSameToTheByteAndSeedsDiffer) {
  const TemporaryFolder folder;
  const auto file = [&](const char* name) { return folder.file(name); };
  const std::vector<std::string> random{"--samples", "6", "--proposer", "random"};
  const auto withSeed = [&](const char* seed) {
    std::vector<std::string> options = random;
    options.insert(options.end(), {"--seed", seed});
    return options;
  };
  ASSERT_EQ(tuneInto(file("first.espalier"), withSeed("3")).status, 0);
  ASSERT_EQ(tuneInto(file("other.espalier"), withSeed("4")).status, 0);
  const std::vector<std::string> again{"--proposer", "recorded", "--recording", file("first.espalier")};
  for (const char* name : {"second.espalier", "third.espalier"}) {
    const Finished replayed = tuneInto(file(name), again);
    ASSERT_EQ(replayed.status, 0) << replayed.err;
  }
  EXPECT_EQ(foldOf(file("second.espalier")), foldOf(file("third.espalier")));
  const auto traceOf = [&](const char* name) {
    return json::parse(runCli({"show", file(name), "--best", "--json"}).out).at("node").at("trace");
  };
  EXPECT_EQ(traceOf("first.espalier"), traceOf("second.espalier"));
  EXPECT_NE(foldOf(file("first.espalier")), foldOf(file("other.espalier")));
}

/// Predictions follow from the sheet of the machine, which never measures twice alike: the recorded one
/// holds, and the recorded number of threads.
TEST(Replay, SeesTheMachineAsTheRecordedRunSawIt) {
  const TemporaryFolder folder;
  const std::string first = folder.file("first.espalier");
  const std::string second = folder.file("second.espalier");
  ASSERT_EQ(tuneInto(first, {"--samples", "3", "--seed", "5"}).status, 0);
  ProcessOptions elsewhere;
  elsewhere.environment["XDG_CACHE_HOME"] = folder.file("cache");
  const Finished replayed = runCli({"tune", "softmax_small", "--json", "--session", second, "--proposer",
                                    "recorded", "--recording", first},
                                   elsewhere);
  ASSERT_EQ(replayed.status, 0) << replayed.err;
  EXPECT_FALSE(std::filesystem::exists(folder.file("cache")));
  const auto runOf = [](const std::string& session) {
    const auto events = readSession(session);
    EXPECT_TRUE(events.has_value());
    return std::get<RunStarted>(events->front().body);
  };
  EXPECT_EQ(runOf(second).host, runOf(first).host);
  EXPECT_EQ(runOf(second).problem.threads, 1);
  const auto story = [](const std::string& session) {
    std::string text = foldOf(session);
    return text.substr(text.find('\n'));
  };
  EXPECT_EQ(story(second), story(first));
}

TEST(Replay, OfAnotherProblemIsRefused) {
  const TemporaryFolder folder;
  const std::string session = folder.file("softmax.espalier");
  ASSERT_EQ(tuneInto(session, {"--samples", "1"}).status, 0);
  const Finished refused = runCli({"tune", "matmul_small", "--samples", "1", "--proposer", "recorded",
                                   "--recording", session, "--session", folder.file("new.espalier")});
  EXPECT_EQ(refused.status, 3) << refused.err;
  EXPECT_EQ(folder.content(), std::vector<std::string>{"softmax.espalier"});
}

TEST(Proposer, OfOnesOwnIsAskedOverAPipe) {
  const TemporaryFolder folder;
  const std::string script =
      folder.write("proposer.sh",
                   "while read -r line; do\n"
                   "  id=$(printf '%s' \"$line\" | sed 's/.*\"id\": *\\([0-9]*\\).*/\\1/')\n"
                   "  printf '{\"id\": %s, \"reasoning\": \"tiles for all\", \"transformations\": "
                   "[\"TileSize\", \"Magic\"]}\\n' \"$id\"\n"
                   "done\n");
  const std::string session = folder.file("s.espalier");
  const Finished tuned = tuneInto(session, {"--samples", "3", "--proposer", "exec:sh " + script});
  ASSERT_EQ(tuned.status, 0) << tuned.err;
  EXPECT_EQ(json::parse(tuned.out).at("proposer"), "exec");
  // Tiles alone may be slower than the unscheduled program, which is then the best.
  const json node = json::parse(runCli({"show", session, "--node", "1", "--json"}).out).at("node");
  EXPECT_EQ(node.at("reasoning"), "tiles for all");
}

TEST(Proposer, ThatNamesNothingReachableLeavesTheSearchGoing) {
  const TemporaryFolder folder;
  const Finished tuned =
      runCli({"tune", "softmax_small", "--samples", "2", "--threads", "1", "--json", "--llm-url",
              "http://127.0.0.1:9", "--llm-model", "none", "--session", folder.file("s.espalier")},
             {.folder = {}, .environment = {{"ESPALIER_API_KEY", "sk-secret-0123456789"}}});
  ASSERT_EQ(tuned.status, 0) << tuned.err;
  const json result = json::parse(tuned.out);
  EXPECT_EQ(result.at("samples"), 2);
  EXPECT_EQ(result.at("proposer"), "llm");
  EXPECT_EQ(tuned.out.find("sk-secret"), std::string::npos);
  EXPECT_EQ(tuned.err.find("sk-secret"), std::string::npos);
  EXPECT_EQ(readFile(folder.file("s.espalier")).find("sk-secret"), std::string::npos);
}

TEST(Show, FollowsARunThatGoesOn) {
  const TemporaryFolder folder;
  const std::string session = folder.file("live.espalier");
  Process process(cli({"tune", "softmax_small", "--samples", "100000", "--session", session}));
  ASSERT_TRUE(process.waitForError("sample    2"));
  const Finished shown = runCli({"show", session, "--json"});
  EXPECT_EQ(shown.status, 0) << shown.err;
  EXPECT_GE(json::parse(shown.out).at("result").at("samples").get<int>(), 1);
  const Finished second = runCli({"resume", session});
  EXPECT_NE(second.status, 0);
  EXPECT_EQ(second.err.find("Internal"), std::string::npos) << second.err;
  process.signal(SIGINT);
  EXPECT_EQ(process.finish().status, 130);
}

}  // namespace
}  // namespace espalier::testing
