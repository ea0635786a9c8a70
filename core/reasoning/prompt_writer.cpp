// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#include "reasoning/prompt_writer.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string_view>

#include "reasoning/chat_text.h"
#include "reasoning/prompt_words.h"
#include "reasoning/resource_text.h"
#include "support/hash.h"

namespace espalier {
namespace {

const std::vector<std::string>& holeNames() {
  static const std::vector<std::string> names = {
      "problem",  "hints", "depth",    "cost",  "trace", "program", "details", "actions",    "ancestors",
      "attempts", "best",  "progress", "count", "names", "current", "parent",  "grandparent"};
  return names;
}

}  // namespace

Result<PromptTemplate> PromptWriter::shippedTemplate(const std::string& name) {
  return PromptTemplate::read(resourceText(name), name, holeNames());
}

Result<PromptTemplate> PromptWriter::templateFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file)
    return inputError("The prompt template " + path.string() + " cannot be read.",
                      "Check its path and permissions.");
  return PromptTemplate::read(text.str(), path.string(), holeNames());
}

Prompt PromptWriter::write(const ProposalContext& context, std::size_t tokenLimit) const {
  constexpr std::string_view kAskForPreferences =
      "\nGive each proposal a number \"preference\" between 0 and 1: how likely it is that the fastest "
      "program lies "
      "below it.";
  constexpr std::size_t kLeastProgramBytes = 400;
  constexpr std::size_t kBytesAToken = 4;
  Prompt prompt;
  std::string cut;
  bool overLimit = false;
  for (int level = 0; level <= static_cast<int>(PromptCut::Program); ++level) {
    std::size_t programLimit = std::string::npos;
    if (level == static_cast<int>(PromptCut::Program)) {
      const std::size_t program = sectionText(context.node, "program").size();
      const std::size_t over = kBytesAToken * (prompt.tokens - std::min(prompt.tokens, tokenLimit));
      programLimit = std::max(kLeastProgramBytes, program > over ? program - over : 0);
    }
    const PromptWords words(context, static_cast<PromptCut>(level), options_.proposals, programLimit);
    const auto value = [&words](std::string_view hole) { return words.value(hole); };
    prompt.system = form_.system(value);
    prompt.question = form_.question(value);
    if (options_.preferences) prompt.question += kAskForPreferences;
    prompt.tokens = estimateTokens(prompt.system) + estimateTokens(prompt.question);
    cut += (cut.empty() ? "" : ", ") + std::string(kPromptCutWords[static_cast<std::size_t>(level)]);
    overLimit = overLimit || prompt.tokens > tokenLimit;
    const double share = static_cast<double>(prompt.system.size()) /
                         static_cast<double>(prompt.system.size() + prompt.question.size());
    const bool wantsShare = share < options_.stableShare && level < static_cast<int>(PromptCut::Details);
    if (prompt.tokens <= tokenLimit && !wantsShare) break;
  }
  if (overLimit) prompt.cut = std::move(cut);
  prompt.hash = Hasher().add(prompt.system).add(prompt.question).value();
  return prompt;
}

}  // namespace espalier
