// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/prompt_words.h"

#include <algorithm>
#include <set>

#include "reasoning/chat_text.h"
#include "reasoning/prompt_diff.h"
#include "reasoning/prompt_numbers.h"

namespace espalier {
namespace {

constexpr std::size_t kDiffLines = 20;      ///< to the parent
constexpr std::size_t kShortDiffLines = 6;  ///< to those above it, and to the parent where tokens are scarce
constexpr std::size_t kAttemptsLeftByCut = 3;
constexpr std::size_t kMostAttempts = 12;
constexpr std::size_t kLongestHint = 1000;

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (const std::string& part : parts) text.append(text.empty() ? "" : separator).append(part);
  return text;
}

std::string traceText(const State& state) {
  std::string text;
  for (std::size_t i = 0; i < state.trace.size(); ++i) {
    text += (i == 0 ? "" : "\n") + std::to_string(i + 1) + ". " + state.trace[i];
  }
  return text.empty() ? "none: this is p0" : text;
}

/// The seconds that a node is known by: measured, else predicted, else 0.
double secondsOf(const NodeView& view) {
  if (view.measurement) return view.measurement->valid ? view.measurement->seconds : 0;
  return view.prediction ? view.prediction->seconds : 0;
}

/// What an action says about its arguments and the grammar does not say already.
std::string newArguments(const std::string& arguments, const std::string& grammar) {
  std::string text;
  for (std::size_t at = 0; at < arguments.size();) {
    const std::size_t end = std::min(arguments.find("; ", at), arguments.size());
    const std::string piece = arguments.substr(at, end - at);
    at = end + 2;
    const std::size_t colon = piece.find(": ");
    if (grammar.find(colon == std::string::npos ? piece : piece.substr(colon + 2)) != std::string::npos)
      continue;
    text += (text.empty() ? "" : "; ") + piece;
  }
  return text;
}

std::string refusalText(const AppliedItem& item) {
  std::string text =
      "refused " + shortened(cleanLine(item.proposed), 160) + ": " + shortened(cleanLine(item.reason), 200);
  if (!item.hint.empty()) text += " " + shortened(cleanLine(item.hint), 160);
  return text;
}

std::string attemptText(const TriedProposal& tried) {
  std::vector<std::string> applied;
  std::string refused;
  for (const AppliedItem& item : tried.items) {
    if (item.accepted)
      applied.push_back(item.applied);
    else
      refused += "\n  " + refusalText(item);
  }
  std::string text = applied.empty() ? "nothing applied" : joined(applied, "; ");
  if (!tried.failure.empty()) {
    text += " -> failed: " + tried.failure;
  } else if (tried.measuredSeconds) {
    text += " -> measured " + timeText(*tried.measuredSeconds);
  } else if (tried.predictedSeconds) {
    text += " -> predicted " + timeText(*tried.predictedSeconds);
  }
  if (tried.duplicate) text += " (a program that is already in the tree)";
  return text + refused;
}

}  // namespace

std::string sectionText(const NodeView& view, std::string_view key) {
  for (const Section& section : view.sections) {
    if (section.key == key) return section.text;
  }
  return {};
}

std::string PromptWords::value(std::string_view hole) const {
  const ProposalContext& c = context_;
  if (hole == "problem") return problem();
  if (hole == "hints") return hints();
  if (hole == "depth") return std::to_string(c.node.depth);
  if (hole == "cost") return cost(c.node);
  if (hole == "trace") return c.node.state.trace.empty() ? std::string() : traceText(c.node.state);
  if (hole == "program") return program();
  if (hole == "details") return details();
  if (hole == "actions") return actions();
  if (hole == "ancestors") return ancestors();
  if (hole == "attempts") return attempts();
  if (hole == "best") return best();
  if (hole == "progress") return progress();
  if (hole == "count")
    return proposals_ == 1 ? "one proposal"
                           : std::to_string(proposals_) + " different proposals, the best first,";
  if (hole == "names") return joined(knownNames(c), ", ");
  if (hole == "current") return whole(c.node);
  if (hole == "parent")
    return c.ancestors.empty() || cut_ >= PromptCut::Parent ? std::string() : whole(c.ancestors[0]);
  if (hole == "grandparent")
    return c.ancestors.size() < 2 || cut_ >= PromptCut::Ancestors ? std::string() : whole(c.ancestors[1]);
  return {};
}

std::string PromptWords::problem() const {
  std::string text;
  for (const Section& section : context_.problem->sections) {
    text += (text.empty() ? "" : "\n\n") + ("## " + section.title) + "\n" + section.text;
  }
  return text;
}

