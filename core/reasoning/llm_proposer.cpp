// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/llm_proposer.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "reasoning/chat_text.h"
#include "reasoning/llm_schema.h"
#include "reasoning/prompt_words.h"
#include "support/hash.h"

namespace espalier {
namespace {

constexpr int kMostSkipped = 15;
constexpr std::size_t kLongestRefusals = 2000;
constexpr std::size_t kLongestQuotedReply = 4000;
constexpr std::size_t kLeastPromptTokens = 1000;

std::uint64_t keyOf(const ProposalContext& context) {
  Hasher hasher;
  hasher.add(context.node.state.hash);
  for (const std::string& step : context.node.state.trace) hasher.add(step);
  for (const std::string& hint : context.hints) hasher.add(hint);
  if (context.editedPrompt) hasher.add(*context.editedPrompt);
  return hasher.value();
}

/// Compares like with like: two measurements, else two predictions.
bool isSlower(const NodeView& view, const NodeView& parent) {
  if (view.measurement && parent.measurement && view.measurement->valid && parent.measurement->valid) {
    return view.measurement->seconds > parent.measurement->seconds;
  }
  return view.prediction && parent.prediction && view.prediction->seconds > parent.prediction->seconds;
}

bool wasTried(const std::vector<std::string>& items, const std::vector<TriedProposal>& attempts) {
  return std::any_of(attempts.begin(), attempts.end(), [&](const TriedProposal& attempt) {
    return std::equal(
        items.begin(), items.end(), attempt.items.begin(), attempt.items.end(),
        [](const std::string& item, const AppliedItem& tried) { return item == tried.proposed; });
  });
}

/// A prompt that the user wrote; as far as its beginning is the usual one, servers can still cache it.
Prompt promptByUser(const std::string& text, const Prompt& usual) {
  Prompt prompt;
  const bool begunAsUsual = text.starts_with(usual.system + "\n\n");
  prompt.system = begunAsUsual ? usual.system : std::string();
  prompt.question = begunAsUsual ? text.substr(usual.system.size() + 2) : text;
  prompt.hash = Hasher().add(prompt.system).add(prompt.question).value();
  prompt.tokens = estimateTokens(text);
  return prompt;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : " ") + part;
  return text;
}

}  // namespace

LlmProposer::LlmProposer(std::vector<LlmSeat> seats, PromptWriter writer, LlmProposerOptions options,
                         std::unique_ptr<Proposer> fallback, std::unique_ptr<RecordingWriter> recording)
    : seats_(std::move(seats)),
      writer_(std::move(writer)),
      options_(std::move(options)),
      fallback_(std::move(fallback)),
      recording_(std::move(recording)),
      budget_(options_.budget),
      conduct_(seats_.size()) {
  if (seats_.empty()) throw std::invalid_argument("an LLM proposer needs a model");
}

/// Ends the mark that a model is being asked about a node, however the asking ends.
struct LlmProposer::InFlight {
  InFlight(LlmProposer& proposer, std::uint64_t node) : owner(proposer), key(node) {}
  ~InFlight() {
    const std::lock_guard lock(owner.mutex_);
    owner.inFlight_.erase(key);
    owner.answered_.notify_all();
  }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

  LlmProposer& owner;
  std::uint64_t key;
};

int LlmProposer::concurrency() const {
  constexpr int kMostThreads = 64;
  return std::min(kMostThreads, options_.concurrency * options_.proposals);
}

