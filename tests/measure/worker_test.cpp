// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "measure/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

namespace espalier {
namespace {

using ::testing::HasSubstr;

WorkerOptions withCommand(std::vector<std::string> command) {
  WorkerOptions options;
  options.command = std::move(command);
  options.startTimeoutSeconds = 1;
  return options;
}

TEST(Worker, TellsWhatMachineItRunsOn) {
  const auto worker = Worker::start();
  ASSERT_TRUE(worker) << worker.error().text();
  const Handshake& handshake = (*worker)->handshake();
  EXPECT_EQ(handshake.protocol, kProtocolVersion);
  EXPECT_FALSE(handshake.cpu.empty());
  EXPECT_THAT(handshake.target.triple, HasSubstr("-"));
  EXPECT_GE(handshake.cores, 1);
  EXPECT_GT(handshake.memoryBytes, 1 << 20);
  for (std::size_t i = 1; i < handshake.caches.size(); ++i)
    EXPECT_LE(handshake.caches[i - 1].level, handshake.caches[i].level);
}

TEST(Worker, MissingProgramIsAnErrorThatNamesIt) {
  const auto worker = Worker::start(withCommand({"/no/such/espalier-worker"}));
  ASSERT_FALSE(worker);
  EXPECT_EQ(worker.error().kind, ErrorKind::Environment);
  EXPECT_THAT(worker.error().message, HasSubstr("/no/such/espalier-worker"));
}

TEST(Worker, ForeignProgramsAreNoWorkers) {
  for (const auto& command : std::vector<std::vector<std::string>>{
           {"true"},
           {"sh", "-c", "echo trouble >&2; exit 7"},
           {"sh", "-c", "echo this is a long line of text that is no handshake"},
           {"cat"}}) {
    const auto worker = Worker::start(withCommand(command));
    ASSERT_FALSE(worker) << command.front();
    EXPECT_EQ(worker.error().kind, ErrorKind::Environment);
  }
  const auto talking = Worker::start(withCommand({"sh", "-c", "echo trouble >&2; exit 7"}));
  EXPECT_THAT(talking.error().message, HasSubstr("trouble"));
}

TEST(Worker, GetsNoKeyFromTheEnvironment) {
  ::setenv("ESPALIER_API_KEY", "recognisable-secret", 1);
  const auto worker = Worker::start(withCommand({"sh", "-c", "env >&2; exit 7"}));
  ::unsetenv("ESPALIER_API_KEY");
  ASSERT_FALSE(worker);
  EXPECT_THAT(worker.error().message, HasSubstr("PATH="));
  EXPECT_THAT(worker.error().message, ::testing::Not(HasSubstr("recognisable-secret")));
}

TEST(Worker, UnknownAndMalformedRequestsAreAnsweredAndSurvived) {
  const auto worker = Worker::start();
  ASSERT_TRUE(worker) << worker.error().text();
  for (const char* header : {"{\"request\": \"dance\"}", "{}", "no JSON", "[]", "{\"request\": \"run\"}",
                             "{\"request\": \"load\", \"kernel\": 3}"}) {
    const auto answer = (*worker)->request({header, {}}, 5);
    ASSERT_FALSE(answer) << header;
    EXPECT_EQ(answer.error().code, "worker") << header;
    EXPECT_TRUE((*worker)->alive()) << header;
  }
}

TEST(Worker, GarbageIsNotAnObjectFile) {
  const auto worker = Worker::start();
  ASSERT_TRUE(worker) << worker.error().text();
  const nlohmann::json header = {{"request", "load"},
                                 {"kernel", "k"},
                                 {"entry", "e"},
                                 {"workspace", 0},
                                 {"workspace_per_thread", 0},
                                 {"packs", nlohmann::json::array()}};
  const auto answer = (*worker)->request({header.dump(), std::vector<char>(1000, 'x')}, 5);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, "load");
  EXPECT_TRUE((*worker)->alive());
}

TEST(Worker, LargePayloadsGoThroughWhole) {
  const auto worker = Worker::start();
  ASSERT_TRUE(worker) << worker.error().text();
  constexpr std::int64_t kElements = 3'000'000;
  const nlohmann::json header = {{"request", "inputs"},
                                 {"set", "s"},
                                 {"tensors",
                                  {{{"name", "A"},
                                    {"type", "int32"},
                                    {"elements", kElements},
                                    {"access", "read"},
                                    {"fill", {{"kind", "payload"}}}}}}};
  EXPECT_TRUE((*worker)->request({header.dump(), std::vector<char>(4 * kElements, 1)}, 10));
  EXPECT_FALSE((*worker)->request({header.dump(), std::vector<char>(4 * kElements - 1, 1)}, 10));
}

TEST(Worker, RestartBringsAFreshProcess) {
  const auto worker = Worker::start();
  ASSERT_TRUE(worker) << worker.error().text();
  const int before = (*worker)->generation();
  ASSERT_TRUE((*worker)->restart());
  EXPECT_EQ((*worker)->generation(), before + 1);
  EXPECT_TRUE((*worker)->alive());
}

TEST(Protocol, PrefixIsLittleEndianOnEveryMachine) {
  unsigned char prefix[kMessagePrefixBytes];
  encodePrefix({0x01020304, 0x1112131415161718}, prefix);
  const unsigned char wanted[] = {4, 3, 2, 1, 0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11};
  EXPECT_TRUE(std::equal(std::begin(prefix), std::end(prefix), std::begin(wanted)));
  EXPECT_EQ(decodePrefix(prefix).header, 0x01020304U);
  EXPECT_EQ(decodePrefix(prefix).payload, 0x1112131415161718ULL);
}

TEST(Protocol, MessagesSurviveAPipe) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_TRUE(writeMessage(ends[1], {"{\"a\": 1}", {'x', '\0', 'y'}}));
  ::close(ends[1]);
  const auto message = readMessage(ends[0]);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->header, "{\"a\": 1}");
  EXPECT_EQ(message->payload, (std::vector<char>{'x', '\0', 'y'}));
  EXPECT_FALSE(readMessage(ends[0]));
  ::close(ends[0]);
}

}  // namespace
}  // namespace espalier
