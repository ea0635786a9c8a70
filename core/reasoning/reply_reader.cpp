// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/reply_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "reasoning/chat_text.h"
#include "reasoning/chat_wire.h"
#include "reasoning/reply_json.h"
#include "reasoning/reply_steps.h"

namespace espalier {
namespace {

constexpr std::size_t kLongestReasoning = 16 << 10;
constexpr std::size_t kMostSequences = 16;
constexpr std::size_t kLongestKey = 40;
constexpr std::size_t kMostLines = 2000;

constexpr std::array<std::string_view, 8> kStepKeys = {
    "transformations", "steps", "sequence", "actions", "trace", "mutators", "transforms", "schedule"};
constexpr std::array<std::string_view, 6> kSequenceKeys = {"proposals", "alternatives", "candidates",
                                                           "sequences", "options",      "answers"};
constexpr std::array<std::string_view, 5> kPreferenceKeys = {"preference", "confidence", "prior",
                                                             "probability", "likelihood"};
constexpr std::array<std::string_view, 6> kReasoningKeys = {"reasoning", "rationale", "explanation",
                                                            "thought",   "analysis",  "thoughts"};

std::string lowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

template <std::size_t count>
const LooseValue* findAny(const LooseValue& object, const std::array<std::string_view, count>& keys) {
  if (!object.isObject()) return nullptr;
  for (const std::string_view key : keys) {
    for (const LooseValue& value : object.members) {
      if (value.key.size() > kLongestKey) continue;
      const std::string lower = lowerCase(value.key);
      if (lower == key || (lower.starts_with(key) && lower.find("to apply") != std::string::npos))
        return &value;
    }
  }
  return nullptr;
}

std::string reasoningIn(const LooseValue& object) {
  const LooseValue* value = findAny(object, kReasoningKeys);
  if (value == nullptr) return {};
  if (value->isText()) return shortened(cleanText(value->text), kLongestReasoning);
  std::string text;
  for (const LooseValue& item : value->items) {
    if (item.isText()) text += (text.empty() ? "" : "\n") + item.text;
  }
  return shortened(cleanText(text), kLongestReasoning);
}

/// A number in (0, 1], or percent; 0 where nothing of the kind is said.
double preferenceIn(const LooseValue& object) {
  const LooseValue* value = findAny(object, kPreferenceKeys);
  if (value == nullptr || value->items.size() + value->members.size() > 0) return 0;
  double stated = 0;
  const char* const begin = value->text.data();
  const char* const end = begin + value->text.size();
  const auto [stopped, error] = std::from_chars(begin, end, stated);
  if (error != std::errc() || !(stated > 0 && stated <= 100)) return 0;
  const bool percent = stated > 1 || std::string_view(stopped, end) == "%";
  return percent ? stated / 100 : stated;
}

/// A JSON value in the reply that holds transformations.
struct Found {
  LooseJson json;
  std::vector<ReplySequence> sequences;
  std::string reasoning;
  bool isList = false;  ///< it offers several sequences itself
};

class Reader {
 public:
  Reader(std::span<const std::string> knownNames, std::size_t wanted)
      : steps_(knownNames), wanted_(std::clamp<std::size_t>(wanted, 1, kMostSequences)) {}

  ModelReply read(std::string_view text) {
    if (!readAsJson(text)) readAsText(text);
    if (reply_.reasoning.empty() && !reply_.sequences.empty())
      reply_.reasoning = reply_.sequences.front().reasoning;
    for (ReplySequence& sequence : reply_.sequences) {
      if (sequence.reasoning.empty()) sequence.reasoning = reply_.reasoning;
    }
    for (std::string& repair : steps_.takeRepairs()) reply_.repairs.push_back(std::move(repair));
    return std::move(reply_);
  }

 private:
  bool readAsJson(std::string_view text) {
    std::vector<Found> found;
    // Text that only looks like JSON may be tried often: the work is bounded by a multiple of the length.
    std::size_t work = 4 * text.size() + 1024;
    for (std::size_t at = text.find_first_of("{["); at != std::string_view::npos;
         at = text.find_first_of("{[", at)) {
      std::size_t stopped = at;
      std::optional<LooseJson> json = readLooseJson(text, at, stopped);
      const std::size_t spent = stopped - at + 1;
      if (spent > work) break;
      work -= spent;
      std::optional<Found> candidate = json ? sequencesIn(std::move(*json)) : std::nullopt;
      if (candidate) {
        at = std::max(candidate->json.end, at + 1);
        found.push_back(std::move(*candidate));
        if (found.size() > 2 * kMostSequences) found.erase(found.begin());
      } else {
        ++at;
      }
    }
    if (found.empty()) return false;
    choose(found, text.size());
    return true;
  }

