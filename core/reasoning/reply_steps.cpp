// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/reply_steps.h"

#include <algorithm>
#include <array>
#include <utility>

#include "reasoning/chat_text.h"

namespace espalier {
namespace {

constexpr std::size_t kLongestName = 48;
constexpr std::size_t kMostArguments = 16;
constexpr std::size_t kMostListItems = 64;
constexpr std::size_t kMostRepairs = 32;
constexpr std::size_t kMostKnownNames = 256;

constexpr std::array<std::string_view, 10> kNameKeys = {
    "name", "transformation", "type", "action", "op", "primitive", "transform", "step", "kind", "mutator"};
constexpr std::array<std::string_view, 7> kArgumentKeys = {"args",   "arguments", "params",    "parameters",
                                                           "kwargs", "options",   "attributes"};

bool isWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

bool isName(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName && !(text.front() >= '0' && text.front() <= '9') &&
         std::all_of(text.begin(), text.end(), isWordCharacter);
}

std::string_view trimmed(std::string_view text, std::string_view of = " \t\n\r") {
  const std::size_t begin = text.find_first_not_of(of);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(of) + 1 - begin);
}

/// For comparison: lower case without separators, and without the word that the reference implementation puts
/// in front.
std::string folded(std::string_view name) {
  std::string fold;
  for (const char c : name.substr(0, 2 * kLongestName)) {
    if (c >= 'A' && c <= 'Z') {
      fold += static_cast<char>(c - 'A' + 'a');
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      fold += c;
    }
  }
  if (fold.starts_with("mutate") && fold.size() > 6) fold.erase(0, 6);
  return fold;
}

std::size_t editDistance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

/// `1.0`: a piece of a dimension. To JSON, and to models that quote their numbers, it is a number.
bool isPiece(const LooseValue& value) {
  if (value.kind != LooseValue::Kind::Number && value.kind != LooseValue::Kind::Text) return false;
  const std::string& text = value.text;
  const std::size_t dot = text.find('.');
  const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
  return dot != std::string::npos && dot > 0 && dot + 1 < text.size() && text.size() <= 5 &&
         std::count_if(text.begin(), text.end(), isDigit) + 1 == std::ssize(text);
}

/// A list with a fraction in it names pieces: `[1.0, 0, 1.1]`. One of whole numbers alone does not, however a
/// model writes them.
bool namesPieces(const LooseValue& list) {
  return std::any_of(list.items.begin(), list.items.end(),
                     [](const LooseValue& item) { return isPiece(item) && !item.integer(); });
}

/// The value of an argument as step text; empty if steps have no such value.
std::string valueText(const LooseValue& value, bool inList) {
  using Kind = LooseValue::Kind;
  switch (value.kind) {
    case Kind::Null: return {};
    case Kind::Boolean: return value.text;
    case Kind::Number: {
      const auto integer = value.integer();
      return integer ? std::to_string(*integer) : shortened(value.text, 32);
    }
    case Kind::Text: {
      if (const auto integer = value.integer()) return std::to_string(*integer);
      const std::string clean = cleanLine(value.text);
      const std::string_view word = trimmed(clean);
      if (isName(word)) return std::string(word);
      std::size_t stopped = 0;
      if (!inList && word.starts_with('[')) {
        if (const auto list = readLooseJson(word, 0, stopped)) return valueText(list->value, false);
      }
      std::string plain;
      for (const char c : shortened(word, 64)) {
        if (c != '"' && c != '\\') plain += c;
      }
      // What stood around the quotes may have become a run of blanks.
      plain = cleanLine(plain);
      return plain.empty() ? std::string() : '"' + plain + '"';
    }
    case Kind::List: {
      if (inList || value.items.size() > kMostListItems) return {};
      const bool pieces = namesPieces(value);
      std::string list = "[";
      for (const LooseValue& item : value.items) {
        const std::string text = pieces && isPiece(item) ? item.text : valueText(item, true);
        if (text.empty()) return {};
        list += (list.size() > 1 ? ", " : "") + text;
      }
      return list + "]";
    }
    case Kind::Object: return {};
  }
  return {};
}

const LooseValue* find(const LooseValue& object, std::string_view key) {
  for (const LooseValue& member : object.members) {
    if (member.key == key) return &member;
  }
  return nullptr;
}

/// Splits at separators outside brackets and quotes.
std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> pieces;
  std::size_t begin = 0;
  int depth = 0;
  char quote = 0;
  const auto cut = [&](std::size_t end, std::size_t length) {
    pieces.push_back(text.substr(begin, end - begin));
    begin = end + length;
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quote != 0) {
      if (c == quote || c == '\n') quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = depth > 0 ? c : 0;
    } else if (c == '(' || c == '[' || c == '{') {
      ++depth;
    } else if (c == ')' || c == ']' || c == '}') {
      depth = std::max(0, depth - 1);
    } else if (depth == 0 && (c == ',' || c == ';' || c == '\n')) {
      cut(at, 1);
    } else if (depth == 0 && (text.substr(at).starts_with("->") || text.substr(at).starts_with("=>"))) {
      cut(at, 2);
    } else if (depth == 0 && text.substr(at).starts_with("→")) {
      cut(at, std::string_view("→").size());
    }
  }
  cut(text.size(), 0);
  return pieces;
}

