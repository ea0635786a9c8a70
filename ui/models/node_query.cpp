// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/node_query.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace espalier::ui {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

std::vector<std::string> tokensOf(std::string_view text) {
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (std::isspace(c) != 0) {
      ++i;
      continue;
    }
    std::size_t end = i + 1;
    const auto word = [](char d) {
      return std::isalnum(static_cast<unsigned char>(d)) != 0 || d == '.' || d == '_' || d == '-';
    };
    if (word(text[i])) {
      while (end < text.size() && word(text[end])) ++end;
    } else if (std::string_view("<>!=").find(text[i]) != std::string_view::npos && end < text.size() &&
               text[end] == '=') {
      ++end;
    }
    tokens.push_back(lower(text.substr(i, end - i)));
    i = end;
  }
  return tokens;
}

using Figure = double (*)(const History&, NodeId);
constexpr std::array<std::pair<std::string_view, Figure>, 8> kFigures{{
    {"speedup", [](const History& h, NodeId n) { return h.tree().speedup(n); }},
    {"predicted", [](const History& h, NodeId n) { return h.tree().predictedSpeedup(n); }},
    {"visits", [](const History& h, NodeId n) { return static_cast<double>(h.tree().node(n).visits); }},
    {"depth", [](const History& h, NodeId n) { return static_cast<double>(h.tree().node(n).depth); }},
    {"value", [](const History& h, NodeId n) { return h.tree().node(n).mean(); }},
    {"sample", [](const History& h, NodeId n) { return static_cast<double>(h.tree().node(n).sample); }},
    {"node", [](const History&, NodeId n) { return static_cast<double>(n); }},
    {"ms", [](const History& h, NodeId n) { return static_cast<double>(h.tree().node(n).seconds) * 1e3; }},
}};

using Plain = bool (*)(const History&, NodeId);
constexpr std::array<std::pair<std::string_view, Plain>, 8> kStates{{
    {"measured", [](const History& h, NodeId n) { return h.tree().node(n).status == NodeStatus::Measured; }},
    {"failed", [](const History& h, NodeId n) { return h.tree().node(n).status == NodeStatus::Failed; }},
    {"verified", [](const History& h, NodeId n) { return h.tree().node(n).has(kVerified); }},
    {"fallback", [](const History& h, NodeId n) { return h.tree().node(n).has(kFallback); }},
    {"pinned", [](const History& h, NodeId n) { return h.tree().node(n).has(kPinned); }},
    {"pruned", [](const History& h, NodeId n) { return h.tree().node(n).has(kPruned); }},
    {"hinted", [](const History& h, NodeId n) { return h.tree().node(n).has(kHinted); }},
    {"best", [](const History& h, NodeId n) { return h.tree().best() == n; }},
}};

bool hasWord(const History& history, NodeId node, const std::string& word) {
  const SearchTree& tree = history.tree();
  const NodeFacts& facts = tree.node(node);
  return lower(tree.label(facts.source)).find(word) != std::string::npos ||
         lower(tree.label(facts.steps)).find(word) != std::string::npos;
}

class Parser {
 public:
  explicit Parser(std::vector<std::string> tokens) : tokens_(std::move(tokens)) {}

  Result<NodeTest> run() {
    auto test = alternatives();
    if (test && at_ < tokens_.size())
      return inputError("`" + tokens_[at_] + "` is not expected here.", "Join conditions by and, or.");
    return test;
  }

 private:
  bool take(std::string_view token) {
    if (at_ >= tokens_.size() || tokens_[at_] != token) return false;
    ++at_;
    return true;
  }

  Result<NodeTest> alternatives() {
    auto left = conditions();
    while (left && take("or")) {
      auto right = conditions();
      if (!right) return right;
      left = NodeTest([a = *left, b = *right](const History& h, NodeId n) { return a(h, n) || b(h, n); });
    }
    return left;
  }

  Result<NodeTest> conditions() {
    auto left = condition();
    while (left && take("and")) {
      auto right = condition();
      if (!right) return right;
      left = NodeTest([a = *left, b = *right](const History& h, NodeId n) { return a(h, n) && b(h, n); });
    }
    return left;
  }

  Result<NodeTest> condition() {
    if (take("not")) {
      auto inner = condition();
      if (!inner) return inner;
      return NodeTest([a = *inner](const History& h, NodeId n) { return !a(h, n); });
    }
    if (take("(")) {
      auto inner = alternatives();
      if (inner && !take(")")) return inputError("A bracket is not closed.");
      return inner;
    }
    if (at_ >= tokens_.size()) return inputError("The query ends too early.");
    const std::string word = tokens_[at_++];
    if (word == "has") {
      if (at_ >= tokens_.size()) return inputError("`has` needs a word.", "For instance: has Vectorize");
      return NodeTest(
          [sought = tokens_[at_++]](const History& h, NodeId n) { return hasWord(h, n, sought); });
    }
    for (const auto& [name, test] : kStates)
      if (word == name) return NodeTest(test);
    for (const auto& [name, figure] : kFigures)
      if (word == name) return comparison(figure, word);
    return inputError(
        "`" + word + "` is not known.",
        "Known are speedup, predicted, visits, depth, value, sample, node, ms, has WORD, measured, failed, "
        "verified, fallback, pinned, pruned, hinted and best.");
  }

  Result<NodeTest> comparison(Figure figure, const std::string& name) {
    const std::string sign = at_ < tokens_.size() ? tokens_[at_] : "";
    static constexpr std::array<std::string_view, 7> kSigns{"<", "<=", ">", ">=", "=", "==", "!="};
    if (std::find(kSigns.begin(), kSigns.end(), sign) == kSigns.end() || at_ + 1 >= tokens_.size())
      return inputError("`" + name + "` needs a comparison.", "For instance: " + name + " > 3");
    const std::string& number = tokens_[++at_];
    char* end = nullptr;
    const double value = std::strtod(number.c_str(), &end);
    if (*end != '\0' && *end != 'x') return inputError("`" + number + "` is not a number.");
    ++at_;
    return NodeTest([figure, sign, value](const History& h, NodeId n) {
      const double is = figure(h, n);
      if (sign == "<") return is < value;
      if (sign == "<=") return is <= value;
      if (sign == ">") return is > value;
      if (sign == ">=") return is >= value;
      return sign == "!=" ? is != value : is == value;
    });
  }

  std::vector<std::string> tokens_;
  std::size_t at_ = 0;
};

}  // namespace

Result<NodeTest> parseNodeQuery(std::string_view text) {
  std::vector<std::string> tokens = tokensOf(text);
  if (tokens.empty()) return NodeTest([](const History&, NodeId) { return true; });
  return Parser(std::move(tokens)).run();
}

}  // namespace espalier::ui
