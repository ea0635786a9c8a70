// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
// Searches with a language model, as a user types them: good servers, bad servers, programs of one's own,
// recordings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/process.h"
#include "reasoning/misbehaving_server.h"
#include "session/event.h"
#include "session/session_store.h"

namespace espalier::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kKey = "sk-canary-4f1c9a77e2d0b6";
constexpr const char* kReply =
    R"j({"reasoning": "wide rows", "proposals": [{"transformations": [{"name": "TileSize"}, {"name": "Vectorize"}]}, {"transformations": [{"name": "Unroll"}]}]})j";

ProcessOptions withKey() {
  ProcessOptions options;
  options.environment = {{"ESPALIER_API_KEY", kKey}, {"no_proxy", "*"}, {"XDG_CONFIG_HOME", "/nonexistent"}};
  return options;
}

std::vector<std::string> tune(const std::string& session, std::vector<std::string> more) {
  std::vector<std::string> command{"tune", "matmul_small", "--samples", "5",    "--seed", "3", "--threads",
                                   "1",    "--json",       "--session", session};
  command.insert(command.end(), more.begin(), more.end());
  return command;
}

json parsed(const Finished& finished) {
  const json result = json::parse(finished.out, nullptr, false);
  EXPECT_FALSE(result.is_discarded()) << finished.out << finished.err;
  return result;
}

/// Everything that a run left behind, the compressed texts of the session included.
std::string everythingIn(const TemporaryFolder& folder, const std::string& session,
                         const Finished& finished) {
  std::string text = finished.out + finished.err;
  for (const std::string& name : folder.content()) text += readFile(folder.path() / name);
  const auto events = readSession(session);
  EXPECT_TRUE(events.has_value()) << (events ? "" : events.error().text());
  if (events) {
    for (const Event& event : *events) text += toJson(event).dump() + "\n";
  }
  return text;
}

TEST(TuneWithModel, ProposesRecordsAndLeavesNoKey) {
  MisbehavingServer server([](ServedConnection& c, int) { c.send(streamHead() + goodStream(kReply)); });
  const TemporaryFolder folder;
  const std::string session = folder.file("model.espalier");
  const std::string recording = folder.file("exchanges.jsonl");
  const Finished finished = runCli(
      tune(session, {"--llm-url", server.url(), "--llm-model", "m", "--recording", recording}), withKey());
  ASSERT_EQ(finished.status, 0) << finished.err;
  const json result = parsed(finished);
  EXPECT_EQ(result.at("samples"), 5);
  EXPECT_EQ(result.at("proposer"), "llm");
  EXPECT_EQ(result.at("correct"), true);
  EXPECT_GE(result.at("llm").at("calls").get<int>(), 1);
  EXPECT_EQ(result.at("llm").at("calls"), server.requests());
  EXPECT_EQ(result.at("llm").at("prompt_tokens").get<int>(), 900 * server.requests());
  EXPECT_EQ(result.at("llm").at("cached_tokens").get<int>(), 512 * server.requests());
  const std::string everything = everythingIn(folder, session, finished);
  EXPECT_THAT(everything, Not(HasSubstr(kKey)));
  EXPECT_THAT(everything, HasSubstr("wide rows")) << "the reasoning is stored";
  EXPECT_THAT(everything, HasSubstr("You optimise tensor programs")) << "the prompt is stored";
  EXPECT_THAT(server.received().at(0), HasSubstr(kKey)) << "the server needs it";

  const std::string replayed = folder.file("replayed.espalier");
  const Finished again = runCli(tune(replayed, {"--proposer", "recorded", "--recording", recording}));
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(parsed(again).at("proposer"), "recorded");
  EXPECT_EQ(parsed(again).at("samples"), 5);
}

TEST(TuneWithModel, GoesOnWithTheRulesWhenTheKeyIsRefused) {
  MisbehavingServer server([](ServedConnection& c, int) {
    c.send(httpAnswer(401,
                      std::string(R"j({"error":{"message":"Incorrect API key provided: )j") + kKey + "\"}}"));
  });
  const TemporaryFolder folder;
  const std::string session = folder.file("refused.espalier");
  const Finished finished = runCli(tune(session, {"--llm-url", server.url(), "--llm-model", "m"}), withKey());
  ASSERT_EQ(finished.status, 0) << finished.err;
  const json result = parsed(finished);
  EXPECT_EQ(result.at("samples"), 5);
  EXPECT_LE(server.requests(), 4) << "no more than were in flight";
  const std::string everything = everythingIn(folder, session, finished);
  EXPECT_THAT(everything, Not(HasSubstr(kKey)));
  EXPECT_THAT(everything, HasSubstr("answered 401"));
}

TEST(TuneWithModel, SurvivesAServerThatDiesInBetween) {
  MisbehavingServer server([](ServedConnection& c, int request) {
    if (request == 0) {
      c.send(streamHead() + goodStream(kReply));
    } else {
      c.reset();
    }
  });
  const TemporaryFolder folder;
  const Finished finished =
      runCli(tune(folder.file("dies.espalier"), {"--llm-url", server.url(), "--llm-model", "m"}), withKey());
  ASSERT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(parsed(finished).at("samples"), 5);
}