/// Bullets, numbers, bold, backticks and quotes around a name.
std::string_view withoutDecoration(std::string_view text) {
  text = trimmed(text, " \t\r*`'\"-+>#_•");
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  if (digits > 0 && digits < text.size() &&
      (text[digits] == '.' || text[digits] == ')' || text[digits] == ':')) {
    text.remove_prefix(digits + 1);
  }
  for (const std::string_view word : {"and ", "then ", "And ", "Then "}) {
    text = trimmed(text, " \t\r*`'\"-+>#_•");
    if (text.starts_with(word)) text.remove_prefix(word.size());
  }
  text = trimmed(text, " \t\r*`'\"-+>#_•");
  while (text.ends_with('.')) text.remove_suffix(1);
  return trimmed(text, " \t\r*`'\"");
}

}  // namespace

std::string StepReader::meantName(std::string_view written) const {
  const std::string fold = folded(written);
  if (fold.empty() || known_.size() > kMostKnownNames) return {};
  for (const std::string& name : known_) {
    if (folded(name) == fold) return name;
  }
  // One slip for each started five letters; a tie means nobody knows what was meant.
  if (fold.size() < 4 || fold.size() > kLongestName) return {};
  const std::size_t allowed = (fold.size() + 4) / 5;
  std::size_t nearest = allowed + 1;
  std::string meant;
  for (const std::string& name : known_) {
    const std::string other = folded(name);
    if (other.size() > fold.size() + allowed || fold.size() > other.size() + allowed) continue;
    const std::size_t distance = editDistance(fold, other);
    if (distance < nearest) {
      nearest = distance;
      meant = name;
    } else if (distance == nearest && distance <= allowed) {
      meant.clear();
    }
  }
  return nearest <= allowed ? meant : std::string();
}

void StepReader::add(std::string_view written, std::string arguments) {
  std::string_view word = trimmed(written);
  if (const std::size_t dot = word.rfind('.'); dot != std::string_view::npos && dot + 1 < word.size())
    word.remove_prefix(dot + 1);
  if (word.empty() || word.size() > kLongestName) return;
  if (steps_.size() >= kMostSteps) {
    if (!full_)
      repairs_.push_back("Only the first " + std::to_string(kMostSteps) + " transformations were read.");
    full_ = true;
    return;
  }
  const std::string meant = meantName(word);
  std::string name;
  if (!meant.empty()) {
    name = meant;
    if (name != word && repairs_.size() < kMostRepairs) {
      repairs_.push_back("Read `" + cleanLine(word) + "` as `" + name + "`.");
    }
  } else if (isName(word)) {
    name = word;
  } else {
    return;
  }
  if (name.size() + arguments.size() + 2 > kLongestStep) {
    repairs_.push_back("The arguments of `" + name + "` are too long and were left out.");
    arguments.clear();
  }
  steps_.push_back(arguments.empty() ? name : name + "(" + arguments + ")");
}

