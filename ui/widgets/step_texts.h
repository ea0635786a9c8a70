// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "search/problem.h"
#include "widgets/text_service.h"

namespace espalier::ui {

/// The programs between a node's parent and the node itself, one after each of its accepted steps.
struct StepTexts {
  std::vector<std::string> versions;  ///< the parent's first, the node's last
  std::vector<int> blame;  ///< for each line of the last: the step (from 1) that changed it last, or 0

  [[nodiscard]] std::size_t steps() const { return versions.empty() ? 0 : versions.size() - 1; }
  /// How many lines of the last version are a step's.
  [[nodiscard]] int linesOf(int step) const;
};

/// Asks for them at the level of the loop nest, one after the other. No answer if the node's trace does not
/// go on from its parent's, or has no step of its own.
void askStepTexts(TextService& texts, const State& parent, const State& own, QObject* receiver,
                  std::function<void(const StepTexts&)> answer);

}  // namespace espalier::ui