TEST(TuneWithModel, StopsAskingAtTheLimitAndNotSearching) {
  MisbehavingServer server([](ServedConnection& c, int) { c.send(streamHead() + goodStream(kReply)); });
  const TemporaryFolder folder;
  const Finished finished = runCli(tune(folder.file("limit.espalier"),
                                        {"--llm-url", server.url(), "--llm-model", "m", "--max-calls", "1"}),
                                   withKey());
  ASSERT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(parsed(finished).at("samples"), 5);
  EXPECT_EQ(server.requests(), 1);
}

TEST(TuneWithModel, RunsAProgramOfTheUserGoodOrBad) {
  for (const char* program : {"exec:while read -r line; do echo '{\"reasoning\": \"mine\", "
                              "\"transformations\": [\"Unroll\"]}'; done",
                              "exec:exit 1",
                              "exec:while read -r line; do echo '{\"transformations\": "
                              "[\"../../etc/passwd\", \"$(reboot)\"]}'; done"}) {
    const TemporaryFolder folder;
    const Finished finished = runCli(tune(folder.file("exec.espalier"), {"--proposer", program}));
    ASSERT_EQ(finished.status, 0) << program << finished.err;
    EXPECT_EQ(parsed(finished).at("samples"), 5) << program;
  }
}

TEST(TuneWithModel, ReplaysTheRecordingThatIsShipped) {
  const TemporaryFolder folder;
  const std::string session = folder.file("replayed.espalier");
  const Finished finished =
      runCli({"tune", "deepseek_r1_moe", "--samples", "6", "--json", "--session", session, "--proposer",
              "recorded", "--recording", ESPALIER_SOURCE_DIR "/sessions/deepseek_r1_moe.exchanges.jsonl"});
  ASSERT_EQ(finished.status, 0) << finished.err;
  const json result = parsed(finished);
  EXPECT_EQ(result.at("correct"), true);
  EXPECT_EQ(result.at("proposer"), "recorded");
  EXPECT_GE(result.at("speedup").get<double>(), 10);
  EXPECT_THAT(everythingIn(folder, session, finished), HasSubstr("8 rows x 3 vectors = 24 accumulators"));
}

TEST(TuneWithModel, CountsAFailedCallAsFallback) {
  MisbehavingServer server([](ServedConnection& c, int) { c.send(httpAnswer(404, "no such model")); });
  const TemporaryFolder folder;
  const Finished finished =
      runCli(tune(folder.file("none.espalier"), {"--llm-url", server.url(), "--llm-model", "m"}), withKey());
  ASSERT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(parsed(finished).at("llm").at("fallback_rate"), 1.0);
  EXPECT_THAT(runCli({"tune", "--help"}).out, HasSubstr("fallback_rate is the share of expansions"));
}

TEST(TuneWithModel, TellsHowWellItOverlapped) {
  MisbehavingServer server([](ServedConnection& c, int) { c.send(streamHead() + goodStream(kReply)); });
  const TemporaryFolder folder;
  const std::string session = folder.file("overlap.espalier");
  const Finished finished =
      runCli(tune(session, {"--llm-url", server.url(), "--llm-model", "m", "--concurrency", "2"}), withKey());
  ASSERT_EQ(finished.status, 0) << finished.err;
  const json timeline = parsed(finished).at("timeline");
  EXPECT_GT(timeline.at("working_seconds"), 0);
  EXPECT_GE(timeline.at("search_seconds"), timeline.at("working_seconds"));
  EXPECT_GE(timeline.at("candidate_seconds"), timeline.at("idle_seconds"));
  EXPECT_GT(timeline.at("calls_in_flight"), 0);
  EXPECT_THAT(runCli({"show", session}).out, HasSubstr("% of the time while candidates were left"));
  // One call answered both, and both show it.
  for (const char* node : {"1", "2"})
    EXPECT_THAT(runCli({"show", session, "--node", node}).out,
                HasSubstr("900 tokens of prompt, 512 of them cached, 40 of reply"));
  EXPECT_EQ(json::parse(runCli({"show", session, "--json"}).out).at("result").at("timeline"), timeline);
}

