// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "reasoning/budget.h"
#include "reasoning/chat_model.h"
#include "reasoning/prompt_writer.h"
#include "reasoning/proposer.h"
#include "reasoning/recording.h"
#include "reasoning/reply_reader.h"

namespace espalier {

/// One of the models that a proposer may ask.
struct LlmSeat {
  std::unique_ptr<ChatModel> model;
  TokenPrices prices;
  int replyTokens = 4096;
  std::optional<int> contextTokens;  ///< prompt and reply together
};

struct LlmProposerOptions {
  std::string name = "llm";
  BudgetLimits budget;
  int proposals = 2;         ///< sequences a call; further ones answer the next expansions of the same node
  int concurrency = 4;       ///< calls at once; 0 = one at a time, on the search's own thread
  bool preferences = false;  ///< each sequence shall come with one
  bool jsonReply = true;     ///< the paper's prompt asks for a plain answer
  std::vector<std::string> notices;  ///< said once, with the first proposal
};

/// Asks a large language model what to try next. Whatever goes wrong (no server, no answer, nothing legal in
/// it, no budget), the proposal comes from the fallback instead and says why; a server that fails again and
/// again is asked ever more seldom. With several models the first proposes; after two regressions in a row by
/// it the last one is asked. Threads: propose() may run several times at once. Expansions of one node wait
/// for each other and share a call.
class LlmProposer : public Proposer {
 public:
  /// At least one seat. Without a fallback a failure gives an empty proposal, and the search takes a random
  /// step.
  LlmProposer(std::vector<LlmSeat> seats, PromptWriter writer, LlmProposerOptions options,
              std::unique_ptr<Proposer> fallback, std::unique_ptr<RecordingWriter> recording = nullptr);

  [[nodiscard]] std::string name() const override { return options_.name; }
  /// One call answers several expansions of its node.
  [[nodiscard]] int concurrency() const override;
  [[nodiscard]] int nodesAtOnce() const override { return std::max(1, options_.concurrency); }
  [[nodiscard]] bool answersAsTheyCome() const override { return options_.concurrency > 0; }
  [[nodiscard]] Proposal propose(const ProposalContext& context, Random& random,
                                 const ProposalControl& control) override;

  [[nodiscard]] Spending spent() const { return budget_.spent(); }
  /// Takes up what an earlier part of the run spent.
  void resumeFrom(const Spending& earlier) { budget_.resumeFrom(earlier); }
  [[nodiscard]] std::uint64_t templateHash() const { return writer_.templateHash(); }

 private:
  /// How a model has behaved; guarded by mutex_.
  struct Conduct {
    bool dead = false;  ///< asking again is useless
    std::string why;
    int failuresInARow = 0;
    int expansionsToSkip = 0;
  };
  struct InFlight;
  /// What one question led to.
  struct Answer {
    ModelReply reply;
    std::optional<ChatFault> fault;
    std::string text;  ///< of the reply, for a repair question
    bool outOfBudget = false;
  };

  std::optional<Proposal> proposalKept(std::uint64_t key, const ProposalContext& context);
  void keep(std::uint64_t key, std::vector<ReplySequence> sequences, const std::string& model);
  std::optional<std::size_t> chooseSeat(const ProposalContext& context, std::string& why);
  void noteConduct(std::size_t seat, const std::optional<ChatFault>& fault);
  std::optional<Proposal> askModel(std::size_t seat, const ProposalContext& context,
                                   const ProposalControl& control, std::uint64_t key,
                                   std::vector<Exchange>& exchanges, std::string& why);
  Answer askOnce(std::size_t seat, const Prompt& prompt, const std::vector<ChatTurn>& further,
                 const ProposalContext& context, const ProposalControl& control,
                 std::vector<Exchange>& exchanges);
  Proposal fallBack(const ProposalContext& context, Random& random, const ProposalControl& control,
                    std::string why, std::vector<Exchange> exchanges);

  std::vector<LlmSeat> seats_;
  PromptWriter writer_;
  LlmProposerOptions options_;
  std::mutex fallbackMutex_;  ///< the fallback answers one at a time
  std::unique_ptr<Proposer> fallback_;
  std::unique_ptr<RecordingWriter> recording_;
  Budget budget_;

  std::mutex mutex_;
  std::condition_variable_any answered_;
  std::vector<Conduct> conduct_;
  std::set<std::uint64_t> inFlight_;  ///< keys of nodes about which a model is being asked
  struct Kept {
    std::deque<ReplySequence> sequences;
    std::string model;
  };
  std::map<std::uint64_t, Kept> kept_;
};

}  // namespace espalier
