// SPDX-FileCopyrightText: 2026 Espalier developers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "transform/step.h"

namespace espalier {

/// Reads one step from one line of text. Errors say `where:line:column` and what was expected.
class StepReader {
 public:
  /// `where` names the source ("" for a lone step), `line` counts from 1.
  StepReader(std::string_view text, std::string_view where, int line)
      : text_(text), where_(where), line_(line) {}

  [[nodiscard]] Result<Step> read();

 private:
  void skipSpace();
  [[nodiscard]] bool accept(char wanted);
  /// A name or number, quoted or plain; empty if there is none here.
  [[nodiscard]] Result<std::string> word();
  [[nodiscard]] Result<ArgumentValue> value();
  [[nodiscard]] Result<ArgumentValue> list(char closing);
  [[nodiscard]] tl::unexpected<Error> expected(std::string_view what) const;

  std::string_view text_;
  std::string_view where_;
  int line_;
  std::size_t position_ = 0;
};

}  // namespace espalier
