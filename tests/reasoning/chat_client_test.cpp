// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/chat_client.h"

#include <atomic>
#include <cstdlib>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "reasoning/llm_setup.h"
#include "reasoning/llm_test_support.h"
#include "reasoning/misbehaving_server.h"

namespace espalier {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::MisbehavingServer;
using ::testing::Not;
using testing::ServedConnection;

class ChatClientTest : public ::testing::Test {
 protected:
  void SetUp() override { setenv("no_proxy", "*", 1); }

  static ChatEndpoint endpoint(const MisbehavingServer& server, ChatDialect dialect = ChatDialect::OpenAi) {
    ChatEndpoint endpoint;
    endpoint.dialect = dialect;
    endpoint.base = server.url();
    endpoint.model = "asked-model";
    endpoint.key = Secret(testing::kCanaryKey);
    endpoint.limits = testing::testLimits();
    return endpoint;
  }
  static ChatRequest request() {
    ChatRequest request;
    request.system = "the stable part";
    request.question = "the question";
    request.schema = R"({"type":"object"})";
    request.maximumTokens = 123;
    return request;
  }
  static nlohmann::json bodyOf(const MisbehavingServer& server, std::size_t index) {
    const std::string received = server.received().at(index);
    return nlohmann::json::parse(received.substr(received.find("\r\n\r\n") + 4));
  }
};

TEST_F(ChatClientTest, SendsWhatOpenAiServersExpect) {
  MisbehavingServer server(
      [](ServedConnection& c, int) { c.send(testing::streamHead() + testing::goodStream("hi")); });
  ChatEndpoint asked = endpoint(server);
  asked.extraBody = R"({"thinking": {"type": "disabled"}, "temperature": null})";
  ChatClient client(asked);
  const ChatOutcome outcome = client.ask(request(), {});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->text, "hi");
  EXPECT_EQ(outcome->model, "served-model");
  EXPECT_EQ(outcome->finish, "stop");
  EXPECT_EQ(outcome->usage.tokens, (TokenUsage{900, 512, 40, 0, false}));
  const nlohmann::json body = bodyOf(server, 0);
  EXPECT_EQ(body.at("model"), "asked-model");
  EXPECT_EQ(body.at("messages").at(0), (nlohmann::json{{"role", "system"}, {"content", "the stable part"}}));
  EXPECT_EQ(body.at("messages").at(1), (nlohmann::json{{"role", "user"}, {"content", "the question"}}));
  EXPECT_EQ(body.at("max_tokens"), 123);
  EXPECT_EQ(body.at("stream"), true);
  EXPECT_EQ(body.at("response_format").at("json_schema").at("schema").at("type"), "object");
  EXPECT_EQ(body.at("thinking").at("type"), "disabled");
  EXPECT_FALSE(body.contains("temperature")) << "extra_body removes by null";
  EXPECT_THAT(server.received().at(0), HasSubstr("POST /v1/chat/completions HTTP/1.1"));
  EXPECT_THAT(server.received().at(0),
              HasSubstr(std::string("Authorization: Bearer ") + testing::kCanaryKey));
}

TEST_F(ChatClientTest, SpeaksAnthropic) {
  const std::string events =
      "event: message_start\ndata: "
      "{\"type\":\"message_start\",\"message\":{\"model\":\"claude\",\"usage\":{\"input_tokens\":10,\"cache_"
      "read_input_tokens\":700,"
      "\"cache_creation_input_tokens\":90,\"output_tokens\":1}}}\n\n"
      "event: ping\ndata: {\"type\":\"ping\"}\n\n"
      "event: content_block_start\ndata: "
      "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"thinking\",\"thinking\":"
      "\"\"}}\n\n"
      "event: content_block_delta\ndata: "
      "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":"
      "\"well\"}}\n\n"
      "event: content_block_delta\ndata: "
      "{\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"text_delta\",\"text\":\"hello "
      "\"}}\n\n"
      "event: content_block_delta\ndata: "
      "{\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"text_delta\",\"text\":\"there\"}}"
      "\n\n"
      "event: message_delta\ndata: "
      "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":33}}"
      "\n\n"
      "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
  MisbehavingServer server([&](ServedConnection& c, int) { c.send(testing::streamHead() + events); });
  ChatClient client(endpoint(server, ChatDialect::Anthropic));
  const ChatOutcome outcome = client.ask(request(), {});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->text, "hello there");
  EXPECT_EQ(outcome->reasoning, "well");
  EXPECT_EQ(outcome->usage.tokens, (TokenUsage{800, 700, 33, 0, false}));
  EXPECT_EQ(outcome->usage.written, 90);
  const nlohmann::json body = bodyOf(server, 0);
  EXPECT_EQ(body.at("system").at(0).at("text"), "the stable part");
  EXPECT_EQ(body.at("system").at(0).at("cache_control").at("type"), "ephemeral");
  EXPECT_EQ(body.at("messages").size(), 1U);
  EXPECT_EQ(body.at("max_tokens"), 123);
  EXPECT_FALSE(body.contains("response_format"));
  const std::string head = server.received().at(0);
  EXPECT_THAT(head, HasSubstr("POST /v1/messages HTTP/1.1"));
  EXPECT_THAT(head, HasSubstr(std::string("x-api-key: ") + testing::kCanaryKey));
  EXPECT_THAT(head, HasSubstr("anthropic-version: 2023-06-01"));
  EXPECT_THAT(head, Not(HasSubstr("Authorization")));
}

