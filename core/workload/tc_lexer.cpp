// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "workload/tc_lexer.h"

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace espalier {
namespace {

bool isDigit(char character) { return character >= '0' && character <= '9'; }
bool isNameStart(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') || character == '_';
}
bool isNamePart(char character) { return isNameStart(character) || isDigit(character); }

constexpr std::array<std::pair<std::string_view, TokenKind>, 6> kWords{{
    {"def", TokenKind::Def},
    {"where", TokenKind::Where},
    {"in", TokenKind::In},
    {"exists", TokenKind::Exists},
    {"true", TokenKind::True},
    {"false", TokenKind::False},
}};

/// Longest first.
constexpr std::array<std::pair<std::string_view, TokenKind>, 35> kSigns{{
    {"max=!", TokenKind::MaxAssignInit},
    {"min=!", TokenKind::MinAssignInit},
    {"max=", TokenKind::MaxAssign},
    {"min=", TokenKind::MinAssign},
    {"+=!", TokenKind::SumAssignInit},
    {"*=!", TokenKind::ProductAssignInit},
    {"+=", TokenKind::SumAssign},
    {"*=", TokenKind::ProductAssign},
    {"->", TokenKind::Arrow},
    {"<=", TokenKind::LessEqual},
    {">=", TokenKind::GreaterEqual},
    {"==", TokenKind::Equal},
    {"!=", TokenKind::NotEqual},
    {"&&", TokenKind::And},
    {"||", TokenKind::Or},
    {"(", TokenKind::LeftParen},
    {")", TokenKind::RightParen},
    {"{", TokenKind::LeftBrace},
    {"}", TokenKind::RightBrace},
    {",", TokenKind::Comma},
    {":", TokenKind::Colon},
    {";", TokenKind::Semicolon},
    {"?", TokenKind::Question},
    {".", TokenKind::Dot},
    {"=", TokenKind::Assign},
    {"+", TokenKind::Plus},
    {"-", TokenKind::Minus},
    {"*", TokenKind::Star},
    {"/", TokenKind::Slash},
    {"%", TokenKind::Percent},
    {"<", TokenKind::Less},
    {">", TokenKind::Greater},
    {"!", TokenKind::Not},
    {"&", TokenKind::End},
    {"|", TokenKind::End},
}};

class Lexer {
 public:
  explicit Lexer(TcDiagnostics& diagnostics) : diagnostics_(diagnostics), text_(diagnostics.text()) {}

  std::vector<Token> run() {
    while (skipBlanks()) next();
    tokens_.push_back({TokenKind::End, {text_.size(), text_.size()}});
    return std::move(tokens_);
  }

 private:
  [[nodiscard]] char at(std::size_t position) const {
    return position < text_.size() ? text_[position] : '\0';
  }
  [[nodiscard]] bool startsWith(std::string_view sign) const {
    return text_.substr(position_, sign.size()) == sign;
  }

  /// False at the end of the text or after an error.
  bool skipBlanks() {
    while (position_ < text_.size() && !diagnostics_.failed()) {
      const char character = text_[position_];
      if (character == ' ' || character == '\t' || character == '\n' || character == '\r' ||
          character == '\f') {
        ++position_;
      } else if (character == '#' || startsWith("//")) {
        while (position_ < text_.size() && text_[position_] != '\n') ++position_;
      } else if (startsWith("/*")) {
        const std::size_t end = text_.find("*/", position_ + 2);
        if (end == std::string_view::npos)
          diagnostics_.fail({position_, position_ + 2}, "this comment has no end.", "Close it with `*/`.");
        position_ = end == std::string_view::npos ? text_.size() : end + 2;
      } else {
        return true;
      }
    }
    return false;
  }

  void next() {
    const char character = text_[position_];
    // `A.0` is a dimension of A, not the name A beside the number .0.
    const bool afterName =
        !tokens_.empty() && tokens_.back().kind == TokenKind::Name && tokens_.back().span.end == position_;
    const bool afterDot = !tokens_.empty() && tokens_.back().kind == TokenKind::Dot;
    if (isDigit(character) || (character == '.' && isDigit(at(position_ + 1)) && !afterName))
      return number(afterDot);
    if (assignment()) return;
    if (isNameStart(character)) return name();
    sign();
  }

  /// `max=` and `min=` begin like names but are signs, unless `==` follows the name.
  bool assignment() {
    if (!startsWith("max=") && !startsWith("min=")) return false;
    if (at(position_ + 4) == '=') return false;
    sign();
    return true;
  }

  void name() {
    const std::size_t begin = position_;
    while (isNamePart(at(position_))) ++position_;
    Token token{TokenKind::Name, {begin, position_}};
    for (const auto& [word, kind] : kWords)
      if (word == text_.substr(begin, position_ - begin)) token.kind = kind;
    tokens_.push_back(token);
  }

  void sign() {
    for (const auto& [sign, kind] : kSigns) {
      if (!startsWith(sign)) continue;
      const SourceSpan span{position_, position_ + sign.size()};
      if (kind == TokenKind::End) {
        const std::string twice = std::string(sign) + std::string(sign);
        diagnostics_.fail(span, "`" + std::string(sign) + "` is not an operator of the notation.",
                          "Write `" + twice + "`; bits cannot be combined.");
      }
      tokens_.push_back({kind, span});
      position_ = span.end;
      return;
    }
    const auto byte = static_cast<unsigned char>(text_[position_]);
    const std::string shown = byte >= 0x21 && byte < 0x7f ? "`" + std::string(1, text_[position_]) + "`"
                                                          : "the byte " + std::to_string(byte);
    diagnostics_.fail({position_, position_ + 1}, shown + " has no meaning in the notation.", "Remove it.");
    position_ = text_.size();
  }

  void number(bool integerOnly) {
    const std::size_t begin = position_;
    bool real = false;
    while (isDigit(at(position_))) ++position_;
    if (!integerOnly) {
      if (at(position_) == '.') {
        real = true;
        ++position_;
        while (isDigit(at(position_))) ++position_;
      }
      if (at(position_) == 'e' || at(position_) == 'E') {
        const std::size_t sign = at(position_ + 1) == '+' || at(position_ + 1) == '-' ? 1 : 0;
        if (isDigit(at(position_ + 1 + sign))) {
          real = true;
          position_ += 1 + sign;
          while (isDigit(at(position_))) ++position_;
        }
      }
    }
    Token token{real ? TokenKind::Real : TokenKind::Integer, {begin, position_}};
    const char* const first = text_.data() + begin;
    const char* const last = text_.data() + position_;
    const auto parsed =
        real ? std::from_chars(first, last, token.real) : std::from_chars(first, last, token.integer);
    if (parsed.ec != std::errc{} || parsed.ptr != last)
      diagnostics_.fail(
          token.span, "the number is too large or too small to be represented.",
          real ? "Real numbers reach from 5e-324 to 1.7e308." : "Integers have at most 63 bits.");
    if (real && (at(position_) == 'f' || at(position_) == 'F') && !isNamePart(at(position_ + 1))) ++position_;
    if (isNamePart(at(position_)))
      diagnostics_.fail({begin, position_ + 1}, "a name cannot begin with a digit.",
                        "Put an operator between the number and the name.");
    tokens_.push_back(token);
  }

  TcDiagnostics& diagnostics_;
  std::string_view text_;
  std::size_t position_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(TcDiagnostics& diagnostics) { return Lexer(diagnostics).run(); }

}  // namespace espalier