std::string PromptWords::hints() const {
  std::string text;
  for (const std::string& hint : context_.hints) {
    text += (text.empty() ? "- " : "\n- ") + shortened(cleanLine(hint), kLongestHint);
  }
  return text;
}

/// Measured time with its spread, the prediction, and what both mean.
std::string PromptWords::cost(const NodeView& view) const {
  std::string text;
  if (view.measurement && view.measurement->valid) {
    const Measurement& measured = *view.measurement;
    text = "Measured: " + timeText(measured.seconds);
    if (measured.repeats.size() > 1) {
      const auto [least, most] = std::minmax_element(measured.repeats.begin(), measured.repeats.end());
      text += " (" + std::to_string(measured.repeats.size()) + " repeats, " + timeText(*least) + " to " +
              timeText(*most) + ")";
    }
    text += relative(measured.seconds);
  } else if (view.measurement) {
    text =
        "Measured: failed, " + view.measurement->failure +
        (view.measurement->detail.empty() ? "" : ": " + shortened(cleanLine(view.measurement->detail), 200));
  } else if (view.depth == 0 && context_.baselineSeconds > 0) {
    text = "Measured as the baseline: " + timeText(context_.baselineSeconds);
  } else {
    text = "Not measured yet.";
  }
  if (view.prediction) {
    text += "\nPredicted by " + view.prediction->source + ": " + timeText(view.prediction->seconds);
    const std::string& words = view.prediction->words;
    const bool saidBelow =
        std::any_of(view.sections.begin(), view.sections.end(), [&](const Section& section) {
          return &view == &context_.node && section.text.find(words) != std::string::npos;
        });
    if (!words.empty() && !saidBelow) text += "; " + words;
  }
  return text;
}

std::string PromptWords::relative(double seconds) const {
  if (!(seconds > 0)) return {};
  std::string text;
  if (context_.baselineSeconds > 0) text += ", " + significant(context_.baselineSeconds / seconds) + " x p0";
  if (context_.problem->rooflineSeconds > 0) {
    text += ", " + significant(100 * context_.problem->rooflineSeconds / seconds) + " % of the roofline";
  }
  return text;
}

std::string PromptWords::program() const {
  const std::string text = sectionText(context_.node, "program");
  if (cut_ < PromptCut::Program || text.size() <= programLimit_) return text;
  const std::size_t half = programLimit_ / 2;
  return shortened(text, half) + "\n  … the middle is left out …\n" +
         cleanText(text.substr(text.size() - half));
}

std::string PromptWords::details() const {
  if (cut_ >= PromptCut::Details) return {};
  std::string text;
  for (const Section& section : context_.node.sections) {
    if (section.key == "program" || section.key == "trace" || section.text.empty()) continue;
    text += (text.empty() ? "" : "\n") + section.title + ": " + section.text;
  }
  if (!context_.node.refused.empty()) text += (text.empty() ? "" : "\n") + std::string("Of what made it:");
  for (const AppliedItem& item : context_.node.refused) text += "\n  " + refusalText(item);
  return text;
}

std::string PromptWords::actions() const {
  std::string grammar;
  for (const Section& section : context_.problem->sections) {
    if (section.key == "grammar") grammar = section.text;
  }
  std::string text;
  for (const LegalAction& action : context_.legalActions) {
    text += (text.empty() ? "" : "\n") + action.name;
    const std::string arguments =
        cut_ < PromptCut::Arguments ? newArguments(action.arguments, grammar) : std::string();
    if (!arguments.empty()) text += ": " + arguments;
    // Where the ranges say everything, an example only costs tokens.
    if (cut_ < PromptCut::Examples && arguments.empty() && !action.example.empty())
      text += "; e.g. " + action.example;
  }
  return text;
}

