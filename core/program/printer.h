// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "program/program.h"

namespace espalier {

struct PrintOptions {
  bool header = true;  ///< `def name(...) -> (...)` and the intermediates
};

/// A compact Python-like loop nest, stable to the byte. Block bodies are shown with their subscripts over loop
/// variables, since that is what a reader (person or model) reasons about.
[[nodiscard]] std::string print(const Program& program, const PrintOptions& options = {});
[[nodiscard]] std::string print(const Program& program, const Expr& expr, const Block* block = nullptr);

}  // namespace espalier