TEST_F(ChatClientTest, AnthropicOverloadedInsideTheStreamIsRepeated) {
  const std::string good =
      "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"hi\"}}\n\ndata: "
      "{\"type\":\"message_stop\"}\n\n";
  MisbehavingServer server([&](ServedConnection& c, int n) {
    c.send(
        testing::streamHead() +
        (n == 0
             ? "event: error\ndata: "
               "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n"
             : good));
  });
  ChatClient client(endpoint(server, ChatDialect::Anthropic));
  const ChatOutcome outcome = client.ask(request(), {});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->attempts, 2);
}

TEST_F(ChatClientTest, RemembersWhatTheServerRefuses) {
  MisbehavingServer server([](ServedConnection& c, int) {
    const bool schema = c.body.find("response_format") != std::string::npos;
    c.send(schema ? testing::httpAnswer(400, R"({"error":"response_format unknown"})")
                  : testing::streamHead() + testing::goodStream("hi"));
  });
  ChatClient client(endpoint(server));
  EXPECT_EQ(client.ask(request(), {})->attempts, 3);
  EXPECT_EQ(client.ask(request(), {})->attempts, 1);
  EXPECT_EQ(client.traits().format, ServerTraits::Format::Plain);
}

TEST_F(ChatClientTest, StreamsPiecesInOrderAndWithoutTheKey) {
  MisbehavingServer server([](ServedConnection& c, int) {
    c.send(testing::streamHead() +
           "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"let me \\u001b[31m\"}}]}\n\n" +
           testing::delta("the key sk-canary-4f1c9") + testing::delta("a77e2d0b6 and more") +
           "data: [DONE]\n\n");
  });
  ChatClient client(endpoint(server));
  std::string thought;
  std::string text;
  const ChatOutcome outcome = client.ask(
      request(), {}, [&](std::string_view piece, bool thinking) { (thinking ? thought : text) += piece; });
  ASSERT_TRUE(outcome);
  EXPECT_EQ(thought, "let me \\x1b[31m");
  EXPECT_EQ(text, "the key [key] and more");
  EXPECT_EQ(outcome->text, "the key [key] and more");
}

TEST_F(ChatClientTest, EstimatesTokensThatTheServerDoesNotReport) {
  MisbehavingServer server([](ServedConnection& c, int) {
    c.send(testing::streamHead() + testing::delta("a few words") + "data: [DONE]\n\n");
  });
  ChatClient client(endpoint(server));
  const ChatOutcome outcome = client.ask(request(), {});
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->usage.tokens.estimated);
  EXPECT_GT(outcome->usage.tokens.prompt, 4);
  EXPECT_EQ(outcome->usage.tokens.completion, 3);
}

TEST_F(ChatClientTest, IsCancelledAtOnceWhereverItWaits) {
  // Before the answer, in the middle of it, and while it waits to ask again.
  for (const int stage : {0, 1, 2}) {
    std::promise<void> reached;
    MisbehavingServer server([&](ServedConnection& c, int n) {
      if (stage == 1) c.send(testing::streamHead() + testing::delta("half"));
      if (stage == 2) c.send(testing::httpAnswer(429, "", "text/plain", "Retry-After: 20\r\n"));
      if (n == 0) reached.set_value();
      if (stage != 2) c.stall();
    });
    ChatEndpoint patient = endpoint(server);
    patient.limits.longestWait = std::chrono::seconds(60);
    ChatClient client(patient);
    std::stop_source source;
    auto asking = std::async(std::launch::async, [&] { return client.ask(request(), source.get_token()); });
    reached.get_future().wait();
    source.request_stop();
    const auto begin = std::chrono::steady_clock::now();
    const ChatOutcome outcome = asking.get();
    // Without the cancellation the shortest of the waits is twenty seconds.
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
    ASSERT_FALSE(outcome) << stage;
    EXPECT_EQ(outcome.error().kind, ChatFaultKind::Cancelled) << stage;
  }
}