std::string PromptWords::ancestors() const {
  static constexpr std::array<const char*, 2> kTitles = {"Parent", "Grandparent"};
  std::string text;
  const NodeView* younger = &context_.node;
  for (std::size_t i = 0; i < context_.ancestors.size(); ++i) {
    if (cut_ >= PromptCut::Parent || (i > 0 && cut_ >= PromptCut::Ancestors)) break;
    const NodeView& view = context_.ancestors[i];
    const std::string title = i < kTitles.size() ? kTitles[i] : "Ancestor " + std::to_string(i + 1);
    text += (text.empty() ? "## " : "\n## ") + title + ", depth " + std::to_string(view.depth) + "\n" +
            cost(view);
    if (!younger->steps.empty())
      text += "\nThen " + joined(younger->steps, "; ") + " (" + verdict(view, *younger) + ")";
    const std::string diff = lineDiff(sectionText(view, "program"), sectionText(context_.node, "program"),
                                      i == 0 && cut_ < PromptCut::LongDiffs ? kDiffLines : kShortDiffLines);
    if (view.depth == 0) {
      text += "\nIt is p0, shown above.";
    } else if (!diff.empty() && (i == 0 || cut_ < PromptCut::FartherDiffs)) {
      text += "\nDifference to the node:\n" + diff;
    }
    text += "\n";
    younger = &view;
  }
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

/// Compares like with like: two measurements, else two predictions.
std::string PromptWords::verdict(const NodeView& before, const NodeView& after) const {
  double first = measuredSeconds(before);
  double second = measuredSeconds(after);
  const bool measured = first > 0 && second > 0;
  if (!measured) {
    first = before.prediction ? before.prediction->seconds : 0;
    second = after.prediction ? after.prediction->seconds : 0;
  }
  if (!(first > 0) || !(second > 0)) return "effect unknown";
  const std::string by = measured ? "measured" : "predicted";
  return second <= first ? by + " " + significant(first / second) + " x faster"
                         : by + " " + significant(second / first) + " x slower";
}

double PromptWords::measuredSeconds(const NodeView& view) const {
  if (view.measurement) return view.measurement->valid ? view.measurement->seconds : 0;
  return view.depth == 0 ? context_.baselineSeconds : 0;
}

std::string PromptWords::attempts() const {
  const std::vector<TriedProposal>& all = context_.attempts;
  const std::size_t most = cut_ >= PromptCut::Attempts ? kAttemptsLeftByCut : kMostAttempts;
  std::string text;
  for (std::size_t i = all.size() > most ? all.size() - most : 0; i < all.size(); ++i) {
    text += (text.empty() ? "- " : "\n- ") + attemptText(all[i]);
  }
  return text;
}

std::string PromptWords::best() const {
  if (!context_.best) return {};
  if (context_.best->state == context_.node.state) return "This node.";
  if (!context_.ancestors.empty() && context_.best->state == context_.ancestors[0].state)
    return "The parent.";
  std::string text = cost(*context_.best);
  if (cut_ < PromptCut::BestTrace) text += "\nTrace from p0:\n" + traceText(context_.best->state);
  return text;
}

std::string PromptWords::progress() const {
  std::string text = "Samples measured: " + std::to_string(context_.samplesDone);
  if (context_.sampleBudget > 0) text += " of " + std::to_string(context_.sampleBudget);
  if (context_.baselineSeconds > 0) text += "\np0 takes " + timeText(context_.baselineSeconds);
  if (context_.bestSeconds > 0)
    text += "\nBest so far: " + timeText(context_.bestSeconds) + relative(context_.bestSeconds);
  if (context_.problem->rooflineSeconds > 0)
    text += "\nRoofline: " + timeText(context_.problem->rooflineSeconds);
  return text;
}

/// A node as the paper shows it.
std::string PromptWords::whole(const NodeView& view) const {
  const double seconds = secondsOf(view);
  return "Cost: " + (seconds > 0 ? timeText(seconds) : std::string("unknown")) + "\nTrace:\n" +
         traceText(view.state) + "\nProgram:\n" + sectionText(view, "program");
}

std::vector<std::string> knownNames(const ProposalContext& context) {
  std::set<std::string> names;
  for (const LegalAction& action : context.legalActions) names.insert(action.name);
  const auto isWord = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  for (const Section& section : context.problem->sections) {
    if (section.key != "grammar") continue;
    // The grammar names each transformation once, as `Name(arguments` or `- Name: meaning`, written like a
    // type.
    const std::string& text = section.text;
    for (std::size_t end = text.find_first_of("(:"); end != std::string::npos;
         end = text.find_first_of("(:", end + 1)) {
      std::size_t begin = end;
      while (begin > 0 && isWord(text[begin - 1])) --begin;
      const bool listed =
          begin == 0 || text[begin - 1] == '\n' || (begin > 1 && text.compare(begin - 2, 2, "- ") == 0);
      if (end - begin > 2 && text[begin] >= 'A' && text[begin] <= 'Z' && (listed || text[end] == '(')) {
        names.insert(text.substr(begin, end - begin));
      }
    }
  }
  names.erase("Name");  // stands for any of them in the grammar's own explanation
  return {names.begin(), names.end()};
}

}  // namespace espalier