Proposal LlmProposer::propose(const ProposalContext& context, Random& random,
                              const ProposalControl& control) {
  const std::uint64_t key = keyOf(context);
  std::optional<Proposal> proposal;
  std::vector<Exchange> exchanges;
  std::string why;
  {
    std::unique_lock lock(mutex_);
    const auto mayAsk = [&] {
      return !inFlight_.contains(key) &&
             inFlight_.size() < static_cast<std::size_t>(std::max(1, options_.concurrency));
    };
    do {
      answered_.wait(lock, control.stop,
                     [&] { return mayAsk() || (kept_.contains(key) && !inFlight_.contains(key)); });
      proposal = proposalKept(key, context);
    } while (!proposal && !mayAsk() && !control.stop.stop_requested());
    if (!proposal && !control.stop.stop_requested()) inFlight_.insert(key);
  }
  if (!proposal && control.stop.stop_requested()) {
    proposal.emplace();
    proposal->proposer = name();
    proposal->notice = "The proposal was cancelled.";
    return std::move(*proposal);
  }
  if (!proposal) {
    const InFlight mark(*this, key);
    if (const std::optional<std::size_t> seat = chooseSeat(context, why)) {
      proposal = askModel(*seat, context, control, key, exchanges, why);
    }
  }
  const bool fallsBack = !proposal.has_value();
  budget_.countProposal(fallsBack);
  if (fallsBack) proposal = fallBack(context, random, control, std::move(why), std::move(exchanges));
  const std::lock_guard lock(mutex_);
  if (!options_.notices.empty()) {
    const std::string notices = joined(std::exchange(options_.notices, {}));
    proposal->notice = proposal->notice.empty() ? notices : notices + " " + proposal->notice;
  }
  return std::move(*proposal);
}

std::optional<Proposal> LlmProposer::proposalKept(std::uint64_t key, const ProposalContext& context) {
  const auto found = kept_.find(key);
  if (found == kept_.end()) return std::nullopt;
  std::optional<Proposal> proposal;
  std::deque<ReplySequence>& sequences = found->second.sequences;
  while (!sequences.empty() && !proposal) {
    ReplySequence sequence = std::move(sequences.front());
    sequences.pop_front();
    if (wasTried(sequence.items, context.attempts)) continue;
    proposal.emplace();
    proposal->reasoning = std::move(sequence.reasoning);
    proposal->items = std::move(sequence.items);
    proposal->preference = sequence.preference;
    proposal->proposer = found->second.model;
  }
  if (sequences.empty()) kept_.erase(found);
  return proposal;
}

void LlmProposer::keep(std::uint64_t key, std::vector<ReplySequence> sequences, const std::string& model) {
  if (sequences.empty()) return;
  const std::lock_guard lock(mutex_);
  kept_[key] = {{std::make_move_iterator(sequences.begin()), std::make_move_iterator(sequences.end())},
                model};
}

std::optional<std::size_t> LlmProposer::chooseSeat(const ProposalContext& context, std::string& why) {
  const std::lock_guard lock(mutex_);
  const std::vector<NodeView>& above = context.ancestors;
  const bool regressedTwice =
      above.size() >= 2 && isSlower(context.node, above[0]) && isSlower(above[0], above[1]);
  std::vector<std::size_t> order;
  if (regressedTwice) order.push_back(seats_.size() - 1);
  for (std::size_t seat = 0; seat < seats_.size(); ++seat) {
    if (order.empty() || order.front() != seat) order.push_back(seat);
  }
  for (const std::size_t seat : order) {
    Conduct& conduct = conduct_[seat];
    if (!conduct.dead && conduct.expansionsToSkip == 0) return seat;
    why = conduct.dead ? "The model is not asked any more: " + conduct.why
                       : "The model is not asked this time, after " + std::to_string(conduct.failuresInARow) +
                             " failures in a row: " + conduct.why;
    if (conduct.expansionsToSkip > 0) --conduct.expansionsToSkip;
  }
  return std::nullopt;
}

void LlmProposer::noteConduct(std::size_t seat, const std::optional<ChatFault>& fault) {
  const std::lock_guard lock(mutex_);
  Conduct& conduct = conduct_[seat];
  if (!fault) {
    conduct = {};
    return;
  }
  if (fault->kind == ChatFaultKind::Cancelled || fault->code == "not-recorded") return;
  conduct.why = fault->message;
  conduct.dead = conduct.dead || fault->final();
  ++conduct.failuresInARow;
  conduct.expansionsToSkip = std::min(kMostSkipped, (1 << std::min(conduct.failuresInARow, 5)) - 1);
}

