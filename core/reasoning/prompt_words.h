// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "reasoning/proposer.h"

namespace espalier {

/// What is left out at a level of cutting; each level includes those before it.
enum class PromptCut {
  Nothing,
  FartherDiffs,
  Ancestors,
  Attempts,
  LongDiffs,
  Examples,
  Details,
  BestTrace,
  Parent,
  Arguments,
  Program
};
inline constexpr std::array<const char*, 11> kPromptCutWords = {
    "",
    "the differences to ancestors beyond the parent",
    "the ancestors beyond the parent",
    "all but the last three attempts",
    "most of the difference to the parent",
    "the examples of actions",
    "the details of the node",
    "the trace of the best known",
    "the parent",
    "the arguments of actions",
    "the middle of the program",
};

/// The text of one section of a node; empty if it has none of that key.
[[nodiscard]] std::string sectionText(const NodeView& view, std::string_view key);

/// What fills the holes of a prompt template for one node, at a level of cutting.
class PromptWords {
 public:
  /// `programLimit` bounds the node's program in bytes, where it is cut.
  PromptWords(const ProposalContext& context, PromptCut cut, int proposals, std::size_t programLimit)
      : context_(context), cut_(cut), proposals_(proposals), programLimit_(programLimit) {}

  [[nodiscard]] std::string value(std::string_view hole) const;

 private:
  std::string problem() const;
  std::string hints() const;
  std::string cost(const NodeView& view) const;
  std::string relative(double seconds) const;
  std::string program() const;
  std::string details() const;
  std::string actions() const;
  std::string ancestors() const;
  std::string verdict(const NodeView& before, const NodeView& after) const;
  double measuredSeconds(const NodeView& view) const;
  std::string attempts() const;
  std::string best() const;
  std::string progress() const;
  std::string whole(const NodeView& view) const;

  const ProposalContext& context_;
  PromptCut cut_;
  int proposals_;
  std::size_t programLimit_;
};

/// Names of transformations that a context mentions: its legal actions and those in the problem's section
/// `grammar`.
[[nodiscard]] std::vector<std::string> knownNames(const ProposalContext& context);

}  // namespace espalier
