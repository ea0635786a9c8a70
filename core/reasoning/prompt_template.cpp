// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/prompt_template.h"

#include <algorithm>

#include "reasoning/chat_text.h"
#include "support/hash.h"

namespace espalier {
namespace {

constexpr std::string_view kHeader = "# espalier prompt 1";
constexpr std::size_t kLongestTemplate = 256 << 10;

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

}  // namespace

Result<PromptTemplate> PromptTemplate::read(std::string_view text, const std::string& source,
                                            const std::vector<std::string>& holes) {
  if (text.size() > kLongestTemplate)
    return inputError("The prompt template " + source + " is larger than 256 KiB.");
  PromptTemplate result;
  result.hash_ = Hasher().add(text).value();
  std::vector<Piece>* part = nullptr;
  std::string open;
  int number = 0;
  const auto error = [&](const std::string& what) {
    return inputError(source + ":" + std::to_string(number) + ": " + what,
                      "The shipped resources/prompt.txt shows the form.");
  };
  const auto known = [&](std::string_view name) {
    return std::find(holes.begin(), holes.end(), name) != holes.end();
  };
  const auto add = [&part](PieceKind kind, std::string_view piece) {
    if (kind == PieceKind::Text && !part->empty() && part->back().kind == PieceKind::Text) {
      part->back().text += piece;
    } else if (kind != PieceKind::Text || !piece.empty()) {
      part->push_back({kind, std::string(piece)});
    }
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    at = end + 1;
    ++number;
    if (number == 1 && line != kHeader)
      return error("A prompt template begins with the line `" + std::string(kHeader) + "`.");
    if (line == "[system]" || line == "[question]") {
      if (!open.empty())
        return error("The part {{?" + open + "}} is not closed before " + std::string(line) + ".");
      part = line == "[system]" ? &result.system_ : &result.question_;
      if (!part->empty()) return error("The part " + std::string(line) + " occurs twice.");
      continue;
    }
    if (part == nullptr) {
      if (!trimmed(line).empty() && !line.starts_with('#'))
        return error("Text stands before the part [system].");
      continue;
    }
    const std::string_view alone = trimmed(line);
    const bool opens = alone.starts_with("{{?") && alone.ends_with("}}");
    const bool closes = alone.starts_with("{{/") && alone.ends_with("}}");
    if (opens || closes) {
      const std::string name(alone.substr(3, alone.size() - 5));
      if (!known(name)) return error("There is nothing named `" + shortened(cleanLine(name), 40) + "`.");
      if (opens && !open.empty()) return error("{{?" + name + "}} stands inside of {{?" + open + "}}.");
      if (closes && open != name) return error("{{/" + name + "}} closes what is not open.");
      if (opens && part == &result.system_)
        return error("[system] must be equal for all nodes; it has no {{?parts}}.");
      open = opens ? name : std::string();
      add(opens ? PieceKind::Open : PieceKind::Close, name);
      continue;
    }
    std::size_t from = 0;
    for (;;) {
      const std::size_t hole = line.find("{{", from);
      if (hole == std::string_view::npos) break;
      const std::size_t close = line.find("}}", hole);
      if (close == std::string_view::npos) return error("A hole begins with {{ and does not end.");
      const std::string_view name = line.substr(hole + 2, close - hole - 2);
      if (!known(name)) return error("There is nothing named `" + shortened(cleanLine(name), 40) + "`.");
      if (part == &result.system_ && name != "problem") {
        return error("[system] must be equal for all nodes; it cannot hold {{" + std::string(name) + "}}.");
      }
      add(PieceKind::Text, line.substr(from, hole - from));
      add(PieceKind::Hole, name);
      from = close + 2;
    }
    add(PieceKind::Text, std::string(line.substr(from)) + "\n");
  }
  if (!open.empty()) return error("The part {{?" + open + "}} is not closed.");
  if (result.system_.empty() || result.question_.empty())
    return error("A prompt template has the parts [system] and [question].");
  return result;
}

std::string PromptTemplate::fill(const std::vector<Piece>& pieces, const Values& values) {
  std::string text;
  bool skipping = false;
  for (const Piece& piece : pieces) {
    if (piece.kind == PieceKind::Open) {
      skipping = values(piece.text).empty();
    } else if (piece.kind == PieceKind::Close) {
      skipping = false;
    } else if (!skipping) {
      text += piece.kind == PieceKind::Hole ? values(piece.text) : piece.text;
    }
  }
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace espalier