std::optional<Proposal> LlmProposer::askModel(std::size_t seat, const ProposalContext& context,
                                              const ProposalControl& control, std::uint64_t key,
                                              std::vector<Exchange>& exchanges, std::string& why) {
  Prompt prompt = writer_.write(context);
  const bool byUser = context.editedPrompt.has_value();
  if (byUser) {
    prompt = promptByUser(*context.editedPrompt, prompt);
  } else if (const std::optional<int> room = seats_[seat].contextTokens) {
    // A tenth is left for what the estimate of tokens misses.
    const std::int64_t fits = (static_cast<std::int64_t>(*room) - seats_[seat].replyTokens) * 9 / 10;
    const auto limit = static_cast<std::size_t>(std::max<std::int64_t>(fits, kLeastPromptTokens));
    if (prompt.tokens > limit) prompt = writer_.write(context, limit);
  }
  std::vector<ChatTurn> further;
  bool shortened = false;
  bool repaired = false;
  for (;;) {
    Answer answer = askOnce(seat, prompt, further, context, control, exchanges);
    if (answer.outOfBudget) {
      why = answer.text;
      return std::nullopt;
    }
    if (answer.fault && answer.fault->kind == ChatFaultKind::TooLong && !shortened && !byUser) {
      shortened = true;
      prompt = writer_.write(context, std::max(kLeastPromptTokens, prompt.tokens / 2));
      continue;
    }
    noteConduct(seat, answer.fault);
    if (answer.fault) {
      why = answer.fault->message;
      return std::nullopt;
    }
    std::string refusals;
    std::vector<ReplySequence> usable;
    for (ReplySequence& sequence : answer.reply.sequences) {
      if (wasTried(sequence.items, context.attempts)) continue;
      const Application application =
          context.tryItems ? context.tryItems(context.node.state, sequence.items) : Application{};
      if (!context.tryItems || application.changed()) {
        usable.push_back(std::move(sequence));
        continue;
      }
      for (const AppliedItem& item : application.items) {
        refusals +=
            "- " + item.proposed + ": " + item.reason + (item.hint.empty() ? "" : " " + item.hint) + "\n";
      }
    }
    if (!usable.empty()) {
      Proposal proposal;
      proposal.reasoning = std::move(usable.front().reasoning);
      if (proposal.reasoning.empty()) proposal.reasoning = exchanges.back().thinking;
      proposal.items = std::move(usable.front().items);
      proposal.preference = usable.front().preference;
      proposal.proposer = exchanges.back().model;
      usable.erase(usable.begin());
      keep(key, std::move(usable), proposal.proposer);
      proposal.exchanges = std::move(exchanges);
      return proposal;
    }
    if (repaired) {
      if (!answer.reply.sequences.empty()) {
        // Nothing legal, twice: the search shall see and record what was refused, and take its own step.
        Proposal proposal;
        proposal.reasoning = std::move(answer.reply.sequences.front().reasoning);
        proposal.items = std::move(answer.reply.sequences.front().items);
        proposal.proposer = exchanges.back().model;
        proposal.exchanges = std::move(exchanges);
        proposal.notice = "Nothing that the model proposed is legal here, also after one repair question.";
        return proposal;
      }
      why = "The model's reply holds no transformations, also after one repair question.";
      return std::nullopt;
    }
    repaired = true;
    const bool nothingRead = answer.reply.sequences.empty();
    further = {
        {true, espalier::shortened(answer.text, kLongestQuotedReply)},
        {false, nothingRead ? std::string("No transformations could be read in your answer. Answer again in "
                                          "the form that was asked for, "
                                          "with names from the list.")
                : refusals.empty()
                    ? std::string("That was already tried from this node. Propose something else.")
                    : "None of this is legal here:\n" + espalier::shortened(refusals, kLongestRefusals) +
                          "\nPropose a legal sequence in the same form."}};
  }
}