std::string StepReader::argumentsOf(const LooseValue& object, std::string_view nameKey) {
  std::string text;
  std::size_t count = 0;
  const auto append = [&](const std::string& key, const LooseValue& value) {
    if (!isName(key) || value.kind == LooseValue::Kind::Null) return;
    const std::string written = valueText(value, false);
    if (written.empty() || ++count > kMostArguments) {
      if (repairs_.size() < kMostRepairs)
        repairs_.push_back("The argument `" + key + "` has no readable value and was left out.");
      return;
    }
    text += (text.empty() ? "" : ", ") + key + "=" + written;
  };
  for (const LooseValue& value : object.members) {
    const std::string& key = value.key;
    if (key == nameKey || key == "reason" || key == "reasoning" || key == "rationale" || key == "comment")
      continue;
    const bool holdsArguments =
        std::find(kArgumentKeys.begin(), kArgumentKeys.end(), key) != kArgumentKeys.end();
    if (holdsArguments && value.isObject()) {
      for (const LooseValue& inner : value.members) append(inner.key, inner);
    } else if (!holdsArguments) {
      append(key, value);
    }
  }
  return text;
}

void StepReader::readObject(const LooseValue& object) {
  for (const std::string_view key : kNameKeys) {
    const LooseValue* name = find(object, key);
    if (name == nullptr || !name->isText()) continue;
    if (name->text.find('(') != std::string::npos) {
      read(std::string_view(name->text));
    } else {
      const LooseValue* whole = find(object, "args");
      const bool textual = whole != nullptr && whole->isText() && whole->text.find('=') != std::string::npos;
      add(name->text, textual ? cleanLine(whole->text) : argumentsOf(object, key));
    }
    return;
  }
  // {"TileSize": {"loop": "n"}, "Unroll": {}}: each member is a step.
  for (const LooseValue& value : object.members) {
    if (value.isObject()) {
      add(value.key, argumentsOf(value, ""));
    } else if (!meantName(value.key).empty()) {
      add(value.key, "");
    }
  }
}

void StepReader::read(const LooseValue& value) {
  if (value.isText()) {
    read(std::string_view(value.text));
  } else if (value.isObject()) {
    readObject(value);
  } else if (value.isList()) {
    // ["TileSize", {"loop": "n"}]: a name and its arguments.
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      const LooseValue& item = value.items[i];
      const bool pair = item.isText() && item.text.find('(') == std::string::npos &&
                        i + 1 < value.items.size() && value.items[i + 1].isObject() &&
                        std::none_of(kNameKeys.begin(), kNameKeys.end(), [&](std::string_view key) {
                          return find(value.items[i + 1], key) != nullptr;
                        });
      if (pair) {
        add(item.text, argumentsOf(value.items[i + 1], ""));
        ++i;
      } else if (item.isText()) {
        read(std::string_view(item.text));
      } else if (item.isObject()) {
        readObject(item);
      } else if (item.isList()) {
        read(item);
      }
    }
  }
}

void StepReader::read(std::string_view text) {
  for (const std::string_view piece : split(text)) readOne(piece);
}

void StepReader::readOne(std::string_view text) {
  text = withoutDecoration(text);
  const std::size_t open = text.find('(');
  if (open == std::string_view::npos) {
    // A name, perhaps with an explanation after a colon or dash; prose is no step.
    const std::size_t end = std::min(text.find_first_of(":*`"), text.size());
    const std::string_view word = trimmed(text.substr(0, end));
    if (isName(word) || !meantName(word).empty()) add(word, "");
    return;
  }
  const std::string_view name = trimmed(text.substr(0, open), " \t*`");
  if (!isName(name) && meantName(name).empty()) return;
  int depth = 0;
  std::size_t close = open;
  for (; close < text.size(); ++close) {
    if (text[close] == '(') ++depth;
    if (text[close] == ')' && --depth == 0) break;
  }
  if (close >= text.size()) {
    repairs_.push_back("The last transformation was cut off; its arguments were left out.");
    add(name, "");
    return;
  }
  const std::string_view inside = trimmed(text.substr(open + 1, close - open - 1));
  std::size_t stopped = 0;
  if (inside.starts_with('{')) {
    const auto object = readLooseJson(inside, 0, stopped);
    add(name, object ? argumentsOf(object->value, "") : std::string());
  } else if (inside.starts_with("0x")) {
    // The reference implementation shows its mutators with an address.
    add(name, "");
  } else {
    add(name, cleanLine(inside));
  }
}

std::vector<std::string> StepReader::takeSteps() { return std::exchange(steps_, {}); }
std::vector<std::string> StepReader::takeRepairs() { return std::exchange(repairs_, {}); }

}  // namespace espalier
