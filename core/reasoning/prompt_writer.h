// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "reasoning/prompt_template.h"
#include "reasoning/proposer.h"
#include "support/outcome.h"

namespace espalier {

/// A prompt as it is sent.
struct Prompt {
  std::string system;  ///< equal for all nodes of a run
  std::string question;
  std::uint64_t hash = 0;  ///< of both
  std::size_t tokens = 0;  ///< by estimateTokens
  std::string cut;         ///< what was left out to stay under the token limit, in words; empty if nothing
  [[nodiscard]] std::string text() const { return system.empty() ? question : system + "\n\n" + question; }
};

struct PromptOptions {
  std::size_t tokenLimit = 6000;  ///< of the whole prompt, by estimateTokens
  int proposals = 2;              ///< sequences that are asked for
  bool preferences = false;       ///< each shall say how much the model believes in it
  double stableShare =
      0;  ///< least share of the system part, by bytes; what can be spared is cut to reach it
};

/// Writes the prompt for a node: byte for byte equal for equal contexts. If it would be longer than the
/// limit, it leaves out in this order: the differences to ancestors beyond the parent, those ancestors, all
/// but the last three attempts, most of the difference to the parent, examples of actions, the details of the
/// node, the trace of the best known, the parent, the arguments of actions, and at last the middle of the
/// program. For the sake of the stable share it goes as far as the details.
class PromptWriter {
 public:
  PromptWriter(PromptTemplate form, PromptOptions options) : form_(std::move(form)), options_(options) {}

  /// The shipped template (`prompt.txt`, `prompt_paper.txt`), or the user's file.
  [[nodiscard]] static Result<PromptTemplate> shippedTemplate(const std::string& name);
  [[nodiscard]] static Result<PromptTemplate> templateFile(const std::filesystem::path& path);

  [[nodiscard]] Prompt write(const ProposalContext& context) const {
    return write(context, options_.tokenLimit);
  }
  [[nodiscard]] Prompt write(const ProposalContext& context, std::size_t tokenLimit) const;
  [[nodiscard]] std::uint64_t templateHash() const { return form_.hash(); }

 private:
  PromptTemplate form_;
  PromptOptions options_;
};

}  // namespace espalier
