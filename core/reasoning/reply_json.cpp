// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/reply_json.h"

#include <charconv>
#include <cmath>

namespace espalier {
namespace {

constexpr int kDeepest = 32;

bool isBare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '+' || c == '.';
}

void appendUtf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

/// A quote that opens a string: its bytes and the bytes that close it.
struct Quote {
  std::string_view open;
  std::string_view close;
};
constexpr Quote kQuotes[] = {{"\"", "\""}, {"'", "'"}, {"\xE2\x80\x9C", "\xE2\x80\x9D"}, {"`", "`"}};

class Parser {
 public:
  Parser(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  bool value(LooseValue& into, int depth) {
    if (depth > kDeepest) return false;
    skipBlank();
    if (ended()) return cut();
    const char first = text_[at_];
    if (first == '{') return object(into, depth);
    if (first == '[') return list(into, depth);
    for (const Quote& quote : kQuotes) {
      if (text_.substr(at_).starts_with(quote.open)) {
        into.kind = LooseValue::Kind::Text;
        return string(into.text, quote);
      }
    }
    return bareWord(into);
  }

  std::size_t at() const { return at_; }
  bool strict() const { return strict_; }
  bool truncated() const { return truncated_; }

 private:
  bool ended() const { return at_ >= text_.size(); }
  bool cut() {
    truncated_ = true;
    strict_ = false;
    return true;
  }

  void skipBlank() {
    for (;;) {
      while (!ended() &&
             (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
        ++at_;
      const std::string_view rest = text_.substr(at_);
      std::size_t length = 0;
      if (rest.starts_with("//") || rest.starts_with("#")) {
        length = std::min(rest.find('\n'), rest.size());
      } else if (rest.starts_with("/*")) {
        const std::size_t close = rest.find("*/");
        length = close == std::string_view::npos ? rest.size() : close + 2;
      } else {
        return;
      }
      strict_ = false;
      at_ += length;
    }
  }

  bool object(LooseValue& into, int depth) {
    into.kind = LooseValue::Kind::Object;
    ++at_;
    for (;;) {
      skipBlank();
      if (ended()) return cut();
      if (text_[at_] == '}') {
        ++at_;
        return true;
      }
      if (text_[at_] == ',') {
        ++at_;
        if (into.members.empty()) strict_ = false;
        continue;
      }
      LooseValue key;
      if (!keyName(key)) return false;
      skipBlank();
      if (ended()) return cut();
      if (text_[at_] == ':' || text_[at_] == '=') {
        strict_ = strict_ && text_[at_] == ':';
        ++at_;
      } else {
        return false;
      }
      LooseValue member;
      if (!value(member, depth + 1)) return false;
      member.key = std::move(key.text);
      into.members.push_back(std::move(member));
      if (truncated_) return true;
    }
  }

  bool keyName(LooseValue& key) {
    for (const Quote& quote : kQuotes) {
      if (text_.substr(at_).starts_with(quote.open)) return string(key.text, quote);
    }
    strict_ = false;
    return bareWord(key);
  }

  bool list(LooseValue& into, int depth) {
    into.kind = LooseValue::Kind::List;
    ++at_;
    for (;;) {
      skipBlank();
      if (ended()) return cut();
      if (text_[at_] == ']') {
        ++at_;
        return true;
      }
      if (text_[at_] == ',') {
        ++at_;
        continue;
      }
      if (text_[at_] == '}') {
        // The model forgot to close the list; the object around it closes here.
        strict_ = false;
        return true;
      }
      LooseValue item;
      if (!value(item, depth + 1)) return false;
      if (truncated_ && item.kind == LooseValue::Kind::Null) return true;
      into.items.push_back(std::move(item));
      if (truncated_) return true;
    }
  }

  bool string(std::string& into, const Quote& quote) {
    if (quote.open != "\"") strict_ = false;
    at_ += quote.open.size();
    while (!ended()) {
      const std::string_view rest = text_.substr(at_);
      if (rest.starts_with(quote.close)) {
        at_ += quote.close.size();
        return true;
      }
      if (rest.front() == '\\') {
        escape(into);
        continue;
      }
      if (static_cast<unsigned char>(rest.front()) < 0x20) strict_ = false;
      into += rest.front();
      ++at_;
    }
    return cut();
  }

  void escape(std::string& into) {
    ++at_;
    if (ended()) return;
    const char kind = text_[at_++];
    switch (kind) {
      case 'n': into += '\n'; return;
      case 't': into += '\t'; return;
      case 'r': return;
      case 'b':
      case 'f': into += ' '; return;
      case 'u': unicode(into); return;
      case '"':
      case '\\':
      case '/': into += kind; return;
      default: strict_ = false; into += kind;
    }
  }

  std::optional<std::uint32_t> fourDigits() {
    std::uint32_t code = 0;
    if (at_ + 4 > text_.size()) return std::nullopt;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + at_ + 4, code, 16);
    if (error != std::errc() || end != text_.data() + at_ + 4) return std::nullopt;
    at_ += 4;
    return code;
  }

  void unicode(std::string& into) {
    std::optional<std::uint32_t> code = fourDigits();
    if (code && *code >= 0xD800 && *code < 0xDC00 && text_.substr(at_).starts_with("\\u")) {
      at_ += 2;
      const std::optional<std::uint32_t> low = fourDigits();
      const bool paired = low && *low >= 0xDC00 && *low < 0xE000;
      code = paired ? std::optional(0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00)) : std::nullopt;
    }
    const bool valid = code && (*code < 0xD800 || *code > 0xDFFF);
    strict_ = strict_ && valid;
    appendUtf8(into, valid ? *code : 0xFFFD);
  }

  bool bareWord(LooseValue& into) {
    const std::size_t begin = at_;
    while (!ended() && isBare(text_[at_])) ++at_;
    if (at_ == begin) return false;
    into.text = text_.substr(begin, at_ - begin);
    const std::string& word = into.text;
    double number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error == std::errc() && end == word.data() + word.size() && std::isfinite(number)) {
      into.kind = LooseValue::Kind::Number;
    } else if (word == "true" || word == "false" || word == "True" || word == "False") {
      into.kind = LooseValue::Kind::Boolean;
      into.text = word == "true" || word == "True" ? "true" : "false";
    } else if (word == "null" || word == "None" || word == "NaN" || word == "nan") {
      into.kind = LooseValue::Kind::Null;
      strict_ = strict_ && word == "null";
    } else {
      into.kind = LooseValue::Kind::Text;
      strict_ = false;
    }
    return true;
  }

  std::string_view text_;
  std::size_t at_;
  bool strict_ = true;
  bool truncated_ = false;
};

}  // namespace

std::optional<std::int64_t> LooseValue::integer() const {
  if (kind != Kind::Number && kind != Kind::Text) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(number) || number != std::floor(number) || std::abs(number) > 1e15) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::optional<LooseJson> readLooseJson(std::string_view text, std::size_t at, std::size_t& stoppedAt) {
  Parser parser(text, at);
  LooseJson result;
  const bool read = parser.value(result.value, 0);
  stoppedAt = parser.at();
  if (!read) return std::nullopt;
  result.end = parser.at();
  result.wellFormed = parser.strict();
  result.truncated = parser.truncated();
  return result;
}

}  // namespace espalier