  std::optional<Found> sequencesIn(LooseJson json) {
    Found found;
    const LooseValue& value = json.value;
    const LooseValue* list = findAny(value, kSequenceKeys);
    if (list == nullptr && value.isList() &&
        std::any_of(value.items.begin(), value.items.end(),
                    [](const LooseValue& item) { return findAny(item, kStepKeys) != nullptr; })) {
      list = &value;
    }
    found.reasoning = reasoningIn(value);
    if (list != nullptr && list->isList()) {
      for (const LooseValue& item : list->items) {
        if (found.sequences.size() < kMostSequences) addSequence(found, item);
      }
      found.isList = found.sequences.size() > 1;
    }
    if (found.sequences.empty()) addSequence(found, value);
    if (found.sequences.empty()) return std::nullopt;
    found.json = std::move(json);
    return found;
  }

  void addSequence(Found& found, const LooseValue& value) {
    const LooseValue* transformations = findAny(value, kStepKeys);
    if (transformations != nullptr) {
      steps_.read(*transformations);
    } else if (value.isList() && !value.items.empty() && namesKnownStep(value.items.front())) {
      steps_.read(value);
    } else if (value.isObject() && namesKnownStep(value)) {
      steps_.read(value);
    }
    std::vector<std::string> items = steps_.takeSteps();
    if (!items.empty())
      found.sequences.push_back({reasoningIn(value), std::move(items), preferenceIn(value)});
  }

  /// Without the key that was asked for, only a known name makes a value a step.
  bool namesKnownStep(const LooseValue& value) const {
    if (value.isText()) return !steps_.meantName(value.text.substr(0, value.text.find('('))).empty();
    if (!value.isObject()) return false;
    for (const char* key : {"name", "transformation", "type", "action"}) {
      for (const LooseValue& member : value.members) {
        if (member.key == key && member.isText() && !steps_.meantName(member.text).empty()) return true;
      }
    }
    return value.members.size() == 1 && value.members.front().isObject() &&
           !steps_.meantName(value.members.front().key).empty();
  }

  void choose(std::vector<Found>& found, std::size_t length) {
    // A model that corrects itself says the final version last, but the very last may be cut off.
    const auto better = std::find_if(found.rbegin(), found.rend(),
                                     [](const Found& candidate) { return !candidate.json.truncated; });
    Found& chosen = better != found.rend() ? *better : found.back();
    const bool alone = found.size() == 1 && chosen.json.end + 8 >= length;
    if (chosen.json.truncated)
      reply_.repairs.emplace_back("The reply was cut off; what is complete was read.");
    if (!chosen.json.wellFormed && !chosen.json.truncated)
      reply_.repairs.emplace_back("The reply is not quite JSON; it was read nevertheless.");
    reply_.reasoning = chosen.reasoning;
    if (wanted_ > 1 && !chosen.isList) {
      // One object for each proposal instead of a list of them.
      for (Found& other : found) {
        for (ReplySequence& sequence : other.sequences) addDistinct(std::move(sequence));
      }
    } else {
      for (ReplySequence& sequence : chosen.sequences) addDistinct(std::move(sequence));
      if (!alone && found.size() > 1)
        reply_.repairs.emplace_back("The reply holds several answers; the last complete one counts.");
    }
  }

  void addDistinct(ReplySequence sequence) {
    const bool known = std::any_of(reply_.sequences.begin(), reply_.sequences.end(),
                                   [&](const ReplySequence& other) { return other.items == sequence.items; });
    if (!known && reply_.sequences.size() < wanted_) reply_.sequences.push_back(std::move(sequence));
  }

  /// The paper's plain form, and lists without a headline.
  void readAsText(std::string_view text) {
    std::size_t headline = std::string_view::npos;
    std::size_t listBegin = 0;
    std::vector<std::string_view> lines;
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      const std::string_view line = text.substr(at, end - at);
      if (const std::size_t colon = headlineColon(line); colon != std::string_view::npos) {
        headline = at;
        listBegin = std::min(at + colon + 1, text.size());
      }
      if (lines.size() < kMostLines) lines.push_back(line);
      at = end + 1;
    }
    if (headline != std::string_view::npos) {
      readList(text.substr(listBegin));
      reply_.reasoning = plainReasoning(text.substr(0, headline));
    }
    std::vector<std::string> items = steps_.takeSteps();
    if (items.empty()) {
      for (const std::string_view line : lines) readLoneLine(line);
      items = steps_.takeSteps();
      reply_.reasoning = plainReasoning(text);
    }
    if (!items.empty()) reply_.sequences.push_back({reply_.reasoning, std::move(items), 0});
  }

