// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/llm_proposer.h"

#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reasoning/llm_setup.h"
#include "reasoning/llm_test_support.h"

namespace espalier {
namespace {

using ::testing::ElementsAre;
using testing::goodReply;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::sampleContext;

/// Answers as the test says, without any network.
class ScriptedModel final : public ChatModel {
 public:
  using Script = std::function<ChatOutcome(const ChatRequest&, int call)>;
  ScriptedModel(std::string name, Script script, std::vector<ChatRequest>* asked)
      : name_(std::move(name)), script_(std::move(script)), asked_(asked) {}
  [[nodiscard]] std::string name() const override { return name_; }
  [[nodiscard]] ChatOutcome ask(const ChatRequest& request, const std::stop_token&,
                                const DeltaSink&) override {
    int call = 0;
    {
      const std::lock_guard lock(mutex_);
      call = calls_++;
      if (asked_ != nullptr) asked_->push_back(request);
    }
    return script_(request, call);
  }

 private:
  std::string name_;
  Script script_;
  std::mutex mutex_;
  int calls_ = 0;
  std::vector<ChatRequest>* asked_;
};

ChatOutcome reply(std::string text, const char* model = "small") {
  ChatReply answer;
  answer.text = std::move(text);
  answer.model = model;
  answer.finish = "stop";
  answer.usage.tokens = {1000, 400, 100, 0, false};
  return answer;
}

ChatOutcome fault(ChatFaultKind kind, const char* code, const char* message) {
  ChatFault failed;
  failed.kind = kind;
  failed.code = code;
  failed.message = message;
  return tl::unexpected<ChatFault>(failed);
}

LlmSeat seat(ScriptedModel::Script script, std::vector<ChatRequest>* asked = nullptr,
             const char* name = "small") {
  LlmSeat seat;
  seat.model = std::make_unique<ScriptedModel>(name, std::move(script), asked);
  seat.prices = {1.0, 0.5, std::nullopt, 4.0};
  return seat;
}

std::unique_ptr<LlmProposer> proposerOf(std::vector<LlmSeat> seats, LlmProposerOptions options = {},
                                        PromptOptions prompt = {}) {
  return std::make_unique<LlmProposer>(std::move(seats),
                                       PromptWriter(*PromptWriter::shippedTemplate("prompt.txt"), prompt),
                                       options, std::make_unique<testing::FakeRules>());
}

template <class... Seats>
std::unique_ptr<LlmProposer> proposerOf(LlmProposerOptions options, Seats... seats) {
  std::vector<LlmSeat> list;
  (list.push_back(std::move(seats)), ...);
  return proposerOf(std::move(list), options);
}

Proposal ask(LlmProposer& proposer, const ProposalContext& context = sampleContext()) {
  Random random(1);
  return proposer.propose(context, random, {});
}

ProposalContext otherNode(std::uint64_t hash) {
  ProposalContext context = sampleContext();
  context.node.state.hash = hash;
  return context;
}

TEST(LlmProposer, AnswersTheNextExpansionOfANodeFromTheSameCall) {
  std::vector<ChatRequest> asked;
  const auto proposer =
      proposerOf({}, seat([](const ChatRequest&, int) { return reply(goodReply()); }, &asked));
  const Proposal first = ask(*proposer);
  EXPECT_THAT(first.items, ElementsAre("Unroll(loop=k)"));
  ASSERT_EQ(first.exchanges.size(), 1U);
  EXPECT_EQ(first.exchanges[0].model, "small");
  EXPECT_NEAR(first.exchanges[0].costUsd, (600 * 1.0 + 400 * 0.5 + 100 * 4.0) / 1e6, 1e-12);
  const Proposal second = ask(*proposer);
  EXPECT_THAT(second.items, ElementsAre("Parallel(loop=m)"));
  EXPECT_THAT(second.exchanges, IsEmpty());
  EXPECT_EQ(asked.size(), 1U);
  (void)ask(*proposer);
  EXPECT_EQ(asked.size(), 2U);
  EXPECT_EQ(proposer->spent().calls, 2);
  EXPECT_EQ(proposer->spent().proposals, 3);
  EXPECT_EQ(proposer->spent().fallbacks, 0);
}

TEST(LlmProposer, ExpansionsOfOneNodeThatRunAtOnceShareACall) {
  std::vector<ChatRequest> asked;
  std::promise<void> begun;
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  const auto proposer = proposerOf({}, seat(
                                           [&](const ChatRequest&, int call) {
                                             if (call == 0) begun.set_value();
                                             released.wait();
                                             return reply(goodReply());
                                           },
                                           &asked));
  auto first = std::async(std::launch::async, [&] { return ask(*proposer); });
  begun.get_future().wait();
  auto second = std::async(std::launch::async, [&] { return ask(*proposer); });
  auto other = std::async(std::launch::async, [&] { return ask(*proposer, otherNode(77)); });
  release.set_value();
  const std::string items = first.get().items.at(0) + second.get().items.at(0);
  EXPECT_EQ(items, "Unroll(loop=k)Parallel(loop=m)");
  EXPECT_EQ(other.get().items.at(0), "Unroll(loop=k)");
  EXPECT_EQ(asked.size(), 2U);
}

TEST(LlmProposer, HasAsManyCallsInFlightAsItMayAndNoMore) {
  constexpr int kCalls = 2;
  std::mutex mutex;
  std::condition_variable changed;
  int running = 0;
  int most = 0;
  LlmProposerOptions options;
  options.concurrency = kCalls;
  options.proposals = 2;
  const auto proposer =
      proposerOf(options, seat([&](const ChatRequest&, int) {
                   std::unique_lock lock(mutex);
                   most = std::max(most, ++running);
                   changed.notify_all();
                   // Each call waits for another one: one at a time would not do.
                   changed.wait_for(lock, std::chrono::seconds(30), [&] { return most >= kCalls; });
                   --running;
                   return reply(goodReply());
                 }));
  EXPECT_EQ(proposer->concurrency(), 4) << "two expansions of a node share a call";
  EXPECT_TRUE(proposer->answersAsTheyCome());
  std::vector<std::future<Proposal>> asking;
  for (const std::uint64_t hash : {71, 72, 73, 74})
    asking.push_back(std::async(std::launch::async, [&, hash] { return ask(*proposer, otherNode(hash)); }));
  for (auto& call : asking) EXPECT_FALSE(call.get().fallback);
  EXPECT_EQ(most, kCalls);
}

TEST(LlmProposer, AsksForPreferencesAndHandsThemOn) {
  constexpr const char* kReply =
      R"({"reasoning": "r", "proposals": [{"transformations": [{"name": "Unroll"}], "preference": 0.7},)"
      R"( {"transformations": [{"name": "Parallel"}], "preference": 0.2}]})";
  std::vector<ChatRequest> asked;
  LlmProposerOptions options;
  options.preferences = true;
  std::vector<LlmSeat> seats;
  seats.push_back(seat([](const ChatRequest&, int) { return reply(kReply); }, &asked));
  const auto proposer = proposerOf(std::move(seats), options, {.preferences = true});
  EXPECT_EQ(ask(*proposer).preference, 0.7);
  EXPECT_EQ(ask(*proposer).preference, 0.2);
  EXPECT_THAT(asked.at(0).question, HasSubstr("\"preference\""));
  EXPECT_THAT(asked.at(0).schema, HasSubstr("\"preference\""));

  const auto plain = proposerOf({}, seat([](const ChatRequest&, int) { return reply(goodReply()); }, &asked));
  EXPECT_EQ(ask(*plain).preference, 0);
  EXPECT_EQ(asked.at(1).question.find("preference"), std::string::npos);
  EXPECT_EQ(asked.at(1).schema.find("preference"), std::string::npos);
}

TEST(LlmProposer, DoesNotRepeatWhatWasTriedFromTheNode) {
  const auto proposer = proposerOf({}, seat([](const ChatRequest&, int) { return reply(goodReply()); }));
  ProposalContext context = sampleContext();
  TriedProposal tried;
  tried.items = {{"Unroll(loop=k)", true, "Unroll(loop=k)", "", "", ""}};
  context.attempts.push_back(tried);
  EXPECT_THAT(ask(*proposer, context).items, ElementsAre("Parallel(loop=m)"));
}

TEST(LlmProposer, AsksOnceToRepairWhatIsIllegal) {
  std::vector<ChatRequest> asked;
  const auto proposer = proposerOf(
      {},
      seat([](const ChatRequest&, int) { return reply(R"j({"transformations": ["Teleport(loop=k)"]})j"); },
           &asked));
  const Proposal proposal = ask(*proposer);
  ASSERT_EQ(asked.size(), 2U);
  ASSERT_EQ(asked[1].further.size(), 2U);
  EXPECT_TRUE(asked[1].further[0].fromModel);
  EXPECT_THAT(asked[1].further[1].text,
              HasSubstr("Teleport(loop=k): There is no such transformation. Use Unroll."));
  EXPECT_NE(asked[0].promptHash, asked[1].promptHash);
  EXPECT_THAT(proposal.items, ElementsAre("Teleport(loop=k)")) << "the search shall see what was refused";
  EXPECT_FALSE(proposal.notice.empty());
  EXPECT_EQ(proposal.exchanges.size(), 2U);
}

TEST(LlmProposer, StopsAskingWhenTheKeyIsRefused) {
  std::vector<ChatRequest> asked;
  const auto proposer =
      proposerOf({}, seat([](const ChatRequest&,
                             int) { return fault(ChatFaultKind::Rejected, "unauthorized", "Wrong key."); },
                          &asked));
  for (std::uint64_t i = 0; i < 40; ++i) {
    const Proposal proposal = ask(*proposer, otherNode(i));
    EXPECT_TRUE(proposal.fallback);
    EXPECT_EQ(proposal.proposer, "rules");
    EXPECT_THAT(proposal.notice, HasSubstr("Wrong key."));
  }
  EXPECT_EQ(asked.size(), 1U);
  EXPECT_EQ(proposer->spent().fallbackRate(), 1.0);
}

TEST(LlmProposer, AsksAFailingServerEverMoreSeldomAndComesBack) {
  std::vector<ChatRequest> asked;
  const auto proposer = proposerOf({}, seat(
                                           [](const ChatRequest&, int call) {
                                             return call < 3 ? fault(ChatFaultKind::Unreachable,
                                                                     "refused-connection", "No connection.")
                                                             : reply(goodReply());
                                           },
                                           &asked));
  std::string pattern;
  for (std::uint64_t i = 0; i < 18; ++i) {
    const std::size_t before = asked.size();
    const Proposal proposal = ask(*proposer, otherNode(i));
    pattern += asked.size() > before ? (proposal.fallback ? 'x' : 'o') : '.';
  }
  EXPECT_EQ(pattern, "x.x...x.......oooo");
}

TEST(LlmProposer, LimitsCalls) {
  LlmProposerOptions options;
  options.budget.calls = 2;
  options.proposals = 1;
  std::vector<ChatRequest> asked;
  const auto proposer =
      proposerOf(options, seat([](const ChatRequest&, int) { return reply(goodReply()); }, &asked));
  EXPECT_FALSE(ask(*proposer, otherNode(1)).fallback);
  EXPECT_FALSE(ask(*proposer, otherNode(2)).fallback);
  const Proposal third = ask(*proposer, otherNode(3));
  EXPECT_TRUE(third.fallback);
  EXPECT_THAT(third.notice, HasSubstr("limit of 2 LLM calls"));
  EXPECT_EQ(asked.size(), 2U);
}

TEST(LlmProposer, LimitsTokensAndMoney) {
  LlmProposerOptions tokens;
  tokens.budget.tokens = 2500;
  const auto byTokens = proposerOf(tokens, seat([](const ChatRequest&, int) { return reply(goodReply()); }));
  EXPECT_FALSE(ask(*byTokens, otherNode(1)).fallback);
  EXPECT_THAT(ask(*byTokens, otherNode(2)).notice, HasSubstr("limit of 2500 LLM tokens"));
  LlmProposerOptions money;
  money.budget.costUsd = 0.0025;
  const auto byMoney = proposerOf(money, seat([](const ChatRequest&, int) { return reply(goodReply()); }));
  EXPECT_FALSE(ask(*byMoney, otherNode(1)).fallback);
  EXPECT_THAT(ask(*byMoney, otherNode(2)).notice, HasSubstr("limit of $0.0025"));
}

TEST(LlmProposer, CountsWhatAnEarlierPartOfTheRunSpent) {
  LlmProposerOptions options;
  options.budget.calls = 5;
  const auto proposer = proposerOf(options, seat([](const ChatRequest&, int) { return reply(goodReply()); }));
  Spending earlier;
  earlier.calls = 5;
  proposer->resumeFrom(earlier);
  EXPECT_TRUE(ask(*proposer).fallback);
}

TEST(LlmProposer, EscalatesAfterTwoRegressionsInARow) {
  std::vector<ChatRequest> small;
  std::vector<ChatRequest> large;
  const auto proposer = proposerOf(
      {}, seat([](const ChatRequest&, int) { return reply(goodReply(), "small"); }, &small, "small"),
      seat([](const ChatRequest&, int) { return reply(goodReply(), "large"); }, &large, "large"));
  EXPECT_EQ(ask(*proposer, otherNode(1)).proposer, "small");
  ProposalContext worse = otherNode(2);
  worse.node.measurement->seconds = 4e-3;
  worse.ancestors[0].measurement->seconds = 3e-3;
  worse.ancestors[1].measurement->seconds = 2e-3;
  EXPECT_EQ(ask(*proposer, worse).proposer, "large");
  ProposalContext once = otherNode(3);
  once.node.measurement->seconds = 4e-3;
  EXPECT_EQ(ask(*proposer, once).proposer, "small");
  EXPECT_EQ(small.size(), 2U);
  EXPECT_EQ(large.size(), 1U);
}

TEST(LlmProposer, AsksTheOtherModelWhenOneIsGone) {
  const auto proposer = proposerOf(
      {}, seat([](const ChatRequest&, int) { return fault(ChatFaultKind::Rejected, "quota", "No credit."); }),
      seat([](const ChatRequest&, int) { return reply(goodReply(), "large"); }));
  EXPECT_TRUE(ask(*proposer, otherNode(1)).fallback);
  EXPECT_EQ(ask(*proposer, otherNode(2)).proposer, "large");
}

TEST(LlmProposer, SendsAShorterPromptIfItDoesNotFit) {
  std::vector<ChatRequest> asked;
  const auto proposer =
      proposerOf({}, seat(
                         [](const ChatRequest&, int call) {
                           return call == 0 ? fault(ChatFaultKind::TooLong, "too-long", "Too long.")
                                            : reply(goodReply());
                         },
                         &asked));
  ProposalContext context = sampleContext();
  for (Section& section : context.node.sections) {
    if (section.key == "program") section.text = std::string(20000, 'p');
  }
  EXPECT_FALSE(ask(*proposer, context).fallback);
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_LT(asked[1].question.size(), asked[0].question.size());
}

TEST(LlmProposer, SendsThePromptThatTheUserEdited) {
  std::vector<ChatRequest> asked;
  const auto proposer =
      proposerOf({}, seat([](const ChatRequest&, int) { return reply(goodReply()); }, &asked));
  ProposalContext context = sampleContext();
  context.editedPrompt = "Just unroll k.";
  const Proposal proposal = ask(*proposer, context);
  EXPECT_EQ(asked.at(0).system, "");
  EXPECT_EQ(asked.at(0).question, "Just unroll k.");
  EXPECT_EQ(proposal.exchanges.at(0).prompt, "Just unroll k.");
}

TEST(LlmProposer, IsCancelledWithoutAnAnswer) {
  std::stop_source source;
  source.request_stop();
  std::vector<ChatRequest> asked;
  const auto proposer =
      proposerOf({}, seat([](const ChatRequest&, int) { return reply(goodReply()); }, &asked));
  Random random(1);
  ProposalControl control;
  control.stop = source.get_token();
  EXPECT_THAT(proposer->propose(sampleContext(), random, control).items, IsEmpty());
  EXPECT_THAT(asked, IsEmpty());
}

class Recordings : public ::testing::Test {
 protected:
  void SetUp() override {
    file_ = std::filesystem::temp_directory_path() /
            ("espalier-recording-" + std::to_string(getpid()) + ".jsonl");
  }
  void TearDown() override { std::filesystem::remove(file_); }
  std::unique_ptr<LlmProposer> recordingProposer(ScriptedModel::Script script) {
    std::vector<LlmSeat> seats;
    seats.push_back(seat(std::move(script)));
    return std::make_unique<LlmProposer>(
        std::move(seats), PromptWriter(*PromptWriter::shippedTemplate("prompt.txt"), {}),
        LlmProposerOptions{}, nullptr, std::move(*RecordingWriter::open(file_, "the test")));
  }
  std::filesystem::path file_;
};

TEST_F(Recordings, ReplayWhatWasAnswered) {
  {
    const auto live = recordingProposer([](const ChatRequest&, int) { return reply(goodReply()); });
    (void)ask(*live, otherNode(1));
    (void)ask(*live, otherNode(2));
  }
  const auto replay = makeRecordedLlmProposer(file_, {}, std::make_unique<testing::FakeRules>());
  ASSERT_TRUE(replay) << replay.error().text();
  EXPECT_EQ((*replay)->name(), "recorded");
  const Proposal same = ask(**replay, otherNode(1));
  EXPECT_FALSE(same.fallback);
  EXPECT_THAT(same.items, ElementsAre("Unroll(loop=k)"));
  EXPECT_EQ(same.exchanges.at(0).model, "small");
  // Another machine: its hardware sheet makes another prompt, but the state is known.
  ProposalContext elsewhere = otherNode(2);
  auto problem = std::make_shared<ProblemInfo>(*elsewhere.problem);
  problem->sections[1].text = "64 cores";
  elsewhere.problem = problem;
  const Proposal similar = ask(**replay, elsewhere);
  EXPECT_FALSE(similar.fallback);
  EXPECT_THAT(similar.exchanges.at(0).words, HasSubstr("another prompt"));
  const Proposal missed = ask(**replay, otherNode(3));
  EXPECT_TRUE(missed.fallback);
  EXPECT_EQ(missed.proposer, "rules");
  EXPECT_THAT(missed.notice, HasSubstr("no answer to the prompt"));
}

TEST_F(Recordings, AreGoneOnWithAfterACrash) {
  {
    const auto live = recordingProposer([](const ChatRequest&, int) { return reply(goodReply()); });
    (void)ask(*live, otherNode(1));
  }
  const auto whole = std::filesystem::file_size(file_);
  std::ofstream(file_, std::ios::app) << R"({"prompt_hash": "12)";
  EXPECT_EQ(readRecording(file_)->exchanges.size(), 1U);
  {
    const auto live = recordingProposer([](const ChatRequest&, int) { return reply(goodReply()); });
    EXPECT_EQ(std::filesystem::file_size(file_), whole);
    (void)ask(*live, otherNode(2));
  }
  const Result<Recording> recording = readRecording(file_);
  ASSERT_TRUE(recording) << recording.error().text();
  EXPECT_EQ(recording->exchanges.size(), 2U);
  EXPECT_EQ(recording->writer, "the test");
}

TEST_F(Recordings, RefuseForeignFiles) {
  std::ofstream(file_) << "hello\n";
  EXPECT_THAT(readRecording(file_).error().message, HasSubstr(":1:"));
  EXPECT_FALSE(RecordingWriter::open(file_, "x"));
  EXPECT_FALSE(readRecording("/no/such/file"));
  EXPECT_FALSE(RecordingWriter::open("/no/such/directory/file", "x"));
}

}  // namespace
}  // namespace espalier