TEST_F(ChatClientTest, AsksSeveralQuestionsAtOnce) {
  constexpr int kCalls = 4;
  std::atomic<int> waiting = 0;
  std::promise<void> together;
  std::shared_future<void> all = together.get_future().share();
  MisbehavingServer server([&](ServedConnection& c, int) {
    if (++waiting == kCalls) together.set_value();
    all.wait();
    c.send(testing::streamHead() + testing::goodStream("hi"));
  });
  ChatClient client(endpoint(server));
  std::vector<std::future<ChatOutcome>> calls;
  for (int i = 0; i < kCalls; ++i)
    calls.push_back(std::async(std::launch::async, [&] { return client.ask(request(), {}); }));
  for (auto& call : calls) EXPECT_TRUE(call.get());
}

TEST_F(ChatClientTest, FindsTheModelByItself) {
  MisbehavingServer server([](ServedConnection& c, int) {
    const bool list = c.head.starts_with("GET /v1/models ");
    c.send(list ? testing::httpAnswer(200, R"({"data":[{"id":"first\u001b[1m"},{"id":"second"},{"no":1}]})")
                : testing::streamHead() + testing::goodStream("hi"));
  });
  ChatEndpoint automatic = endpoint(server);
  automatic.model = "auto";
  ChatClient client(automatic);
  ASSERT_TRUE(client.ask(request(), {}));
  ASSERT_TRUE(client.ask(request(), {}));
  EXPECT_EQ(server.requests(), 3) << "the list is asked for once";
  EXPECT_EQ(client.name(), "first\\x1b[1m");
  EXPECT_THAT(*client.models({}), ElementsAre("first\\x1b[1m", "second"));
}

TEST_F(ChatClientTest, SaysWhyThereIsNoModel) {
  MisbehavingServer server(
      [](ServedConnection& c, int) { c.send(testing::httpAnswer(200, R"({"data":[]})")); });
  ChatEndpoint automatic = endpoint(server);
  automatic.model = "auto";
  ChatClient client(automatic);
  EXPECT_THAT(client.ask(request(), {}).error().message, HasSubstr("offers no model"));
  LlmOptions options;
  options.url = "http://127.0.0.1:1";
  EXPECT_THAT(listModels(options).error().message, HasSubstr("No connection"));
}

struct Url {
  const char* typed;
  const char* base;  ///< empty = refused
  ChatDialect dialect;
};

TEST(ServerUrls, AreUnderstoodAsPeopleTypeThem) {
  const Url urls[] = {
      {"http://localhost:11434", "http://localhost:11434/v1", ChatDialect::OpenAi},
      {"http://localhost:11434/", "http://localhost:11434/v1", ChatDialect::OpenAi},
      {"http://localhost:11434/v1/", "http://localhost:11434/v1", ChatDialect::OpenAi},
      {"HTTPS://api.example.org/v1/chat/completions", "https://api.example.org/v1", ChatDialect::OpenAi},
      {"https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1", ChatDialect::OpenAi},
      {"https://api.anthropic.com", "https://api.anthropic.com/v1", ChatDialect::Anthropic},
      {"http://localhost:8080/v1/messages", "http://localhost:8080/v1", ChatDialect::Anthropic},
      {"localhost:8080", "", ChatDialect::OpenAi},
      {"", "", ChatDialect::OpenAi},
      {"file:///etc/passwd", "", ChatDialect::OpenAi},
      {"http://", "", ChatDialect::OpenAi},
      {"http://user:secret@host/v1", "", ChatDialect::OpenAi},
      {"http://host/v1?key=1", "", ChatDialect::OpenAi},
      {"http://host/v1\r\nX: y", "", ChatDialect::OpenAi},
  };
  for (const Url& url : urls) {
    const Result<ServerUrl> parsed = parseServerUrl(url.typed);
    EXPECT_EQ(parsed.has_value(), *url.base != '\0') << url.typed;
    if (!parsed) {
      EXPECT_EQ(parsed.error().kind, ErrorKind::Usage);
      EXPECT_THAT(parsed.error().text(), Not(HasSubstr("secret")));
      continue;
    }
    EXPECT_EQ(parsed->base, url.base);
    EXPECT_EQ(parsed->dialect, url.dialect) << url.typed;
  }
}

}  // namespace
}  // namespace espalier