  static std::size_t headlineColon(std::string_view line) {
    std::size_t begin = line.find_first_not_of(" \t*#>-_`");
    if (begin == std::string_view::npos) return begin;
    const std::string lower = lowerCase(line.substr(begin, 80));
    for (const std::string_view word :
         {"final transformations", "transformations to apply", "transformations", "transformation sequence",
          "transformation", "mutators", "proposed sequence", "sequence", "final answer"}) {
      if (!lower.starts_with(word)) continue;
      const std::size_t after = lower.find_first_not_of(" \t*_`", word.size());
      if (after != std::string::npos && lower[after] == ':') return begin + after;
      // A headline in Markdown needs no colon.
      if (after == std::string::npos && line.find('#') < begin) return line.size();
    }
    return std::string_view::npos;
  }

  /// The rest of the headline's line, or the lines after it as long as they look like steps.
  void readList(std::string_view list) {
    std::size_t at = 0;
    bool any = false;
    while (at <= list.size()) {
      const std::size_t end = lineEnd(list, at);
      const std::string_view line = list.substr(at, end - at);
      const bool blank = line.find_first_not_of(" \t\r*_`") == std::string_view::npos;
      const bool fence = line.find("```") != std::string_view::npos;
      if (!blank && !fence) {
        if (any && !looksLikeStep(line)) return;
        steps_.read(line);
        any = true;
      } else if (blank && any && at > 0) {
        // An empty line between bullets is harmless; after the last of them prose begins.
        const std::size_t next = list.find_first_not_of(" \t\r\n", end);
        if (next == std::string_view::npos || !looksLikeStep(list.substr(next, lineEnd(list, next) - next)))
          return;
      }
      at = end + 1;
    }
  }

  /// The end of the line, or of the bracket that is open at its end.
  static std::size_t lineEnd(std::string_view text, std::size_t at) {
    int depth = 0;
    for (std::size_t i = at; i < text.size(); ++i) {
      const char c = text[i];
      if (c == '(' || c == '[') ++depth;
      if (c == ')' || c == ']') --depth;
      if (c == '\n' && (depth <= 0 || i - at > kLongestStep)) return i;
    }
    return text.size();
  }

  bool looksLikeStep(std::string_view line) const {
    const std::size_t begin = line.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    if (begin == std::string_view::npos || begin > 16) return false;
    const std::string_view rest = line.substr(begin);
    const std::size_t end = std::min(rest.find_first_of("(,:*`;."), rest.size());
    std::string_view word = rest.substr(0, end);
    while (word.ends_with(' ') || word.ends_with('\r')) word.remove_suffix(1);
    return !steps_.meantName(word).empty();
  }

  /// Without a headline only a line that is a known call or name counts, so that prose stays prose.
  void readLoneLine(std::string_view line) {
    if (looksLikeStep(line)) steps_.read(line);
  }

  static std::string plainReasoning(std::string_view text) {
    const std::string clean = cleanText(text);
    std::string_view rest = clean;
    const std::size_t begin = rest.find_first_not_of(" \t\n*#>-");
    if (begin == std::string_view::npos) return {};
    rest.remove_prefix(begin);
    if (lowerCase(rest.substr(0, 9)) == "reasoning") {
      rest.remove_prefix(9);
      const std::size_t next = rest.find_first_not_of(" \t\n*:");
      rest.remove_prefix(std::min(next, rest.size()));
    }
    while (rest.ends_with('\n') || rest.ends_with(' ')) rest.remove_suffix(1);
    return shortened(rest, kLongestReasoning);
  }

  StepReader steps_;
  std::size_t wanted_;
  ModelReply reply_;
};

}  // namespace

ModelReply readReply(std::string_view reply, std::span<const std::string> knownNames, std::size_t wanted) {
  const std::string text = splitThinking(reply.substr(0, kLongestReply)).text;
  ModelReply read = Reader(knownNames, wanted).read(text);
  if (reply.size() > kLongestReply) read.repairs.emplace_back("The reply is too long; its end was not read.");
  return read;
}

}  // namespace espalier