LlmProposer::Answer LlmProposer::askOnce(std::size_t seatIndex, const Prompt& prompt,
                                         const std::vector<ChatTurn>& further, const ProposalContext& context,
                                         const ProposalControl& control, std::vector<Exchange>& exchanges) {
  LlmSeat& seat = seats_[seatIndex];
  Answer answer;
  Exchange exchange;
  exchange.model = seat.model->name();
  exchange.prompt = prompt.text();
  Hasher hasher;
  hasher.add(prompt.hash);
  for (const ChatTurn& turn : further) {
    exchange.prompt += (turn.fromModel ? "\n\n[your answer]\n" : "\n\n[question]\n") + turn.text;
    hasher.add(turn.text);
  }
  exchange.promptHash = further.empty() ? prompt.hash : hasher.value();
  const auto estimate = static_cast<std::int64_t>(estimateTokens(exchange.prompt));
  if (const std::optional<std::string> reached = budget_.begin(estimate, seat.prices)) {
    answer.outOfBudget = true;
    answer.text = *reached;
    return answer;
  }
  if (control.promptSent) control.promptSent(exchange);

  ChatRequest request;
  request.system = prompt.system;
  request.question = prompt.question;
  request.further = further;
  if (options_.jsonReply) request.schema = replySchema(options_.proposals, options_.preferences);
  request.maximumTokens = seat.replyTokens;
  request.promptHash = exchange.promptHash;
  request.stateHash = context.node.state.hash;
  ChatOutcome outcome = seat.model->ask(request, control.stop, control.replyDelta);

  const ChatUsage& usage = outcome ? outcome->usage : outcome.error().usage;
  exchange.usage = usage.tokens;
  exchange.costUsd = budget_.finish(estimate, usage, seat.prices, !outcome);
  std::vector<std::string> notes = outcome ? outcome->notes : outcome.error().notes;
  if (outcome) {
    answer.reply =
        readReply(outcome->text, knownNames(context), static_cast<std::size_t>(options_.proposals));
    exchange.model = outcome->model;
    exchange.reply = outcome->text;
    exchange.thinking = outcome->reasoning == outcome->text ? std::string() : outcome->reasoning;
    exchange.latencySeconds = outcome->seconds;
    exchange.firstTokenSeconds = outcome->firstTokenSeconds;
    exchange.attempts = outcome->attempts;
    notes.insert(notes.end(), answer.reply.repairs.begin(), answer.reply.repairs.end());
    answer.text = std::move(outcome->text);
    if (recording_ && !recording_->append({request.stateHash, exchange})) {
      notes.emplace_back("The recording cannot be written any more; is the disk full?");
    }
  } else {
    ChatFault& fault = outcome.error();
    exchange.latencySeconds = fault.seconds;
    exchange.attempts = fault.attempts;
    exchange.outcome = fault.code;
    notes.push_back(fault.message);
    answer.fault = std::move(fault);
  }
  if (!prompt.cut.empty()) notes.push_back("The prompt was cut: " + prompt.cut + ".");
  exchange.words = joined(notes);
  exchanges.push_back(std::move(exchange));
  return answer;
}

Proposal LlmProposer::fallBack(const ProposalContext& context, Random& random, const ProposalControl& control,
                               std::string why, std::vector<Exchange> exchanges) {
  Proposal proposal;
  if (fallback_ && !control.stop.stop_requested()) {
    const std::lock_guard lock(fallbackMutex_);
    proposal = fallback_->propose(context, random, control);
  }
  proposal.fallback = true;
  const std::string instead = proposal.proposer.empty() ? "a random step" : proposal.proposer;
  proposal.notice =
      why + " Instead: " + instead + "." + (proposal.notice.empty() ? "" : " " + proposal.notice);
  proposal.exchanges.insert(proposal.exchanges.begin(), std::make_move_iterator(exchanges.begin()),
                            std::make_move_iterator(exchanges.end()));
  return proposal;
}

}  // namespace espalier
