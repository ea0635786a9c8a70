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
