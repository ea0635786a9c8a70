// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "reasoning/proposer.h"
#include "search/problem.h"
#include "search/strategy.h"
#include "session/session_fold.h"

namespace espalier {

/// Tells a proposer what it may know of a node.
class ContextBuilder {
 public:
  ContextBuilder(std::shared_ptr<Problem> problem, bool withSections);

  [[nodiscard]] ProposalContext build(const SessionFold& fold, const ExpansionRequest& request,
                                      int historyDepth, int sampleBudget,
                                      std::optional<std::string> editedPrompt) const;

 private:
  [[nodiscard]] NodeView view(const SessionFold& fold, NodeId node, bool withSections) const;

  std::shared_ptr<Problem> problem_;
  std::shared_ptr<const ProblemInfo> info_;
  bool withSections_;
};

}  // namespace espalier
