// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/profile.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reasoning/llm_setup.h"
#include "reasoning/llm_test_support.h"

namespace espalier {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string around(const std::string& profile) {
  return R"({"version": 1, "profiles": {"mine": )" + profile + "}}";
}

TEST(Profiles, AreReadWhole) {
  const auto profiles = readProfiles(
      around(
          R"({"url": "https://host/v1", "model": "m", "api": "anthropic", "key_variable": "MY_KEY", "extra_body": {"a": 1}, "context_tokens": 8192,
                 "reply_tokens": 500, "concurrency": 3, "prices": {"input": 1, "cached_input": 0.1, "output": 2}, "description": "d"})"),
      "f");
  ASSERT_TRUE(profiles) << profiles.error().text();
  const LlmProfile& profile = profiles->at(0);
  EXPECT_EQ(profile.name, "mine");
  EXPECT_EQ(profile.server.base, "https://host/v1");
  EXPECT_EQ(profile.server.dialect, ChatDialect::Anthropic);
  EXPECT_EQ(profile.keyVariable, "MY_KEY");
  EXPECT_EQ(profile.extraBody, R"({"a":1})");
  EXPECT_EQ(profile.contextTokens, 8192);
  EXPECT_EQ(profile.replyTokens, 500);
  EXPECT_EQ(profile.concurrency, 3);
  EXPECT_EQ(profile.prices->cachedInput, 0.1);
}

TEST(Profiles, SayWhatIsWrong) {
  const std::pair<std::string, const char*> cases[] = {
      {"[]", "no JSON object"},
      {R"({"version": 2, "profiles": {}})", "version 2"},
      {R"({"version": 1})", "no `profiles`"},
      {around("1"), "must be an object"},
      {around("{}"), "address of the LLM server is empty"},
      {around(R"j({"url": "ftp://x"})j"), "only http and https"},
      {around(R"j({"url": 5})j"), "`url` must be a text"},
      {around(R"j({"url": "http://x", "concurency": 1})j"), "`concurency` is no setting"},
      {around(R"j({"url": "http://x", "concurrency": 0})j"), "between 1 and 64"},
      {around(R"j({"url": "http://x", "api_key": "sk-secret-value"})j"), "keys are never read from files"},
      {around(R"j({"url": "http://x", "key_variable": "sk-secret-value"})j"),
       "must be the name of an environment variable"},
      {around(R"j({"url": "http://x", "api": "soap"})j"), "`openai` or `anthropic`"},
      {around(R"j({"url": "http://x", "extra_body": 1})j"), "`extra_body` must be an object"},
      {around(R"j({"url": "http://x", "prices": {"input": -1}})j"), "no sensible price"},
      {around(R"j({"url": "http://x", "prices": {"in": 1}})j"), "`in` is no setting"},
  };
  for (const auto& [text, words] : cases) {
    const auto profiles = readProfiles(text, "f");
    ASSERT_FALSE(profiles) << text;
    EXPECT_THAT(profiles.error().text(), HasSubstr(words));
    EXPECT_THAT(profiles.error().text(), HasSubstr("f"));
    EXPECT_THAT(profiles.error().text(), Not(HasSubstr("sk-secret-value")));
  }
}

TEST(Profiles, OfTheUserComeFirst) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("espalier-profiles-" + std::to_string(getpid()) + ".json");
  std::ofstream(file) << R"({"version": 1, "profiles": {"ollama": {"url": "http://elsewhere:1/v1"}}})";
  EXPECT_EQ(findProfile("ollama", file)->server.base, "http://elsewhere:1/v1");
  EXPECT_EQ(findProfile("anthropic", file)->server.dialect, ChatDialect::Anthropic);
  EXPECT_THAT(findProfile("nobody", file).error().message, HasSubstr("known are: ollama"));
  std::filesystem::remove(file);
  EXPECT_EQ(findProfile("ollama", file)->server.base, "http://localhost:11434/v1");
}

class Keys : public ::testing::Test {
 protected:
  void TearDown() override {
    for (const char* name : {"ESPALIER_API_KEY", "OPENAI_API_KEY", "MY_KEY"}) unsetenv(name);
  }
};

TEST_F(Keys, ComeFromTheEnvironmentAlone) {
  LlmProfile profile;
  setenv("OPENAI_API_KEY", "second", 1);
  EXPECT_EQ(keyFor(profile)->reveal(), "second");
  setenv("ESPALIER_API_KEY", "first", 1);
  EXPECT_EQ(keyFor(profile)->reveal(), "first");
  profile.keyVariable = "MY_KEY";
  EXPECT_TRUE(keyFor(profile)->empty()) << "another server's key is not sent";
  setenv("MY_KEY", "mine", 1);
  EXPECT_EQ(keyFor(profile)->reveal(), "mine");
  profile.keyVariable = "";
  EXPECT_TRUE(keyFor(profile)->empty());
  profile.keyVariable = "MY_KEY";
  setenv("MY_KEY", "mine\r\nX-Evil: 1", 1);
  const auto broken = keyFor(profile);
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().text(), Not(HasSubstr("mine")));
}

TEST_F(Keys, OptionsAreChecked) {
  const auto errorOf = [](LlmOptions options) {
    const auto proposer = makeLlmProposer(options, nullptr);
    return proposer ? std::string() : proposer.error().text();
  };
  EXPECT_THAT(errorOf({}), HasSubstr("No LLM server is given"));
  LlmOptions options;
  options.url = "http://localhost:1";
  EXPECT_EQ(errorOf(options), "");
  options.preset = "nonsense";
  EXPECT_THAT(errorOf(options), HasSubstr("no preset `nonsense`"));
  options.preset = "paper";
  options.promptTemplate = "/no/such/file";
  EXPECT_THAT(errorOf(options), HasSubstr("cannot be read"));
  LlmOptions two;
  two.profiles = {"ollama", "vllm"};
  EXPECT_EQ(errorOf(two), "");
  two.model = "m";
  EXPECT_THAT(errorOf(two), HasSubstr("together with several profiles"));
}

TEST_F(Keys, AreMentionedWhenTheyAreInDanger) {
  setenv("ESPALIER_API_KEY", testing::kCanaryKey, 1);
  LlmOptions options;
  options.url = "http://far.invalid:1";
  options.model = "m";
  options.budget.calls = 0;
  options.budget.costUsd = 1;
  auto proposer = makeLlmProposer(options, nullptr);
  ASSERT_TRUE(proposer);
  Random random(1);
  const Proposal proposal = (*proposer)->propose(testing::sampleContext(), random, {});
  EXPECT_THAT(proposal.notice, HasSubstr("without encryption"));
  EXPECT_THAT(proposal.notice, HasSubstr("prices of the model"));
  EXPECT_THAT(proposal.notice, Not(HasSubstr(testing::kCanaryKey)));
}

}  // namespace
}  // namespace espalier