TEST(TuneWithModel, ResumeGoesOnWithModelAndLimits) {
  MisbehavingServer server([](ServedConnection& c, int) { c.send(streamHead() + goodStream(kReply)); });
  const TemporaryFolder folder;
  const std::string session = folder.file("resumed.espalier");
  const Finished begun =
      runCli(tune(session, {"--llm-url", server.url(), "--llm-model", "model-of-the-session", "--max-calls",
                            "3", "--concurrency", "1", "--selection", "puct"}),
             withKey());
  ASSERT_EQ(begun.status, 0) << begun.err;
  const int before = server.requests();
  EXPECT_GE(before, 1);
  EXPECT_LE(before, 3);
  EXPECT_THAT(server.received().back(), HasSubstr("preference"));

  // The rest of the three calls, and no more.
  const Finished again = runCli({"resume", session, "--samples", "15", "--json"}, withKey());
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(parsed(again).at("samples"), 15);
  EXPECT_EQ(parsed(again).at("proposer"), "llm");
  EXPECT_EQ(server.requests(), 3);
  EXPECT_EQ(parsed(again).at("llm").at("calls"), 3);
  EXPECT_THAT(server.received().back(), HasSubstr("model-of-the-session"));
  EXPECT_THAT(server.received().back(), HasSubstr("preference"));

  // The command line wins, and stays.
  const Finished more =
      runCli({"resume", session, "--samples", "17", "--llm-model", "another", "--max-calls", "5", "--json"},
             withKey());
  ASSERT_EQ(more.status, 0) << more.err;
  EXPECT_GE(server.requests(), 4);
  EXPECT_LE(server.requests(), 5);
  EXPECT_THAT(server.received().back(), HasSubstr("another"));
  const int asked = server.requests();
  const Finished rules =
      runCli({"resume", session, "--samples", "19", "--proposer", "rules", "--json"}, withKey());
  ASSERT_EQ(rules.status, 0) << rules.err;
  EXPECT_EQ(parsed(rules).at("proposer"), "rules");
  EXPECT_EQ(server.requests(), asked);
  EXPECT_THAT(everythingIn(folder, session, rules), Not(HasSubstr(kKey)));
}

TEST(TuneWithModel, ScoresWithAProgramOfTheUserGoodOrBad) {
  // Answers with as many numbers as it was asked about; the next ones say nothing, nonsense, or end.
  constexpr const char* kGood =
      "exec:while read -r line; do id=$(echo \"$line\" | sed 's/.*\"id\":\\([0-9]*\\).*/\\1/'); "
      "n=$(echo \"$line\" | grep -o '\"trace\"' | wc -l); "
      "echo \"{\\\"id\\\": $id, \\\"seconds\\\": [$(yes 0.123 | head -n $n | paste -sd,)]}\"; done";
  for (const char* program :
       {kGood, "exec:while read -r line; do echo '{\"seconds\": \"fast\"}'; done", "exec:exit 1"}) {
    const TemporaryFolder folder;
    const std::string session = folder.file("scored.espalier");
    const Finished finished = runCli(tune(session, {"--scorer", program}));
    ASSERT_EQ(finished.status, 0) << program << finished.err;
    EXPECT_EQ(parsed(finished).at("samples"), 5) << program;
    EXPECT_EQ(parsed(finished).at("correct"), true);
    const json prediction =
        json::parse(runCli({"show", session, "--best", "--json"}).out).at("node").at("prediction");
    EXPECT_EQ(prediction.at("source") == "exec", program == kGood) << prediction;
    if (program == kGood)
      EXPECT_DOUBLE_EQ(prediction.at("ms"), 123);
    else
      EXPECT_THAT(prediction.at("words").get<std::string>(), HasSubstr("The scorer did not answer"));
    const Finished resumed = runCli({"resume", session, "--samples", "6", "--json"});
    EXPECT_EQ(resumed.status, 0) << resumed.err;
    EXPECT_THAT(everythingIn(folder, session, finished), HasSubstr("\"scorer\\\":"));
  }
  const TemporaryFolder folder;
  EXPECT_EQ(runCli(tune(folder.file("wrong.espalier"), {"--scorer", "magic"})).status, 2);
}

TEST(TuneWithModel, ResumesWithTheProgramOfTheUser) {
  const TemporaryFolder folder;
  const std::string session = folder.file("exec.espalier");
  const Finished begun = runCli(tune(session, {"--proposer",
                                               "exec:while read -r line; do echo '{\"reasoning\": \"mine\", "
                                               "\"transformations\": [\"Unroll\"]}'; done"}));
  ASSERT_EQ(begun.status, 0) << begun.err;
  const Finished again = runCli({"resume", session, "--samples", "7", "--json"});
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(parsed(again).at("proposer"), "exec");
}

TEST(TuneWithModel, AFileThatMayNotGrowIsASentence) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "ThreadSanitizer's own start, --version included, fails under a limit on the size of files";
#endif
  const TemporaryFolder folder;
  const std::string session = folder.file("limited.espalier");
  std::string command = "ulimit -f 40; exec";
  for (const std::string& word : cli(tune(session, {}))) command += " '" + word + "'";
  const Finished finished = run({"/bin/sh", "-c", command});
  EXPECT_EQ(finished.status, 4) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("espalier-cli: "));
  EXPECT_THAT(finished.err, Not(HasSubstr("Internal error")));
}

TEST(TuneWithModel, RefusesWhatMakesNoSense) {
  const TemporaryFolder folder;
  const std::vector<std::vector<std::string>> wrong = {{"--llm-url", "localhost:8080"},
                                                       {"--llm-url", "http://user:pass@host"},
                                                       {"--llm-profile", "nobody"},
                                                       {"--proposer", "llm"}};
  for (const auto& options : wrong) {
    const Finished finished = runCli(tune(folder.file("wrong.espalier"), options));
    EXPECT_EQ(finished.status, 2) << finished.err;
    EXPECT_FALSE(finished.err.empty());
    EXPECT_THAT(folder.content(), ::testing::IsEmpty());
  }
}

}  // namespace
}  // namespace espalier::testing
