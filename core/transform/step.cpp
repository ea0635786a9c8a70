// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "transform/step.h"

#include <algorithm>

#include "transform/step_reader.h"

namespace espalier {
namespace {

template <class Kind>
std::optional<Kind> argumentAs(const Step& step, std::string_view argument) {
  const ArgumentValue* value = step.find(argument);
  if (value == nullptr || !std::holds_alternative<Kind>(*value)) return std::nullopt;
  return std::get<Kind>(*value);
}

std::string printValue(const ArgumentValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* name = std::get_if<std::string>(&value)) return *name;
  std::string text = "[";
  if (const auto* numbers = std::get_if<std::vector<std::int64_t>>(&value)) {
    for (const std::int64_t number : *numbers) text += (text.size() > 1 ? ", " : "") + std::to_string(number);
  } else {
    for (const std::string& name : std::get<std::vector<std::string>>(value))
      text += (text.size() > 1 ? ", " : "") + name;
  }
  return text + "]";
}

}  // namespace

const ArgumentValue* Step::find(std::string_view argument) const {
  const auto found = std::find_if(arguments.begin(), arguments.end(),
                                  [&](const auto& entry) { return entry.first == argument; });
  return found == arguments.end() ? nullptr : &found->second;
}

std::optional<std::int64_t> Step::integer(std::string_view argument) const {
  return argumentAs<std::int64_t>(*this, argument);
}

std::optional<std::string> Step::text(std::string_view argument) const {
  if (auto word = argumentAs<std::string>(*this, argument)) return word;
  const auto names = argumentAs<std::vector<std::string>>(*this, argument);
  return names && names->size() == 1 ? std::optional(names->front()) : std::nullopt;
}

std::optional<std::vector<std::int64_t>> Step::integers(std::string_view argument) const {
  if (auto number = argumentAs<std::int64_t>(*this, argument)) return std::vector{*number};
  return argumentAs<std::vector<std::int64_t>>(*this, argument);
}

std::optional<std::vector<std::string>> Step::texts(std::string_view argument) const {
  if (auto word = argumentAs<std::string>(*this, argument)) return std::vector{*word};
  return argumentAs<std::vector<std::string>>(*this, argument);
}

Step& Step::set(std::string_view argument, ArgumentValue value) {
  for (auto& [key, present] : arguments)
    if (key == argument) {
      present = std::move(value);
      return *this;
    }
  arguments.emplace_back(std::string(argument), std::move(value));
  return *this;
}

std::string print(const Step& step) {
  std::string text = step.name + "(";
  for (std::size_t i = 0; i < step.arguments.size(); ++i)
    text += (i == 0 ? "" : ", ") + step.arguments[i].first + "=" + printValue(step.arguments[i].second);
  return text + ")";
}

Result<Step> parseStep(std::string_view text) { return StepReader(text, {}, 1).read(); }

}  // namespace espalier
