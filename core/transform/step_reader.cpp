// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "transform/step_reader.h"

#include <cctype>
#include <charconv>
#include <optional>

#include "transform/transformation.h"

namespace espalier {
namespace {

bool isWordCharacter(char character) {
  return std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '_' || character == '.' ||
         character == '-';
}

std::optional<std::int64_t> asInteger(std::string_view word) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return number;
}

/// The name of a parameter by its place, so that `Vectorize(j.2)` is understood.
std::optional<std::string> parameterAt(const std::string& transformation, std::size_t place) {
  const Transformation* member = findTransformation(transformation);
  if (member == nullptr || place >= member->parameters.size()) return std::nullopt;
  return std::string(member->parameters[place].name);
}

}  // namespace

void StepReader::skipSpace() {
  while (position_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[position_])) != 0)
    ++position_;
}

bool StepReader::accept(char wanted) {
  skipSpace();
  if (position_ >= text_.size() || text_[position_] != wanted) return false;
  ++position_;
  return true;
}

tl::unexpected<Error> StepReader::expected(std::string_view what) const {
  std::string place;
  if (!where_.empty())
    place = std::string(where_) + ":" + std::to_string(line_) + ":";
  else
    place = "column ";
  const std::string found =
      position_ < text_.size() ? "`" + std::string(1, text_[position_]) + "`" : "the end";
  return inputError(place + std::to_string(position_ + 1) + ": expected " + std::string(what) +
                        " but found " + found + " in `" + std::string(text_) + "`.",
                    "A step looks like `TileSize(block=C, loop=n, factors=[64, 32])`.");
}

Result<std::string> StepReader::word() {
  skipSpace();
  if (position_ < text_.size() && (text_[position_] == '"' || text_[position_] == '\'')) {
    const char quote = text_[position_];
    const std::size_t end = text_.find(quote, position_ + 1);
    if (end == std::string_view::npos) return expected("a closing quote");
    std::string quoted(text_.substr(position_ + 1, end - position_ - 1));
    for (const char character : quoted)
      if (!isWordCharacter(character)) return expected("a name without spaces between the quotes");
    position_ = end + 1;
    return quoted;
  }
  std::size_t end = position_;
  while (end < text_.size() && isWordCharacter(text_[end])) ++end;
  std::string plain(text_.substr(position_, end - position_));
  position_ = end;
  return plain;
}

Result<ArgumentValue> StepReader::list(char closing) {
  std::vector<std::string> names;
  std::vector<std::int64_t> numbers;
  while (!accept(closing)) {
    if (!names.empty() && !accept(',')) return expected("`,` or the end of the list");
    Result<std::string> element = word();
    if (!element) return tl::unexpected(element.error());
    if (element->empty()) return expected("a name or a number");
    if (const auto number = asInteger(*element)) numbers.push_back(*number);
    names.push_back(*std::move(element));
  }
  if (numbers.size() == names.size()) return ArgumentValue(std::move(numbers));
  return ArgumentValue(std::move(names));
}

Result<ArgumentValue> StepReader::value() {
  if (accept('[')) return list(']');
  if (accept('(')) return list(')');
  Result<std::string> single = word();
  if (!single) return tl::unexpected(single.error());
  if (single->empty()) return expected("a value");
  if (const auto number = asInteger(*single)) return ArgumentValue(*number);
  return ArgumentValue(*std::move(single));
}

Result<Step> StepReader::read() {
  Step step;
  Result<std::string> name = word();
  if (!name) return tl::unexpected(name.error());
  if (name->empty() || std::isalpha(static_cast<unsigned char>(name->front())) == 0)
    return expected("the name of a transformation");
  step.name = *std::move(name);
  while (!step.name.empty() && step.name.back() == '.') step.name.pop_back();
  if (accept('(')) {
    for (std::size_t place = 0; !accept(')'); ++place) {
      if (place > 0 && !accept(',')) return expected("`,` or `)`");
      const std::size_t start = position_;
      Result<std::string> key = word();
      if (!key) return tl::unexpected(key.error());
      const bool named = !key->empty() && (accept('=') || accept(':'));
      if (!named) {
        position_ = start;
        const auto parameter = parameterAt(step.name, place);
        if (!parameter) return expected("an argument as `name=value`");
        key = *parameter;
      }
      if (step.find(*key) != nullptr) return expected("each argument once; `" + *key + "` comes twice");
      Result<ArgumentValue> argument = value();
      if (!argument) return tl::unexpected(argument.error());
      step.arguments.emplace_back(*std::move(key), *std::move(argument));
    }
  }
  skipSpace();
  while (position_ < text_.size() && (text_[position_] == '.' || text_[position_] == ';')) ++position_;
  skipSpace();
  if (position_ != text_.size()) return expected("the end of the step");
  return step;
}

}  // namespace espalier
