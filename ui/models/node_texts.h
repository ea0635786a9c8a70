// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "search/problem.h"
#include "support/outcome.h"

namespace espalier::ui {

/// In which form a program is read.
enum class TextLevel : std::uint8_t { LoopNest, Trace, C, Llvm, Assembly };

/// What can be said about a state of a session's problem. The window asks it on one thread of its own, never
/// on its own thread.
class NodeTexts {
 public:
  virtual ~NodeTexts() = default;
  [[nodiscard]] virtual Result<std::string> text(const State& state, TextLevel level) = 0;
  /// Titled sections: what bounds the program, and more.
  [[nodiscard]] virtual Result<std::vector<Section>> describe(const State& state) = 0;
  /// What the search itself would make of these steps.
  [[nodiscard]] virtual Result<Application> tryItems(const State& state,
                                                     const std::vector<std::string>& items) = 0;
  [[nodiscard]] virtual Result<std::vector<LegalAction>> legalActions(const State& state) = 0;
};

}  // namespace espalier::ui
