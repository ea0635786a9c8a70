// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "search/node_id.h"
#include "search/problem.h"
#include "session/exchange.h"
#include "support/random.h"

namespace espalier {

/// A node of the search tree as a proposer sees it.
struct NodeView {
  NodeId node = kNoNode;
  int depth = 0;                               ///< 0 = the initial state
  State state;
  std::vector<std::string> steps;              ///< canonical steps that its proposal applied to the parent's state
  std::vector<AppliedItem> refused;            ///< what else its proposal asked for
  std::string reasoning;                       ///< of the proposal that made it; may be empty
  std::string source;                          ///< who proposed it: "rules", a model's name, "random", "user", …
  std::optional<Prediction> prediction;
  std::optional<Measurement> measurement;      ///< set once measured, failed ones too
  double score = 0;                            ///< best known seconds / seconds, in (0, 1]; 0 = failed or not known
  int visits = 0;
  std::vector<Section> sections;               ///< Problem::describe; empty unless the proposer reads sections
};

/// Something that was already tried from the current node.
struct TriedProposal {
  std::vector<AppliedItem> items;      ///< as proposed, with what became of each
  std::string source;
  NodeId child = kNoNode;              ///< the node it led to; for a duplicate the node that already stood there
  bool duplicate = false;
  std::optional<double> predictedSeconds;
  std::optional<double> measuredSeconds;
  std::string failure;                 ///< of the child's measurement: `crash`, `wrong-output`, …; empty if none
};

/// Everything a proposer may know when it is asked for the next transformations of a node.
struct ProposalContext {
  std::uint64_t request = 0;                    ///< number of the expansion in the run, from 0
  std::shared_ptr<const ProblemInfo> problem;   ///< never null
  NodeView node;                                ///< the one to expand
  std::vector<NodeView> ancestors;              ///< parent, grandparent, … to the history depth
  std::vector<TriedProposal> attempts;                ///< children and refused proposals of the node, oldest first
  std::vector<LegalAction> legalActions;        ///< empty unless the proposer reads sections
  std::optional<NodeView> best;                 ///< the fastest valid node so far, without sections
  double baselineSeconds = 0;
  double bestSeconds = 0;                       ///< 0 = nothing valid yet
  int samplesDone = 0;
  int sampleBudget = 0;                         ///< 0 = no limit
  std::optional<std::string> editedPrompt;      ///< written by the user in place of the assembled one
  std::vector<std::string> hints;               ///< the user's, for the node and those above it, oldest first
  /// Applies items to a state without any effect on the search, to check what is legal. Empty where there is no problem at
  /// hand (recorded contexts). May be called from any thread.
  std::function<Application(const State&, std::span<const std::string>)> tryItems;
  /// Predictions, under the same conditions.
  std::function<std::vector<Prediction>(std::span<const State>)> predict;
};

/// What a proposer answers: reasoning and a sequence of transformations, which the search checks and applies.
struct Proposal {
  std::string reasoning;
  std::vector<std::string> items;     ///< step texts, arguments optional; nothing is believed about their legality
  double preference = 0;              ///< how much the proposer believes in it, in (0, 1]; 0 = it does not say
  std::string proposer;               ///< who really proposed: "rules", a model's name, "random", …
  std::vector<Exchange> exchanges;    ///< calls made for it, in order
  bool random = false;                ///< `items` is empty on purpose: take a random step, and do not call it a fallback
  bool fallback = false;              ///< the proposer itself fell back to another one, and `notice` says why
  std::string notice;                 ///< something the user should read; empty if nothing
};

/// How a call can be watched and ended. The functions may be empty; they are called on the proposer's thread.
struct ProposalControl {
  std::stop_token stop;                                            ///< once requested, propose() returns within 100 ms
  std::function<void(const Exchange& sent)> promptSent;            ///< before the reply: model, prompt and hash are set
  std::function<void(std::string_view text, bool thinking)> replyDelta;  ///< pieces of a streamed reply, whole UTF-8
};

/// Answers for a node what to try next. Never throws for what a user or a server can cause: whatever goes wrong, the proposal is
/// empty or a fallback and its notice says why.
class Proposer {
 public:
  virtual ~Proposer() = default;

  /// For summaries: "rules", "llm", "recorded", "random", "exec".
  [[nodiscard]] virtual std::string name() const = 0;
  /// Whether contexts need sections and legal actions (they cost time to write).
  [[nodiscard]] virtual bool readsSections() const { return true; }
  /// How many calls of propose() may run at once, on threads of the tuner; 0 = answers at once, called on the search's own
  /// thread. Must not change during a run.
  [[nodiscard]] virtual int concurrency() const { return 0; }
  /// About how many nodes it is asked at once; calls about others wait, so that what they are told is not old. One call may
  /// answer several requests about its node.
  [[nodiscard]] virtual int nodesAtOnce() const { return concurrency(); }
  /// Whether answers are taken up as they come, rather than in the order asked: right where they take long and unequally
  /// long. What a run does then depends on the order of the answers, which its session keeps.
  [[nodiscard]] virtual bool answersAsTheyCome() const { return false; }
  /// An empty `items` means: nothing to propose; the search then takes a random step.
  [[nodiscard]] virtual Proposal propose(const ProposalContext& context, Random& random,
                                         const ProposalControl& control) = 0;
  /// Changes something while a run goes on, for instance `max-cost` or `model`; the error says what is not possible.
  [[nodiscard]] virtual Result<void> setParameter(const std::string& parameter, const std::string& value) {
    (void)value;
    return usageError("The proposer `" + name() + "` has no parameter `" + parameter + "`.");
  }
};

}  // namespace espalier
